"""Multiply-accumulate operations (MACs) of a model, on the shapes that were inferred.

Counted are the operators that make up nearly all work of a network: convolutions, matrix products
and recurrent layers. A dynamic size counts as 1. What could not be counted is listed.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scailable.onnx.reading.model import Graph, Model, Node
from scailable.onnx.report import TensorInfo

Types = Mapping[str, TensorInfo]
Shape = tuple[int, ...]

# Work of another kind, or of a size that shapes do not tell.
_HEAVY = frozenset({"Attention", "DFT", "DeformConv", "Einsum", "MelWeightMatrix", "STFT"})


@dataclass(slots=True)
class Costs:
    """The work of one run.

    Attributes:
        macs: multiply-accumulate operations.
        by_operator: MACs by operator.
        by_node: MACs of the nodes of the main graph, by their position.
        not_counted: how many nodes of an operator could not be counted.
        notes: what was taken for granted.
    """

    macs: int = 0
    by_operator: Counter[str] = field(default_factory=Counter)
    by_node: dict[int, int] = field(default_factory=dict)
    not_counted: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def count(model: Model, types: Types, trips: Mapping[str, int]) -> Costs:
    """The work of one run of the model.

    Args:
        model: the model.
        types: the type of every value, by name.
        trips: known trip counts of loops, by the name of the value that gives them.
    """
    costs = Costs()
    if model.graph is None:
        return costs
    functions = {(each.domain, each.name, each.overload) for each in model.functions}
    for position, node in enumerate(model.graph.nodes):
        done = _node(node, types, trips, functions, costs)
        if done:
            costs.by_node[position] = done
            costs.macs += done
            costs.by_operator[node.operator] += done
    return costs


def _node(
    node: Node,
    types: Types,
    trips: Mapping[str, int],
    functions: set[tuple[str, str, str]],
    costs: Costs,
) -> int:
    bodies = [graph for attribute in node.attributes for graph in attribute.graphs]
    if bodies:
        inner = [_graph(body, types, trips, functions, costs) for body in bodies]
        return max(inner, default=0) * _repeats(node, types, trips, costs)
    if (node.domain, node.op_type, node.overload) in functions or node.domain:
        costs.not_counted[node.operator] += 1
        return 0
    rule = _RULES.get(node.op_type)
    if rule is None:
        if node.op_type in _HEAVY:
            costs.not_counted[node.operator] += 1
        return 0
    macs = rule(node, types)
    if macs is None:
        costs.not_counted[node.operator] += 1
        return 0
    return macs


def _graph(
    graph: Graph,
    types: Types,
    trips: Mapping[str, int],
    functions: set[tuple[str, str, str]],
    costs: Costs,
) -> int:
    return sum(_node(node, types, trips, functions, costs) for node in graph.nodes)


def _repeats(node: Node, types: Types, trips: Mapping[str, int], costs: Costs) -> int:
    if node.op_type == "Loop":
        known = trips.get(node.inputs[0]) if node.inputs else None
        if known is not None and known < 10**6:
            return known
        costs.notes.append(f"{node.place}: counted as one round")
    elif node.op_type == "Scan":
        scanned = shape_of(types, node.inputs[-1]) if node.inputs else None
        if scanned:
            return scanned[0]
        costs.notes.append(f"{node.place}: counted as one step")
    elif node.op_type == "If":
        costs.notes.append(f"{node.place}: counted as the more expensive branch")
    return 1


def shape_of(types: Types, name: str) -> Shape | None:
    """The shape of a value, a dynamic size being 1; None when it is not known."""
    found = types.get(name)
    if found is None or found.shape is None:
        return None
    return tuple(size if isinstance(size, int) and size >= 0 else 1 for size in found.shape)


def _shapes(node: Node, types: Types, *inputs: int) -> list[Shape] | None:
    """The shapes of some inputs, then of the first output."""
    if not node.outputs or max(inputs) >= len(node.inputs):
        return None
    names = [node.inputs[index] for index in inputs] + [node.outputs[0]]
    shapes = [shape_of(types, name) for name in names]
    known = [shape for shape in shapes if shape is not None]
    return known if len(known) == len(shapes) else None


def _convolution(weight: int) -> Callable[[Node, Types], int | None]:
    def rule(node: Node, types: Types) -> int | None:
        """Each output value sums over the channels of its group and the kernel."""
        shapes = _shapes(node, types, weight)
        return None if shapes is None else math.prod(shapes[1]) * math.prod(shapes[0][1:])

    return rule


def _transposed(node: Node, types: Types) -> int | None:
    """Each input value is spread over the channels of its group and the kernel."""
    shapes = _shapes(node, types, 0, 1)
    return None if shapes is None else math.prod(shapes[0]) * math.prod(shapes[1][1:])


def _product(second: int) -> Callable[[Node, Types], int | None]:
    def rule(node: Node, types: Types) -> int | None:
        """Each output value sums over the last axis of the first factor."""
        shapes = _shapes(node, types, 0, second)
        if shapes is None or not shapes[0]:
            return None
        return math.prod(shapes[2]) * shapes[0][-1]

    return rule


def _gemm(node: Node, types: Types) -> int | None:
    shapes = _shapes(node, types, 0, 1)
    if shapes is None or len(shapes[0]) != 2:
        return None
    transposed = node.attribute("transA")
    axis = 0 if transposed is not None and transposed.i else 1
    return math.prod(shapes[2]) * shapes[0][axis]


def _recurrent(node: Node, types: Types) -> int | None:
    """At each step of each sequence all weights of input and recurrence are used once."""
    shapes = [shape_of(types, name) for name in node.inputs[:3]]
    if len(shapes) < 3 or any(shape is None for shape in shapes):
        return None
    steps, weights, recurrence = (shape or () for shape in shapes)
    return math.prod(_sequence(steps)) * (math.prod(weights) + math.prod(recurrence))


def _sequence(shape: Sequence[int]) -> Sequence[int]:
    return shape[:2]


_RULES: dict[str, Callable[[Node, Types], int | None]] = {
    "Conv": _convolution(1),
    "ConvInteger": _convolution(1),
    "QLinearConv": _convolution(3),
    "ConvTranspose": _transposed,
    "MatMul": _product(1),
    "MatMulInteger": _product(1),
    "QLinearMatMul": _product(3),
    "Gemm": _gemm,
    "RNN": _recurrent,
    "LSTM": _recurrent,
    "GRU": _recurrent,
}
