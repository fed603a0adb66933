"""Rules about what a model would take on a device while it runs."""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from scailable.onnx import dtypes
from scailable.onnx.reading.model import Graph, Node, Tensor
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, model_rule
from scailable.onnx.rules.subject import Subject
from scailable.onnx.text import short

_MOST_ELEMENTS = 2**31 - 1
_MOST_TRIPS = 1_000_000
_RAW_DATA, _INT32_DATA, _INT64_DATA = 9, 5, 7
_SIZES = {"ConstantOfShape": 0, "Expand": 1}  # which input is the shape of the result


@model_rule("ONNX-SHAPE-003", "error", source=sources.LIMITS, generic="warning")
def enormous_values(subject: Subject) -> Iterator[Said]:
    """A value inside the model has more elements than fit in memory."""
    fix = "check the sizes given to Expand, ConstantOfShape, Tile, Pad and Resize"
    limit = f"more than the {_MOST_ELEMENTS} we accept"
    graph = subject.model.graph
    declared = set() if graph is None else {each.name for each in (*graph.inputs, *graph.outputs)}
    seen = set()
    for tensor in subject.types.values():
        elements = math.prod(size for size in tensor.shape or () if isinstance(size, int))
        if elements > _MOST_ELEMENTS:
            seen.add(tensor.name)
            if tensor.name not in declared:
                message = f"{tensor} is {elements} elements, {limit}"
                yield f"value {short(tensor.name)}", message, fix
    # Inference does not look into functions, and not beyond what it refuses.
    constants = _Constants(subject)
    for node in subject.nodes:
        if node.domain or node.op_type not in _SIZES or seen.intersection(node.outputs):
            continue
        shape = constants.numbers(node, _SIZES[node.op_type])
        elements = math.prod(shape or ())
        if elements > _MOST_ELEMENTS:
            yield node.place, f"makes {elements} elements, {limit}", fix, node.offset


@model_rule("ONNX-LOOP-001", "warning", source=sources.LIMITS, generic="warning")
def endless_loop(subject: Subject) -> Iterator[Said]:
    """A loop runs an enormous number of times, with nothing to end it sooner."""
    constants = _Constants(subject)
    for node in subject.nodes:
        if node.domain or node.op_type != "Loop":
            continue
        trips = constants.numbers(node, 0)
        if trips and trips[0] > _MOST_TRIPS and _never_ends(node, constants):
            yield (
                node.place,
                f"runs {trips[0]} times",
                "give the loop a condition that ends it, or a smaller trip count",
                node.offset,
            )


def _never_ends(loop: Node, constants: "_Constants") -> bool:
    """Whether nothing but the trip count ends a loop."""
    if len(loop.inputs) < 2 or not loop.inputs[1]:
        return True  # the specification: without a condition, that of the body is ignored
    body = loop.attribute("body")
    if body is None or not body.graphs or not body.graphs[0].outputs:
        return False
    graph = body.graphs[0]
    name = _origin(graph, graph.outputs[0].name)
    handed_on = len(graph.inputs) > 1 and name == graph.inputs[1].name
    return handed_on or any(constants.by_name.get(name, ()))


def _origin(graph: Graph, name: str) -> str:
    """What a value is a copy of."""
    sources_of = {
        output: node.inputs[0]
        for node in graph.nodes
        if node.op_type in ("Identity", "Cast") and node.inputs
        for output in node.outputs
    }
    for _ in range(len(sources_of)):  # a damaged model may have a circle
        if name not in sources_of:
            break
        name = sources_of[name]
    return name


@dataclass(frozen=True)
class _Constants:
    """The values of small whole numbers and truth values that are stored in a model."""

    subject: Subject

    def numbers(self, node: Node, position: int) -> tuple[int, ...] | None:
        """The constant that a node takes there; None when it is none, or a large one."""
        if position >= len(node.inputs) or not node.inputs[position]:
            return None
        return self.by_name.get(node.inputs[position])

    @cached_property
    def by_name(self) -> dict[str, tuple[int, ...]]:
        """Initializers and results of `Constant`, by the name of their value."""
        found: dict[str, tuple[int, ...]] = {}
        for graph in self.subject.graphs:
            for tensor in graph.initializers:
                _keep(found, tensor.name, _numbers(tensor))
        for node in self.subject.nodes:
            if node.op_type == "Constant" and not node.domain and node.outputs:
                for attribute in node.attributes:
                    if attribute.tensors:
                        _keep(found, node.outputs[0], _numbers(attribute.tensors[0]))
                    elif attribute.name == "value_int" and attribute.i is not None:
                        found[node.outputs[0]] = (attribute.i,)
                    elif attribute.name == "value_ints":
                        found[node.outputs[0]] = attribute.ints
        return found


def _keep(found: dict[str, tuple[int, ...]], name: str, numbers: tuple[int, ...] | None) -> None:
    if numbers is not None:
        found[name] = numbers


def _numbers(tensor: Tensor) -> tuple[int, ...] | None:
    """The values of an int64 or bool tensor; None for others, and for large ones."""
    payload = tensor.payload
    if payload is None or payload.kept is None:
        return None
    kept, kind = payload.kept, dtypes.name_of(tensor.data_type)
    if kind == "bool" and payload.field == _RAW_DATA:
        return tuple(kept)
    if kind == "bool" and payload.field == _INT32_DATA:
        return _varints(kept)
    if kind == "int64" and payload.field == _RAW_DATA and len(kept) % 8 == 0:
        return struct.unpack(f"<{len(kept) // 8}q", kept)
    if kind == "int64" and payload.field == _INT64_DATA:
        return _varints(kept)
    return None


def _varints(encoded: bytes) -> tuple[int, ...]:
    numbers, value, shift = [], 0, 0
    for byte in encoded:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            value &= 2**64 - 1
            numbers.append(value - 2**64 if value >> 63 else value)
            value = shift = 0
    return tuple(numbers)
