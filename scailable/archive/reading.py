"""A look at an archive from elsewhere, without trusting it."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from scailable.archive import names
from scailable.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 0xFFFF
_LOCATOR, _LOCATOR_SIZE = b"PK\x06\x07", 20
_END_ZIP64, _END_ZIP64_SIZE = b"PK\x06\x06", 56
_CENTRAL = b"PK\x01\x02"
_LOCAL, _LOCAL_SIZE = b"PK\x03\x04", 30
# What zipfile reads into memory at once.
_LARGEST_DIRECTORY = 64 << 20
_ENCRYPTED = 0x41  # flags of weak and of strong encryption
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ArchiveRefused(ValidationError):
    """An archive is damaged, or would do harm when it is unpacked; nothing was unpacked."""

    next_step = "Have the archive made again by a program that you trust."


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may grow to.

    Attributes:
        max_size: bytes of all files, unpacked.
        max_entries: files and folders, with folders that have no entry of their own.
        max_ratio: how many times larger than the archive its files may be, once they are larger
            than `free_size` bytes.
    """

    max_size: int = 20 << 30
    max_entries: int = 100_000
    max_ratio: int = 200
    free_size: int = 64 << 20


LIMITS = Limits()


def check_archive(path: str | os.PathLike[str], limits: Limits = LIMITS) -> list[str]:
    """The names of the files in an archive, if it can be unpacked without harm.

    Raises:
        ArchiveRefused: it is none, is damaged, or would do harm.

    >>> check_archive(archive)
    ['model/labels.txt', 'model/weights.bin']
    """
    with open_archive(path, limits) as archive:
        return [info.filename for info in archive.infolist() if not info.is_dir()]


@contextmanager
def open_archive(
    path: str | os.PathLike[str], limits: Limits = LIMITS
) -> Iterator[zipfile.ZipFile]:
    """An archive whose directory is safe to follow; its files are still to be read.

    Raises:
        ArchiveRefused: it is none, is damaged, or would do harm.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(path).open("rb"))
            size = os.fstat(file.fileno()).st_size
            _check_end(file, size, limits, path)
            archive = stack.enter_context(zipfile.ZipFile(file))
            problem = _problem(archive.infolist(), size, limits)
            problem = problem or _overlap(file, archive.infolist(), archive.start_dir)
        except ValidationError:
            raise
        except OSError as error:
            raise ValidationError(f"{path} cannot be read: {error.strerror or error}") from error
        # NotImplementedError is zipfile's word for a newer kind of archive than it knows.
        except (ValueError, zipfile.BadZipFile, struct.error, NotImplementedError) as error:
            raise ArchiveRefused(f"{path} is no zip archive, or is damaged: {error}.") from error
        if problem:
            raise ArchiveRefused(f"{path} is refused: {problem}.")
        yield archive


def _check_end(file: BinaryIO, size: int, limits: Limits, path: object) -> None:
    """Bound the directory before zipfile reads all of it, and makes an object of each entry."""
    tail_size = min(size, _END_SIZE + _LONGEST_COMMENT + _LOCATOR_SIZE)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < _END_SIZE:
        raise ArchiveRefused(f"{path} is no zip archive: the record at its end is missing.")
    (length,) = struct.unpack_from("<L", tail, end + 12)
    behind = size - tail_size + end
    locator = end - _LOCATOR_SIZE
    if locator >= 0 and tail[locator : locator + 4] == _LOCATOR:
        (offset,) = struct.unpack_from("<Q", tail, locator + 8)
        behind -= _LOCATOR_SIZE + _END_ZIP64_SIZE
        # Some programs look right before the locator, others where it points to.
        if offset != behind:
            raise ArchiveRefused(
                f"{path} is damaged: the records at its end contradict each other."
            )
        file.seek(behind)
        record = file.read(_END_ZIP64_SIZE)
        if record[:4] != _END_ZIP64:
            raise ArchiveRefused(f"{path} is damaged: a record at its end is missing.")
        (length,) = struct.unpack_from("<Q", record, 40)
    if length > min(behind, _LARGEST_DIRECTORY):
        raise ArchiveRefused(f"{path} is damaged, or has a directory of {length} bytes.")
    file.seek(behind - length)
    # Not the number that the end claims: zipfile does not go by it.
    count = file.read(length).count(_CENTRAL)
    file.seek(0)
    if count > limits.max_entries:
        raise ArchiveRefused(f"{path} has {count} entries, more than {limits.max_entries}.")


def _problem(infos: Sequence[zipfile.ZipInfo], size: int, limits: Limits) -> str | None:
    """The first thing in the directory that speaks against an archive."""
    for info in infos:
        if wrong := _entry_problem(info):
            return f"the entry {info.orig_filename[:200]!r} {wrong}"
    for first, second in names.clashes([info.filename for info in infos]):
        return f"two entries would be one file: {first[:200]!r} and {second[:200]!r}"
    # A hundred folders may hide in the name of one entry.
    places = names.places(info.filename for info in infos)
    if places > limits.max_entries:
        return f"it has {places} files and folders, more than {limits.max_entries}"
    total = sum(info.file_size for info in infos)
    if total > limits.max_size:
        return f"its files are {total} bytes, more than {limits.max_size}"
    if total > limits.free_size and total > limits.max_ratio * size:
        return f"its files are {total} bytes, {total // max(size, 1)} times as many as its own"
    return None


def _overlap(file: BinaryIO, infos: Sequence[zipfile.ZipInfo], directory: int) -> str | None:
    """The first entry that shares bytes with another one, or with the directory."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        shown = f"the entry {info.filename[:200]!r}"
        if info.header_offset < end:
            return f"{shown} lies inside another one"
        if info.header_offset + _LOCAL_SIZE > directory:
            return f"{shown} lies behind the directory"
        file.seek(info.header_offset)
        header = file.read(_LOCAL_SIZE)
        if header[:4] != _LOCAL:
            return f"{shown} is not where the directory says"
        name, extra = struct.unpack_from("<HH", header, 26)
        end = info.header_offset + _LOCAL_SIZE + name + extra + info.compress_size
    return "an entry reaches into the directory" if end > directory else None


def _entry_problem(info: zipfile.ZipInfo) -> str | None:
    mode = info.external_attr >> 16
    kind = stat.S_IFMT(mode)
    # They differ at a NUL, and since Python 3.12 by an extra field that gives another name.
    if wrong := names.problem(info.orig_filename) or names.problem(info.filename):
        return wrong
    if kind == stat.S_IFLNK:
        return "is a symbolic link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or (kind == stat.S_IFDIR and not info.is_dir()):
        return "is no regular file"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in _METHODS:
        return "is compressed in a way that is not supported"
    if info.is_dir() and info.file_size:
        return "is a folder with content"
    return None
