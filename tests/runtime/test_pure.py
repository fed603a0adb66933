"""Decisions that need no socket."""

import pickle

import pytest

from scailable import errors
from scailable.redact import redact_text, redact_url
from scailable.runtime.headers import Headers
from scailable.runtime.refusals import parse_retry_after
from scailable.runtime.retry import Broken, Retry
from scailable.runtime.transfer import begins_at, total_size


def wait(outcome: int | Broken, method: str = "GET", **more: object) -> float | None:
    arguments = {"has_key": False, "attempt": 1, "elapsed": 0.0, "draw": lambda: 1.0} | more
    return Retry().wait_after(outcome, method=method, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "idempotent", "not_idempotent"),
    [
        (Broken.UNREACHED, True, True),
        (Broken.CUT, True, False),
        (Broken.FINAL, False, False),
        (429, True, True),
        (502, True, False),
        (503, True, False),
        (504, True, False),
        (400, False, False),
        (500, False, False),
        (520, False, False),
    ],
)
def test_what_is_sent_again(outcome: int | Broken, idempotent: bool, not_idempotent: bool) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        assert (wait(outcome, method) is not None) is idempotent
    for method in ("POST", "PATCH"):
        assert (wait(outcome, method) is not None) is not_idempotent
        assert (wait(outcome, method, has_key=True) is not None) is idempotent


def test_back_off() -> None:
    retry = Retry(attempts=9)
    waits = [
        retry.wait_after(503, method="GET", has_key=False, attempt=n, elapsed=0, draw=lambda: 1.0)
        for n in range(1, 10)
    ]
    assert waits == [0.5, 1, 2, 4, 8, 8, 8, 8, None]
    assert wait(503, draw=lambda: 0.0) == 0
    assert wait(503, retry_after=60) == 60
    assert wait(503, retry_after=61) is None
    assert wait(503, elapsed=119.6) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "5"}, 5),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "\u0665"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, 90),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:05 GMT"}, 0),
        (
            {
                "retry-after": "Thu, 01 Jan 1970 00:01:40 GMT",
                "date": "Thu, 01 Jan 1970 00:01:35 GMT",
            },
            5,
        ),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_retry_after(headers, now=10) == seconds


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/p?Offset=3&sig=a&X-Amz-Signature=b", "?Offset=3&sig=***&X-Amz-Signature=***"),
        ("https://user:pw@h/p", "https://h/p"),
        ("https://h/p#access_token=a", "https://h/p"),
    ],
)
def test_redacted_url(url: str, shown: str) -> None:
    assert redact_url(url).endswith(shown)
    assert "pw" not in redact_url(url)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer hush",
        '{"Password": "hush"}',
        "{'NewPassword': 'hush'}",
        '{"AccessToken":"hush"}',
        "RefreshToken=hush&a=b",
        "X-API-TOKEN: hush",
        "skafos_hush567890123456789012",
        "https://store/x?X-Amz-Signature=hush&X-Amz-Security-Token=hush&X-Amz-Credential=hush",
        "token nxcdb-hush",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodXNoIn0.hush",
    ],
)
def test_redacted_text(text: str) -> None:
    shown = redact_text(text)
    assert "hush" not in shown
    assert "***" in shown
    assert redact_text("The password is too short.") == "The password is too short."


def test_headers() -> None:
    headers = Headers([(b"Content-Type", b"a"), (b"Via", b"1"), (b"via", b"2")])
    assert headers["CONTENT-TYPE"] == "a"
    assert headers.get("via") == "1, 2"
    assert "Via" in headers
    assert 3 not in headers  # type: ignore[comparison-overlap]
    assert dict(headers) == {"content-type": "a", "via": "1, 2"}
    assert pickle.loads(pickle.dumps(headers)) == headers


def test_ranges() -> None:
    assert begins_at(200, {}) == 0
    assert begins_at(206, {"content-range": "bytes 5-9/10"}) == 5
    assert begins_at(206, {}) is None
    assert total_size(206, {"content-range": "bytes 5-9/10"}) == 10
    assert total_size(206, {"content-range": "bytes 5-9/*"}) is None
    assert total_size(200, {"content-length": "7"}) == 7
    assert total_size(200, {}) is None


def _all_errors() -> list[type[errors.ScailableError]]:
    named = [getattr(errors, name) for name in errors.__all__]
    return [
        kind for kind in named if isinstance(kind, type) and issubclass(kind, errors.ScailableError)
    ]


@pytest.mark.parametrize("kind", _all_errors())
def test_every_error_pickles_shows_and_ends_with_the_next_step(
    kind: type[errors.ScailableError],
) -> None:
    if kind is errors.MissingExtraError:
        error: errors.ScailableError = errors.MissingExtraError("onnx", "Checking a model")
    elif issubclass(kind, errors.APIStatusError):
        error = kind("What happened.", status=418, url="https://h/p?sig=hush", method="GET")
    else:
        error = kind("What happened.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert again.__dict__ == error.__dict__
    assert str(again) == str(error)
    assert str(error).splitlines()[-1] == error.hint != ""
    assert "hush" not in str(error) + repr(error)


def test_errors_are_the_usual_kinds_too() -> None:
    assert issubclass(errors.ValidationError, ValueError)
    assert issubclass(errors.ModelRefused, errors.ValidationError)
    assert issubclass(errors.MissingExtraError, ImportError)
    assert issubclass(errors.ConnectionFailed, ConnectionError)
    assert issubclass(errors.RequestTimeout, TimeoutError)
    assert issubclass(errors.WaitTimeout, TimeoutError)
    assert "pip install 'scailable[onnx]'" in str(errors.MissingExtraError("onnx", "This"))


def test_an_error_that_cannot_be_shown_still_shows() -> None:
    class Bad:
        def __str__(self) -> str:
            raise RuntimeError

    assert str(errors.ConfigError(Bad())) == "ConfigError"  # type: ignore[arg-type]
    assert repr(errors.ConfigError(Bad())) == "ConfigError()"  # type: ignore[arg-type]


def test_batch_error_tells_all() -> None:
    failed = [(f"d{n}", errors.NotFound("Not there.", status=404)) for n in range(7)]
    error = errors.BatchError(succeeded=["a"], failed=failed, untried=["z"])
    lines = str(error).splitlines()
    assert lines[0] == "1 succeeded, 7 failed, 1 not tried."
    assert lines[1] == "Failed: d0: Not there."
    assert lines[-2] == "... and 2 more in .failed"
    assert len(pickle.loads(pickle.dumps(error)).failed) == 7
