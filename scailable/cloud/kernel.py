"""From documents to a running application.

Handlers are registered by operation and hold the rules; everything an OpenAPI document says
about a request is settled before a handler runs (`endpoint.py`, `params.py`, `bodies.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from scailable.cloud import pages
from scailable.cloud.answers import Answer, Download, ErrorBody, Refused
from scailable.cloud.context import Context, Form, Principal
from scailable.cloud.documents import Document, Operation
from scailable.cloud.endpoint import (
    Authenticator,
    Endpoint,
    Gate,
    Handler,
    NotFound,
    Resource,
    Result,
)
from scailable.cloud.jobs.runner import Body as JobBody
from scailable.cloud.jobs.runner import GiveUp
from scailable.cloud.paths import EscapedPaths
from scailable.cloud.uploads import StoredUpload
from scailable.errors import ConfigError

if TYPE_CHECKING:
    from scailable.cloud.app import Cloud

__all__ = [
    "Answer",
    "Context",
    "Download",
    "Form",
    "Principal",
    "Refused",
    "Result",
    "Routes",
    "StoredUpload",
    "build",
]

_H = TypeVar("_H", bound=Handler)


class Routes:
    """The handlers and jobs of one service, and the security schemes that it knows to check.

    Args:
        service: its name.
        error_body: what it sends in place of the usual body when it refuses a request.
    """

    def __init__(self, service: str, *, error_body: ErrorBody = Refused.body) -> None:
        self.service = service
        self.error_body = error_body
        self.handlers: dict[str, Handler] = {}
        self.gates: dict[str, Gate] = {}
        self.authenticators: dict[str, Authenticator] = {}
        self.jobs: dict[str, tuple[JobBody, GiveUp | None]] = {}

    def does(self, kind: str, body: JobBody, give_up: GiveUp | None = None) -> None:
        """Register the body of a kind of job; see `Jobs.register`."""
        self.jobs[kind] = (body, give_up)

    def handles(self, operation: str, *, before_body: Gate | None = None) -> Callable[[_H], _H]:
        """Register the handler of an operation; plain functions run in a worker thread.

        Args:
            operation: its id in the document.
            before_body: called with the parameters, before the body is read: it may refuse a
                large file without receiving it.
        """

        def register(handler: _H) -> _H:
            if operation in self.handlers:
                raise ConfigError(f"{self.service}.{operation} has two handlers.")
            self.handlers[operation] = handler
            if before_body is not None:
                self.gates[operation] = before_body
            return handler

        return register

    def authenticates(self, scheme: str) -> Callable[[Authenticator], Authenticator]:
        """Register the function that turns a token of a security scheme into a principal.

        It runs in a worker thread and returns None for a token that opens nothing.
        """

        def register(authenticator: Authenticator) -> Authenticator:
            self.authenticators[scheme] = authenticator
            return authenticator

        return register


def build(
    cloud: "Cloud", documents: Mapping[str, Document], services: Sequence[Routes]
) -> Starlette:
    """Make the application of all services.

    Raises:
        ConfigError: an operation has no handler, a handler no operation, or a security scheme
            nobody checks.
    """
    by_name = {routes.service: routes for routes in services}
    authenticators: dict[str, Authenticator] = {}
    for routes in services:
        authenticators.update(routes.authenticators)
    mounts = []
    for document in documents.values():
        routes = by_name.get(document.service, Routes(document.service))
        _check(document, routes, authenticators)
        by_path: dict[str, dict[str, Endpoint]] = {}
        for operation in document.operations:
            endpoint = Endpoint(
                cloud,
                operation,
                _handler_of(operation, routes, document),
                authenticators,
                before_body=routes.gates.get(operation.id),
                error_body=routes.error_body,
            )
            by_path.setdefault(operation.path, {})[operation.method] = endpoint
        # A literal path wins over a template: `/functions/options` before `/functions/{uuid}`.
        paths = sorted(by_path, key=lambda path: [step[:1] == "{" for step in path.split("/")])
        mounts.append(
            Mount(
                document.prefix,
                routes=[
                    *pages.routes(document),
                    *(Route(path, Resource(by_path[path], routes.error_body)) for path in paths),
                    Route("/{rest:path}", NotFound(routes.error_body)),
                ],
            )
        )
    app = Starlette(
        routes=[
            *pages.home(documents),
            *cloud.blobs.routes(),
            *mounts,
            Route("/{rest:path}", NotFound()),
        ],
        middleware=[Middleware(EscapedPaths)],
    )
    app.router.redirect_slashes = False
    return app


def _handler_of(operation: Operation, routes: Routes, document: Document) -> Handler:
    if operation.id in routes.handlers:
        return routes.handlers[operation.id]
    # Every service serves its document and its status in the same way.
    if operation.id == "getOpenapi":
        return lambda ctx: Answer(document.content)
    return lambda ctx: {"Connected": True}


_SHARED = {"getOpenapi", "getStatus"}


def _check(document: Document, routes: Routes, authenticators: Mapping[str, Authenticator]) -> None:
    declared = {operation.id for operation in document.operations}
    missing = sorted(declared - set(routes.handlers) - _SHARED)
    if missing:
        raise ConfigError(
            f"The service {document.service} has no handler for {', '.join(missing)}.",
            hint="Register one with @routes.handles(...), or correct the document.",
        )
    surplus = sorted(set(routes.handlers) - declared)
    if surplus:
        raise ConfigError(
            f"The document of {document.service} has no operation {', '.join(surplus)}.",
            hint="Correct the name in @routes.handles(...), or the document.",
        )
    for operation in document.operations:
        for scheme in operation.security:
            if scheme.name not in authenticators:
                raise ConfigError(
                    f"Nobody checks the security scheme {scheme.name} of {operation.id}."
                )
