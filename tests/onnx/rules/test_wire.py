"""Encodings that are refused, written byte by byte, and their neighbours that are not."""

from pathlib import Path

import onnx
import pytest
from onnx import TensorProto

from scailable.onnx import check
from tests.onnx.models import FLOAT, classifier
from tests.onnx.triggering import marked

pytestmark = pytest.mark.timeout(60)

VARINT, LENGTH, GROUP, FIXED32 = 0, 2, 3, 5
_DOC_STRING = 6  # of ModelProto


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def tag(number: int, wire_type: int) -> bytes:
    return varint(number << 3 | wire_type)


def message(number: int, content: bytes) -> bytes:
    return tag(number, LENGTH) + varint(len(content)) + content


def in_the_graph(content: bytes) -> bytes:
    """A model whose graph ends with more fields."""
    made = classifier()
    graph = bytes(made.graph.SerializeToString()) + content
    made.ClearField("graph")
    return bytes(made.SerializeToString()) + message(7, graph)


def behind(content: bytes) -> bytes:
    """A model that ends with more fields."""
    return bytes(classifier().SerializeToString()) + content


def floats(data: bytes) -> bytes:
    """A model with an initializer of two floats, its data as packed numbers."""
    tensor = TensorProto(name="w", dims=[2], data_type=FLOAT).SerializeToString()
    return in_the_graph(message(5, tensor + message(4, data)))


def node_of(size: int) -> bytes:
    """A model whose graph ends with a node that claims `size` bytes, of which it has 4."""
    return in_the_graph(tag(1, LENGTH) + varint(size) + message(3, b"n1"))


def many_inputs(count: int) -> bytes:
    return in_the_graph(message(1, b"\x0a\x00" * count))


REFUSED = [
    ("ONNX-WIRE-001", behind(tag(5, VARINT) + b"\xff" * 10 + b"\x01")),
    ("ONNX-WIRE-001", behind(tag(99, VARINT) + b"\x80" * 15 + b"\x01")),
    ("ONNX-WIRE-002", in_the_graph(tag(99, GROUP))),
    ("ONNX-WIRE-002", in_the_graph(tag(99, 7) + b"\0")),
    ("ONNX-WIRE-003", node_of(5) + message(_DOC_STRING, b"more")),
    ("ONNX-WIRE-005", in_the_graph(tag(2, VARINT) + b"\x05")),
    ("ONNX-WIRE-006", behind(tag(1, VARINT) + b"\x08")),
    ("ONNX-WIRE-006", in_the_graph(message(2, b"another name"))),
    ("ONNX-WIRE-008", in_the_graph(tag(0, LENGTH) + b"\0")),
    ("ONNX-WIRE-009", many_inputs(2_600_000)),
    ("ONNX-WIRE-011", in_the_graph(message(99, b"hidden"))),
    ("ONNX-WIRE-012", floats(bytes(7))),
    ("ONNX-WIRE-013", in_the_graph(message(5, tag(2, VARINT) + varint(2**32 + 1)))),
]


@pytest.mark.parametrize(
    ("code", "content"), marked(REFUSED), ids=[f"{code}-{len(c)}" for code, c in REFUSED]
)
def test_an_encoding_is_refused(tmp_path: Path, code: str, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    report = check(path, "generic")
    (finding,) = [each for each in report.findings if each.code == code]
    assert finding.offset is not None
    assert 0 < finding.offset <= len(content)
    assert finding.message
    assert finding.fix
    assert report.safe is (finding.severity == "warning")


NEIGHBOURS = {
    "a negative number takes ten bytes": behind(tag(5, VARINT) + b"\xff" * 9 + b"\x01"),
    "a zero may take more bytes than one": behind(tag(5, VARINT) + b"\x80\x80\x00"),
    "a message as long as it says": behind(message(_DOC_STRING, b"more")),
    "numbers that end where they should": floats(bytes(8)),
    "no more fields than can be read": behind(message(_DOC_STRING, b"x" * 2_600_000)),
}


@pytest.mark.parametrize("content", NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_an_encoding_is_taken(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    onnx.load(path)
    codes = {each.code for each in check(path, "generic").findings}
    assert codes <= {"ONNX-GRAPH-008"}  # the initializer is not used


@pytest.mark.triggers("ONNX-WIRE-010")
@pytest.mark.parametrize("in_graph", [False, True])
def test_a_text_that_is_too_long_to_be_one(tmp_path: Path, in_graph: bool) -> None:
    path = tmp_path / "model.onnx"
    length = (64 << 20) + 1
    start = tag(10 if in_graph else _DOC_STRING, LENGTH) + varint(length)
    if in_graph:
        start = tag(7, LENGTH) + varint(len(start) + length) + start
    head = tag(1, VARINT) + b"\x08" + start
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + length)  # sparse: takes no room on the disk
    report = check(path, "generic")
    assert "ONNX-WIRE-010" in {each.code for each in report.errors}
    assert not report.safe


@pytest.mark.triggers("ONNX-DATA-006")
def test_external_data_that_grows_while_it_is_read(tmp_path: Path) -> None:
    data = tmp_path / "w.bin"
    data.write_bytes(bytes(1 << 20))
    made = classifier()
    made.graph.initializer.append(
        TensorProto(name="w", dims=[1 << 18], data_type=FLOAT, data_location=TensorProto.EXTERNAL)
    )
    made.graph.initializer[0].external_data.add(key="location", value="w.bin")
    path = tmp_path / "model.onnx"
    path.write_bytes(made.SerializeToString())

    def grow(done: int, total: int) -> None:
        if done == total == 1 << 20:
            with data.open("ab") as file:
                file.write(b"x")

    report = check(path, "generic", on_progress=grow)
    assert [each.code for each in report.errors] == ["ONNX-DATA-006"]
    assert check(path, "generic").ok  # the file has come to rest
