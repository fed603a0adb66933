"""Rules about the functions that a model brings along, which onnx would expand one in another."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from scailable.onnx.reading.model import Model, Node
from scailable.onnx.report import TensorInfo
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, model_rule
from scailable.onnx.text import short

_MOST_EXPANDED_NODES = 1_000_000


class _Operator(NamedTuple):
    domain: str
    name: str
    overload: str


@model_rule("ONNX-GRAPH-002", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def circular_functions(model: Model, types: Mapping[str, TensorInfo]) -> Iterator[Said]:
    """The model's functions call themselves."""
    circle = _circle(_called_by_function(model))
    if circle:
        names = " > ".join(short(each.name) for each in circle[:6])
        yield (
            "",
            f"functions call each other in a circle: {names}",
            "export the model again with a current exporter",
        )


@model_rule("ONNX-GRAPH-001", "error", source=sources.LIMITS, generic="error", safety=True)
def exploding_functions(model: Model, types: Mapping[str, TensorInfo]) -> Iterator[Said]:
    """The model's functions expand to too many nodes."""
    total = expanded_nodes(model)
    if total is not None and total > _MOST_EXPANDED_NODES:
        size = str(total) if total < 10**15 else "more than 10^15"
        yield (
            "",
            f"its functions expand to {size} nodes; at most {_MOST_EXPANDED_NODES} are checked",
            "export without nested functions",
        )


def expandable(model: Model) -> bool:
    """Whether expanding every function comes to an end in good time."""
    total = expanded_nodes(model)
    return total is not None and total <= _MOST_EXPANDED_NODES


def expanded_nodes(model: Model) -> int | None:
    """Nodes of the model once every function is expanded; None when that has no end."""
    by_function = _called_by_function(model)
    callees = _callees(by_function)
    nodes: dict[_Operator, int] = {}

    def expanded(counted: Counter[_Operator]) -> int:
        return sum(count * nodes.get(called, 1) for called, count in counted.items())

    try:
        for function in TopologicalSorter(callees).static_order():
            nodes[function] = expanded(by_function[function])
    except CycleError:
        return None
    return 0 if model.graph is None else expanded(_calls(model.graph.nodes))


def _called_by_function(model: Model) -> dict[_Operator, Counter[_Operator]]:
    return {
        _Operator(each.domain, each.name, each.overload): _calls(each.nodes)
        for each in model.functions
    }


def _circle(by_function: dict[_Operator, Counter[_Operator]]) -> list[_Operator]:
    callees = _callees(by_function)
    try:
        TopologicalSorter(callees).prepare()
    except CycleError as error:
        circle: list[_Operator] = error.args[1]
        return circle
    return []


def _callees(by_function: dict[_Operator, Counter[_Operator]]) -> dict[_Operator, list[_Operator]]:
    return {
        caller: [called for called in counted if called in by_function]
        for caller, counted in by_function.items()
    }


def _calls(nodes: Iterable[Node]) -> Counter[_Operator]:
    """How often each operator is called by nodes and all that is nested in them."""
    calls: Counter[_Operator] = Counter()
    waiting = [nodes]
    while waiting:
        for node in waiting.pop():
            calls[_Operator(node.domain, node.op_type, node.overload)] += 1
            for attribute in node.attributes:
                waiting.extend(graph.nodes for graph in attribute.graphs)
    return calls
