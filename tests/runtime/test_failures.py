"""Every way a call can fail, each against a real socket, sync and async, on both libraries."""

import pickle
import socket
import ssl
from email.utils import formatdate

import pytest
import trustme

from scailable import errors
from scailable.runtime.auth import StaticToken
from scailable.runtime.call import Call, JsonBody
from scailable.runtime.retry import Retry
from tests.runtime.conftest import RecordingClock, Ways
from tests.runtime.server import Server, cut_after, reply, silent, truncated

GET = Call(service="compute", operation="getFunction", method="GET", path="/function/1")
POST = Call(
    service="compute", operation="add", method="POST", path="/functions", body=JsonBody({"a": 1})
)
ONCE = Retry(attempts=1)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequest),
        (401, errors.Unauthenticated),
        (403, errors.PermissionDenied),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (413, errors.TooLarge),
        (418, errors.APIStatusError),
        (422, errors.Unprocessable),
        (429, errors.RateLimited),
        (499, errors.APIStatusError),
        (500, errors.ServerError),
        (503, errors.ServerError),
        (520, errors.ServerError),
    ],
)
def test_status_becomes_typed_error(
    ways: Ways, server: Server, status: int, kind: type[errors.APIStatusError]
) -> None:
    body = {"Message": "No, thanks", "Field": {"Name": "Name", "Message": "is too long"}}
    server.default = reply(body, status, {"X-Request-Id": "from-server"})
    with pytest.raises(kind) as caught:
        ways.send(server.url, GET, retry=ONCE)
    error = caught.value
    assert type(error) is kind
    assert error.status == status
    assert error.words == "No, thanks"
    assert error.field == ("Name", "is too long")
    assert error.request_id == "from-server"
    assert error.method == "GET"
    assert error.url == f"{server.url}/cpt/function/1"
    lines = str(error).splitlines()
    assert lines[1:] == [
        f"Request: GET {server.url}/cpt/function/1",
        "Server: No, thanks",
        "Field Name: is too long",
        "Request id: from-server",
        error.hint,
    ]
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.__dict__ == error.__dict__


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", None),
        (b"<html><head><title>502 Bad Gateway</title></head></html>", "'502 Bad Gateway'"),
        (b"<p>Sorry, <b>down</b></p>", "Sorry, down"),
        (b'{"Message": "cut o', '{"Message": "cut o'),
        (b'["a", "list"]', '["a", "list"]'),
        (b'"words"', "words"),
        (b"null", "null"),
        (b"\xff\xfe\x00binary", "binary"),
        (b"[" * 100_000, "[["),
        (b"<Error><Code>NoSuchKey</Code><Message>Gone.</Message></Error>", "NoSuchKey: Gone."),
        (b"<Error><Message>token=&quot;hush</Message></Error>", "***"),
    ],
)
def test_error_with_any_body(ways: Ways, server: Server, body: bytes, words: str | None) -> None:
    server.default = reply(status=500, body=body)
    with pytest.raises(errors.ServerError) as caught:
        ways.send(server.url, GET)
    if words is None:
        assert caught.value.words is None
    else:
        assert words in (caught.value.words or "")
    assert len(str(caught.value)) < 1000
    # The server gave no id, so ours is named.
    assert caught.value.request_id == server.seen[0].headers["x-request-id"]


def test_a_field_in_the_spelling_of_skafos(ways: Ways, server: Server) -> None:
    body = {"error": "The name is taken.", "field": {"name": "name", "message": "is taken"}}
    server.default = reply(body, 409)
    with pytest.raises(errors.Conflict) as caught:
        ways.send(server.url, GET)
    assert caught.value.words == "The name is taken."
    assert caught.value.field == ("name", "is taken")


def test_idempotent_call_is_sent_again(ways: Ways, server: Server, clock: RecordingClock) -> None:
    server.then(reply(status=502), reply(status=503), reply(status=504), reply({"Name": "m"}))
    [got] = ways.send(server.url, GET, clock=clock)
    assert got.content == b'{"Name": "m"}'
    assert len(server.seen) == 4
    assert len({seen.headers["x-request-id"] for seen in server.seen}) == 1
    assert len(clock.waits) == 3
    assert all(wait <= limit for wait, limit in zip(clock.waits, (0.5, 1, 2), strict=True))


def test_post_is_not_sent_again_after_5xx(
    ways: Ways, server: Server, clock: RecordingClock
) -> None:
    server.then(reply(status=503))
    with pytest.raises(errors.ServerError):
        ways.send(server.url, POST, clock=clock)
    assert len(server.seen) == 1


def test_post_with_idempotency_key_is_sent_again(
    ways: Ways, server: Server, clock: RecordingClock
) -> None:
    server.then(reply(status=503))
    keyed = Call(
        service="compute",
        operation="add",
        method="POST",
        path="/functions",
        headers=(("Idempotency-Key", "k1"),),
        body=JsonBody({"a": 1}),
    )
    [got] = ways.send(server.url, keyed, clock=clock)
    assert got.status == 200
    assert [seen.headers["idempotency-key"] for seen in server.seen] == ["k1", "k1"]
    assert [seen.body for seen in server.seen] == [b'{"a":1}', b'{"a":1}']


def test_retry_after_is_honoured(ways: Ways, server: Server, clock: RecordingClock) -> None:
    date = {"Date": formatdate(1_000_000, usegmt=True)}
    later = {"Retry-After": formatdate(1_000_009, usegmt=True)}

    def with_date(handler) -> None:  # type: ignore[no-untyped-def]
        handler.take()
        handler.send_response_only(429)
        for name, value in {**date, **later, "Content-Length": "0"}.items():
            handler.send_header(name, value)
        handler.end_headers()

    server.then(reply(status=429, headers={"Retry-After": "7"}), with_date)
    [got] = ways.send(server.url, POST, clock=clock)
    assert got.status == 200
    assert clock.waits == [7, 9]


def test_long_retry_after_is_raised_at_once(
    ways: Ways, server: Server, clock: RecordingClock
) -> None:
    server.default = reply(status=429, headers={"Retry-After": "3600"})
    with pytest.raises(errors.RateLimited) as caught:
        ways.send(server.url, GET, clock=clock)
    assert caught.value.retry_after == 3600
    assert str(caught.value).splitlines()[-1].startswith("Wait 3600 s")
    assert clock.waits == []


def test_retries_end_at_the_deadline(ways: Ways, server: Server, clock: RecordingClock) -> None:
    server.default = reply(status=503, headers={"Retry-After": "40"})
    with pytest.raises(errors.ServerError):
        ways.send(server.url, GET, clock=clock, retry=Retry(attempts=99, deadline=100))
    assert clock.waits == [40, 40]


def test_refused_connection(ways: Ways, clock: RecordingClock) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(errors.ConnectionFailed) as caught:
            ways.send(url, POST, clock=clock)
    assert isinstance(caught.value, ConnectionError)
    assert len(clock.waits) == 3
    assert f"Request: POST {url}/cpt/functions" in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).url == caught.value.url


def test_timeout_of_the_argument_wins(ways: Ways, server: Server, clock: RecordingClock) -> None:
    server.default = silent()
    slow = Call(service="auth", operation="x", method="GET", path="/x", timeout=30)
    with pytest.raises(errors.RequestTimeout) as caught:
        ways.send(server.url, slow, timeout=0.05, clock=clock)
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value, errors.ConnectionFailed)
    assert caught.value.timeout == 0.05
    # A time-out is not multiplied by retries.
    assert len(server.seen) == 1


def test_documented_timeout_and_client_default(ways: Ways, server: Server) -> None:
    server.default = silent()
    documented = Call(service="auth", operation="x", method="GET", path="/x", timeout=0.05)
    with pytest.raises(errors.RequestTimeout):
        ways.send(server.url, documented)
    slow = Call(service="auth", operation="x", method="GET", path="/x", timeout=30)
    with pytest.raises(errors.RequestTimeout) as caught:
        ways.send(server.url, slow, options={"timeout": 0.05})
    assert caught.value.timeout == 0.05


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def _server_context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_untrusted_certificate(ways: Ways, authority: trustme.CA, clock: RecordingClock) -> None:
    with (
        Server(context=_server_context(authority, "127.0.0.1")) as server,
        pytest.raises(errors.TLSFailed) as caught,
    ):
        ways.send(server.url, GET, clock=clock)
    assert isinstance(caught.value, errors.ConnectionFailed)
    assert "certificate" in str(caught.value)
    assert clock.waits == []


def test_certificate_of_another_host(ways: Ways, authority: trustme.CA, tmp_path) -> None:  # type: ignore[no-untyped-def]
    pem = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(pem))
    with Server(context=_server_context(authority, "127.0.0.1")) as server:
        [got] = ways.send(server.url, GET, verify=str(pem))
        assert got.status == 200
    with (
        Server(context=_server_context(authority, "other.example")) as server,
        pytest.raises(errors.TLSFailed),
    ):
        ways.send(server.url, GET, verify=str(pem))


def test_plain_server_behind_https(ways: Ways, server: Server, clock: RecordingClock) -> None:
    with pytest.raises(errors.TLSFailed):
        ways.send(server.url.replace("http:", "https:"), GET, clock=clock)


def test_html_where_json_is_expected(ways: Ways, server: Server) -> None:
    from scailable.runtime.decode import decode_json

    page = b"<!doctype html><html><title>Please sign in</title>" + b"x" * 500
    server.default = reply(body=page, headers={"Content-Type": "text/html"})
    [got] = ways.send(server.url, GET)
    with pytest.raises(errors.ResponseParsingError) as caught:
        decode_json(got)
    text = str(caught.value)
    assert "web page" in text
    assert "text/html" in text
    assert "/function/1" in text
    assert caught.value.excerpt is not None
    assert caught.value.excerpt.startswith("<!doctype html>")
    assert len(caught.value.excerpt) <= 80
    assert pickle.loads(pickle.dumps(caught.value)).excerpt == caught.value.excerpt


def test_truncated_body(ways: Ways, server: Server, clock: RecordingClock) -> None:
    server.default = truncated()
    with pytest.raises(errors.ConnectionFailed, match="broke"):
        ways.send(server.url, POST, clock=clock)
    assert len(server.seen) == 1
    server.then(truncated())
    server.default = reply({"Name": "whole"})
    [got] = ways.send(server.url, GET, clock=clock)
    assert got.content == b'{"Name": "whole"}'


def test_truncated_stream(ways: Ways, server: Server) -> None:
    server.default = truncated()
    with pytest.raises(errors.ConnectionFailed, match="broke"):
        ways.stream(server.url, GET)


def test_error_of_a_stream(ways: Ways, server: Server) -> None:
    server.default = reply({"Message": "gone"}, 404)
    with pytest.raises(errors.NotFound, match="gone"):
        ways.stream(server.url, GET)


def test_stream(ways: Ways, server: Server) -> None:
    content = bytes(range(256)) * 1000
    server.default = reply(body=content)
    assert ways.stream(server.url, GET) == (200, content)


def test_broken_compression(ways: Ways, server: Server) -> None:
    server.default = reply(body=b"not gzip", headers={"Content-Encoding": "gzip"})
    with pytest.raises(errors.ResponseParsingError):
        ways.send(server.url, GET)


def test_connection_cut_before_the_answer(
    ways: Ways, server: Server, clock: RecordingClock
) -> None:
    server.then(cut_after(0))
    with pytest.raises(errors.ConnectionFailed):
        ways.send(server.url, POST, clock=clock)
    server.then(cut_after(0))
    [got] = ways.send(server.url, GET, clock=clock)
    assert got.status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(ways: Ways, server: Server, status: int) -> None:
    with Server() as elsewhere:
        location = f"{elsewhere.url}/cpt/function/1?sig=hush"
        server.default = reply(status=status, headers={"Location": location})
        with pytest.raises(errors.APIStatusError) as caught:
            ways.send(server.url, GET, auth=StaticToken("secret"))
        assert elsewhere.seen == []
    assert caught.value.status == status
    assert elsewhere.url in str(caught.value)
    assert "hush" not in str(caught.value)
    assert "SCAILABLE_BASE_URL" in str(caught.value).splitlines()[-1]


def test_not_modified_is_an_answer(ways: Ways, server: Server) -> None:
    server.default = reply(status=304, body=b"")
    [got] = ways.send(server.url, GET)
    assert got.status == 304


def test_token_that_cannot_be_a_header(ways: Ways, server: Server) -> None:
    import traceback

    call = Call(service="auth", operation="x", method="GET", path="/x", security=("User",))
    for token in ("sec\nret", "secr\u00e9t"):
        with pytest.raises(errors.ValidationError) as caught:
            ways.send(server.url, call, auth=StaticToken(token))
        shown = "".join(traceback.format_exception(caught.value)) + str(caught.value)
        assert repr(token)[1:-1] not in shown
        assert token not in shown
    assert server.seen == []


@pytest.mark.parametrize("url", ["", "localhost:80", "ftp://host", "https://", "/path"])
def test_base_url_must_be_one(ways: Ways, url: str) -> None:
    with pytest.raises(errors.ConfigError):
        ways.send(url, GET)
