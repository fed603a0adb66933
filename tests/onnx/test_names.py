"""The grammar of input and output names."""

import pytest

from scailable.onnx import parse_name


def test_labels_and_format_are_read() -> None:
    name = parse_name("bboxes-format:xyxysc;0:Person;1:Car, red")
    assert (name.prefix, name.dashed, name.format) == ("bboxes", True, "xyxysc")
    assert name.labels == {0: "Person", 1: "Car, red"}
    assert name.problems == ()


@pytest.mark.parametrize("name", ["image-", "image", "", "-", "scores-0:a;", "scores-0:a-b:c"])
def test_legal_names(name: str) -> None:
    assert parse_name(name).problems == ()


@pytest.mark.parametrize(
    ("name", "offset", "piece"),
    [
        ("scores-Cat", 7, "Cat"),
        ("scores-0:Cat;;1:Dog", 13, ""),
        ("scores-0:Cat;0:Dog", 13, "0:Dog"),
        ("scores-0:Cat;-1:Dog", 13, "-1:Dog"),
        ("scores-0:Cat;²:Dog", 13, "²:Dog"),
        ("bboxes-format:xyxy;format:xyxysc", 19, "format:xyxysc"),
    ],
)
def test_a_bad_piece_is_told_with_its_offset(name: str, offset: int, piece: str) -> None:
    (problem,) = parse_name(name).problems
    assert (problem.offset, problem.piece) == (offset, piece)
    assert name[offset:].startswith(piece)


def test_labels_may_hold_colons_and_dashes() -> None:
    assert parse_name("scores-0:a:b;1:x-y").labels == {0: "a:b", 1: "x-y"}


def test_a_name_of_bad_pieces_only_is_given_up() -> None:
    name = parse_name("scores-0:Cat" + ";" * 60_000 + "1:Dog")
    assert name.labels == {0: "Cat"}
    assert len(name.problems) == 50
