"""All ways to write the same thing are read as the onnx package reads them."""

import struct

import onnx
import pytest
from onnx import TensorProto

from scailable.onnx.reading import source
from scailable.onnx.reading import walk as walking
from scailable.onnx.reading.model import LONGEST_KEPT, Attribute, Model, Tensor, tensors_of
from scailable.onnx.reading.problems import Problems
from scailable.onnx.reading.tensors import judge_tensor
from tests.onnx.models import FLOAT, INT64
from tests.onnx.reading import walk_over
from tests.onnx.walk.wire import (
    FIXED32,
    FIXED64,
    VARINT,
    attribute,
    field,
    model,
    node,
    number,
    padded,
    tag,
    tensor,
    varint,
)

INTS = [0, 1, -1, 127, 128, 300, -(2**63), 2**63 - 1]
FLOATS = [0.0, -1.5, 0.25, 1e30]


def packed(number_of_field: int, values: list[int]) -> bytes:
    return field(number_of_field, b"".join(map(varint, values)))


def single(number_of_field: int, values: list[int]) -> bytes:
    return b"".join(number(number_of_field, each) for each in values)


def mixed(number_of_field: int, values: list[int]) -> bytes:
    return single(number_of_field, values[:3]) + packed(number_of_field, values[3:])


def overlong(number_of_field: int, values: list[int]) -> bytes:
    """Numbers of ten bytes each, as some writers leave room."""
    content = tag(number_of_field, VARINT)
    return b"".join(content + padded(each & (1 << 64) - 1, 10) for each in values)


def floats_packed(number_of_field: int, values: list[float]) -> bytes:
    return field(number_of_field, struct.pack(f"<{len(values)}f", *values))


def floats_single(number_of_field: int, values: list[float]) -> bytes:
    start = tag(number_of_field, FIXED32)
    return b"".join(start + struct.pack("<f", each) for each in values)


@pytest.fixture(params=[(1 << 19, 1 << 16), (1 << 19, -1), (3, -1)], autouse=True)
def _sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    block, small = request.param
    monkeypatch.setattr(source, "BLOCK", block)
    monkeypatch.setattr(walking, "_SMALL", small)


def read(content: bytes) -> tuple[Model, onnx.ModelProto]:
    """The same file, read by us and by onnx; the skeleton must be the file."""
    found, problems = walk_over(content)
    assert problems == []
    assert found.model is not None and found.skeleton is not None
    theirs = onnx.ModelProto.FromString(content)
    assert onnx.ModelProto.FromString(found.skeleton) == theirs
    return found.model, theirs


def only_attribute(ours: Model) -> Attribute:
    assert ours.graph is not None
    ((found,),) = (each.attributes for each in ours.graph.nodes)
    return found


def only_tensor(ours: Model) -> Tensor:
    (found,) = tensors_of(ours)
    return found


@pytest.mark.parametrize("write", [packed, single, mixed, overlong])
def test_lists_of_whole_numbers(write: object) -> None:
    assert callable(write)
    ours, theirs = read(model(node(attribute(write(8, INTS)))))
    found = only_attribute(ours)
    assert list(found.ints) == INTS == list(theirs.graph.node[0].attribute[0].ints)
    assert found.length == len(INTS)


@pytest.mark.parametrize("write", [floats_packed, floats_single])
def test_lists_of_floats(write: object) -> None:
    assert callable(write)
    ours, theirs = read(model(node(attribute(write(7, FLOATS)))))
    assert list(only_attribute(ours).floats) == list(theirs.graph.node[0].attribute[0].floats)
    assert only_attribute(ours).length == len(FLOATS)


def test_of_long_lists_the_start_is_kept_and_all_are_counted() -> None:
    many = list(range(-700, 700))
    parts = single(8, many[:500]) + packed(8, many[500:])
    found = only_attribute(read(model(node(attribute(parts))))[0])
    assert list(found.ints) == many[:LONGEST_KEPT]
    assert found.length == len(many)
    ours, _ = read(model(node(attribute(floats_single(7, [0.5] * 600) * 2))))
    assert len(only_attribute(ours).floats) == LONGEST_KEPT
    assert only_attribute(ours).length == 1200


@pytest.mark.parametrize("write", [packed, single, mixed, overlong])
def test_shapes(write: object) -> None:
    assert callable(write)
    ours, theirs = read(model(tensor(write(1, [4, 5, 6, 7]) + number(2, FLOAT))))
    assert only_tensor(ours).dims == (4, 5, 6, 7) == tuple(theirs.graph.initializer[0].dims)


@pytest.mark.parametrize("value", [0, 1, 127, 128, 2**31 - 1, -1, -(2**63), 2**63 - 1])
def test_single_numbers(value: int) -> None:
    ours, theirs = read(model(node(attribute(number(3, value)))))
    assert only_attribute(ours).i == value == theirs.graph.node[0].attribute[0].i
    ours, theirs = read(model(b"", tag(5, VARINT) + padded(value & (1 << 64) - 1, 10)))
    assert ours.model_version == value == theirs.model_version


def test_lengths_of_more_bytes_than_they_need() -> None:
    name = tag(2, 2) + padded(4, 5) + b"name"
    ours, theirs = read(model(name))
    assert ours.graph is not None
    assert ours.graph.name == "name" == theirs.graph.name


DOUBLES = struct.pack("<3d", 0.5, 1.5, 2.5)
DATA = {
    "floats": (4, FLOAT, floats_packed(4, FLOATS), floats_single(4, FLOATS), 4),
    "int32": (5, TensorProto.INT32, packed(5, [1, -1, 300]), single(5, [1, -1, 300]), 3),
    "int64": (7, INT64, packed(7, INTS), single(7, INTS), len(INTS)),
    "doubles": (
        10,
        TensorProto.DOUBLE,
        field(10, DOUBLES),
        b"".join(tag(10, FIXED64) + DOUBLES[at : at + 8] for at in (0, 8, 16)),
        3,
    ),
    "uint64": (11, TensorProto.UINT64, packed(11, [1, 2**64 - 1]), single(11, [1, 2**64 - 1]), 2),
}


@pytest.mark.parametrize("kind", DATA)
def test_values_of_tensors(kind: str) -> None:
    place, dtype, in_one, in_many, count = DATA[kind]
    for data in (in_one, in_many):
        content = tensor(number(1, count) + number(2, dtype) + data)
        found = only_tensor(read(model(content))[0])
        assert found.payload is not None
        assert (found.payload.field, found.payload.values) == (place, count)
        assert problems_of(found) == []
    both = tensor(number(1, 2 * count) + number(2, dtype) + in_one + in_many)
    found = only_tensor(read(model(both))[0])
    assert found.payload is not None
    assert found.payload.values == 2 * count
    assert problems_of(found) == []


def test_texts_of_tensors() -> None:
    texts = [b"one", b"", b"\xff" * 300]
    content = tensor(number(1, 3) + number(2, 8) + b"".join(field(6, each) for each in texts))
    found = only_tensor(read(model(content))[0])
    assert found.payload is not None
    assert found.payload.values == 3
    assert problems_of(found) == []


WRONG = {
    "too few": number(1, 3) + number(2, FLOAT) + floats_packed(4, [1.0, 2.0]),
    "too many": number(1, 1) + number(2, FLOAT) + floats_packed(4, [1.0, 2.0]),
    "none": number(1, 2) + number(2, FLOAT),
    "in another field": number(1, 2) + number(2, FLOAT) + packed(7, [1, 2]),
    "numbers for text": number(1, 2) + number(2, 8) + packed(5, [1, 2]),
    "bytes for text": number(1, 2) + number(2, 8) + field(9, b"ab"),
    "odd half bytes": number(1, 3) + number(2, TensorProto.INT4) + field(9, b"a"),
    "one half of a complex": number(1, 1) + number(2, 14) + floats_packed(4, [1.0]),
}


@pytest.mark.parametrize("case", WRONG)
def test_data_that_is_not_what_type_and_shape_ask_for(case: str) -> None:
    found = only_tensor(read(model(tensor(WRONG[case])))[0])
    assert problems_of(found) == ["ONNX-TENSOR-001"]


def problems_of(found: Tensor) -> list[str]:
    problems = Problems()
    judge_tensor(found, problems)
    return [each.code for each in problems.found]


def test_data_in_two_places() -> None:
    content = number(1, 1) + number(2, FLOAT) + field(9, b"abcd") + floats_packed(4, [1.0])
    _, problems = walk_over(model(tensor(content)))
    assert [each.code for each in problems] == ["ONNX-TENSOR-001"]


def test_fields_in_any_order() -> None:
    """A serialiser writes them by number; a reader has to take them as they come."""
    content = field(8, number(2, 17)) + field(7, node()) + number(1, 8)
    ours, theirs = read(content)
    assert (ours.ir_version, ours.opsets) == (8, (("", 17),))
    assert theirs.ir_version == 8
