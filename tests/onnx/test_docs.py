"""The documentation says what the code does."""

import doctest
from pathlib import Path

from scailable.onnx.dtypes import BY_NUMBER
from scailable.onnx.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "onnx.md"


def test_the_page_lists_every_rule() -> None:
    rows = {
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("| ONNX-")
    }
    assert rows == {
        (
            rule.code,
            rule.about,
            rule.scailable,
            rule.generic or "-",
            "yes" if rule.safety else "",
        )
        for rule in RULES.values()
    }


def test_every_rule_is_named_by_a_test() -> None:
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in RULES if f'"{code}"' not in tests] == []


def test_the_examples_of_the_page() -> None:
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0


def test_the_element_types_are_those_of_onnx() -> None:
    from onnx import TensorProto

    for onnx_name, number in TensorProto.DataType.items():
        if number != TensorProto.UNDEFINED:
            assert BY_NUMBER[number].onnx_name == onnx_name
