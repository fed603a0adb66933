"""Bringing the data of other files into the model."""

import hashlib
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import onnx

from scailable.onnx.fixing.parts import tensors_of
from scailable.onnx.reading.external_data import opened_external
from scailable.onnx.sandbox import Refused
from scailable.onnx.text import readable_size, short

_BLOCK = 1 << 20


def inline(model: onnx.ModelProto, folder: Path, digests: Mapping[str, str]) -> dict[str, str]:
    """Replace references to other files by what is there; returns the change.

    The places were judged when the model was examined, by rules of our own.

    Args:
        folder: of the model file.
        digests: the sha256 that each file had then, by its location.
    """
    outside = [each for each in tensors_of(model) if each.data_location == each.EXTERNAL]
    brought = 0
    with ExitStack() as stack:
        opened: dict[str, int] = {}
        for tensor in outside:
            place = {pair.key: pair.value for pair in tensor.external_data}
            location = place["location"]
            try:
                if location not in opened:
                    opened[location] = stack.enter_context(opened_external(location, folder))
                    _insist_on_digest(opened[location], location, digests.get(location))
                descriptor = opened[location]
                offset = int(place.get("offset", "0"))
                length = int(place.get("length", os.fstat(descriptor).st_size - offset))
                data = _read(descriptor, offset, length)
            except OSError as error:
                raise Refused(f"{short(location)!r} cannot be read: {error.strerror}.") from error
            if len(data) != length:
                raise _changed(location)
            tensor.raw_data = data
            tensor.ClearField("external_data")
            tensor.ClearField("data_location")
            brought += length
    count = len(opened)
    files = "one other file" if count == 1 else f"{count} other files"
    return {
        "what": "external data",
        "before": f"{readable_size(brought)} in {files}",
        "after": "in the file",
    }


def _insist_on_digest(descriptor: int, location: str, expected: str | None) -> None:
    digest = hashlib.sha256()
    offset = 0
    while block := os.pread(descriptor, _BLOCK, offset):
        digest.update(block)
        offset += len(block)
    if digest.hexdigest() != expected:
        raise _changed(location)


def _read(descriptor: int, offset: int, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        block = os.pread(descriptor, length - len(data), offset + len(data))
        if not block:
            break
        data += block
    return bytes(data)


def _changed(location: str) -> Refused:
    return Refused(
        f"{short(location)!r} has changed while it was being read.",
        "Wait until the program that writes it has finished.",
    )
