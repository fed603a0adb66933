"""Rules about the functions that a model brings along, which onnx would expand one in another."""

from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from scailable.onnx.reading.model import Model, Node
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, model_rule
from scailable.onnx.rules.subject import Subject
from scailable.onnx.text import short

_MOST_EXPANDED_NODES = 1_000_000
_AGAIN = "export the model again with a current exporter"


class _Operator(NamedTuple):
    domain: str
    name: str
    overload: str


@model_rule("ONNX-GRAPH-002", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def circular_functions(subject: Subject) -> Iterator[Said]:
    """The model's functions call themselves."""
    circle = _circle(_called_by_function(subject.model))
    if circle:
        names = " > ".join(short(each.name) for each in circle[:6])
        yield "", f"functions call each other in a circle: {names}", _AGAIN


@model_rule("ONNX-GRAPH-001", "error", source=sources.LIMITS, generic="error", safety=True)
def exploding_functions(subject: Subject) -> Iterator[Said]:
    """The model's functions expand to too many nodes."""
    if not subject.model.functions:
        return
    total = expanded_nodes(subject.model)
    if total is not None and total > _MOST_EXPANDED_NODES:
        size = str(total) if total < 10**15 else "more than 10^15"
        yield (
            "",
            f"its functions expand to {size} nodes; at most {_MOST_EXPANDED_NODES} are checked",
            "export without nested functions",
        )


@model_rule("ONNX-GRAPH-015", "info", source=sources.SPECIFICATION, generic="info")
def unused_functions(subject: Subject) -> Iterator[Said]:
    """The model brings functions that nothing calls."""
    called = {(node.domain, node.op_type, node.overload) for node in subject.nodes}
    unused = [f for f in subject.model.functions if (f.domain, f.name, f.overload) not in called]
    if unused:
        listed = ", ".join(short(each.name) for each in unused[:5])
        more = f" and {len(unused) - 5} more" if len(unused) > 5 else ""
        yield "", f"{len(unused)} functions are not called: {listed}{more}", ""


@model_rule("ONNX-GRAPH-016", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def function_twice(subject: Subject) -> Iterator[Said]:
    """Two functions have the same name."""
    seen: set[tuple[str, str, str]] = set()
    for each in subject.model.functions:
        key = (each.domain, each.name, each.overload)
        if key in seen:
            yield f"function {short(each.name)}", "is there a second time", _AGAIN, each.offset
        seen.add(key)


@model_rule("ONNX-GRAPH-018", "error", source=sources.SPECIFICATION, generic="error")
def wrong_call(subject: Subject) -> Iterator[Said]:
    """A function of the model is called with more inputs or outputs than it has."""
    functions = {(each.domain, each.name, each.overload): each for each in subject.model.functions}
    if not functions:
        return
    for node in subject.nodes:
        called = functions.get((node.domain, node.op_type, node.overload))
        if called is None:
            continue
        for kind, given, taken in (
            ("inputs", node.inputs, called.inputs),
            ("outputs", node.outputs, called.outputs),
        ):
            if len(given) > len(taken):
                message = f"calls a function with {len(given)} {kind} that has {len(taken)}"
                yield node.place, message, _AGAIN, node.offset


def expandable(model: Model) -> bool:
    """Whether expanding every function comes to an end in good time."""
    if not model.functions:
        return True
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
    calls: dict[_Operator, Counter[_Operator]] = {}
    for each in model.functions:  # of two with one name, onnx may take either: both count
        calls.setdefault(_Operator(each.domain, each.name, each.overload), Counter()).update(
            _calls(each.nodes)
        )
    return calls


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
