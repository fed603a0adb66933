"""Rules about what a model would take on a device while it runs."""

import math
import struct
from collections.abc import Iterator, Mapping

from scailable.onnx.reading.model import Model, Node, Tensor, graphs_of, nodes_of
from scailable.onnx.report import TensorInfo
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, model_rule
from scailable.onnx.text import short

_MOST_ELEMENTS = 2**31 - 1
_MOST_TRIPS = 1_000_000
_RAW_DATA, _INT64_DATA = 9, 7


@model_rule("ONNX-SHAPE-003", "error", source=sources.LIMITS, generic="warning")
def enormous_values(model: Model, types: Mapping[str, TensorInfo]) -> Iterator[Said]:
    """A value inside the model has more elements than fit in memory."""
    declared = set()
    if model.graph is not None:
        declared = {each.name for each in (*model.graph.inputs, *model.graph.outputs)}
    for tensor in types.values():
        elements = math.prod(size for size in tensor.shape or () if isinstance(size, int))
        if elements > _MOST_ELEMENTS and tensor.name not in declared:
            yield (
                f"value {short(tensor.name)}",
                f"{tensor} is {elements} elements, more than the {_MOST_ELEMENTS} we accept",
                "check the sizes given to Expand, ConstantOfShape, Tile, Pad and Resize",
            )


@model_rule("ONNX-LOOP-001", "warning", source=sources.LIMITS, generic="warning")
def endless_loop(model: Model, types: Mapping[str, TensorInfo]) -> Iterator[Said]:
    """A loop runs an enormous number of times, with nothing to end it sooner."""
    constants = _constants(model)
    for node in nodes_of(model):
        if node.domain or node.op_type != "Loop" or not node.inputs:
            continue
        trips = _whole_number(constants.get(node.inputs[0]))
        condition = node.inputs[1] if len(node.inputs) > 1 else ""
        if trips is not None and trips > _MOST_TRIPS and (not condition or _never_ends(node)):
            yield (
                node.place,
                f"runs {trips} times",
                "give the loop a condition that ends it, or a smaller trip count",
                node.offset,
            )


def _never_ends(loop: Node) -> bool:
    """Whether the body hands its condition on as it got it."""
    body = loop.attribute("body")
    if body is None or not body.graphs or len(body.graphs[0].inputs) < 2:
        return False
    graph = body.graphs[0]
    if not graph.outputs:
        return False
    origin = {
        output: node.inputs[0]
        for node in graph.nodes
        if node.op_type == "Identity" and node.inputs
        for output in node.outputs
    }
    name = graph.outputs[0].name
    return origin.get(name, name) == graph.inputs[1].name


def _constants(model: Model) -> dict[str, Tensor]:
    """Initializers and constants by the name of their value."""
    found = {each.name: each for graph in graphs_of(model) for each in graph.initializers}
    for node in nodes_of(model):
        if node.op_type == "Constant" and node.outputs:
            value = node.attribute("value")
            if value is not None and value.tensors:
                found[node.outputs[0]] = value.tensors[0]
    return found


def _whole_number(tensor: Tensor | None) -> int | None:
    """The value of an int64 scalar."""
    if tensor is None or tensor.payload is None or tensor.payload.kept is None:
        return None
    kept = tensor.payload.kept
    if tensor.payload.field == _RAW_DATA and len(kept) == 8:
        number: int = struct.unpack("<q", kept)[0]
        return number
    if tensor.payload.field == _INT64_DATA and tensor.payload.values == 1:
        return sum((byte & 127) << 7 * index for index, byte in enumerate(kept))
    return None
