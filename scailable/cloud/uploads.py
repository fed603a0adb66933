"""Files as they arrive: hashed and written while the next bytes are under way."""

import asyncio
import contextlib
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread

_BLOCK = 1 << 20


@dataclass(slots=True)
class StoredUpload:
    """A received file in the temporary folder: removed with the request unless kept as a blob."""

    path: Path
    filename: str
    size: int
    sha256: str
    media_type: str

    def discard(self) -> None:
        """Remove the file if nobody took it."""
        self.path.unlink(missing_ok=True)


async def receive(chunks: AsyncIterator[bytes], folder: Path, media_type: str) -> StoredUpload:
    """Read a body that is a file, into `folder`.

    Raises:
        Anything the stream raises, which also limits the size. No file is left behind then.
    """
    file = OpenFile(folder, media_type=media_type)
    try:
        await hand_over(chunks, file.add)
        await anyio.to_thread.run_sync(file.keep)
    except BaseException:
        file.close()
        file.upload.discard()
        raise
    return file.upload


async def hand_over(chunks: AsyncIterator[bytes], take: Callable[[bytes], None]) -> None:
    """Give what arrives to `take`, in a thread, block by block while the next one arrives.

    However it ends, the thread has ended before.
    """
    taking: asyncio.Task[None] | None = None
    try:
        async for block in _blocks(chunks):
            if taking is not None:
                await taking
            taking = asyncio.create_task(anyio.to_thread.run_sync(take, block))
        if taking is not None:
            await taking
    except BaseException:
        if taking is not None:
            await asyncio.gather(taking, return_exceptions=True)
        raise


async def _blocks(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Chunks put together, since each block costs a change of threads; the last may be short."""
    waiting: list[bytes] = []
    size = 0
    async for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= _BLOCK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


class OpenFile:
    """A file being received."""

    def __init__(self, folder: Path, *, filename: str = "", media_type: str) -> None:
        self.upload = StoredUpload(
            path=folder / f"upload-{secrets.token_hex(12)}",
            filename=filename,
            size=0,
            sha256="",
            media_type=media_type,
        )
        self._hash = hashlib.sha256()
        descriptor = os.open(self.upload.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb", _BLOCK)

    def add(self, data: bytes | memoryview) -> None:
        self.upload.size += len(data)
        self._hash.update(data)
        self._file.write(data)

    def keep(self) -> None:
        """Bring what was written to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.upload.sha256 = self._hash.hexdigest()

    def close(self) -> None:
        """Close, whatever is left to write; nothing when it is closed."""
        with contextlib.suppress(OSError):
            self._file.close()
