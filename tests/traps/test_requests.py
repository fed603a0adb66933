"""Traps of the generator's default output in what is sent, and their absence in ours."""

import dataclasses
import importlib
import json
import os
import threading
from io import BytesIO
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from scailable.errors import ValidationError
from scailable.runtime.auth import StaticToken
from scailable.runtime.call import BytesBody, FileSource, JsonBody, MultipartBody
from scailable.runtime.download import download
from scailable.runtime.retry import Retry
from scailable.runtime.transport import Transport
from scailable.runtime.types import UNSET, File
from tests.generator import sample
from tests.runtime.server import Server, reply
from tests.traps.conftest import Module
from tests.traps.wire import parts

HOSTILE_FILE = (
    b'onnx\r\n--+++\r\nContent-Disposition: form-data; name="admin"\r\n\r\ntrue\r\n--+++--\r\n'
)


def test_a_file_cannot_inject_a_part(theirs: Module, ours: Module, tmp_path: Path) -> None:
    models = theirs("models")
    their_body = models.UploadThingBody(
        data=models.ThingInput(name="a"),
        file=theirs("types").File(payload=BytesIO(HOSTILE_FILE), file_name="m.onnx"),
    )
    kwargs = theirs("api.thing.upload_thing")._get_kwargs(body=their_body)
    request = httpx.Request(
        kwargs.pop("method"), "http://test/things", files=kwargs["files"], headers=kwargs["headers"]
    )
    assert parts(request.headers["content-type"], request.read())["admin"] == b"true"

    (tmp_path / "m.onnx").write_bytes(HOSTILE_FILE)
    models = ours("models")
    with FileSource(tmp_path / "m.onnx") as source:
        our_body = models.UploadThingBody(
            data=models.ThingInput(name="a"), file=File(payload=source)
        )
        with Server(reply({"Message": "done"})) as server, Transport(server.url) as client:
            ours("api.thing.upload_thing").sync(client=client, body=our_body)
    (seen,) = server.seen
    assert parts(seen.headers["content-type"], seen.body) == {
        "data": b'{"Name": "a"}',
        "file": HOSTILE_FILE,
    }
    assert "+++" not in seen.headers["content-type"]


def test_multipart_fields_are_json_and_plain_text(theirs: Module, ours: Module) -> None:
    models = theirs("models")
    their_body = models.UploadThingBody(
        data=models.ThingInput(name="a"),
        file=theirs("types").File(payload=BytesIO(b"x")),
        keep=True,
    )
    written = dict(their_body.to_multipart())
    assert written["keep"] == (None, b"True", "text/plain")
    assert written["data"][2] == "application/json"

    models = ours("models")
    our_body = models.UploadThingBody(
        data=models.ThingInput(name="a", note=None),
        file=File(payload=b"x", file_name="m.onnx"),
        keep=True,
    )
    body = ours("api.thing.upload_thing").build_request(body=our_body).body
    assert isinstance(body, MultipartBody)
    by_name = {part.name: part for part in body.parts}
    data = by_name["data"].content
    assert isinstance(data, bytes)
    assert by_name["keep"].content == b"true"
    assert json.loads(data) == {"Name": "a", "Note": None}
    assert (by_name["data"].filename, by_name["data"].content_type) == (None, None)
    assert by_name["file"].filename == "m.onnx"
    assert by_name["file"].content_type == "application/octet-stream"


def test_every_call_has_its_documented_time_out(theirs: Module, ours: Module) -> None:
    client = theirs("client").Client(base_url="http://test")
    assert client.get_httpx_client().timeout == httpx.Timeout(None)
    client.get_httpx_client().close()

    assert ours("api.thing.get_thing").build_request("1").timeout == 7


def test_an_other_time_out_changes_nobody_elses(theirs: Module, ours: Module) -> None:
    client = theirs("client").Client(base_url="http://test", timeout=httpx.Timeout(5))
    first = client.get_httpx_client()
    client.with_timeout(httpx.Timeout(99))
    assert first.timeout == httpx.Timeout(99)
    first.close()

    call = ours("api.thing.get_thing").build_request("1")
    with pytest.raises(dataclasses.FrozenInstanceError):
        call.timeout = 99
    with pytest.raises(ModuleNotFoundError):
        ours("client")


def test_no_token_stands_in_a_repr(theirs: Module, ours: Module) -> None:
    client = theirs("client").AuthenticatedClient(
        base_url="http://test", token="s3cr3t-token-value"
    )
    assert "s3cr3t-token-value" in repr(client)
    their_thing = repr(theirs("models").Thing.from_dict(sample.THING))
    assert "s3cr3t-token-value" in their_thing
    assert "s3cr3t-link" in their_thing

    thing = ours("models").Thing.from_dict(sample.THING)
    assert thing.access_token == "s3cr3t-token-value"
    assert thing.url.endswith("s3cr3t-link")
    assert "s3cr3t" not in repr(thing)
    secret = ours("api.thing.create_thing").build_request(
        body=ours("models").ThingInput(name="s3cr3t")
    )
    assert "s3cr3t" not in repr(secret) + repr(secret.body)
    assert "s3cr3t" not in repr(dataclasses.replace(secret, headers=(("X", "s3cr3t"),)))


def test_one_client_however_many_threads(theirs: Module) -> None:
    client = theirs("client").Client(base_url="http://test")
    gate = threading.Barrier(16)
    built: list[httpx.Client] = []

    def get() -> None:
        gate.wait()
        built.append(client.get_httpx_client())

    threads = [threading.Thread(target=get) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(each) for each in built}) > 1
    for each in built:
        each.close()
    # Ours has no client of its own: see test_an_other_time_out_changes_nobody_elses.


def test_headers_and_queries_are_text(theirs: Module, ours: Module) -> None:
    trace = UUID(sample.UUID)
    kwargs = theirs("api.thing.get_thing")._get_kwargs("1", x_trace=trace)
    with pytest.raises(TypeError):
        httpx.Request("GET", "http://test", headers=kwargs["headers"])

    status = ours("models").Status
    call = ours("api.thing.get_thing").build_request(
        "a b/c", deep=True, text="x", kinds=[status.OK, status.ERROR], x_trace=trace
    )
    assert call.headers == (("X-Trace", sample.UUID),)
    assert call.params == (("Deep", "true"), ("text", "x"), ("Kinds", "ok"), ("Kinds", "error"))
    assert call.path == "/thing/a%20b%2Fc"


@pytest.mark.parametrize("uuid", ["", ".", ".."])
def test_a_path_cannot_climb(theirs: Module, ours: Module, uuid: str) -> None:
    kwargs = theirs("api.thing.delete_thing")._get_kwargs(uuid)
    sent = httpx.URL("http://test").join(kwargs["url"]).path
    assert sent in ("/thing/", "/thing/.", "/thing/..", "/")

    with pytest.raises(ValidationError, match="names nothing"):
        ours("api.thing.delete_thing").build_request(uuid)


def test_a_raw_body_is_sent_again_whole(theirs: Module, ours: Module, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(os.urandom(100_000))
    with path.open("rb") as opened:
        kwargs = theirs("api.thing.replace_thing")._get_kwargs(
            "1", body=theirs("types").File(payload=opened)
        )
        request = httpx.Request("PUT", "http://test", content=kwargs["content"])
        lengths = [sum(map(len, request.stream)) for _ in range(2)]  # type: ignore[arg-type]
    assert lengths == [100_000, 0]

    replace = ours("api.thing.replace_thing")
    with FileSource(path) as source, Server(reply({"Message": "done"})) as server:
        server.then(reply(status=503))
        with Transport(server.url, retry=Retry(first_wait=0)) as client:
            for body in (source, File(payload=source), path.read_bytes()):
                assert replace.sync("1", client=client, body=body).message == "done"
    assert len(server.seen) == 4
    for seen in server.seen:
        assert seen.body == path.read_bytes()
        assert seen.headers["content-type"] == "application/octet-stream"
        assert seen.headers["content-length"] == "100000"


def test_a_file_is_downloaded_without_holding_it(ours: Module, tmp_path: Path) -> None:
    call = ours("api.thing.download_thing").build_request("1")
    with Server(reply(body=b"\x00\xff" * 50_000)) as server, Transport(server.url) as client:
        with client.stream(call) as answer:
            assert sum(map(len, answer.iter_bytes())) == 100_000
        path = download(client, call, tmp_path / "thing", size=100_000)
    assert path.read_bytes() == b"\x00\xff" * 50_000


def test_a_path_keeps_its_last_slash(ours: Module) -> None:
    with Server(reply({"Message": "done"})) as server, Transport(server.url) as client:
        ours("api.thing.get_shelf").sync("Größe a/b ?#%", client=client)
    (seen,) = server.seen
    assert seen.path == "/auth/shelf/Gr%C3%B6%C3%9Fe%20a%2Fb%20%3F%23%25/"


def test_a_token_goes_into_the_header_of_its_service(theirs: Module) -> None:
    # The generator knows one header for all, whatever the security scheme says.
    client = theirs("client").AuthenticatedClient(base_url="http://test", token="t")
    with client.get_httpx_client() as used:
        assert used.headers["authorization"] == "Bearer t"

    organization = importlib.import_module("scailable_api.skafos.api.organization")
    auth = StaticToken("t")
    with Server(reply([])) as server, Transport(server.url, auth=auth) as client:
        organization.list_organizations.sync(client=client)
    (seen,) = server.seen
    assert (seen.headers["x-api-token"], seen.headers["authorization"]) == ("t", None)


def test_fields_named_like_locals(theirs: Module, ours: Module) -> None:
    data = {"Name": "a", "d": "2026-01-31", "cls": "2026-02-01"}
    with pytest.raises((TypeError, AttributeError)):
        theirs("models").ThingInput.from_dict(data)

    assert ours("models").ThingInput.from_dict(data).to_dict() == data


def test_null_and_not_given_are_not_the_same(ours: Module) -> None:
    build = ours("api.thing.create_thing").build_request
    thing = ours("models").ThingInput
    assert build(body=thing(name="a")).body == JsonBody({"Name": "a"})
    assert build(body=thing(name="a", note=None)).body == JsonBody({"Name": "a", "Note": None})


def test_all_services_share_their_types(theirs: Module, ours: Module) -> None:
    from scailable_api.compute.types import UNSET as OTHER

    assert theirs("types").UNSET is not OTHER
    assert ours("types").UNSET is OTHER is UNSET


def test_a_file_can_be_sent_again(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(os.urandom(200_000))
    with path.open("rb") as opened:
        request = httpx.Request("POST", "http://test", content=opened)
        lengths = [sum(map(len, request.stream)) for _ in range(2)]  # type: ignore[arg-type]
    assert request.headers["content-length"] == "200000"
    assert lengths == [200_000, 0]  # the second attempt would promise more than it sends

    ticks: list[tuple[int, int]] = []
    with FileSource(path, on_progress=lambda sent, total: ticks.append((sent, total))) as source:
        once, again = b"".join(source), b"".join(source)
    assert once == again == path.read_bytes()
    assert ticks[len(ticks) // 2 - 1] == ticks[-1] == (200_000, 200_000)


def test_a_file_source_shares_no_position(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"0123456789")
    with path.open("rb") as opened:
        opened.seek(4)
        source = FileSource(opened.fileno(), name="model.onnx")
        assert b"".join(source) == b"0123456789"
        assert opened.tell() == 4
    # Duplicated: closing the one leaves the other open.
    assert b"".join(source) == b"0123456789"
    source.close()
    source.close()
    with pytest.raises(ValueError, match="is closed"):
        list(source)


def test_a_file_that_shrinks_or_is_none(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"0" * 100_000)
    with FileSource(path) as source:
        path.write_bytes(b"0" * 10)
        with pytest.raises(OSError, match="became shorter"):
            list(source)
    with pytest.raises(ValueError, match="not a regular file"):
        FileSource(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="not a regular file"):
        FileSource(tmp_path / "pipe")
    with pytest.raises(FileNotFoundError):
        FileSource(tmp_path / "gone")


def test_a_body_is_hidden_and_typed(tmp_path: Path) -> None:
    body = BytesBody(b"s3cr3t")
    assert body.content_type == "application/octet-stream"
    assert "s3cr3t" not in repr(body) + repr(File(payload=b"s3cr3t"))
    assert File(payload=BytesIO(b"abc")).content() == b"abc"
