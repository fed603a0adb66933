"""What handlers give back, and how it is written to the wire."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import FileResponse
from starlette.responses import Response as HTTPResponse

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Send
    from starlette.types import Scope as HTTPScope


@dataclass(slots=True)
class Answer:
    """A JSON answer with a status and headers of its own; `bytes` are sent as they are."""

    value: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Download:
    """A file as the answer; ranges are served."""

    path: Path
    size: int
    media_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """Ends a request with an error answer.

    Args:
        status: HTTP status, 400 or above.
        message: what is wrong, in words for a person.
        field: name of the request field that is wrong, and why.
        authorization_invalid: True when the user has to sign in again.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        message: str,
        field: tuple[str, str] | None = None,
        authorization_invalid: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field
        self.authorization_invalid = authorization_invalid
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The error body of the service."""
        body: dict[str, Any] = {"Message": self.message}
        if self.field is not None:
            body["Field"] = {"Name": self.field[0], "Message": self.field[1]}
        if self.authorization_invalid:
            body["AuthorizationInvalid"] = True
        return body


ErrorBody = Callable[[Refused], Mapping[str, Any]]


def moment(value: datetime) -> str:
    """A moment as the service writes it: UTC, microseconds, `Z`.

    >>> moment(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000000Z'
    """
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _default(value: Any) -> str:
    if isinstance(value, datetime):
        return moment(value)
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")


def encode(value: Any) -> bytes:
    """A value as JSON; datetimes become RFC 3339 text."""
    return json.dumps(
        value, default=_default, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()


def content_disposition(filename: str) -> str:
    """The header that names a downloaded file, safe for any name."""
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in filename
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


class _FileAnswer(FileResponse):
    """A file; starlette serves the ranges, our error body says what is wrong with one."""

    # A thread is asked for each chunk, and each download holds about two in memory: a third of
    # the time of starlette's 64 kB, and half a gigabyte for a thousand devices.
    chunk_size = 256 * 1024

    def __init__(self, download: Download, headers: Mapping[str, str], body: ErrorBody) -> None:
        try:
            status = download.path.stat()
        except FileNotFoundError as error:
            raise _gone() from error
        super().__init__(
            download.path,
            media_type=download.media_type,
            headers=headers,
            stat_result=status,
        )
        self._error_body = body

    async def __call__(self, scope: "HTTPScope", receive: "Receive", send: "Send") -> None:
        refusal: HTTPResponse | None = None
        start: Message | None = None

        async def send_or_replace(message: "Message") -> None:
            nonlocal refusal, start
            if message["type"] != "http.response.start":
                if refusal is None:
                    if start is not None:
                        await send(start)
                        start = None
                    await send(message)
            elif message["status"] >= 400:
                refusal = self._refusal(message)
            else:
                start = message  # held back: the file is opened only after it

        try:
            await super().__call__(scope, receive, send_or_replace)
        except FileNotFoundError:  # deleted since this answer was made
            if start is None:
                raise
            refusal = self._error(_gone(), {})
        if refusal is not None:
            await refusal(scope, receive, send)

    def _refusal(self, message: "Message") -> HTTPResponse:
        sent = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        headers = {}
        reason = "The header Range is not one of bytes."
        if "content-range" in sent:
            headers["Content-Range"] = sent["content-range"]
            reason = "The header Range asks for what lies beyond the end of the file."
        return self._error(Refused(message["status"], reason), headers)

    def _error(self, refused: Refused, headers: Mapping[str, str]) -> HTTPResponse:
        own = {"X-Request-Id": self.headers["X-Request-Id"], "Cache-Control": "no-store"}
        body = encode(self._error_body(refused))
        return HTTPResponse(body, refused.status, {**own, **headers}, "application/json")


def _gone() -> Refused:
    return Refused(404, "The file is not there any more.")


def file_response(
    download: Download, request_id: str, error_body: ErrorBody = Refused.body
) -> FileResponse:
    """The streamed answer for a file, or for the part of it that `Range` and `If-Range` ask for."""
    headers = {
        "X-Request-Id": request_id,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
        **download.headers,
    }
    response = _FileAnswer(download, headers, error_body)
    for name, value in download.headers.items():  # stat headers must not win over the digest
        response.headers[name] = value
    return response
