"""How much memory the values between the nodes take at most."""

import math
from collections.abc import Mapping

from scailable.onnx import dtypes
from scailable.onnx.inspection.costs import shape_of
from scailable.onnx.reading.model import Graph, Node
from scailable.onnx.report import TensorInfo

_NUMBERS = {element.name: number for number, element in dtypes.BY_NUMBER.items()}


def activation_peak(graph: Graph, types: Mapping[str, TensorInfo]) -> int | None:
    """The most bytes that values take at a time, when nodes run in the order of the file.

    A value lives from the node that gives it to the last that takes it; inputs live from the
    start, outputs to the end. Weights are not counted, nor is what operators need inside, and
    nothing is computed in place. None when the size of a value is not known.
    """
    stored = {each.name for each in graph.initializers}
    last_use: dict[str, int] = {}
    for position, node in enumerate(graph.nodes):
        for name in _taken(node):
            last_use[name] = position
    for output in graph.outputs:
        last_use[output.name] = len(graph.nodes)
    alive = sum(_bytes(types, each.name) or 0 for each in graph.inputs if each.name not in stored)
    sizes = {each.name: _bytes(types, each.name) for each in graph.inputs}
    peak, unknown = alive, False
    ending: dict[int, list[str]] = {}
    for name, position in last_use.items():
        ending.setdefault(position, []).append(name)
    for position, node in enumerate(graph.nodes):
        for name in node.outputs:
            if not name:
                continue
            size = _bytes(types, name)
            unknown = unknown or (size is None and name in last_use)
            sizes[name] = size
            alive += size or 0
        peak = max(peak, alive)
        unused = [name for name in node.outputs if name and name not in last_use]
        for name in (*ending.get(position, ()), *unused):
            if name not in stored:
                alive -= sizes.get(name) or 0
    return None if unknown else peak


def _taken(node: Node) -> set[str]:
    """The values that a node takes, also inside its graphs."""
    taken = {name for name in node.inputs if name}
    waiting = [graph for attribute in node.attributes for graph in attribute.graphs]
    while waiting:
        graph = waiting.pop()
        taken.update(each.name for each in graph.outputs)
        for inner in graph.nodes:
            taken.update(name for name in inner.inputs if name)
            waiting.extend(g for attribute in inner.attributes for g in attribute.graphs)
    return taken


def _bytes(types: Mapping[str, TensorInfo], name: str) -> int | None:
    shape = shape_of(types, name)
    number = _NUMBERS.get(types[name].dtype) if name in types else None
    if shape is None or number is None:
        return None
    return dtypes.payload_bytes(number, math.prod(shape))
