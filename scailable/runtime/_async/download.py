"""Downloads to a file: whole and checked, or not there at all."""

import os
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from hashlib import sha256 as new_sha256
from io import BufferedWriter
from pathlib import Path
from urllib.parse import urljoin

from scailable.errors import (
    APIStatusError,
    ConnectionFailed,
    IntegrityError,
    ResponseParsingError,
    ValidationError,
)
from scailable.redact import redact_url
from scailable.runtime._async.transport import AsyncTransport
from scailable.runtime.call import AsyncStreamReply, Call
from scailable.runtime.retry import Broken
from scailable.runtime.transfer import begins_at, redirect_target, total_size

_MOST_REDIRECTS = 5


async def adownload(
    transport: AsyncTransport,
    source: Call | str,
    destination: str | os.PathLike[str],
    *,
    sha256: str | None = None,
    size: int | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
    timeout: float | None = None,
) -> Path:
    """Download to a file, which appears only once it is whole and checked.

    A cut connection is taken up again where it broke when the server can do that, else from the
    start. Redirects are followed; the token goes only to where the base URL is.

    Args:
        source: a call, or a URL, full (such as a signed link) or relative to the base URL.
        destination: the file to write; one that is there is replaced at the end.
        sha256: the digest that is expected, in hex.
        size: the number of bytes that is expected.
        on_progress: called with the bytes received and the total, None while that is unknown.
        timeout: seconds without progress after which it fails.

    Returns:
        the path of the file.

    Raises:
        IntegrityError: digest or size differ from what is expected.
        APIStatusError, ConnectionFailed: as `AsyncTransport.send`.
        ValidationError: the file cannot be written.
    """
    path = Path(destination)
    # Beside the destination, so that the last step is a rename within one file system.
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        with part.open("xb") as file:
            download = _Download(
                transport,
                source,
                timeout=timeout,
                size=size,
                has_digest=sha256 is not None,
                on_progress=on_progress,
            )
            digest = await download.into(file)
            written = file.tell()
            file.flush()
            os.fsync(file.fileno())
        url = source if isinstance(source, str) else transport.url(source)
        if size is not None and written != size:
            raise IntegrityError(
                f"{path.name} arrived with the wrong size, and was not kept.",
                expected=f"{size} bytes",
                actual=f"{written} bytes",
                url=url,
            )
        if sha256 is not None and digest != sha256.lower():
            raise IntegrityError(
                f"{path.name} arrived damaged, and was not kept.",
                expected=f"sha256 {sha256.lower()}",
                actual=f"sha256 {digest}",
                url=url,
            )
        part.replace(path)
    except OSError as cause:
        if isinstance(cause, ConnectionFailed):
            raise
        raise ValidationError(
            f"{path} cannot be written: {cause.strerror or cause}",
            hint="Check that the folder exists and can be written, and that the disk has room.",
        ) from cause
    finally:
        part.unlink(missing_ok=True)
    return path


class _Download:
    """One download under way, over as many requests as it takes."""

    def __init__(
        self,
        transport: AsyncTransport,
        source: Call | str,
        *,
        timeout: float | None,
        size: int | None,
        has_digest: bool,
        on_progress: Callable[[int, int | None], None] | None,
    ) -> None:
        self._transport = transport
        self._source = source
        self._timeout = timeout
        self._size = size
        self._has_digest = has_digest
        self._on_progress = on_progress
        self._received = 0
        self._digest = new_sha256()
        self._version: str | None = None

    async def into(self, file: BufferedWriter) -> str:
        """Write all of it; returns its SHA-256 in hex."""
        clock, retry = self._transport.clock, self._transport.retry
        attempt = 0
        started = clock.monotonic()
        while True:
            attempt += 1
            before = self._received
            try:
                await self._receive(file)
                return self._digest.hexdigest()
            except ConnectionFailed:
                # What did not begin was already tried again by the transport.
                if self._received == 0:
                    raise
                if self._received > before:
                    attempt, started = 1, clock.monotonic()
                wait = retry.wait_after(
                    Broken.CUT,
                    method="GET",
                    has_key=False,
                    attempt=attempt,
                    elapsed=clock.monotonic() - started,
                )
                if wait is None:
                    raise
            await clock.asleep(wait)

    async def _receive(self, file: BufferedWriter) -> None:
        """Write what one request brings."""
        for _ in range(_MOST_REDIRECTS + 1):
            try:
                async with self._open() as reply:
                    self._place(file, begins_at(reply.status, reply.headers))
                    self._version = reply.headers.get("etag")
                    total = self._size or total_size(reply.status, reply.headers)
                    async for chunk in reply.aiter_bytes():
                        file.write(chunk)
                        self._digest.update(chunk)
                        self._received += len(chunk)
                        if self._on_progress is not None:
                            self._on_progress(self._received, total)
                        if self._size is not None and self._received > self._size:
                            return
                    return
            except APIStatusError as error:
                self._source = redirect_target(self._url(), error)
        raise ConnectionFailed(
            f"The download was redirected more than {_MOST_REDIRECTS} times.",
            url=redact_url(str(self._source)),
            hint="Ask the service's support; its download links go round in circles.",
        )

    def _open(self) -> AbstractAsyncContextManager[AsyncStreamReply]:
        # Ranges count the bytes on the wire, so these must be those of the file.
        headers: tuple[tuple[str, str], ...] = (("Accept-Encoding", "identity"),)
        same_version = self._version is not None and not self._version.startswith("W/")
        # The rest of another version must not be joined to what is here: either the server takes
        # care of that, or the digest shows it.
        if self._received and (same_version or self._has_digest):
            headers += (("Range", f"bytes={self._received}-"),)
        if self._received and self._version is not None and same_version:
            headers += (("If-Range", self._version),)
        if isinstance(self._source, Call):
            call = replace(self._source, headers=self._source.headers + headers)
            return self._transport.stream(call, timeout=self._timeout)
        return self._transport.stream_url(self._url(), headers=headers, timeout=self._timeout)

    def _url(self) -> str:
        if isinstance(self._source, Call):
            return self._transport.url(self._source)
        return urljoin(f"{self._transport.base_url}/", self._source)

    def _place(self, file: BufferedWriter, offset: int | None) -> None:
        """Make ready for a body that begins at this offset."""
        if offset == 0:
            file.seek(0)
            file.truncate()
            self._received = 0
            self._digest = new_sha256()
        elif offset != self._received:
            raise ResponseParsingError(
                "The server sent another part of the file than it was asked for.",
                url=self._url(),
            )
