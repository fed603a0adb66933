"""What a service written by others asks of the kernel: its own token, errors and bodies."""

import hashlib
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.kernel import Answer, Context, Principal, Refused, Routes
from scailable.errors import ConfigError
from tests.cloud.people import connect

LIMIT = 2 << 20
PROBLEM = {
    "type": "object",
    "properties": {"problem": {"type": "string"}},
    "required": ["problem"],
    "additionalProperties": False,
}
REFUSED = {"description": "Refused.", "content": {"application/json": {"schema": PROBLEM}}}
ANYTHING = {"description": "Echo.", "content": {"application/json": {"schema": {}}}}
OCTETS = {"Content-Type": "application/octet-stream"}


def operation(identifier: str, *names: str, **more: Any) -> dict[str, Any]:
    return {
        "operationId": identifier,
        "security": [],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ],
        "responses": {"200": ANYTHING, "4XX": REFUSED, "5XX": REFUSED},
        **more,
    }


def document() -> dict[str, Any]:
    binary = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    nothing = {"200": {"description": "Stored."}, "4XX": REFUSED, "5XX": REFUSED}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {
            "/mine": {"get": operation("mine", security=[{"Key": []}])},
            "/fail": {"get": operation("fail")},
            "/files/{name}": {
                "put": operation(
                    "put",
                    "name",
                    requestBody={"required": True, "content": binary},
                    responses=nothing,
                )
            },
            "/maybe": {"put": operation("maybe", requestBody={"content": binary})},
            "/elsewhere": {
                "get": operation(
                    "elsewhere", responses={"307": {"description": "There."}, "4XX": REFUSED}
                )
            },
            "/a/{one}/b/{two}": {"get": operation("plain", "one", "two")},
            "/a/{one}/b/{two}/": {"get": operation("slashed", "one", "two")},
            "/a/{one}/b/fixed": {"get": operation("fixed", "one")},
        },
        "components": {
            "securitySchemes": {"Key": {"type": "apiKey", "in": "header", "name": "X-Its-Key"}}
        },
    }


def handlers(received: list[bytes]) -> Routes:
    routes = Routes("skafos", error_body=lambda refused: {"problem": refused.message})

    @routes.authenticates("Key")
    def known(cloud: Any, token: str) -> Principal | None:
        return Principal(organisation_uuid=None, user_uuid="u") if token == "right" else None

    @routes.handles("mine")
    def mine(ctx: Context) -> Any:
        assert ctx.principal is not None
        return ctx.principal.user_uuid

    @routes.handles("fail")
    def fail(ctx: Context) -> Any:
        raise ValueError("s3cr3t")

    def gate(ctx: Context) -> None:
        if ctx.params["name"] == "closed":
            raise Refused(403, "Closed.")

    @routes.handles("put", before_body=gate)
    def put(ctx: Context) -> Answer:
        assert ctx.form.file is not None
        content = ctx.form.file.path.read_bytes()
        assert ctx.form.file.sha256 == hashlib.sha256(content).hexdigest()
        assert ctx.form.file.size == len(content)
        received.append(content)
        return Answer(None)

    @routes.handles("maybe")
    def maybe(ctx: Context) -> Any:
        return None if ctx.form.file is None else ctx.form.file.size

    @routes.handles("elsewhere")
    def elsewhere(ctx: Context) -> Answer:
        return Answer(None, 307, {"Location": "https://store.test/x"})

    for name in ("plain", "slashed", "fixed"):

        @routes.handles(name)
        def echo(ctx: Context, name: str = name) -> Any:
            return [name, *ctx.params.values()]

    return routes


@pytest.fixture(scope="module")
def received() -> list[bytes]:
    return []


@pytest.fixture(scope="module")
def server(received: list[bytes]) -> Iterator[EmbeddedCloud]:
    with EmbeddedCloud(
        documents={"skafos": document()},
        services={"skafos": handlers(received)},
        max_archive_size=LIMIT,
        validate_responses=True,
    ) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def http(server: EmbeddedCloud) -> Iterator[httpx.Client]:
    with connect(f"{server.url}/skafos") as client:
        yield client


def test_a_token_comes_in_the_header_that_the_document_names(http: httpx.Client) -> None:
    assert http.get("/mine", headers={"X-Its-Key": "right"}).json() == "u"
    for headers in ({}, {"Authorization": "Bearer right"}, {"X-Its-Key": ""}):
        reply = http.get("/mine", headers=headers)
        assert reply.status_code == 401
        assert "in the X-Its-Key header" in reply.json()["problem"]
        assert "WWW-Authenticate" not in reply.headers
    assert http.get("/mine", headers={"X-Its-Key": "wrong"}).status_code == 401


def test_every_refusal_has_the_body_of_the_service(http: httpx.Client) -> None:
    for reply, status in (
        (http.get("/nothing"), 404),
        (http.post("/mine"), 405),
        (http.put("/files/closed", content=b"x", headers=OCTETS), 403),
        (http.put("/files/a", json={}), 415),
        (http.put("/files/a", headers=OCTETS), 400),
        (http.put("/files/a", content=bytes(LIMIT + 1), headers=OCTETS), 413),
        (http.get("/fail"), 500),
    ):
        assert reply.status_code == status, reply.text
        assert list(reply.json()) == ["problem"]
        assert "s3cr3t" not in reply.text


def test_a_body_that_is_a_file(
    http: httpx.Client, server: EmbeddedCloud, received: list[bytes]
) -> None:
    received.clear()
    for content in (b"x", bytes(range(256)) * 5000, bytes(LIMIT)):
        reply = http.put("/files/a", content=content, headers=OCTETS)
        assert (reply.status_code, reply.content) == (200, b"")
        assert reply.headers["Content-Length"] == "0"
        assert "Content-Type" not in reply.headers
        assert received.pop() == content
    chunked = http.put("/files/a", content=iter([b"one", b"two"]), headers=OCTETS)
    assert (chunked.status_code, received.pop()) == (200, b"onetwo")
    endless = http.put("/files/a", content=(bytes(1 << 20) for _ in range(9)), headers=OCTETS)
    assert endless.status_code == 413
    assert received == []
    # Nobody kept them.
    assert list(server.cloud.blobs.incoming.iterdir()) == []
    assert http.put("/maybe").json() is None
    assert http.put("/maybe", content=b"12", headers=OCTETS).json() == 2


def test_a_handler_may_refuse_before_the_body_is_there(server: EmbeddedCloud) -> None:
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(
            b"PUT /skafos/files/closed HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
            b"Content-Type: application/octet-stream\r\n\r\n"
        )
        assert connection.recv(64).startswith(b"HTTP/1.1 403")


def test_a_redirect(http: httpx.Client) -> None:
    reply = http.get("/elsewhere")
    assert (reply.status_code, reply.content) == (307, b"")
    assert reply.headers["Location"] == "https://store.test/x"


@pytest.mark.parametrize("name", ["a b", "ä", "人", "a+b", "a;b", "a.b", "a%b", "?"])
def test_names_in_paths(http: httpx.Client, name: str) -> None:
    asked = quote(name, safe="")
    for path, handler in (("/a/{}/b/{}", "plain"), ("/a/{}/b/{}/", "slashed")):
        assert http.get(path.format(asked, asked)).json() == [handler, name, name]


def test_a_literal_step_wins(http: httpx.Client) -> None:
    assert http.get("/a/x/b/fixed").json() == ["fixed", "x"]
    assert http.get("/a/x/b/other").json() == ["plain", "x", "other"]


def test_a_scheme_that_nobody_understands_is_told_at_the_start() -> None:
    strange = document()
    strange["components"]["securitySchemes"]["Key"] = {"type": "mutualTLS"}
    with pytest.raises(ConfigError, match="security scheme Key"):
        EmbeddedCloud(documents={"skafos": strange}, services={"skafos": handlers([])}).start()
