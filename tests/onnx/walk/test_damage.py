"""Damage in one place is told with its place, and what is beside it is still read."""

import pytest

from scailable.onnx.reading import walk as walking
from scailable.onnx.reading.model import Model
from tests.onnx.reading import walk_over
from tests.onnx.walk.wire import (
    END_GROUP,
    FIXED32,
    FIXED64,
    HEAD,
    LENGTH,
    START_GROUP,
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

DIMS, FLOATS, INT64S, RAW = 1, 4, 7, 9
ENDLESS = b"\xff" * 11 + b"\x01"
BEFORE, AFTER = node(name="before"), node(name="after")


def nested(levels: int) -> bytes:
    """Graphs in the attributes of nodes, of which each level is three messages."""
    content = node(name="innermost")
    for _ in range(levels):
        for place in (6, 5, 1):  # graph, attribute, node
            content = field(place, content)
    return content


# The code; a field of GraphProto with the damage; the bytes at the place that is told.
CONTAINED = {
    "number too long": ("WIRE-001", node(tag(9, VARINT) + ENDLESS), ENDLESS),
    "length too long": ("WIRE-001", node(tag(3, LENGTH) + ENDLESS), ENDLESS),
    "tag too long": ("WIRE-001", node(ENDLESS), ENDLESS),
    "tag too long for itself": ("WIRE-001", node(b"\x8a\0\x01x"), b"\x8a\0\x01x"),
    "tag of six bytes": ("WIRE-001", node(padded(9, 6) + b"\1"), padded(9, 6) + b"\1"),
    "packed number": ("WIRE-001", tensor(field(DIMS, ENDLESS)), ENDLESS),
    "packed data": ("WIRE-001", tensor(field(INT64S, ENDLESS)), ENDLESS),
    "group": ("WIRE-002", node(tag(31, START_GROUP)), tag(31, START_GROUP)),
    "end of a group": ("WIRE-002", node(tag(31, END_GROUP)), tag(31, END_GROUP)),
    "encoding 6": ("WIRE-002", node(tag(31, 6)), tag(31, 6)),
    "encoding 7": ("WIRE-002", node(tag(31, 7)), tag(31, 7)),
    "text too long": ("WIRE-003", field(1, b"\x1a\x09name"), b"\x1a\x09name"),
    "message too long": ("WIRE-003", field(1, b"\x2a" + varint(1 << 40)), b"\x2a\x80\x80"),
    "unknown too long": ("WIRE-003", field(1, tag(30, LENGTH) + b"\x7f"), tag(30, LENGTH)),
    "data too long": ("WIRE-003", field(5, b"\x4a" + varint(1 << 62)), b"\x4a\x80\x80"),
    "float cut": ("WIRE-003", field(1, field(5, b"\x15abc")), b"\x15abc"),
    "floats cut": ("WIRE-003", field(5, b"\x25abc"), b"\x25abc"),
    "unknown double cut": ("WIRE-003", field(1, tag(30, FIXED64) + b"abc"), tag(30, FIXED64)),
    "number cut": ("WIRE-003", field(5, tag(2, VARINT) + b"\xff\xff"), AFTER),
    "number in a list cut": ("WIRE-003", field(5, tag(DIMS, VARINT) + b"\xff"), b"\x08\xff"),
    "tag cut": ("WIRE-003", field(5, number(2, 1) + b"\x80"), b"\x80" + AFTER),
    "unknown number cut": ("WIRE-003", field(1, tag(30, VARINT) + b"\xff"), tag(30, VARINT)),
    "nested too deeply": ("WIRE-004", nested(30), None),
    "field number 0": ("WIRE-008", node(tag(0, LENGTH) + b"\0"), b"\x02\0"),
}
# Of these the message itself can still be read.
NOTED = {
    "another encoding": ("WIRE-005", node(number(3, 5)), b"\x18\x05"),
    "text as a float": ("WIRE-005", node(tag(3, FIXED32) + b"abcd"), b"\x1dabcd"),
    "a second name": ("WIRE-006", node(field(3, "again")), AFTER),
    "a second data type": ("WIRE-006", field(5, number(2, 1) + number(2, 1)), AFTER),
    "raw data twice": ("WIRE-006", field(5, field(RAW, b"ab") + field(RAW, b"cd")), AFTER),
    "unknown text": ("WIRE-011", node(field(30, "hello")), tag(30, LENGTH)),
    "unknown number": ("WIRE-011", node(number(30, -1)), tag(30, VARINT)),
    "unknown float": ("WIRE-011", node(tag(30, FIXED32) + b"abcd"), tag(30, FIXED32)),
    "unknown double": ("WIRE-011", node(tag(30, FIXED64) + b"abcdefgh"), tag(30, FIXED64)),
    "uneven floats": ("WIRE-012", tensor(field(FLOATS, b"abcde")), b"abcde"),
    "uneven dims": ("WIRE-012", tensor(field(DIMS, b"\1\xff")), b"\1\xff"),
    "uneven data": ("WIRE-012", tensor(field(INT64S, b"\1\xff")), b"\1\xff"),
    "33 bits": ("WIRE-013", field(5, number(2, (1 << 32) + 1)), AFTER),
    "a location of 33 bits": ("WIRE-013", field(5, number(14, (1 << 32) + 1)), AFTER),
    "no UTF-8": ("NAME-005", field(1, field(3, b"\xff\xfe")), b"\xff\xfe"),
}
HARMLESS = ("WIRE-005", "WIRE-011")  # what is left of the model is a whole model
WAYS = {"small": 1 << 16, "streamed": -1}


@pytest.fixture(params=WAYS)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "_SMALL", WAYS[request.param])


def names(read: Model | None) -> list[str]:
    assert read is not None and read.graph is not None
    return [each.name for each in read.graph.nodes]


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("case", [*CONTAINED, *NOTED])
def test_damage_is_told_with_its_place_and_no_more_is_lost(case: str) -> None:
    code, damaged, there = (CONTAINED | NOTED)[case]
    content = model(BEFORE + damaged + AFTER)
    found, problems = walk_over(content)
    (problem,) = problems
    assert problem.code == f"ONNX-{code}"
    assert problem.offset is not None
    if there is not None:
        assert content[problem.offset :].startswith(there)
    assert names(found.model)[0] == "before"
    assert names(found.model)[-1] == "after"
    assert found.model is not None and found.model.opsets == (("", 17),)
    assert (found.skeleton is not None) is (code in HARMLESS)


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("case", CONTAINED)
def test_damage_at_the_very_end_of_the_file_is_not_a_file_cut_short(case: str) -> None:
    code, damaged, _ = CONTAINED[case]
    content = HEAD + field(8, number(2, 17)) + field(7, BEFORE + damaged)
    found, problems = walk_over(content)
    assert [each.code for each in problems] == [f"ONNX-{code}"]
    assert names(found.model)[0] == "before"


@pytest.mark.usefixtures("_way")
def test_all_damage_is_in_one_report() -> None:
    cases = {**CONTAINED, **NOTED}
    found, problems = walk_over(
        model(BEFORE + b"".join(each[1] for each in cases.values()) + AFTER)
    )
    codes = [each.code.removeprefix("ONNX-") for each in problems]
    assert codes == [code for code, _, _ in cases.values()]
    offsets = [each.offset or 0 for each in problems]
    assert offsets == sorted(offsets)
    assert names(found.model)[-1] == "after"


@pytest.mark.usefixtures("_way")
def test_damage_in_a_nested_message_leaves_the_rest_of_the_outer_one() -> None:
    bad = attribute(tag(31, 7), name="bad")
    good = attribute(number(3, 5), name="good")
    found, problems = walk_over(model(node(bad + good)))
    assert [each.code for each in problems] == ["ONNX-WIRE-002"]
    assert found.model is not None and found.model.graph is not None
    (kept,) = found.model.graph.nodes
    assert [(each.name, each.i) for each in kept.attributes] == [("good", 5)]


BEHIND = {
    "zeros": ("ONNX-WIRE-007", bytes(8)),
    "a group": ("ONNX-WIRE-007", tag(9, END_GROUP)),
    "a number without end": ("ONNX-WIRE-001", ENDLESS),
    "a text without end": ("ONNX-FILE-010", tag(6, LENGTH) + b"\x7f" + b"abc"),
    "a number cut short": ("ONNX-FILE-010", tag(5, VARINT) + b"\xff"),
}


@pytest.mark.parametrize("case", BEHIND)
def test_a_model_is_read_in_spite_of_what_is_behind_it(case: str) -> None:
    code, behind = BEHIND[case]
    content = model(BEFORE + AFTER)
    found, problems = walk_over(content + behind)
    assert [each.code for each in problems] == [code]
    assert problems[0].offset is not None
    assert len(content) <= problems[0].offset <= len(content + behind)
    assert names(found.model) == ["before", "after"]
    assert found.skeleton is None


@pytest.mark.parametrize("left", range(1, 51))
def test_a_file_cut_anywhere_has_no_model_and_says_so(left: int) -> None:
    content = HEAD + field(8, number(2, 17)) + field(7, BEFORE + AFTER)
    assert len(content) == 51
    found, problems = walk_over(content[:left])
    if left in (2, 6):  # between two fields: a model without a graph, which the checker refuses
        assert found.model is not None and found.model.graph is None
        return
    assert found.model is None and found.skeleton is None
    assert [each.code for each in problems] == ["ONNX-FILE-010"]


def test_more_problems_of_a_kind_than_fit_are_counted_not_listed() -> None:
    _, problems = walk_over(model(node(number(30, 1)) * 100))
    assert len(problems) == 20
    assert "more of the same kind" in problems[-1].message
