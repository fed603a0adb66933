"""What the kernel settles before and after a handler, on a document of the tests' own."""

import hashlib
import json
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.kernel import Answer, Context, Download, Principal, Refused, Routes
from scailable.errors import ConfigError
from tests.cloud.people import connect
from tests.waiting import wait_until

LIMIT = 3 << 20
USER = "11111111-1111-1111-1111-111111111111"
ORGANISATION = "22222222-2222-2222-2222-222222222222"
MESSAGE = {
    "type": "object",
    "properties": {"Message": {"type": "string"}},
    "required": ["Message"],
}
ANYTHING = {"description": "Echo.", "content": {"application/json": {"schema": {}}}}
REFUSED = {"description": "Refused.", "content": {"application/json": {"schema": MESSAGE}}}


def query(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def json_body(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}, **more}


def operation(identifier: str, **more: Any) -> dict[str, Any]:
    return {
        "operationId": identifier,
        "security": [],
        "responses": {"200": ANYTHING, "4XX": REFUSED, "5XX": REFUSED},
        **more,
    }


def make_document() -> dict[str, Any]:
    form = {
        "type": "object",
        "properties": {
            "data": {"$ref": "#/components/schemas/Thing"},
            "file": {"type": "string", "format": "binary"},
            "bundle": {"type": "string", "format": "binary"},
        },
        "required": ["data"],
    }
    paths: dict[str, Any] = {
        "/echo/{uuid}": {
            "parameters": [
                {
                    "name": "uuid",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "format": "uuid"},
                }
            ],
            "get": operation(
                "echo",
                parameters=[
                    query("Limit", type="integer", minimum=1, maximum=1000, default=100),
                    query("Ratio", type="number"),
                    query("Deep", type="boolean"),
                    query("Ids", type="array", items={"type": "string", "format": "uuid"}),
                    query("Numbers", type="array", items={"type": "integer"}, maxItems=3),
                    query("q", type=["string", "null"], maxLength=5),
                    query("Since", type="string", format="date-time"),
                    {
                        "name": "X-Act-As-Kind",
                        "in": "header",
                        "schema": {"type": "string", "enum": ["user", "organization"]},
                    },
                ],
            ),
            "delete": operation("remove"),
        },
        "/echo/literal": {"get": operation("literal")},
        "/things": {
            "post": operation(
                "addThing",
                requestBody=json_body({"$ref": "#/components/schemas/Thing"}, required=True),
            ),
            "patch": operation("mayHaveBody", requestBody=json_body({"type": "object"})),
        },
        "/secured": {"get": operation("secured", security=[{"User": []}])},
        "/broken": {"get": operation("broken")},
        "/wrong": {
            "get": operation(
                "wrong",
                responses={
                    "200": {
                        "description": "A number.",
                        "content": {"application/json": {"schema": {"type": "integer"}}},
                    }
                },
            )
        },
        "/conflict": {"get": operation("conflict")},
        "/nothing": {"get": operation("nothing", responses={"304": {"description": "Same."}})},
        "/file": {
            "get": operation(
                "download",
                responses={
                    "200": {
                        "description": "Bytes.",
                        "content": {
                            "application/octet-stream": {
                                "schema": {"type": "string", "format": "binary"}
                            }
                        },
                    }
                },
            ),
            "post": operation(
                "upload",
                requestBody={"content": {"multipart/form-data": {"schema": form}}},
            ),
        },
        "/status": {"get": operation("getStatus")},
        "/openapi.json": {"get": operation("getOpenapi")},
    }
    thing = {
        "type": "object",
        "properties": {
            "Name": {"type": "string", "minLength": 1},
            "Count": {"type": "integer", "maximum": 9},
            "Inner": {"type": "object", "properties": {"Id": {"type": "string", "format": "uuid"}}},
        },
        "required": ["Name"],
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Test", "version": "1"},
        "paths": paths,
        "components": {
            "securitySchemes": {"User": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Thing": thing},
        },
    }


def make_routes(folder: Path) -> Routes:
    routes = Routes("compute")

    @routes.authenticates("User")
    def user(cloud: Any, token: str) -> Principal | None:
        if token != "good":
            return None
        return Principal(user_uuid=USER, organisation_uuid=ORGANISATION)

    @routes.handles("echo")
    def echo(ctx: Context) -> Any:
        return ctx.params

    @routes.handles("literal")
    async def literal(ctx: Context) -> Any:
        return {"Thread": threading.current_thread().name}

    @routes.handles("remove")
    def remove(ctx: Context) -> Any:
        return Answer(None, 204)

    @routes.handles("addThing")
    def add_thing(ctx: Context) -> Any:
        return ctx.body

    @routes.handles("mayHaveBody")
    def may_have_body(ctx: Context) -> Any:
        return {"Body": ctx.body}

    @routes.handles("secured")
    def secured(ctx: Context) -> Any:
        return {"Organisation": ctx.organisation}

    @routes.handles("broken")
    def broken(ctx: Context) -> Any:
        raise RuntimeError("the secret is 42")

    @routes.handles("wrong")
    def wrong(ctx: Context) -> Any:
        return "not a number"

    @routes.handles("conflict")
    def conflict(ctx: Context) -> Any:
        raise Refused(409, "It is not empty.", field=("Name", "is taken"), headers={"X-A": "b"})

    @routes.handles("nothing")
    def nothing(ctx: Context) -> Any:
        return Answer(None, 304, {"ETag": '"1"'})

    @routes.handles("download")
    def download(ctx: Context) -> Any:
        path = folder / "download"
        path.write_bytes(b"0123456789")
        return Download(path, 10, headers={"ETag": '"digest"'})

    @routes.handles("upload")
    def upload(ctx: Context) -> Any:
        file = ctx.form.file
        if file is None:
            return {"data": ctx.form.data, "file": None}
        content = file.path.read_bytes()
        return {
            "data": ctx.form.data,
            "file": {
                "Name": file.filename,
                "Size": file.size,
                "SHA256": file.sha256,
                "Same": hashlib.sha256(content).hexdigest() == file.sha256,
                "MediaType": file.media_type,
            },
        }

    return routes


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCloud]:
    folder = tmp_path_factory.mktemp("kernel")
    with EmbeddedCloud(
        documents={"compute": make_document()},
        services={"compute": make_routes(folder)},
        max_upload_size=LIMIT,
        validate_responses=True,
    ) as cloud:
        yield cloud


@pytest.fixture
def http(server: EmbeddedCloud) -> Iterator[httpx.Client]:
    with connect(f"{server.url}/cpt") as client:
        yield client
    # Whatever happened, no temporary file is left.
    assert list(server.cloud.blobs.incoming.iterdir()) == []


# --- parameters -----------------------------------------------------------------------------------


def test_parameters_arrive_typed(http: httpx.Client) -> None:
    reply = http.get(
        f"/echo/{USER.upper()}",
        params={
            "Limit": "5",
            "Ratio": "0.5",
            "Deep": "true",
            "Ids": [USER, ORGANISATION],
            "Numbers": ["1", "-2"],
            "Since": "2026-01-01T00:00:00Z",
            "Unknown": "ignored",
        },
    )
    assert reply.json() == {
        "uuid": USER,
        "Limit": 5,
        "Ratio": 0.5,
        "Deep": True,
        "Ids": [USER, ORGANISATION],
        "Numbers": [1, -2],
        "Since": "2026-01-01T00:00:00Z",
    }
    assert http.get(f"/echo/{USER}").json() == {"uuid": USER, "Limit": 100}


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ("Limit=0", "Limit"),
        ("Limit=1001", "Limit"),
        ("Limit=99999999999999999999999999", "Limit"),
        ("Limit=ten", "Limit"),
        ("Limit=", "Limit"),
        ("Limit=1.5", "Limit"),
        ("Limit=1&Limit=2", "Limit"),
        ("Ratio=nan", "Ratio"),
        ("Ratio=1e999", "Ratio"),
        ("Deep=yes", "Deep"),
        (f"Ids={USER}&Ids=x", "Ids"),
        ("Numbers=1&Numbers=2&Numbers=3&Numbers=4", "Numbers"),
        ("q=toolong", "q"),
        ("q=%00", "q"),
        ("Since=yesterday", "Since"),
    ],
)
def test_a_wrong_parameter_is_named(http: httpx.Client, params: str, field: str) -> None:
    reply = http.get(f"/echo/{USER}?{params}")
    assert reply.status_code == 400
    assert reply.json()["Field"]["Name"] == field


def test_every_wrong_parameter_is_in_the_message(http: httpx.Client) -> None:
    reply = http.get("/echo/not-a-uuid?Limit=x&Deep=y", headers={"X-Act-As-Kind": "nobody"})
    assert reply.status_code == 400
    for name in ("uuid", "Limit", "Deep", "X-Act-As-Kind"):
        assert name in reply.json()["Message"]


# --- routing --------------------------------------------------------------------------------------


def test_a_literal_path_wins_over_a_template(http: httpx.Client) -> None:
    assert "Thread" in http.get("/echo/literal").json()


def test_asynchronous_handlers_run_in_the_event_loop(http: httpx.Client) -> None:
    assert http.get("/echo/literal").json()["Thread"] == "scailable-cloud"


@pytest.mark.parametrize("path", ["/nowhere", "/echo", "/echo/a/b", "/things/", "/..%2f..%2fetc"])
def test_nothing_is_a_message_too(http: httpx.Client, path: str) -> None:
    reply = http.get(path)
    assert reply.status_code == 404
    assert reply.json()["Message"]
    assert reply.headers["content-type"] == "application/json"


def test_other_methods_are_named(http: httpx.Client) -> None:
    reply = http.put(f"/echo/{USER}")
    assert reply.status_code == 405
    assert reply.headers["Allow"] == "DELETE, GET, HEAD"
    assert reply.json()["Message"]
    assert http.get("/things").headers["Allow"] == "PATCH, POST"


def test_head_is_get_without_the_body(http: httpx.Client) -> None:
    reply = http.head("/status")
    assert reply.status_code == 200
    assert reply.content == b""
    assert reply.headers["content-length"] == str(len(http.get("/status").content))


def test_every_service_serves_its_document_and_its_status(http: httpx.Client) -> None:
    assert http.get("/openapi.json").json() == make_document()
    assert http.get("/status").json() == {"Connected": True}


def test_answers_without_a_body(http: httpx.Client) -> None:
    reply = http.get("/nothing")
    assert (reply.status_code, reply.content, reply.headers["ETag"]) == (304, b"", '"1"')


# --- security -------------------------------------------------------------------------------------


def test_security_is_checked_before_anything_else(http: httpx.Client) -> None:
    assert http.get("/secured").status_code == 401
    assert http.get("/secured", headers={"Authorization": "Bearer bad"}).status_code == 401
    for header in ("Bearer good", "bearer  good"):
        reply = http.get("/secured", headers={"Authorization": header})
        assert reply.json() == {"Organisation": ORGANISATION}


@pytest.mark.parametrize(
    ("kind", "identifier", "status"),
    [
        ("organization", ORGANISATION, 200),
        ("user", USER, 200),
        ("organization", USER, 403),
        ("user", ORGANISATION, 403),
        ("channel_partner", ORGANISATION, 403),
        ("organization", None, 403),
        (None, ORGANISATION, 403),
    ],
)
def test_one_acts_as_oneself_only(
    http: httpx.Client, kind: str | None, identifier: str | None, status: int
) -> None:
    headers = {"Authorization": "Bearer good"}
    if kind:
        headers["X-Act-As-Kind"] = kind
    if identifier:
        headers["X-Act-As-ID"] = identifier
    assert http.get("/secured", headers=headers).status_code == status


# --- JSON bodies ----------------------------------------------------------------------------------


def test_every_error_of_a_body_is_found(http: httpx.Client) -> None:
    reply = http.post("/things", json={"Count": 10, "Inner": {"Id": "x"}})
    assert reply.status_code == 422
    body = reply.json()
    assert body["Field"]["Name"] in ("Name", "Count", "Inner.Id")
    for name in ("Name", "Count", "Inner.Id"):
        assert f"{name}: " in body["Message"]


def test_values_are_not_echoed(http: httpx.Client) -> None:
    reply = http.post("/things", json={"Name": "n", "Count": "hunter2"})
    assert reply.status_code == 422
    assert "hunter2" not in reply.text


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"", 400),
        (b"\xff\xfe", 400),
        (b'{"Name": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"Name": ' + b"9" * 5000 + b"}", 400),
        (b'{"Name": "\\u0000"}', 422),
        (b'{"Name": "\\ud800"}', 422),
        (b'{"Name": "\\\\u0000"}', 200),
        (b'{"Name": "\\ud83d\\ude00"}', 200),
    ],
)
def test_hostile_json(http: httpx.Client, content: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json"}
    reply = http.post("/things", content=content, headers=headers)
    assert reply.status_code == status, reply.text


def test_the_content_type_has_to_be_the_documented_one(http: httpx.Client) -> None:
    for headers in ({"Content-Type": "text/plain"}, {}):
        reply = http.post("/things", content=b'{"Name": "n"}', headers=headers)
        assert reply.status_code == 415
        assert "application/json" in reply.json()["Message"]
    charset = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert http.post("/things", content=b'{"Name": "n"}', headers=charset).status_code == 200


def test_a_body_may_be_left_out_where_it_is_optional(http: httpx.Client) -> None:
    assert http.patch("/things").json() == {"Body": None}
    assert http.patch("/things", json={"a": 1}).json() == {"Body": {"a": 1}}


def test_a_large_json_body_is_cut_off(http: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"Name": "'
        for _ in range(200):
            yield b"x" * 65536
        yield b'"}'

    headers = {"Content-Type": "application/json"}
    reply = http.post("/things", content=endless(), headers=headers)
    assert reply.status_code == 413
    assert reply.json()["Message"]
    assert http.get("/status").status_code == 200


# --- answers --------------------------------------------------------------------------------------


def test_the_request_id_is_echoed_or_made(http: httpx.Client) -> None:
    given = http.get("/status", headers={"X-Request-Id": "abc-123"})
    assert given.headers["X-Request-Id"] == "abc-123"
    one, two = http.get("/status"), http.get("/nowhere")
    assert one.headers["X-Request-Id"] != two.headers["X-Request-Id"]
    odd = http.get("/status", headers={"X-Request-Id": "a b" * 100})
    assert " " not in odd.headers["X-Request-Id"]


def test_a_failure_shows_nothing_and_logs_everything(
    http: httpx.Client, server: EmbeddedCloud, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "scailable.cloud"):
        reply = http.get("/broken", headers={"X-Request-Id": "find-me"})
    assert reply.status_code == 500
    assert "42" not in reply.text
    assert "Traceback" not in reply.text
    assert "find-me" in caplog.text
    assert "the secret is 42" in caplog.text
    assert "42" in server.cloud.failures.pop()


def test_an_answer_that_differs_from_the_document_is_a_failure(
    http: httpx.Client, server: EmbeddedCloud
) -> None:
    assert http.get("/wrong").status_code == 500
    assert "differs from the document" in server.cloud.failures.pop()
    assert http.delete(f"/echo/{USER}").status_code == 500  # 204 is not declared
    assert "declares no answer with status 204" in server.cloud.failures.pop()


def test_a_refusal_carries_its_field_and_headers(http: httpx.Client) -> None:
    reply = http.get("/conflict")
    assert reply.status_code == 409
    assert reply.headers["X-A"] == "b"
    assert reply.json() == {
        "Message": "It is not empty.",
        "Field": {"Name": "Name", "Message": "is taken"},
    }


def test_downloads_serve_ranges(http: httpx.Client) -> None:
    whole = http.get("/file")
    assert whole.content == b"0123456789"
    assert whole.headers["ETag"] == '"digest"'
    assert whole.headers["X-Request-Id"]
    part = http.get("/file", headers={"Range": "bytes=3-5"})
    assert (part.status_code, part.content) == (206, b"345")
    other = http.get("/file", headers={"Range": "bytes=3-5", "If-Range": '"older"'})
    assert (other.status_code, other.content) == (200, b"0123456789")


@pytest.mark.parametrize(
    "header", ["items=0-3", "bytes", "bytes=", "bytes=a-b", "bytes=5-3", "bytes=-", "\xff=0-1"]
)
def test_a_range_that_is_none_is_refused_in_words(http: httpx.Client, header: str) -> None:
    reply = http.get("/file", headers={b"Range": header.encode("latin-1")})
    assert reply.status_code == 400
    assert reply.json() == {"Message": "The header Range is not one of bytes."}
    assert reply.headers["X-Request-Id"]


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100"])
def test_a_range_beyond_the_end_is_refused_in_words(http: httpx.Client, header: str) -> None:
    reply = http.get("/file", headers={"Range": header})
    assert reply.status_code == 416
    assert reply.headers["Content-Range"] == "bytes */10"
    assert "beyond the end" in reply.json()["Message"]


@pytest.mark.parametrize(
    ("header", "status", "length"),
    [("", 200, "10"), ("bytes=3-5", 206, "3"), ("bytes=99-", 416, None)],
)
def test_the_head_of_a_download(
    http: httpx.Client, header: str, status: int, length: str | None
) -> None:
    reply = http.head("/file", headers={"Range": header} if header else {})
    assert (reply.status_code, reply.content) == (status, b"")
    assert length is None or reply.headers["Content-Length"] == length


# --- multipart bodies -----------------------------------------------------------------------------


def send(http: httpx.Client, data: Any, **files: Any) -> httpx.Response:
    texts = {"data": data if isinstance(data, str) else json.dumps(data)}
    return http.post("/file", data=texts, files=files)


def test_a_file_arrives_whole_and_hashed(http: httpx.Client) -> None:
    content = bytes(range(256)) * 8192
    reply = send(http, {"Name": "m"}, file=("C:\\dir\\m.onnx", content, "application/x-onnx"))
    assert reply.json() == {
        "data": {"Name": "m"},
        "file": {
            "Name": "m.onnx",
            "Size": len(content),
            "SHA256": hashlib.sha256(content).hexdigest(),
            "Same": True,
            "MediaType": "application/x-onnx",
        },
    }


def test_the_other_name_of_the_file_part(http: httpx.Client) -> None:
    assert send(http, {"Name": "m"}, bundle=("m", b"x")).json()["file"]["Size"] == 1
    reply = send(http, {"Name": "m"}, bundle=("m", b"x"), file=("m", b"y"))
    assert reply.status_code == 400


def test_a_form_without_its_file(http: httpx.Client) -> None:
    files = {"data": (None, b'{"Name": "m"}')}
    assert http.post("/file", files=files).json() == {"data": {"Name": "m"}, "file": None}


def test_unknown_parts_are_skipped(http: httpx.Client) -> None:
    reply = send(http, {"Name": "m"}, file=("m", b"x"), other=("o", b"y" * 100_000))
    assert reply.json()["file"]["Size"] == 1


def test_content_that_looks_like_a_boundary_is_content(http: httpx.Client) -> None:
    content = b"a\r\n--+++--\r\nb\r\n--" + b"x" * 70 + b"\r\n" * 5000
    assert send(http, {"Name": "m"}, file=("m", content)).json()["file"]["Size"] == len(content)


@pytest.mark.parametrize(
    ("data", "status", "field"),
    [
        ('{"Name": ""}', 422, "Name"),
        ("{}", 422, "Name"),
        ('{"Name": "n", "Count": 10}', 422, "Count"),
        ("{", 400, None),
        ('{"Name": "' + "x" * (1 << 20) + '"}', 413, None),
    ],
)
def test_the_data_part_is_validated(
    http: httpx.Client, data: str, status: int, field: str | None
) -> None:
    reply = send(http, data, file=("m", b"x"))
    assert reply.status_code == status
    assert reply.json().get("Field", {}).get("Name") == field


def test_the_data_part_is_required(http: httpx.Client) -> None:
    reply = http.post("/file", files={"file": ("m", b"x")})
    assert reply.status_code == 422
    assert reply.json()["Field"]["Name"] == "data"


BOUNDARY = "b0undary"
HEAD = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="data"\r\n\r\n{{"Name": "m"}}\r\n'
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="m"\r\n\r\n'
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HEAD,
        HEAD + b"xyz",
        HEAD + b"xyz" + TAIL[:-4],
        b"no boundary at all",
        HEAD + b"x" + TAIL.replace(b"--\r\n", b"\r\n") + HEAD + b"y" + TAIL,
    ],
)
def test_a_broken_form_stores_nothing(http: httpx.Client, content: bytes) -> None:
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    assert http.post("/file", content=content, headers=headers).status_code == 400


@pytest.mark.parametrize("boundary", ["", "; boundary=", f"; boundary={'x' * 300}"])
def test_a_form_needs_a_boundary(http: httpx.Client, boundary: str) -> None:
    headers = {"Content-Type": f"multipart/form-data{boundary}"}
    assert http.post("/file", content=HEAD, headers=headers).status_code == 400


def test_a_form_has_to_be_a_form(http: httpx.Client) -> None:
    assert http.post("/file", json={"Name": "m"}).status_code == 415


def pieces(size: int) -> Iterator[bytes]:
    yield HEAD
    sent = 0
    while sent < size:
        block = b"x" * min(65536, size - sent)
        sent += len(block)
        yield block
    yield TAIL


def test_the_largest_file_fits(http: httpx.Client) -> None:
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    fits = http.post("/file", content=pieces(LIMIT), headers=headers)
    assert fits.json()["file"]["Size"] == LIMIT
    assert http.post("/file", content=pieces(LIMIT + 1), headers=headers).status_code == 413


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
@pytest.mark.parametrize("announced", [True, False])
def test_a_client_that_is_still_sending_sees_that_the_file_is_too_large(
    server: EmbeddedCloud, http: httpx.Client, connection: str, announced: bool
) -> None:
    size = LIMIT * 8
    total = len(HEAD) + size + len(TAIL)
    length = f"Content-Length: {total}" if announced else "Transfer-Encoding: chunked"
    with raw(server.url) as client:
        client.sendall(
            f"POST /cpt/file HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n{length}\r\n\r\n".encode()
        )
        for piece in pieces(size):
            client.sendall(piece if announced else b"%x\r\n%b\r\n" % (len(piece), piece))
        if not announced:
            client.sendall(b"0\r\n\r\n")
        answer = client.recv(65536)
        while not answer.endswith(b"}") and (more := client.recv(65536)):
            answer += more
    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"Message"' in answer


def raw(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=20)


def test_a_cut_upload_leaves_nothing(server: EmbeddedCloud, http: httpx.Client) -> None:
    incoming = server.cloud.blobs.incoming
    with raw(server.url) as client:
        client.sendall(
            b"POST /cpt/file HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n"
            + f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n".encode()
            + HEAD
            + b"x" * 1_500_000
        )
        wait_until(lambda: len(list(incoming.iterdir())) == 1)
    wait_until(lambda: list(incoming.iterdir()) == [])
    assert server.cloud.failures == []


@pytest.mark.parametrize("host", ["a b", "[::1", "x" * 300, "", "evil.example/path?"])
def test_an_odd_host_is_no_failure(server: EmbeddedCloud, http: httpx.Client, host: str) -> None:
    with raw(server.url) as client:
        client.sendall(f"GET /cpt/status HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert client.recv(100).split()[1] in (b"200", b"400")


# --- at start-up ----------------------------------------------------------------------------------


def start(document: dict[str, Any], routes: Routes) -> None:
    with EmbeddedCloud(documents={"compute": document}, services={"compute": routes}):
        pass


def test_every_operation_needs_a_handler(tmp_path: Path) -> None:
    document = make_document()
    document["paths"]["/more"] = {"get": operation("oneMore")}
    with pytest.raises(ConfigError, match="no handler for oneMore"):
        start(document, make_routes(tmp_path))


def test_every_handler_needs_an_operation(tmp_path: Path) -> None:
    document = make_document()
    del document["paths"]["/broken"]
    with pytest.raises(ConfigError, match="no operation broken"):
        start(document, make_routes(tmp_path))


def test_every_scheme_needs_somebody_to_check_it(tmp_path: Path) -> None:
    document = make_document()
    document["paths"]["/broken"]["get"]["security"] = [{"Odd": []}]
    with pytest.raises(ConfigError, match="security scheme Odd"):
        start(document, make_routes(tmp_path))


def test_an_operation_name_is_used_once(tmp_path: Path) -> None:
    document = make_document()
    document["paths"]["/more"] = {"get": operation("echo")}
    with pytest.raises(ConfigError, match="names the operation echo twice"):
        start(document, make_routes(tmp_path))


def test_a_broken_schema_is_named(tmp_path: Path) -> None:
    document = make_document()
    body = json_body({"$ref": "#/components/schemas/Missing"})
    document["paths"]["/things"]["post"]["requestBody"] = body
    with pytest.raises(ConfigError, match="POST /things"):
        start(document, make_routes(tmp_path))


def test_documents_may_lie_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "auth.json").write_text("{")
    with pytest.raises(ConfigError, match="auth is not JSON"):
        EmbeddedCloud(documents=tmp_path).start()
    (tmp_path / "auth.json").unlink()
    with pytest.raises(ConfigError, match="auth cannot be read"):
        EmbeddedCloud(documents=tmp_path).start()
