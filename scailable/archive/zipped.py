"""A zip file that is made while it is read: of known size, the same each time, in little memory."""

from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING

from scailable.errors import IntegrityError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator

from scailable.archive.packing import Entry, Plan, identity

_BLOCK = 256 * 1024
_PIECE = 64 * 1024  # small files go out together: each piece costs a call of the network
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a zip file knows
_FILE_MODE, _FOLDER_MODE = 0o100644, 0o040755
_MSDOS_FOLDER = 0x10

# Sizes of the records of a zip file (APPNOTE 4.3), beside names.
_LOCAL, _LOCAL_ZIP64, _DESCRIPTOR, _DESCRIPTOR_ZIP64 = 30, 20, 16, 24
_CENTRAL, _END, _END_ZIP64 = 46, 22, 56 + 20


class ZipSource:
    """The archive of a plan, as a request body that can be sent more than once.

    Each iteration reads the files anew and gives the same bytes: times and modes of the files do
    not count. Files are stored, not compressed: so the size is known before the first byte, which
    an object store asks for, and weights of models hardly become smaller.

    Args:
        plan: what goes in.
        name: of the archive.

    Attributes:
        size: bytes of the archive.

    Raises, while it is read:
        IntegrityError: a file is not what it was when the plan was made.
        ValidationError: a file cannot be read any more.

    >>> source = ZipSource(plan([folder]), name="model.zip")
    >>> source.size == sum(len(chunk) for chunk in source)
    True
    """

    def __init__(self, plan: Plan, *, name: str) -> None:
        self._plan = plan
        self.name = name
        self.size = archive_size(plan)

    def __repr__(self) -> str:
        return f"ZipSource(name={self.name!r}, size={self.size})"

    def __iter__(self) -> Iterator[bytes]:
        sink = _Sink()
        # An unseekable file makes zipfile write what it cannot know beforehand behind the data;
        # the types of zipfile know only files that tell their position.
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
            for entry in self._plan.entries:
                with archive.open(_info(entry), "w", force_zip64=_is_large(entry.size)) as out:
                    for block in _blocks(entry):
                        out.write(block)
                        yield from sink.pieces()
                yield from sink.pieces()
        yield sink.rest()


def archive_size(plan: Plan) -> int:
    """The bytes of the archive of a plan, without reading a file.

    >>> archive_size(plan([folder])) > plan([folder]).size
    True
    """
    offset = directory = 0
    for entry in plan.entries:
        name, large = len(entry.name.encode()), _is_large(entry.size)
        over = [entry.size > zipfile.ZIP64_LIMIT] * 2 + [offset > zipfile.ZIP64_LIMIT]
        directory += _CENTRAL + name + (4 + 8 * sum(over) if any(over) else 0)
        offset += _LOCAL + name + entry.size + _DESCRIPTOR
        if large:
            offset += _LOCAL_ZIP64 + _DESCRIPTOR_ZIP64 - _DESCRIPTOR
    needs_zip64 = (
        len(plan.entries) > zipfile.ZIP_FILECOUNT_LIMIT
        or offset > zipfile.ZIP64_LIMIT
        or directory > zipfile.ZIP64_LIMIT
    )
    return offset + directory + _END + (_END_ZIP64 if needs_zip64 else 0)


def _is_large(size: int) -> bool:
    """Whether zipfile gives an entry the records for large files, by its own margin."""
    return size * 1.05 > zipfile.ZIP64_LIMIT


def _info(entry: Entry) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(entry.name, _EPOCH)
    info.create_system = 3  # Unix, whose modes follow
    info.external_attr = (_FOLDER_MODE if entry.is_folder else _FILE_MODE) << 16
    if entry.is_folder:
        info.external_attr |= _MSDOS_FOLDER
    info.file_size = entry.size
    return info


def _blocks(entry: Entry) -> Iterator[bytes]:
    """The content of a file, as long as it is the one of the plan."""
    if entry.is_folder:
        return
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(entry.path, flags | getattr(os, "O_BINARY", 0))
    except OSError as cause:
        raise ValidationError(f"{entry.path} cannot be read: {cause.strerror}") from cause
    try:
        _insist(entry, descriptor)
        left = entry.size
        while left:
            block = os.read(descriptor, min(_BLOCK, left))
            left -= len(block)
            if not left or not block:  # before the last piece goes out
                _insist(entry, descriptor)
            if not block:
                raise _changed(entry)
            yield block
    except OSError as cause:
        raise ValidationError(f"{entry.path} cannot be read: {cause.strerror}") from cause
    finally:
        os.close(descriptor)


def _insist(entry: Entry, descriptor: int) -> None:
    if identity(os.fstat(descriptor)) != entry.identity:
        raise _changed(entry)


def _changed(entry: Entry) -> IntegrityError:
    return IntegrityError(
        f"{entry.path} was changed while it was put into the archive; nothing was uploaded.",
        hint="Wait until the program that writes it has finished, and try again.",
    )


class _Sink:
    """Takes what zipfile writes, until it is fetched."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self._size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def pieces(self) -> Iterator[bytes]:
        """What waits, once it is enough for a piece."""
        if self._size >= _PIECE:
            yield self.rest()

    def rest(self) -> bytes:
        parts, self._parts, self._size = self._parts, [], 0
        return b"".join(parts)
