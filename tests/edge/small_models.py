"""Small real ONNX models, good and bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, checker, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Sequence

FLOAT = TensorProto.FLOAT


def _model(
    nodes: list[NodeProto],
    outputs: list[ValueInfoProto],
    initializers: Sequence[TensorProto] = (),
    shape: tuple[int, ...] = (1, 2),
) -> bytes:
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("image-", FLOAT, list(shape))],
        outputs,
        initializers,
    )
    model: ModelProto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    )
    checker.check_model(model)
    return bytes(model.SerializeToString())


def times(factor: float) -> bytes:
    """Gives its two numbers times a factor, under the name `hidden`."""
    return _model(
        [helper.make_node("Mul", ["image-", "factor"], ["hidden"])],
        [helper.make_tensor_value_info("hidden", FLOAT, [1, 2])],
        [numpy_helper.from_array(np.array([factor], np.float32), "factor")],
    )


def cat_or_dog() -> bytes:
    """Scores: the two numbers of its input, by softmax."""
    name = "scores-0:Cat;1:Dog"
    return _model(
        [helper.make_node("Softmax", ["image-"], [name], axis=1)],
        [helper.make_tensor_value_info(name, FLOAT, [1, 2])],
    )


def picky() -> bytes:
    """Refuses every image: it looks up a place that is not there."""
    return _model(
        [
            helper.make_node("Flatten", ["image-"], ["flat"]),
            helper.make_node("ReduceSum", ["flat"], ["sum"], keepdims=1),
            helper.make_node("Mul", ["sum", "zero"], ["nothing"]),
            helper.make_node("Add", ["nothing", "far"], ["place"]),
            helper.make_node("Cast", ["place"], ["index"], to=TensorProto.INT64),
            helper.make_node("Gather", ["flat", "index"], ["found"], axis=1),
            helper.make_node("Reshape", ["found", "shape"], ["hidden"]),
        ],
        [helper.make_tensor_value_info("hidden", FLOAT, [1, 1])],
        [
            numpy_helper.from_array(np.array(0, np.float32), "zero"),
            numpy_helper.from_array(np.array(1000, np.float32), "far"),
            numpy_helper.from_array(np.array([1, 1], np.int64), "shape"),
        ],
        shape=(1, 1, 8, 8),
    )


def endless() -> bytes:
    """Loops for ever when its first number is above zero, else returns zeros at once."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go_on"], ["still"]),
            helper.make_node("Add", ["sum", "one"], ["more"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("turn", TensorProto.INT64, []),
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("sum", FLOAT, [1, 2]),
        ],
        [
            helper.make_tensor_value_info("still", TensorProto.BOOL, []),
            helper.make_tensor_value_info("more", FLOAT, [1, 2]),
        ],
    )
    zero, one = np.zeros((1, 2), np.float32), np.ones((1, 2), np.float32)
    return _model(
        [
            helper.make_node("ReduceMax", ["image-"], ["largest"], keepdims=0),
            helper.make_node("Greater", ["largest", "nothing"], ["begin"]),
            helper.make_node("Loop", ["turns", "begin", "zero"], ["hidden"], body=body),
        ],
        [helper.make_tensor_value_info("hidden", FLOAT, [1, 2])],
        [
            numpy_helper.from_array(np.array(2**62, np.int64), "turns"),
            numpy_helper.from_array(np.array(0, np.float32), "nothing"),
            numpy_helper.from_array(zero, "zero"),
            numpy_helper.from_array(one, "one"),
        ],
    )


def endless_to_load() -> bytes:
    """Forty functions, each of which calls the one below twice: inlining them never ends."""
    functions = []
    for level in range(40):
        below = (
            [helper.make_node("Identity", ["x"], ["m"]), helper.make_node("Identity", ["m"], ["y"])]
            if level == 0
            else [
                helper.make_node(f"f{level - 1}", ["x"], ["m"], domain="local"),
                helper.make_node(f"f{level - 1}", ["m"], ["y"], domain="local"),
            ]
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]
        functions.append(
            helper.make_function("local", f"f{level}", ["x"], ["y"], below, opsets, [])
        )
    graph = helper.make_graph(
        [helper.make_node("f39", ["image-"], ["hidden"], domain="local")],
        "endless",
        [helper.make_tensor_value_info("image-", FLOAT, [1, 2])],
        [helper.make_tensor_value_info("hidden", FLOAT, [1, 2])],
    )
    model = helper.make_model(
        graph,
        functions=functions,
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("local", 1)],
        ir_version=8,
    )
    return bytes(model.SerializeToString())


def no_model() -> bytes:
    """Bytes that no runtime takes for a model."""
    return b"\x08\x08 this is no model" * 10
