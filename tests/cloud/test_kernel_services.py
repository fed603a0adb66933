"""What a service written by others asks of the kernel: its own token, errors and bodies."""

import errno
import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.kernel import Answer, Context, Download, Principal, Refused, Routes
from scailable.errors import ConfigError
from tests.cloud.people import connect
from tests.waiting import wait_until

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
            "/full": {"get": operation("full")},
            "/mine/{number}": {
                "put": operation(
                    "guarded",
                    security=[{"Key": []}],
                    parameters=[
                        {
                            "name": "number",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "integer"},
                        }
                    ],
                    requestBody={"required": True, "content": binary},
                )
            },
            "/download": {
                "get": operation("download", responses={"200": {"description": "A file."}})
            },
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
            "/only/{one}/": {"get": operation("only", "one")},
            "/here/{one}": {"get": operation("here", "one")},
        },
        "components": {
            "securitySchemes": {"Key": {"type": "apiKey", "in": "header", "name": "X-Its-Key"}}
        },
    }


def handlers(received: list[bytes], folder: Path = Path()) -> Routes:
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

    @routes.handles("full")
    def full(ctx: Context) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    @routes.handles("guarded")
    def guarded(ctx: Context) -> Any:
        return ctx.params["number"]

    @routes.handles("download")
    def download(ctx: Context) -> Download:
        path = folder / "file"
        path.write_bytes(b"0123456789")
        return Download(path, 10)

    @routes.handles("here")
    def here(ctx: Context) -> Any:
        return f"{ctx.base_url}{ctx.operation.prefix}/here/{ctx.params['one']}"

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

    for name in ("plain", "slashed", "fixed", "only"):

        @routes.handles(name)
        def echo(ctx: Context, name: str = name) -> Any:
            return [name, *ctx.params.values()]

    return routes


@pytest.fixture(scope="module")
def received() -> list[bytes]:
    return []


@pytest.fixture(scope="module")
def server(
    received: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedCloud]:
    with EmbeddedCloud(
        documents={"skafos": document()},
        services={"skafos": handlers(received, tmp_path_factory.mktemp("downloads"))},
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
        (http.get("/full"), 507),
        (http.get("/mine"), 401),
        (http.put("/mine/x", content=b"x", headers={**OCTETS, "X-Its-Key": "right"}), 400),
        (http.get("/download", headers={"Range": "bytes=10-"}), 416),
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


@pytest.mark.parametrize("content", [b"", iter([])], ids=["announced", "chunked"])
def test_a_file_that_is_required_is_not_empty(
    http: httpx.Client, server: EmbeddedCloud, received: list[bytes], content: Any
) -> None:
    received.clear()
    reply = http.put("/files/a", content=content, headers=OCTETS)
    assert (reply.status_code, reply.json()) == (400, {"problem": "The request has no body."})
    assert received == []
    assert list(server.cloud.blobs.incoming.iterdir()) == []


def test_a_file_that_may_be_left_out_may_be_empty(http: httpx.Client) -> None:
    assert http.put("/maybe", content=iter([]), headers=OCTETS).json() is None


def raw(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=20)


def head(path: str, length: int, *more: str) -> bytes:
    lines = [f"PUT /skafos{path} HTTP/1.1", "Host: x", f"Content-Length: {length}", *more]
    return "\r\n".join([*lines, "Content-Type: application/octet-stream", "", ""]).encode()


@pytest.mark.parametrize(
    ("path", "length", "more", "status"),
    [
        ("/files/closed", 1000, [], 403),
        ("/files/closed", 1000, ["Expect: 100-continue"], 403),
        ("/files/a", LIMIT + 1, [], 413),
        ("/mine/1", 1000, [], 401),
        ("/mine/1", 1000, ["X-Its-Key: wrong"], 401),
        ("/mine/one", 1000, ["X-Its-Key: right"], 400),
    ],
)
def test_what_can_be_refused_before_the_body_is_there_is(
    server: EmbeddedCloud, path: str, length: int, more: list[str], status: int
) -> None:
    with raw(server.url) as connection:
        connection.sendall(head(path, length, *more))
        assert connection.recv(64).startswith(f"HTTP/1.1 {status}".encode())


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_a_client_that_is_still_sending_sees_why(server: EmbeddedCloud, connection: str) -> None:
    size = LIMIT * 8
    with raw(server.url) as client:
        client.sendall(head("/files/closed", size, f"Connection: {connection}") + bytes(size))
        answer = client.recv(65536)
        while not answer.endswith(b"}") and (more := client.recv(65536)):
            answer += more
    assert answer.startswith(b"HTTP/1.1 403")
    assert answer.endswith(b'{"problem":"Closed."}')


def test_a_cut_file_leaves_nothing(server: EmbeddedCloud, received: list[bytes]) -> None:
    received.clear()
    incoming = server.cloud.blobs.incoming
    with raw(server.url) as client:
        client.sendall(head("/files/a", LIMIT) + bytes(LIMIT - 1))
        wait_until(lambda: len(list(incoming.iterdir())) == 1)
    wait_until(lambda: list(incoming.iterdir()) == [])
    assert received == []


def test_a_redirect(http: httpx.Client) -> None:
    reply = http.get("/elsewhere")
    assert (reply.status_code, reply.content) == (307, b"")
    assert reply.headers["Location"] == "https://store.test/x"


@pytest.mark.parametrize(
    "name",
    ["a b", "ä", "人", "a+b", "a;b", "a.b", "a%b", "?", "/", "a/b/fixed", "a%2Fb", "fixed", "\n"],
)
def test_names_in_paths(http: httpx.Client, name: str) -> None:
    asked = quote(name, safe="")
    expected = ["fixed", name] if name == "fixed" else ["plain", name, name]
    assert http.get(f"/a/{asked}/b/{asked}").json() == expected
    assert http.get(f"/a/{asked}/b/{asked}/").json() == ["slashed", name, name]
    assert http.get(f"/only/{asked}/").json() == ["only", name]


def test_a_slash_in_a_name_names_nothing_else(http: httpx.Client) -> None:
    for path in ("/a/x%2Fb%2Ffixed", "/a%2Fx/b/fixed", "/a/x/b%2ffixed"):
        reply = http.get(path)
        assert (reply.status_code, list(reply.json())) == (404, ["problem"])


def test_what_is_escaped_without_need_is_the_same(http: httpx.Client) -> None:
    assert http.get("/%61/%78/b/%66ixed").json() == ["fixed", "x"]


def test_a_slash_at_the_end_belongs_to_the_path(http: httpx.Client) -> None:
    for path in ("/only/x", "/only/x//", "/only//", "/mine/", "/here/x/"):
        assert http.get(path).status_code == 404


def test_a_handler_knows_where_its_service_is(http: httpx.Client, server: EmbeddedCloud) -> None:
    assert http.get("/here/x").json() == f"{server.url}/skafos/here/x"


def test_a_literal_step_wins(http: httpx.Client) -> None:
    assert http.get("/a/x/b/fixed").json() == ["fixed", "x"]
    assert http.get("/a/x/b/other").json() == ["plain", "x", "other"]


@pytest.mark.parametrize(
    "scheme",
    [
        {"type": "mutualTLS"},
        {"type": "http", "scheme": "digest"},
        {"type": "apiKey", "in": "cookie", "name": "session"},
    ],
)
def test_a_scheme_that_nobody_understands_is_told_at_the_start(scheme: dict[str, str]) -> None:
    strange = document()
    strange["components"]["securitySchemes"]["Key"] = scheme
    with pytest.raises(ConfigError, match="security scheme Key"):
        EmbeddedCloud(documents={"skafos": strange}, services={"skafos": handlers([])}).start()


def test_two_tokens_at_once_are_told_at_the_start() -> None:
    strange = document()
    schemes = strange["components"]["securitySchemes"]
    schemes["Other"] = {**schemes["Key"], "name": "X-Other"}
    strange["paths"]["/mine"]["get"]["security"] = [{"Key": [], "Other": []}]
    with pytest.raises(ConfigError, match="Key and Other at once"):
        EmbeddedCloud(documents={"skafos": strange}, services={"skafos": handlers([])}).start()
