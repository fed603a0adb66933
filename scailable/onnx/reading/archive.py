"""Looking into a zip archive without unpacking it, and without trusting it."""

import io
import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from scailable.onnx.rules import Rule, archives
from scailable.onnx.text import printable, readable_size, short

MOST_MEMBERS = 10_000
# 200 bytes of directory a member are plenty.
MOST_DIRECTORY = MOST_MEMBERS * 200
# What deflate makes of weights is near 1; what it makes of nothing but zeros is 1000.
MOST_RATIO = 100
_SMALL = 64 * 1024 * 1024

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ARCHIVE_SUFFIXES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8_NAME = 0x800

Refusal = tuple[Rule, str, str]


@dataclass(frozen=True, slots=True)
class Archive:
    """What a zip archive says it holds, and why it should not be unpacked.

    Attributes:
        members: names of its files, in the order of its directory; folders are left out.
        unpacked: bytes of all of them together, as declared; `zipfile` hands out no more.
        refusals: rule, message and fix of everything that is unsafe about it.
    """

    members: tuple[str, ...]
    unpacked: int
    refusals: tuple[Refusal, ...]


class _TooLong(Exception):
    """The directory is longer than is looked at."""


class _Bounded(io.RawIOBase):
    """The file as `zipfile` reads it: in pieces of bounded size, at a position of its own."""

    def __init__(self, descriptor: int, size: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("before the start of the file")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._size - self._at if size is None or size < 0 else size
        if wanted > MOST_DIRECTORY:
            raise _TooLong
        data = os.pread(self._descriptor, wanted, self._at) if wanted > 0 else b""
        self._at += len(data)
        return data


def look_into(descriptor: int, size: int) -> Archive:
    """Read the directory of a zip archive, and the header of each member.

    Args:
        descriptor: the open file; its position stays where it is.
        size: its bytes.
    """
    try:
        with zipfile.ZipFile(_Bounded(descriptor, size)) as archive:
            members, start = archive.infolist(), archive.start_dir
    except _TooLong:
        return Archive((), 0, (_too_many(f"more than {readable_size(MOST_DIRECTORY)}"),))
    # What zipfile raises on crafted archives, beside its own error.
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        fix = "download or make it again"
        return Archive((), 0, ((archives.DAMAGED, f"it cannot be read: {error}", fix),))
    names = tuple(each.filename for each in members if not each.filename.endswith("/"))
    unpacked = sum(each.file_size for each in members)
    if len(members) > MOST_MEMBERS:
        return Archive(names, unpacked, (_too_many(f"{len(members)} members"),))
    refusals = (
        *_bombs(unpacked, size),
        *_names(members),
        *_kinds(members),
        *_layout(descriptor, members, start),
    )
    return Archive(names, unpacked, refusals)


def _too_many(what: str) -> Refusal:
    message = f"its directory has {what}; at most {MOST_MEMBERS} members are looked at"
    return archives.TOO_MANY, message, "unpack it yourself and check the .onnx file inside"


def _bombs(unpacked: int, size: int) -> Iterator[Refusal]:
    if unpacked > _SMALL and unpacked > size * MOST_RATIO:
        message = f"{readable_size(size)} unpack to {readable_size(unpacked)}"
        yield archives.BOMB, message, "do not unpack it"


def _names(members: list[zipfile.ZipInfo]) -> Iterator[Refusal]:
    seen: set[str] = set()
    for member in members:
        name = member.orig_filename
        # Windows takes either slash, whatever the archive was made on.
        path = name.replace("\\", "/")
        if (
            not name
            or path.startswith("/")
            or re.match("[A-Za-z]:", path)
            or ".." in path.split("/")
            or not name.isprintable()
        ):
            yield archives.OUTSIDE, f"member {_shown(name)}", "do not unpack it"
        normal = str(PurePosixPath(path))
        if normal in seen:
            yield archives.DUPLICATE, f"member {_shown(name)}", "make it again, each file once"
        seen.add(normal)


def _kinds(members: list[zipfile.ZipInfo]) -> Iterator[Refusal]:
    for member in members:
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            what = "a symbolic link" if kind == stat.S_IFLNK else "no regular file"
            message = f"member {_shown(member.filename)} is {what}"
            yield (
                archives.SPECIAL,
                message,
                "make it again with the file itself (zip follows links)",
            )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        yield archives.ENCRYPTED, "its members need a password", "make it again without a password"


def _layout(descriptor: int, members: list[zipfile.ZipInfo], directory: int) -> Iterator[Refusal]:
    """Where the members really are: what `zipfile` believes the directory about."""
    end = 0
    for member in sorted(members, key=lambda each: each.header_offset):
        at = member.header_offset
        header = os.pread(descriptor, _LOCAL_HEADER.size, at) if at >= 0 else b""
        if len(header) < _LOCAL_HEADER.size:
            message = f"member {_shown(member.filename)} is not inside the file"
            yield archives.DAMAGED, message, "download or make it again"
            return
        magic, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        name_at = at + _LOCAL_HEADER.size
        encoding = "utf-8" if member.flag_bits & _UTF8_NAME else "cp437"
        if magic != b"PK\x03\x04" or os.pread(
            descriptor, name_length, name_at
        ) != member.orig_filename.encode(encoding):
            message = f"member {_shown(member.filename)} has another name where its data is"
            yield archives.CONTRADICTORY, message, "make it again"
        data_at = name_at + name_length + extra_length
        if at < end or data_at + member.compress_size > directory:
            message = f"member {_shown(member.filename)} shares bytes with another part"
            yield archives.OVERLAPPING, message, "do not unpack it"
        end = max(end, data_at + member.compress_size)
        stored = member.compress_type == zipfile.ZIP_STORED and member.compress_size >= 4
        if member.filename.lower().endswith(_ARCHIVE_SUFFIXES) or (
            stored and os.pread(descriptor, 4, data_at) == b"PK\x03\x04"
        ):
            message = f"member {_shown(member.filename)} is an archive itself"
            yield archives.NESTED, message, "unpack it, and make one archive of the files"


def _shown(name: str) -> str:
    return repr(short(name)) if name.isprintable() else f"'{printable(short(name))}'"
