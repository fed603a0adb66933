"""What handlers give back, and how it is written to the wire."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.responses import FileResponse


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


def file_response(download: Download, request_id: str) -> FileResponse:
    """The streamed answer for a file; starlette serves `Range` and `If-Range`."""
    headers = {
        "X-Request-Id": request_id,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
        **download.headers,
    }
    response = FileResponse(
        download.path,
        media_type=download.media_type,
        headers=headers,
        stat_result=download.path.stat(),
    )
    for name, value in download.headers.items():  # stat headers must not win over the digest
        response.headers[name] = value
    return response
