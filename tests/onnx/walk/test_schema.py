"""The table of messages that the walk knows is that of the installed onnx package."""

import onnx
import pytest
from google.protobuf.descriptor import (  # type: ignore[import-untyped,unused-ignore]
    Descriptor,
    FieldDescriptor,
)

from scailable.onnx.reading import schema
from scailable.onnx.reading.schema import FIXED32, FIXED64, LENGTH, VARINT, Kind, Message

# The table may know messages and fields that this release of onnx does not have yet.
NEWEST_IR = 14

F = FieldDescriptor
WIRES = {
    F.TYPE_INT32: VARINT,
    F.TYPE_INT64: VARINT,
    F.TYPE_UINT64: VARINT,
    F.TYPE_ENUM: VARINT,
    F.TYPE_FLOAT: FIXED32,
    F.TYPE_DOUBLE: FIXED64,
    F.TYPE_STRING: LENGTH,
    F.TYPE_BYTES: LENGTH,
    F.TYPE_MESSAGE: LENGTH,
}
OF_32_BITS = (F.TYPE_INT32, F.TYPE_ENUM)
DATA = ("float_data", "int32_data", "int64_data", "double_data", "uint64_data")


def described() -> dict[str, Descriptor]:
    """Every message of the package, by its name in the table."""
    found: dict[str, Descriptor] = {}
    waiting = [
        message.DESCRIPTOR
        for message in (onnx.ModelProto, *vars(onnx).values())
        if hasattr(message, "DESCRIPTOR") and isinstance(message.DESCRIPTOR, Descriptor)
    ]
    while waiting:
        message = waiting.pop()
        name = message.full_name.removeprefix("onnx.")
        if name not in found:
            found[name] = message
            waiting += [each.message_type for each in message.fields if each.message_type]
    return found


DESCRIBED = described()
TABLE = {each.name: each for each in vars(schema).values() if isinstance(each, Message)}


def test_no_message_is_missing_in_the_table() -> None:
    reached, waiting = set(), [onnx.ModelProto.DESCRIPTOR, onnx.FunctionProto.DESCRIPTOR]
    while waiting:
        message = waiting.pop()
        name = message.full_name.removeprefix("onnx.")
        if name not in reached:
            reached.add(name)
            waiting += [each.message_type for each in message.fields if each.message_type]
    assert reached <= TABLE.keys()
    if onnx.IR_VERSION >= NEWEST_IR:
        assert reached == TABLE.keys()


@pytest.mark.parametrize("name", sorted(DESCRIBED.keys() & TABLE.keys()))
def test_the_fields_of_a_message(name: str) -> None:
    message, theirs = TABLE[name], DESCRIBED[name]
    wanted: set[tuple[int, str, int, bool]] = set()
    for each in theirs.fields:
        repeated = each.is_repeated
        wire = WIRES[each.type]
        wanted.add((each.number, each.name, wire, repeated))
        if repeated and wire != LENGTH:
            wanted.add((each.number, each.name, LENGTH, repeated))  # packed, which all can be
    ours = {(each.number, each.name, tag & 7, each.repeated) for tag, each in message.tags.items()}
    assert wanted <= ours
    if onnx.IR_VERSION >= NEWEST_IR:
        assert wanted == ours
    assert all(tag >> 3 == each.number for tag, each in message.tags.items())


@pytest.mark.parametrize("name", sorted(DESCRIBED.keys() & TABLE.keys()))
def test_what_is_in_the_fields(name: str) -> None:
    tags = TABLE[name].tags
    for each in DESCRIBED[name].fields:
        ours = tags[each.number << 3 | WIRES[each.type]]
        if each.message_type is not None:
            assert ours.message is TABLE[each.message_type.full_name.removeprefix("onnx.")]
            assert ours.kind == Kind.MESSAGE
        elif each.type == F.TYPE_STRING:
            assert ours.kind == Kind.TEXT
        elif each.name in DATA:
            assert ours.kind == Kind.DATA_RUN
            assert ours.width == {VARINT: 0, FIXED32: 4, FIXED64: 8}[WIRES[each.type]]
            assert tags[each.number << 3 | LENGTH].width == ours.width
        elif WIRES[each.type] == VARINT and not each.is_repeated:
            assert ours.kind == Kind.INT
            assert (ours.width == 4) is (each.type in OF_32_BITS), each.name
        elif WIRES[each.type] == VARINT:
            assert ours.kind == Kind.INTS
            assert each.type not in OF_32_BITS
