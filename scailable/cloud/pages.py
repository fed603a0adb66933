"""The pages for people: the list of services, and each document in a browsable form."""

import html
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from scailable.cloud.documents import Document

_STATIC = Path(__file__).with_name("static")
_HEADERS = {
    # Swagger UI's own style sheet holds its icons as data: images; everything else is a file here.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def home(documents: Mapping[str, Document]) -> list[BaseRoute]:
    """The routes of `/` and of the files the pages need."""
    services = [
        {
            "Name": document.service,
            "Title": document.title,
            "URL": f"{document.prefix}/",
            "OpenAPI": f"{document.prefix}/openapi.json",
            "Page": f"{document.prefix}/openapi.html",
        }
        for document in documents.values()
    ]
    items = "".join(
        f'<li><a href="{service["Page"]}">{html.escape(service["Title"])}</a> '
        f"at <code>{service['URL']}</code>, "
        f'as <a href="{service["OpenAPI"]}">openapi.json</a></li>'
        for service in services
    )
    page = _page(
        "Scailable cloud",
        f"<h1>Scailable cloud</h1><p>It runs, and serves:</p><ul>{items}</ul>",
        style="/static/home.css",
    )

    async def index(request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(page, headers=_HEADERS)
        return JSONResponse({"Services": services})

    return [
        Route("/", index),
        Mount("/static", StaticFiles(directory=_STATIC, check_dir=False)),
    ]


def routes(document: Document) -> list[BaseRoute]:
    """The routes of a service that its document does not describe."""
    page = _page(
        html.escape(document.title),
        '<div id="document"></div><script src="/static/swagger-ui/swagger-ui-bundle.js"></script>'
        '<script src="/static/openapi.js"></script>',
        style="/static/swagger-ui/swagger-ui.css",
    )

    async def browse(request: Request) -> Response:
        return HTMLResponse(page, headers=_HEADERS)

    async def probe(request: Request) -> Response:
        # Plugins look here whether they reach the service.
        return JSONResponse({"Name": document.service, "Title": document.title})

    return [Route("/openapi.html", browse), Route("/", probe)]


def _page(title: str, body: str, style: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f'<link rel="icon" href="data:,"><link rel="stylesheet" href="{style}"></head>'
        f"<body>{body}</body></html>"
    )
