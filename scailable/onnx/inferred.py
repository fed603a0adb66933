"""The types that onnx's shape inference wrote into a model."""

import onnx

from scailable.onnx import dtypes

TypeRow = tuple[str, str, list[int | str | None] | None]


def types_of(graph: onnx.GraphProto) -> list[TypeRow]:
    """Name, element type and shape of the values of a graph and of the graphs nested in it."""
    rows: list[TypeRow] = []
    waiting = [graph]
    while waiting:
        current = waiting.pop()
        for values in (current.input, current.value_info, current.output):
            rows.extend(_row(value) for value in values)
        for node in current.node:
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    waiting.append(attribute.g)
                waiting.extend(attribute.graphs)
    return rows


def _row(value: onnx.ValueInfoProto) -> TypeRow:
    kind = value.type.WhichOneof("value")
    if kind != "tensor_type":
        return value.name, (kind or "undefined").removesuffix("_type"), None
    tensor = value.type.tensor_type
    shape: list[int | str | None] | None = None
    if tensor.HasField("shape"):
        shape = [
            each.dim_value if each.HasField("dim_value") else each.dim_param or None
            for each in tensor.shape.dim
        ]
    return value.name, dtypes.name_of(tensor.elem_type), shape
