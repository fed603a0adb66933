"""One of the two models of a comparison: what it holds, with digests of all that is long."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scailable.errors import ValidationError
from scailable.onnx import dtypes
from scailable.onnx.checking import look
from scailable.onnx.examination import Examination
from scailable.onnx.reading.external_data import opened_external
from scailable.onnx.reading.model import (
    LONGEST_KEPT,
    Attribute,
    Model,
    Node,
    Tensor,
    nodes_of,
    tensors_of,
)
from scailable.onnx.reading.opening import open_regular
from scailable.onnx.report import ModelFacts, Report
from scailable.onnx.text import printable

_BLOCK = 1 << 20
_LONG_TEXT = 65_536  # bytes of an attribute's text that the walk keeps
_TYPE_ATTRIBUTES = (13, 14)
_ATTRIBUTE_FIELD = 5
_SIZES = {1: 8, 5: 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A model to compare.

    Attributes:
        path: the file.
        report: its check.
        seen: what is known about it.
        outside: sha256 of the data of tensors in other files, by the offset of the tensor.
        long: sha256 of each attribute of the nodes with attributes that are not kept whole, by the
            offset of the node.
    """

    path: str
    report: Report
    seen: Examination
    outside: Mapping[int, str] = field(default_factory=dict)
    long: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def model(self) -> Model:
        """What the file holds."""
        assert self.seen.model is not None
        return self.seen.model

    @property
    def facts(self) -> ModelFacts:
        """The model in short."""
        assert self.seen.facts is not None
        return self.seen.facts

    def digest(self, tensor: Tensor) -> str | None:
        """The sha256 of a tensor's data, wherever it is stored."""
        return tensor.digest if tensor.external is None else self.outside.get(tensor.offset)


def read_side(path: str | os.PathLike[str]) -> Side:
    """Look into a file that is to be compared.

    Raises:
        UnreadableFile: the file cannot be read.
        ValidationError: it holds no model, or one that is damaged.
        MissingExtraError: the onnx package is not installed.
    """
    name = os.fsdecode(path)
    with open_regular(name) as (descriptor, _):
        report, seen = look(name, "scailable", descriptor=descriptor, digests=True)
        if seen is None or seen.model is None or seen.facts is None or not seen.complete:
            worst = report.errors[0]
            said = printable(f"{worst.code} {worst.message.rstrip('.')}")
            raise ValidationError(
                f"{printable(name)} cannot be compared: {said}.",
                hint=printable(worst.fix) or "Check it: scailable models check FILE",
            )
        folder = Path(name).absolute().parent
        return Side(
            path=name,
            report=report,
            seen=seen,
            outside=digests_outside(seen, folder),
            long={
                node.offset: tuple(_attribute_digests(descriptor, node.offset))
                for node in nodes_of(seen.model)
                if any(_is_cut(each) for each in node.attributes)
            },
        )


def digests_outside(seen: Examination, folder: Path) -> dict[int, str]:
    """The sha256 of the data of every tensor in another file, by the offset of the tensor."""
    assert seen.model is not None
    usable = {each.location for each in seen.external}
    digests = {}
    for tensor in tensors_of(seen.model):
        place = dict(tensor.external or ())
        location = place.get("location", "")
        if location not in usable:
            continue
        try:
            with opened_external(location, folder) as descriptor:
                offset = int(place.get("offset", "0"))
                size = os.fstat(descriptor).st_size
                length = int(place.get("length", size - offset))
                digests[tensor.offset] = _sha256(descriptor, offset, length)
        except (OSError, ValueError):
            continue  # what is wrong with it is a problem of the model already
    return digests


def bytes_of(tensor: Tensor) -> int:
    """How much data a tensor has."""
    elements = 1
    for size in tensor.dims:
        elements *= size
    wanted = dtypes.payload_bytes(tensor.data_type, elements)
    if wanted is None:
        return 0 if tensor.payload is None else tensor.payload.length
    return wanted


def _sha256(descriptor: int, offset: int, length: int) -> str:
    digest = hashlib.sha256()
    while length > 0:
        block = os.pread(descriptor, min(_BLOCK, length), offset)
        if not block:
            break
        digest.update(block)
        offset += len(block)
        length -= len(block)
    return digest.hexdigest()


def _is_cut(attribute: Attribute) -> bool:
    """Whether the walk did not keep all of an attribute."""
    texts = (attribute.s or b"", *attribute.strings)
    return (
        attribute.length > LONGEST_KEPT
        or attribute.type in _TYPE_ATTRIBUTES
        or any(len(text) >= _LONG_TEXT for text in texts)
    )


def _attribute_digests(descriptor: int, offset: int) -> Iterator[str]:
    """The sha256 of each attribute of the node at `offset`, whose encoding is sound."""
    head = os.pread(descriptor, 32, offset)
    _, at = _varint(head, 0)
    length, at = _varint(head, at)
    content = os.pread(descriptor, length, offset + at)
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        size = _SIZES.get(tag & 7, 0)
        if tag & 7 == 2:
            size, at = _varint(content, at)
        elif tag & 7 == 0:
            _, at = _varint(content, at)
        if tag >> 3 == _ATTRIBUTE_FIELD:
            yield hashlib.sha256(content[at : at + size]).hexdigest()
        at += size


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def place_of(node: Node) -> str:
    """How a difference names a node: by what it gives."""
    return ", ".join(name for name in node.outputs if name) or node.name or node.operator
