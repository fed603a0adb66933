"""Reading a file once, block by block, while its digest is computed beside it."""

import hashlib
import os
import queue
import threading
from collections.abc import Callable

# Small enough that reading takes no memory to speak of, large enough that hashing hardly waits.
BLOCK = 1 << 18
_BLOCKS_AHEAD = 4

Progress = Callable[[int, int], None]


class Source:
    """The bytes of an open file, in order, each read once.

    The digest is computed in a thread: hashing lets other threads run, so on two cores walking
    the file costs no time beside it. A file of one block is hashed where it is read.

    Args:
        descriptor: open for reading; its position is neither used nor moved.
        size: bytes it had when it was opened.
        on_progress: called with the bytes read so far and `size`.
    """

    def __init__(self, descriptor: int, size: int, on_progress: Progress | None = None) -> None:
        self.size = size
        self.position = 0
        self._descriptor = descriptor
        self._on_progress = on_progress
        self._digest = hashlib.sha256()
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_BLOCKS_AHEAD)
        self._hasher: threading.Thread | None = None
        if size > BLOCK:
            self._hasher = threading.Thread(target=self._hash, name="sha256", daemon=True)
            self._hasher.start()

    def block(self) -> bytes:
        """The next block; empty at the end of the file.

        Of a file that has grown one byte more is read, which tells it, and no end is waited for.
        """
        data = os.pread(self._descriptor, min(BLOCK, self.size + 1 - self.position), self.position)
        if data:
            self.position += len(data)
            if self._hasher is None:
                self._digest.update(data)
            else:
                self._waiting.put(data)
            if self._on_progress is not None:
                self._on_progress(self.position, self.size)
        return data

    def finish(self) -> str:
        """Read what was not asked for, and return the digest of the whole file in hex."""
        while self.block():
            pass
        self.close()
        return self._digest.hexdigest()

    def close(self) -> None:
        """Stop the thread; to be called however the reading ends."""
        if self._hasher is not None:
            self._waiting.put(None)
            self._hasher.join()
            self._hasher = None

    def _hash(self) -> None:
        while (data := self._waiting.get()) is not None:
            self._digest.update(data)


def sha256_of(descriptor: int, size: int, on_progress: Progress | None = None) -> tuple[str, int]:
    """The digest of an open file in hex, and the bytes it was computed over."""
    source = Source(descriptor, size, on_progress)
    try:
        return source.finish(), source.position
    finally:
        source.close()
