"""What goes over the wire: uploads, their retries, downloads, and who sees a token."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any

import pytest

from scailable import errors
from scailable.runtime.auth import StaticToken
from scailable.runtime.call import (
    BytesBody,
    Call,
    FileSource,
    MultipartBody,
    Part,
    Source,
)
from scailable.runtime.retry import Retry
from tests.runtime.conftest import RecordingClock, Ways
from tests.runtime.server import Answer, Handler, Seen, Server, cut_after, reply

GET = Call(service="compute", operation="get", method="GET", path="/file", security=("User",))


def upload(source: Source | bytes, method: str = "POST", **headers: str) -> Call:
    return Call(
        service="compute",
        operation="upload",
        method=method,
        path="/functions",
        headers=tuple(headers.items()),
        body=MultipartBody(
            (
                Part("data", b'{"Name": "m"}'),
                Part("file", source, "m.onnx", "application/octet-stream"),
            )
        ),
    )


def parts(seen: Seen) -> dict[str, tuple[str | None, str | None, bytes]]:
    """Name to (file name, content type, content), by the standard library's parser."""
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + seen.body)
    return {
        part.get_param("name", header="content-disposition"): (  # type: ignore[misc]
            part.get_filename(),
            part["content-type"],
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    }


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "m.onnx"
    # The boundary that the generator would have used, and line ends, inside the file.
    path.write_bytes(b"\r\n--+++--\r\n" + bytes(range(256)) * 2000)
    return path


def test_multipart_upload_arrives_as_it_is(ways: Ways, server: Server, model: Path) -> None:
    ticks: list[tuple[int, int]] = []
    with FileSource(model, on_progress=lambda sent, total: ticks.append((sent, total))) as source:
        ways.send(server.url, upload(source), upload(source))
    first, second = server.seen
    assert parts(first) == {
        "data": (None, None, b'{"Name": "m"}'),
        "file": ("m.onnx", "application/octet-stream", model.read_bytes()),
    }
    assert parts(second) == parts(first)
    assert first.headers["content-length"] == str(len(first.body))
    assert "transfer-encoding" not in first.headers
    assert first.headers["content-type"] != second.headers["content-type"]
    size = model.stat().st_size
    assert ticks[-1] == (size, size)
    assert ticks == sorted(ticks[: len(ticks) // 2]) * 2


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_upload_cut_halfway_is_sent_again_whole(
    ways: Ways, server: Server, model: Path, clock: RecordingClock, method: str
) -> None:
    server.then(cut_after(70_000), reply(status=503))
    key = {} if method == "PUT" else {"Idempotency-Key": "k"}
    with FileSource(model) as source:
        ways.send(server.url, upload(source, method, **key), clock=clock)
    assert len(server.seen) == 3
    assert parts(server.seen[2])["file"][2] == model.read_bytes()


def test_upload_without_key_is_not_repeated_after_a_cut(
    ways: Ways, server: Server, model: Path, clock: RecordingClock
) -> None:
    server.then(cut_after(70_000))
    with FileSource(model) as source, pytest.raises(errors.ConnectionFailed):
        ways.send(server.url, upload(source), clock=clock)
    assert clock.waits == []


def test_raw_file_body(ways: Ways, server: Server, model: Path, clock: RecordingClock) -> None:
    server.then(cut_after(70_000))
    with FileSource(model) as source:
        call = Call(
            service="compute", operation="x", method="PUT", path="/x", body=BytesBody(source)
        )
        ways.send(server.url, call, clock=clock)
    assert server.seen[1].body == model.read_bytes()
    assert server.seen[1].headers["content-length"] == str(model.stat().st_size)
    assert server.seen[1].headers["content-type"] == "application/octet-stream"


def test_file_that_shrinks_while_it_is_sent(ways: Ways, server: Server, model: Path) -> None:
    with FileSource(model) as source:
        model.write_bytes(b"short")
        with pytest.raises(errors.ValidationError, match="shorter"):
            ways.send(server.url, upload(source))


def test_content_type_cannot_inject_headers(ways: Ways, server: Server) -> None:
    part = Part("file", b"x", "m.onnx", "text/plain\r\nX-Evil: 1")
    call = Call(
        service="compute", operation="x", method="POST", path="/x", body=MultipartBody((part,))
    )
    with pytest.raises(errors.ValidationError):
        ways.send(server.url, call)
    assert server.seen == []


def test_early_refusal_of_an_upload_is_read(ways: Ways, server: Server, tmp_path: Path) -> None:
    def too_large(handler: Handler) -> None:
        handler.take(0)
        handler.give(413, b'{"Message": "At most 1 MB"}')
        handler.wfile.flush()
        # As a good server does, drain what was under way before closing.
        handler.rfile.read(int(handler.headers["content-length"]))
        handler.close_connection = True

    big = tmp_path / "big.onnx"
    big.write_bytes(bytes(8_000_000))
    server.default = too_large
    with FileSource(big) as source, pytest.raises(errors.TooLarge, match="At most 1 MB"):
        ways.send(server.url, upload(source))


# --- downloads -----------------------------------------------------------------------------------

CONTENT = bytes(range(256)) * 3000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def piece(
    stop: int | None = None, *, etag: str = '"v1"', ranges: bool = True, content: bytes = CONTENT
) -> Answer:
    """The content, or the range asked for, breaking off at the offset `stop`."""

    def answer(handler: Handler) -> None:
        handler.take()
        start = 0
        wanted = handler.headers.get("range", "")
        if ranges and wanted and handler.headers.get("if-range") in (None, etag):
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        headers = {"ETag": etag, "Content-Length": str(len(content) - start)}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        handler.give(206 if start else 200, content[start:stop], headers)
        if stop is not None:
            handler.close_connection = True

    return answer


def folder_of(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir())


def test_download(ways: Ways, server: Server, tmp_path: Path) -> None:
    server.default = piece()
    ticks: list[tuple[int, int | None]] = []
    path = tmp_path / "m.onnx"
    path.write_bytes(b"old")
    got = ways.download(
        server.url,
        GET,
        path,
        sha256=DIGEST.upper(),
        size=len(CONTENT),
        on_progress=lambda *tick: ticks.append(tick),
    )
    assert got == path
    assert path.read_bytes() == CONTENT
    assert ticks[-1] == (len(CONTENT), len(CONTENT))
    assert folder_of(path) == ["m.onnx"]


def test_download_goes_on_where_it_broke(
    ways: Ways, server: Server, tmp_path: Path, clock: RecordingClock
) -> None:
    server.then(piece(100_000), piece(300_000), piece())
    path = ways.download(server.url, GET, tmp_path / "m", options={"clock": clock})
    assert path.read_bytes() == CONTENT
    assert [seen.headers["range"] for seen in server.seen] == [
        None,
        "bytes=100000-",
        "bytes=300000-",
    ]


@pytest.mark.parametrize("case", ["no ranges", "other version", "weak version"])
def test_download_starts_again_where_it_cannot_go_on(
    ways: Ways, server: Server, tmp_path: Path, clock: RecordingClock, case: str
) -> None:
    old = CONTENT[::-1]
    if case == "no ranges":
        server.then(piece(100_000), piece(ranges=False))
    elif case == "other version":
        server.then(piece(100_000, content=old), piece(etag='"v2"'))
    else:
        server.then(piece(100_000, content=old, etag='W/"v1"'), piece(etag='W/"v1"'))
    path = ways.download(server.url, GET, tmp_path / "m", options={"clock": clock})
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("arguments", "content"),
    [
        ({"sha256": DIGEST}, CONTENT[:-1] + b"x"),
        ({"size": len(CONTENT)}, CONTENT + b"x"),
        ({"size": len(CONTENT)}, CONTENT[:-1]),
    ],
)
def test_damaged_download_leaves_nothing(
    ways: Ways, server: Server, tmp_path: Path, arguments: dict[str, Any], content: bytes
) -> None:
    server.default = piece(content=content)
    path = tmp_path / "m"
    path.write_bytes(b"old")
    with pytest.raises(errors.IntegrityError):
        ways.download(server.url, GET, path, **arguments)
    assert path.read_bytes() == b"old"
    assert folder_of(path) == ["m"]


def test_download_that_stays_broken_leaves_nothing(
    ways: Ways, server: Server, tmp_path: Path, clock: RecordingClock
) -> None:
    server.default = piece(100_000)
    path = tmp_path / "m"
    with pytest.raises(errors.ConnectionFailed):
        ways.download(server.url, GET, path, options={"clock": clock})
    assert folder_of(path) == []
    assert len(server.seen) == Retry().attempts


def test_download_into_a_missing_folder(ways: Ways, server: Server, tmp_path: Path) -> None:
    with pytest.raises(errors.ValidationError, match="cannot be written"):
        ways.download(server.url, GET, tmp_path / "none" / "m")


def test_token_stays_at_home(ways: Ways, server: Server, tmp_path: Path) -> None:
    options = {"auth": StaticToken("hush")}
    with Server(piece()) as store:
        signed = f"{store.url}/blob?X-Signature=s1"
        ways.download(server.url, signed, tmp_path / "a", options=options, sha256=DIGEST)
        server.then(reply(status=302, headers={"Location": signed}))
        ways.download(server.url, GET, tmp_path / "b", options=options, sha256=DIGEST)
        assert len(store.seen) == 2
        assert all("authorization" not in seen.headers for seen in store.seen)
    assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer hush"]
    server.default = piece()
    ways.download(server.url, "/edge/blob", tmp_path / "c", options=options, sha256=DIGEST)
    assert server.seen[-1].path == "/edge/blob"
    assert server.seen[-1].headers["authorization"] == "Bearer hush"


def test_endless_redirects_end(ways: Ways, server: Server, tmp_path: Path) -> None:
    hops = [reply(status=302, headers={"Location": f"/hop/{n}"}) for n in range(20)]
    server.then(*hops)
    with pytest.raises(errors.ConnectionFailed, match="more than 5 times"):
        ways.download(server.url, GET, tmp_path / "m")
    assert len(server.seen) == 6


# --- secrets -------------------------------------------------------------------------------------


def test_secrets_show_nowhere(
    ways: Ways, server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("scailable").setLevel(logging.DEBUG)
    auth = StaticToken("hush-token")
    echo = {"Message": "bad: Bearer hush-token", "Password": "hush-word"}
    server.then(
        reply({"AccessToken": "hush-answer"}),
        reply(status=503),
        reply(status=500, value=echo, headers={"Set-Cookie": "s='hush-cookie'"}),
        piece(1000),
        piece(),
    )
    call = Call(
        service="compute",
        operation="x",
        method="GET",
        path="/x",
        params=(("Signature", "hush-query"),),
        headers=(("X-Api-Key", "hush-header"),),
        security=("User",),
    )
    options = {"auth": auth, "clock": RecordingClock()}
    replies = ways.send(server.url, call, options=options)
    with pytest.raises(errors.ServerError) as caught:
        ways.send(server.url, call, options=options)
    signed = f"{server.url}/blob?sig=hush-signature"
    ways.download(server.url, signed, tmp_path / "m", options=options)
    server.then(reply(status=302, headers={"Location": signed}), piece())
    ways.download(server.url, GET, tmp_path / "m", options=options)
    error = caught.value
    shown = [
        caplog.text,
        *map(repr, [auth, call, replies, error, error.headers, error.body]),
        str(error),
        repr(ways.library.Transport(server.url, auth=auth, headers={"X-Act-As-ID": "hush-id"})),
    ]
    assert "/cpt/x" in caplog.text
    assert " 200 " in caplog.text
    assert "/blob" in caplog.text
    assert [text for text in shown if "hush" in text] == []


# --- tokens --------------------------------------------------------------------------------------


class Renewing:
    """An Auth whose first token is refused."""

    def __init__(self) -> None:
        self.current = "old"
        self.rejected: list[str] = []

    def token(self, security: tuple[str, ...]) -> str | None:
        return self.current

    def ready(self, security: tuple[str, ...]) -> bool:
        return True

    def refresh(self, rejected: str) -> bool:
        self.rejected.append(rejected)
        self.current = "new"
        return True


def test_refused_token_is_renewed_once(ways: Ways, server: Server) -> None:
    auth = Renewing()
    server.then(reply(status=401))
    [got] = ways.send(server.url, GET, auth=auth)
    assert got.status == 200
    assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer old", "Bearer new"]
    server.default = reply(status=401)
    with pytest.raises(errors.Unauthenticated):
        ways.send(server.url, GET, auth=auth)
    assert len(server.seen) == 4
    assert auth.rejected == ["old", "new"]


def test_token_goes_only_with_its_scheme(ways: Ways, server: Server) -> None:
    device = Call(service="edge", operation="x", method="GET", path="/me", security=("Device",))
    anonymous = Call(service="auth", operation="x", method="GET", path="/status")
    for scheme in ("User", "Device"):
        ways.send(server.url, device, anonymous, GET, auth=StaticToken("t", scheme))
    sent = [seen.headers["authorization"] for seen in server.seen]
    assert sent == [None, None, "Bearer t", "Bearer t", None, None]


class Pieces:
    """A body that is made while it is sent."""

    name = "pieces"

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.size = sum(map(len, pieces))
        self.passes = 0

    def __iter__(self) -> Iterator[bytes]:
        self.passes += 1
        yield from self.pieces


def test_a_body_is_put_to_a_signed_url_without_a_token(ways: Ways, server: Server) -> None:
    body = Pieces(b"one", b"two")
    server.then(cut_after(3), reply(status=503))
    got = ways.put_url(
        server.url, f"{server.url}/x?signature=hush", BytesBody(body), auth=Renewing()
    )
    assert (got.status, body.passes) == (200, 3)
    for seen in server.seen[-2:]:
        assert (seen.method, seen.path, seen.body) == ("PUT", "/x?signature=hush", b"onetwo")
        assert seen.headers["authorization"] is None
        assert seen.headers["content-length"] == "6"
        assert seen.headers["content-type"] == "application/octet-stream"


def test_a_signed_url_is_not_shown(
    ways: Ways, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("scailable").setLevel(logging.DEBUG)
    names = ("X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "Signature")
    target = f"{server.url}/x?{'&'.join(f'{name}=hush' for name in names)}"
    answer = (
        b"<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>SignatureDoesNotMatch</Code>"
        b"<Message>A &amp; B.</Message><SignatureProvided>hush</SignatureProvided></Error>"
    )
    server.then(reply(status=503), reply(status=403, body=answer), cut_after(1))
    with pytest.raises(errors.PermissionDenied) as refused:
        ways.put_url(server.url, target, BytesBody(b"x"))
    with pytest.raises(errors.ConnectionFailed) as broken:
        ways.put_url(server.url, target, BytesBody(b"x"), retry=Retry(attempts=1))
    with pytest.raises(errors.ValidationError) as impossible:
        ways.put_url(server.url, target.replace("http:", "gopher:"), BytesBody(b"x"))
    assert refused.value.words == "SignatureDoesNotMatch: A & B."
    assert refused.value.body == {"Code": "SignatureDoesNotMatch", "Message": "A & B."}
    caught = (refused.value, broken.value, impossible.value)
    shown = [caplog.text, *map(str, caught), *map(repr, caught), *(str(vars(e)) for e in caught)]
    assert "/x?" in caplog.text
    assert [text for text in shown if "hush" in text] == []


def test_only_what_a_body_needs_goes_to_a_signed_url(ways: Ways, server: Server) -> None:
    own = {"X-Act-As-ID": "hush"}
    for body in (BytesBody(b"x"), BytesBody(Pieces(b"x"))):
        ways.put_url(server.url, f"{server.url}/x", body, headers=own, auth=Renewing())
        assert {name.lower() for name in server.seen[-1].headers} == {
            *("host", "accept", "accept-encoding", "user-agent", "x-request-id"),
            *("content-type", "content-length"),
        }
    ways.send(server.url, GET, headers=own)
    assert server.seen[-1].headers["x-act-as-id"] == "hush"


# RequestTimeout is an OSError too, which else means that a file could not be read.
@pytest.mark.parametrize("kind", [errors.IntegrityError, errors.RequestTimeout])
@pytest.mark.parametrize("raw", [True, False])
def test_what_a_body_raises_reaches_the_caller(
    ways: Ways, server: Server, kind: type[errors.ScailableError], raw: bool
) -> None:
    raised = kind("It was changed.")

    class Changed(Pieces):
        def __iter__(self) -> Iterator[bytes]:
            yield b"one"
            raise raised

    body = Changed(b"one", b"two")
    with pytest.raises(kind) as caught:
        if raw:
            ways.put_url(server.url, f"{server.url}/x", BytesBody(body))
        else:
            ways.send(server.url, upload(body))
    assert caught.value is raised


def test_a_source_as_a_part_is_sent_again_whole(ways: Ways, server: Server) -> None:
    body = Pieces(b"one", b"two")
    server.then(cut_after(100), reply(status=503))
    ways.send(server.url, upload(body, "PUT"), clock=RecordingClock())
    assert parts(server.seen[2])["file"][2] == b"onetwo"
    assert server.seen[2].headers["content-length"] == str(len(server.seen[2].body))


def test_a_patch_with_a_key_is_sent_again(ways: Ways, server: Server) -> None:
    key = (("Idempotency-Key", "k"),)
    change = Call(service="skafos", operation="x", method="PATCH", path="/x", headers=key)
    server.then(reply(status=503))
    [got] = ways.send(server.url, change, clock=RecordingClock())
    assert (got.status, len(server.seen)) == (200, 2)
    server.then(reply(status=503))
    with pytest.raises(errors.ServerError):
        ways.send(server.url, replace(change, headers=()), clock=RecordingClock())


def test_each_service_takes_its_token_in_its_own_header(ways: Ways, server: Server) -> None:
    call = Call(service="skafos", operation="x", method="GET", path="/x", security=("ApiToken",))
    ways.send(server.url, call, GET, auth=StaticToken("t"))
    sent = [(seen.headers["x-api-token"], seen.headers["authorization"]) for seen in server.seen]
    assert sent == [("t", None), (None, "Bearer t")]


def test_proxy_of_the_environment(
    ways: Ways, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    ways.send("http://cloud.invalid", GET)
    assert server.seen[0].path == "http://cloud.invalid/cpt/file"
    assert server.seen[0].headers["host"] == "cloud.invalid"
