"""Small real ONNX models, built where they are needed."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

FLOAT, BOOL, INT64, STRING = (
    TensorProto.FLOAT,
    TensorProto.BOOL,
    TensorProto.INT64,
    TensorProto.STRING,
)
Size = int | str | None


def value(name: str, shape: Sequence[Size] | None, dtype: int = FLOAT) -> onnx.ValueInfoProto:
    """An input or output."""
    return helper.make_tensor_value_info(name, dtype, shape)


def image(
    shape: Sequence[Size] | None = (1, 3, 8, 8), name: str = "image-", dtype: int = FLOAT
) -> onnx.ValueInfoProto:
    """An image input."""
    return value(name, shape, dtype)


def model(
    inputs: Iterable[onnx.ValueInfoProto] = (),
    outputs: Iterable[onnx.ValueInfoProto] = (),
    nodes: Iterable[onnx.NodeProto] = (),
    *,
    initializers: Iterable[onnx.TensorProto] = (),
    opset: int | None = 17,
    ir: int = 8,
    **more: Any,
) -> onnx.ModelProto:
    """A model of any parts; nothing is checked."""
    graph = helper.make_graph(
        list(nodes), "graph", list(inputs), list(outputs), initializer=list(initializers)
    )
    imports = [] if opset is None else [helper.make_opsetid("", opset)]
    imports += more.pop("imports", [])
    made = helper.make_model(graph, opset_imports=imports, ir_version=ir, **more)
    if opset is None and not imports:
        del made.opset_import[:]
    return made


def classifier(
    *,
    input_name: str = "image-",
    output_name: str = "scores-0:Cat;1:Dog;2:Owl",
    shape: Sequence[Size] = (1, 3, 8, 8),
    opset: int = 17,
    ir: int = 8,
    size: int = 0,
) -> onnx.ModelProto:
    """A valid image classifier of three classes, with `size` more bytes of weights."""
    nodes = [
        helper.make_node("GlobalAveragePool", [input_name], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], [output_name if not size else "flat"]),
    ]
    initializers = []
    if size:
        weights = helper.make_tensor("w", FLOAT, [size // 4], b"\0" * (size // 4 * 4), raw=True)
        initializers.append(weights)
        nodes += [
            helper.make_node("ReduceMax", ["w"], ["most"], keepdims=0),
            helper.make_node("Add", ["flat", "most"], [output_name]),
        ]
    return model(
        [image(shape, input_name)],
        [value(output_name, (shape[0], 3))],
        nodes,
        initializers=initializers,
        opset=opset,
        ir=ir,
    )


def function_bomb(levels: int, payload: int = 0) -> onnx.ModelProto:
    """A model whose functions each call the next one twice: 2 ** levels nodes when expanded.

    Every innermost call also brings a constant of `payload` bytes.
    """
    domain = "bomb"
    imports = [helper.make_opsetid("", 17), helper.make_opsetid(domain, 1)]

    def function(level: int) -> onnx.FunctionProto:
        called = f"f{level + 1}" if level + 1 < levels else None
        nodes = [
            helper.make_node(called or "Relu", [a], [b], domain=domain if called else "")
            for a, b in (("x", "y"), ("y", "z"))
        ]
        if payload and not called:
            weight = helper.make_tensor("w", FLOAT, [payload // 4], b"\0" * payload, raw=True)
            nodes.append(helper.make_node("Constant", [], ["c"], value=weight))
        return helper.make_function(domain, f"f{level}", ["x"], ["z"], nodes, imports)

    return model(
        [image()],
        [value("scores-0:A", (1, 3, 8, 8))],
        [helper.make_node("f0", ["image-"], ["scores-0:A"], domain=domain)],
        functions=[function(level) for level in range(levels)],
        imports=[helper.make_opsetid(domain, 1)],
    )


def save(made: onnx.ModelProto, folder: Path, name: str = "model.onnx") -> Path:
    """Write a model to a file."""
    path = folder / name
    path.write_bytes(made.SerializeToString())
    return path
