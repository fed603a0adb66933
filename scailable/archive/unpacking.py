"""Archives to folders: whole, or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scailable.archive.reading import LIMITS, ArchiveRefused, Limits, open_archive
from scailable.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCK = 1 << 20
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755  # less what the umask takes away
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # zipfile's word for a newer kind of archive than it knows
    RuntimeError,
    ValueError,
)


def unpack(
    archive: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    limits: Limits = LIMITS,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Unpack an archive into a folder, which appears once it is whole.

    Args:
        archive: the file.
        folder: a new one, or one that is empty.
        limits: what the archive may grow to.
        on_progress: called with the bytes written so far and in all.

    Returns:
        the files.

    Raises:
        ArchiveRefused: it is no archive, is damaged, or would do harm: names that lead out of the
            folder, links, encrypted or overlapping entries, far more content than the archive has
            bytes.
        ValidationError: the folder is not empty, or cannot be written.

    >>> [path.name for path in unpack(archive, folder / "new")]
    ['labels.txt', 'weights.bin']
    """
    target = Path(folder)
    insist_on_room(target)
    there = target.exists()
    # So that the last step is a rename within one file system. A folder that is there stays the
    # same one: it may be the current folder of a shell, or where a disk is mounted.
    hidden = (target if there else target.absolute().parent) / f".unpacking-{secrets.token_hex(6)}"
    try:
        with open_archive(archive, limits) as opened:
            with _writing(target):
                hidden.mkdir(_FOLDER_MODE)
            written = _extract(opened, archive, hidden, target, on_progress)
        with _writing(target):
            if there:
                _move_content(hidden, target)
            else:
                hidden.replace(target)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return [target / path for path in written]


def insist_on_room(folder: Path) -> None:
    """Let a folder pass into which something can be unpacked: a new one, or an empty one.

    Raises:
        ValidationError: something is there, or it cannot be looked at.
    """
    with _writing(folder):
        empty = folder.is_dir() and not any(folder.iterdir())
        if folder.is_symlink() or (folder.exists() and not empty):
            raise _taken(folder)


def _taken(target: Path) -> ValidationError:
    return ValidationError(
        f"{target} is there already.", hint="Give the path of a folder that is new or empty."
    )


def _move_content(hidden: Path, target: Path) -> None:
    """Move what is in a hidden folder into the one above it: all of it, or nothing."""
    if any(path.name != hidden.name for path in target.iterdir()):
        raise _taken(target)  # somebody else was faster
    moved: list[Path] = []
    try:
        for path in list(hidden.iterdir()):
            path.rename(target / path.name)
            moved.append(path)
    except BaseException:
        for path in moved:
            (target / path.name).rename(path)
        raise


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ValidationError(
            f"{target} cannot be written: {error.strerror or error}",
            hint="Check that the folder above exists and can be written, and that there is room.",
        ) from error


def _extract(
    archive: zipfile.ZipFile,
    path: str | os.PathLike[str],
    hidden: Path,
    target: Path,
    on_progress: Callable[[int, int], None] | None,
) -> list[Path]:
    """Write every entry below the hidden folder; return the files, relative to it."""
    infos = archive.infolist()
    total = sum(info.file_size for info in infos)
    done, written = 0, []
    for info in infos:
        inside = Path(*info.filename.removesuffix("/").split("/"))
        with _writing(target):
            for parent in reversed(inside.parents):
                (hidden / parent).mkdir(_FOLDER_MODE, exist_ok=True)
            if info.is_dir():
                (hidden / inside).mkdir(_FOLDER_MODE, exist_ok=True)
                continue
        for size in _write(_content(archive, info, path), hidden / inside, target):
            done += size
            if on_progress is not None:
                on_progress(done, total)
        written.append(inside)
    return written


def _write(content: Iterator[bytes], path: Path, target: Path) -> Iterator[int]:
    """Write a new file; gives the size of each block that was written."""
    with _writing(target):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path, flags, _FILE_MODE), "wb") as file:
            for block in content:
                file.write(block)
                yield len(block)


def _content(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str | os.PathLike[str]
) -> Iterator[bytes]:
    """The content of an entry, which has the size that the directory says and its checksum."""
    left = info.file_size
    try:
        with archive.open(info) as content:
            while block := content.read(_BLOCK):
                left -= len(block)
                yield block
    except _DAMAGED as error:
        raise ArchiveRefused(
            f"{path} is damaged at the entry {info.filename!r}: {error}."
        ) from error
    except OSError as error:
        raise ValidationError(f"{path} cannot be read: {error.strerror or error}") from error
    if left:
        raise ArchiveRefused(f"{path} is damaged at the entry {info.filename!r}: it ends early.")
