"""Opening a file without being held up or fooled by what its path leads to."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scailable.errors import ValidationError


class UnreadableFile(ValidationError):
    """The file cannot be opened, or is no regular file; nothing about it was checked."""

    next_step = "Give the path of an ONNX file that you may read."


@contextmanager
def open_regular(path: str) -> Iterator[tuple[int, int]]:
    """A read-only descriptor of a regular file, and its size in bytes.

    A link, a FIFO or a device is refused before it is opened, and again when it is, without
    following or blocking, so that nothing that is swapped in between is taken for the file.

    Raises:
        UnreadableFile: the path leads to nothing, to no regular file, or may not be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        _insist_on_regular(path, Path(path).lstat().st_mode)
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        if isinstance(error, UnreadableFile):
            raise
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UnreadableFile(f"Cannot read {path}: {reason}.") from error
    try:
        status = os.fstat(descriptor)
        _insist_on_regular(path, status.st_mode)
        yield descriptor, status.st_size
    finally:
        os.close(descriptor)


def _insist_on_regular(path: str, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISLNK(mode):
        raise UnreadableFile(
            f"Cannot read {path}: it is a symbolic link, and could lead elsewhere at any moment.",
            hint=f"Give the file that it leads to: {os.path.realpath(path)}",
        )
    kinds = (
        (stat.S_ISDIR, "a directory"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    kind = next((name for is_kind, name in kinds if is_kind(mode)), "not a regular file")
    raise UnreadableFile(f"Cannot read {path}: it is {kind}, not a regular file.")
