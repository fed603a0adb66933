"""Tensor data in other files: only plain files in the model's own folder, within their bounds.

Judged here and not left to the onnx package, whose releases differ in what they let through.
"""

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from scailable.onnx import dtypes
from scailable.onnx.rules import external
from scailable.onnx.text import decoded, short

if TYPE_CHECKING:
    import onnx

    from scailable.onnx.tensor_data import Complain

STAND_IN = "stand-in"

_KEYS = frozenset({"location", "offset", "length", "checksum"})
_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)
_FIX = "save the model again with onnx.save, its data in a plain file in the same folder"


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
    return None


class ExternalData:
    """Looks at the external data of one model."""

    def __init__(self, folder: Path, complain: "Complain") -> None:
        self._folder = folder
        self._complain = complain
        self._sizes: dict[str, int | None] = {}

    def look_at(self, tensor: "onnx.TensorProto") -> None:
        """Complain about where a tensor's data is, or what is there."""
        from scailable.onnx.tensor_data import element_count, place_of

        where = place_of(tensor)
        values: dict[str, str] = {}
        for entry in tensor.external_data:
            key = decoded(entry.key)
            if key not in _KEYS or key in values:
                kind = "repeated" if key in values else "unknown"
                message = f"the {kind} key {short(key)!r}"
                self._complain(external.KEYS, message, where=where, fix=_FIX)
            values.setdefault(key, decoded(entry.value))
        elements = element_count(tensor, self._complain)
        size = self._size_of(values.get("location", ""), where)
        if elements is not None and size is not None:
            wanted = dtypes.payload_bytes(tensor.data_type, elements)
            self._look_at_bounds(values, size, wanted, where)

    def _size_of(self, location: str, where: str) -> int | None:
        """Size of the file in bytes; None, with one complaint a file, when it may not be used."""
        if location not in self._sizes:
            self._sizes[location] = self._inspect(location, where)
        return self._sizes[location]

    def _inspect(self, location: str, where: str) -> int | None:
        name = short(location)
        problem = bad_location(location)
        if problem is not None:
            message = f"the location {name!r} {problem}"
            self._complain(external.LOCATION, message, where=where, fix=_FIX)
            return None
        path = self._folder
        for part in location.split("/"):
            path = path / part
            try:
                status = os.lstat(path)
            except (OSError, ValueError):
                fix = "put the file beside the model, or export the model again"
                self._complain(external.MISSING, f"{name!r} cannot be read", where=where, fix=fix)
                return None
            if stat.S_ISLNK(status.st_mode):
                problem = "is reached through a symbolic link"
                break
        else:
            if not stat.S_ISREG(status.st_mode):
                problem = "is not a regular file"
            elif status.st_nlink > 1:
                problem = "is a hard link: the same file is elsewhere too"
        if problem is not None:
            self._complain(external.LOCATION, f"{name!r} {problem}", where=where, fix=_FIX)
            return None
        return status.st_size

    def _look_at_bounds(
        self, values: dict[str, str], size: int, wanted: int | None, where: str
    ) -> None:
        for key in ("offset", "length"):
            if key in values and not _NUMBER.fullmatch(values[key]):
                message = f"the {key} {short(values[key])!r} is not a number of bytes"
                self._complain(external.BOUNDS, message, where=where, fix=_FIX)
                return
        offset = int(values.get("offset", "0"))
        length = int(values["length"]) if "length" in values else size - offset
        if "length" not in values and wanted is not None:
            length = max(length, wanted)
        if offset + length > size:
            message = f"bytes {offset} to {offset + length} of a file of {size} bytes"
        elif wanted is not None and "length" in values and length != wanted:
            message = f"{length} bytes, where its type and shape take {wanted}"
        else:
            return
        self._complain(external.BOUNDS, message, where=where, fix=_FIX)
