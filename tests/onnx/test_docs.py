"""The documentation says what the code does."""

import doctest
from pathlib import Path

from scailable.onnx.dtypes import BY_NUMBER
from scailable.onnx.rules import RULES
from scripts.onnx_requirements import REFUSED, REQUIRED
from scripts.onnx_rules import named, page, triggers

PAGE = Path(__file__).parents[2] / "docs" / "onnx.md"
RULES_PAGE = PAGE.with_name("onnx-rules.md")


def test_every_rule_is_broken_by_a_test() -> None:
    assert sorted(RULES.keys() - triggers().keys()) == []


def test_every_rule_looks_after_a_requirement_or_a_refusal() -> None:
    codes = {code for _, rules in (*REQUIRED, *REFUSED) for code in named(rules)}
    assert codes == RULES.keys()


def test_there_is_an_answer_to_all_requirements() -> None:
    assert len(REQUIRED) == 32
    assert all(rules for _, rules in (*REQUIRED, *REFUSED))


def test_the_page_of_the_rules_is_up_to_date() -> None:
    assert RULES_PAGE.read_text("utf-8") == page()


def test_the_examples_of_the_page() -> None:
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0


def test_the_element_types_are_those_of_onnx() -> None:
    from onnx import TensorProto

    for onnx_name, number in TensorProto.DataType.items():
        if number != TensorProto.UNDEFINED:
            assert BY_NUMBER[number].onnx_name == onnx_name
