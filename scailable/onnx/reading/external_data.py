"""Tensor data in other files: only plain files in the model's own folder, within their bounds.

Judged here and not left to the onnx package, whose releases differ in what they let through. Each
folder on the way is opened by itself without following links, and the file that is judged is the
one that is hashed: nothing can be swapped in between.
"""

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scailable.onnx import dtypes
from scailable.onnx.reading.model import Tensor
from scailable.onnx.reading.parts import place_of
from scailable.onnx.reading.problems import Problems
from scailable.onnx.reading.source import Progress, sha256_of
from scailable.onnx.reading.tensors import element_count
from scailable.onnx.report import ExternalFile
from scailable.onnx.rules import external
from scailable.onnx.text import short

_KEYS = frozenset({"location", "offset", "length", "checksum"})
_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)
_FIX = "save the model again with onnx.save, its data in a plain file in the same folder"
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def bad_location(location: str) -> str | None:
    """Why a location is not a relative path inside the model's folder; None when it is.

    >>> bad_location("../weights.bin")
    "goes up with '..'"
    """
    if not location:
        return "is empty"
    if "\0" in location:
        return "holds a NUL character"
    if "\\" in location:
        return "holds a backslash"
    if location.startswith("/") or re.match(r"[A-Za-z]:", location):
        return "is an absolute path"
    if ".." in location.split("/"):
        return "goes up with '..'"
    if not _parts(location):
        return "is a folder"
    return None


@contextmanager
def opened_external(location: str, folder: Path) -> Iterator[int]:
    """A descriptor of a file with external data; reached, as when it is judged, by no link.

    Raises:
        OSError: it is not there any more, or not such a file.
    """
    with ExitStack() as opened:
        if bad_location(location) is not None:
            raise OSError(errno.EINVAL, f"is no place for data: {location}")
        try:
            descriptor = _opened(location, folder, opened)
        except _Refused as refused:
            raise OSError(errno.ELOOP, str(refused)) from None
        yield descriptor


def look_at_external(
    tensors: Iterable[Tensor],
    folder: Path,
    problems: Problems,
    on_progress: Progress | None = None,
) -> tuple[ExternalFile, ...]:
    """Judge the external data of tensors, and compute the digest of each file they use.

    Args:
        tensors: those with `external` set; others are passed over.
        folder: of the model file.
        problems: where problems go.
        on_progress: called with the bytes read of a file and its size.

    Returns:
        the files that may be used, in the order of the model.
    """
    files: dict[str, ExternalFile | None] = {}
    for tensor in tensors:
        if tensor.external is None:
            continue
        where = place_of(tensor.name)
        values: dict[str, str] = {}
        for key, value in tensor.external:
            if key not in _KEYS or key in values:
                kind = "repeated" if key in values else "unknown"
                message = f"the {kind} key {short(key)!r}"
                problems.add(external.KEYS, message, where=where, fix=_FIX, offset=tensor.offset)
            values.setdefault(key, value)
        elements = element_count(tensor, problems)
        location = values.get("location", "")
        if location not in files:
            files[location] = _inspect(location, folder, where, problems, on_progress)
        file = files[location]
        if elements is not None and file is not None:
            wanted = dtypes.payload_bytes(tensor.data_type, elements)
            beyond = _out_of_bounds(values, file.size, wanted)
            if beyond:
                problems.add(external.BOUNDS, beyond, where=where, fix=_FIX, offset=tensor.offset)
    return tuple(file for file in files.values() if file is not None)


def _inspect(
    location: str, folder: Path, where: str, problems: Problems, on_progress: Progress | None
) -> ExternalFile | None:
    name = short(location)
    problem = bad_location(location)
    if problem is not None:
        message = f"the location {name!r} {problem}"
        problems.add(external.LOCATION, message, where=where, fix=_FIX)
        return None
    with ExitStack() as opened:
        try:
            descriptor = _opened(location, folder, opened)
        except FileNotFoundError:
            fix = "put the file beside the model, or export the model again"
            problems.add(external.MISSING, f"{name!r} is not there", where=where, fix=fix)
            return None
        except _Refused as refused:
            problems.add(external.LOCATION, f"{name!r} {refused}", where=where, fix=_FIX)
            return None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"{name!r} cannot be read: {reason}"
            problems.add(external.MISSING, message, where=where, fix="make the file readable")
            return None
        size = os.fstat(descriptor).st_size
        digest, read = sha256_of(descriptor, size, on_progress)
    if read != size:
        message = f"{read} bytes were read of {name!r}, a file of {size}"
        fix = "wait until the program that writes it has finished"
        problems.add(external.CHANGED, message, where=where, fix=fix)
        return None
    return ExternalFile(location, size, digest)


class _Refused(Exception):
    """The path leads to something that is not used as data."""


def _opened(location: str, folder: Path, opened: ExitStack) -> int:
    """A descriptor of the file, reached without following a link."""
    parts = _parts(location)
    at = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    opened.callback(os.close, at)
    for left, part in zip(range(len(parts) - 1, -1, -1), parts, strict=True):
        status = os.lstat(part, dir_fd=at)
        if stat.S_ISLNK(status.st_mode):
            raise _Refused("is reached through a symbolic link")
        if not left and not stat.S_ISREG(status.st_mode):
            raise _Refused("is not a regular file")
        at = os.open(part, _FOLDER if left else _FILE, dir_fd=at)
        opened.callback(os.close, at)
    status = os.fstat(at)
    if not stat.S_ISREG(status.st_mode):
        raise _Refused("is not a regular file")
    if status.st_nlink > 1:
        raise _Refused("is a hard link: the same file is elsewhere too")
    return at


def _parts(location: str) -> list[str]:
    return [part for part in location.split("/") if part not in ("", ".")]


def _out_of_bounds(values: dict[str, str], size: int, wanted: int | None) -> str | None:
    """What is wrong with the place of a tensor's data in a file of `size` bytes."""
    for key in ("offset", "length"):
        if key in values and not _NUMBER.fullmatch(values[key]):
            return f"the {key} {short(values[key])!r} is not a number of bytes"
    offset = int(values.get("offset", "0"))
    length = int(values["length"]) if "length" in values else size - offset
    if "length" not in values and wanted is not None:
        length = max(length, wanted)
    if offset + length > size:
        return f"bytes {offset} to {offset + length} of a file of {size} bytes"
    if wanted is not None and "length" in values and length != wanted:
        return f"{length} bytes, where its type and shape take {wanted}"
    return None
