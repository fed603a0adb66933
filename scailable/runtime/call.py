"""What a generated client hands to the transport, and what it gets back.

Nothing here sends anything: a `Call` is a value, a `Caller` is whoever can send it.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

# Larger than httpx reads: fewer trips through the HTTP library make a faster upload.
CHUNK = 1 << 18


class Source(Protocol):
    """The bytes of a request body, whose number is known before the first one is read.

    Each iteration gives them from the start: a request may be sent more than once. What it raises
    of this library's errors ends the request and reaches the caller as it is.
    """

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    def __iter__(self) -> Iterator[bytes]: ...


class FileSource:
    """The bytes of a regular file, as a request body that can be sent more than once.

    `source` is a path, or an open file descriptor, which is duplicated: closing one does not close
    the other. Reading uses `os.pread` from offset 0 of each iteration, so it neither moves nor
    depends on the position of a shared descriptor, and several threads may iterate at once.
    The size is that of the moment of opening; bytes appended later are not sent.

    `on_progress(sent, total)` is called with byte counts after each chunk that is read; a retry
    starts again from 0.

    Raises:
        OSError: the file cannot be opened, or became shorter while it was being read.
        ValueError: the source is not a regular file (a folder, a pipe), or is already closed.
    """

    def __init__(
        self,
        source: str | os.PathLike[str] | int,
        *,
        name: str | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        # Set first: __del__ runs even when opening fails.
        self._descriptor = -1
        if isinstance(source, int):
            self._descriptor = os.dup(source)
            self.name = name or "file"
        else:
            # A pipe without a writer must not block here.
            self._descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK)
            self.name = name or Path(source).name
        status = os.fstat(self._descriptor)
        if not stat.S_ISREG(status.st_mode):
            self.close()
            raise ValueError(f"{self.name} is not a regular file")
        self.size = status.st_size
        self.on_progress = on_progress

    def __repr__(self) -> str:
        return f"FileSource(name={self.name!r}, size={self.size})"

    def __enter__(self) -> FileSource:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        return self._descriptor < 0

    def close(self) -> None:
        """Close our descriptor. Safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _chunk(self, size: int, offset: int) -> bytes:
        if self.closed:
            raise ValueError(f"{self.name} is closed")
        size = min(size, self.size - offset)
        if size <= 0:
            return b""
        chunk = os.pread(self._descriptor, size, offset)
        if not chunk:
            raise OSError(f"{self.name} became shorter while it was being read")
        if self.on_progress is not None:
            self.on_progress(offset + len(chunk), self.size)
        return chunk

    def __iter__(self) -> Iterator[bytes]:
        offset = 0
        while chunk := self._chunk(CHUNK, offset):
            offset += len(chunk)
            yield chunk


# Bodies and headers carry passwords and tokens: no repr here shows a value.


@dataclass(frozen=True, slots=True)
class JsonBody:
    """A body to be sent as application/json; `value` is ready for `json.dumps`."""

    value: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body. No `filename` makes it a plain form field."""

    name: str
    content: bytes | Source = field(repr=False)
    filename: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class MultipartBody:
    """A multipart/form-data body; the transport chooses a random boundary."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class BytesBody:
    """A raw body of one content type."""

    content: bytes | Source = field(repr=False)
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to a service, complete but for host and credentials."""

    service: str
    operation: str
    method: str
    path: str
    """Filled in and quoted, relative to the prefix of the service."""
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: JsonBody | MultipartBody | BytesBody | None = field(default=None, repr=False)
    timeout: float | None = None
    """Seconds, as documented for the operation."""
    security: tuple[str, ...] = ()
    """Names of the schemes that open the operation; empty when it needs no credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The whole answer to a `Call`. Header names are case-insensitive."""

    call: Call
    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


class StreamReply(Protocol):
    """An answer whose body is read as it arrives."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    def iter_bytes(self) -> Iterator[bytes]: ...


class AsyncStreamReply(Protocol):
    """An answer whose body is read as it arrives."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    def aiter_bytes(self) -> AsyncIterator[bytes]: ...


class Caller(Protocol):
    """Sends calls. `timeout` in seconds replaces the documented time-out of the call."""

    def send(self, call: Call, *, timeout: float | None = None) -> Reply: ...
    def stream(
        self, call: Call, *, timeout: float | None = None
    ) -> AbstractContextManager[StreamReply]: ...


class AsyncCaller(Protocol):
    """Sends calls. `timeout` in seconds replaces the documented time-out of the call."""

    async def send(self, call: Call, *, timeout: float | None = None) -> Reply: ...
    def stream(
        self, call: Call, *, timeout: float | None = None
    ) -> AbstractAsyncContextManager[AsyncStreamReply]: ...
