"""Graphs that ask for more than there is, as real files: found, and found in good time."""

import time
from itertools import pairwise
from pathlib import Path

import onnx
import pytest
from onnx import helper

from scailable.onnx import check
from scailable.onnx.reading.problems import Problems
from scailable.onnx.reading.summary import declared_types, summarise
from scailable.onnx.rules import judge
from tests.onnx.models import BOOL, INT64, image, model, save, value
from tests.onnx.reading import walk_over

pytestmark = pytest.mark.timeout(60)


def node(operator: str, inputs: list[str], outputs: list[str], **more: object) -> onnx.NodeProto:
    return helper.make_node(operator, inputs, outputs, **more)  # type: ignore[arg-type]


def sized(operator: str, *shape: int, inside: bool = False) -> onnx.ModelProto:
    """A value of that shape, made by an operator, in the graph or in a branch."""
    source = ["image-", "size"] if operator == "Expand" else ["size"]
    nodes = [
        node(operator, source, ["many"]),
        node("ReduceMax", ["many"], ["most"], keepdims=0),
    ]
    result = value("most", ())
    if inside:
        branches = {
            f"{name}_branch": helper.make_graph(nodes, name, [], [result])
            for name in ("then", "else")
        }
        nodes = [node("If", ["yes"], ["most"], **branches)]
    return model(
        [image()],
        [result],
        nodes,
        initializers=[
            helper.make_tensor("size", INT64, [len(shape)], shape),
            helper.make_tensor("yes", BOOL, [], [True]),
        ],
    )


@pytest.mark.triggers("ONNX-SHAPE-003")
@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("operator", ["ConstantOfShape", "Expand"])
def test_a_value_of_128_gib(tmp_path: Path, operator: str, inside: bool) -> None:
    report = check(save(sized(operator, 2**12, 2**12, 2**6, 2**5, inside=inside), tmp_path))
    found = [each for each in report.errors if each.code == "ONNX-SHAPE-003"]
    assert len(found) == (2 if inside else 1)


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("operator", ["ConstantOfShape", "Expand"])
def test_a_value_that_is_large_but_fits(tmp_path: Path, operator: str, inside: bool) -> None:
    report = check(save(sized(operator, 2, 3, 8, 8, inside=inside), tmp_path), "generic")
    assert report.verdict == "fit"


def chain(length: int) -> onnx.ModelProto:
    names = ["image-", *(f"v{index}" for index in range(length))]
    nodes = [
        node("Relu", [source], [target], name=f"n{target}") for source, target in pairwise(names)
    ]
    return model([image()], [image(name=names[-1])], nodes)


def seconds_to_judge(made: onnx.ModelProto) -> float:
    walked, _ = walk_over(made.SerializeToString())
    assert walked.model is not None
    facts = summarise(walked.model, Problems())
    types = declared_types(walked.model)
    started = time.process_time()
    codes = {each.code for each in judge(facts, walked.model, types, "scailable")}
    took = time.process_time() - started
    assert codes <= {"ONNX-OUTPUT-001"}
    return took


def test_the_time_grows_with_the_nodes_and_no_faster() -> None:
    small, large = (min(seconds_to_judge(chain(n)) for _ in range(3)) for n in (5_000, 20_000))
    assert large < 10 * small
    assert large < 1


def nested(depth: int, unknown: str = "image-") -> onnx.ModelProto:
    """Branches in branches, the innermost of which takes a value."""
    inner = helper.make_graph([node("Relu", [unknown], ["r"])], "b", [], [image(name="r")])
    plain = helper.make_graph([node("Relu", ["image-"], ["r"])], "b", [], [image(name="r")])
    for level in range(depth):
        branch = node("If", ["yes"], [f"r{level}"], then_branch=inner, else_branch=plain)
        inner = helper.make_graph([branch], "b", [], [image(name=f"r{level}")])
    return model(
        [image()],
        [image(name="y")],
        [node("If", ["yes"], ["y"], then_branch=inner, else_branch=plain)],
        initializers=[helper.make_tensor("yes", BOOL, [], [True])],
    )


@pytest.mark.triggers("ONNX-GRAPH-005")
def test_a_name_deep_inside_is_followed(tmp_path: Path) -> None:
    report = check(save(nested(15, "nowhere"), tmp_path), "generic")
    assert "ONNX-GRAPH-005" in {each.code for each in report.errors}


def test_what_is_deep_is_fine_as_long_as_it_hangs_together(tmp_path: Path) -> None:
    assert check(save(nested(15), tmp_path), "generic").verdict == "fit"
