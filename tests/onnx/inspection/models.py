"""Models whose costs are known by hand."""

from collections.abc import Sequence
from typing import Any

from onnx import ModelProto, helper

from tests.onnx.models import BOOL, FLOAT, INT64, image, model, value


def weights(name: str, *shape: int) -> Any:
    count = 1
    for size in shape:
        count *= size
    return helper.make_tensor(name, FLOAT, shape, bytes(4 * count), raw=True)


def one(
    operator: str,
    inputs: Sequence[tuple[int | str, ...]],
    output: Sequence[int | str],
    *stored: Any,
    **attributes: Any,
) -> ModelProto:
    """One node on inputs x0, x1, ... and stored weights."""
    names = [f"x{index}" for index in range(len(inputs))]
    node = helper.make_node(
        operator, [*names, *(each.name for each in stored)], ["y"], **attributes
    )
    values = [value(name, shape) for name, shape in zip(names, inputs, strict=True)]
    return model(values, [value("y", output)], [node], initializers=stored)


def branches() -> ModelProto:
    """An If with a product in one branch, and none in the other."""
    heavy = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["heavy"])], "heavy", [], [value("heavy", (2, 4))]
    )
    light = helper.make_graph(
        [helper.make_node("Identity", ["zeros"], ["light"])], "light", [], [value("light", (2, 4))]
    )
    node = helper.make_node("If", ["yes"], ["y"], then_branch=heavy, else_branch=light)
    return model(
        [value("x", (2, 3)), value("yes", (), BOOL)],
        [value("y", (2, 4))],
        [node],
        initializers=[weights("w", 3, 4), weights("zeros", 2, 4)],
    )


def rounds(trips: int) -> ModelProto:
    """A Loop that multiplies at each of its rounds."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["on"]),
            helper.make_node("MatMul", ["carried", "w"], ["next"]),
        ],
        "body",
        [value("i", (), INT64), value("go", (), BOOL), value("carried", (2, 3))],
        [value("on", (), BOOL), value("next", (2, 3))],
    )
    return model(
        [value("x", (2, 3))],
        [value("y", (2, 3))],
        [helper.make_node("Loop", ["trips", "", "x"], ["y"], body=body)],
        initializers=[helper.make_tensor("trips", INT64, [], [trips]), weights("w", 3, 3)],
    )


def chain(length: int) -> ModelProto:
    """So many nodes, one after the other."""
    nodes = [
        helper.make_node("Relu" if index % 2 else "Sigmoid", [f"v{index}"], [f"v{index + 1}"])
        for index in range(length)
    ]
    return model([image(name="v0")], [image(name=f"v{length}")], nodes)


def wide(count: int) -> ModelProto:
    """Many nodes beside one another, which no folding makes fewer."""
    nodes = [helper.make_node("Relu", ["image-"], [f"v{index}"]) for index in range(count)]
    nodes.append(helper.make_node("Sum", [f"v{index}" for index in range(count)], ["y"]))
    return model([image()], [image(name="y")], nodes)


HOSTILE = "</script><img src=x onerror=alert(1)>\"'`|\n```mermaid\x1b[2J"


def hostile() -> ModelProto:
    """A model whose every name is an attack."""
    node = helper.make_node("Relu", ["image-"], ["y" + HOSTILE], name=HOSTILE)
    last = helper.make_node("Relu", ["y" + HOSTILE], ["scores-0:" + HOSTILE])
    made = model([image()], [image(name="scores-0:" + HOSTILE)], [node, last])
    made.graph.doc_string = HOSTILE
    made.graph.name = HOSTILE
    made.producer_name = HOSTILE
    made.metadata_props.add(key="author" + HOSTILE, value=HOSTILE)
    return made
