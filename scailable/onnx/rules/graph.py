"""Rules about how the nodes of a graph hang together.

The onnx checker stops at the first of these; here all of them are found, whichever onnx is there.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from scailable.onnx.reading.model import Function, Graph, Model, Node, graphs_of, nodes_of
from scailable.onnx.report import TensorInfo
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, model_rule
from scailable.onnx.text import short

Types = Mapping[str, TensorInfo]

_AGAIN = "export the model again with a current exporter"
_MOST_NODES = 250_000
_MOST_INITIALIZERS = 100_000
_MOST_FUNCTIONS = 10_000


class _Trouble(NamedTuple):
    kind: Literal["twice", "undefined", "order", "output"]
    where: str
    name: str
    offset: int


class _Scopes:
    """Follows names through a graph and the graphs nested in it, which see those outside."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def graph(self, graph: Graph) -> Iterator[_Trouble]:
        mine: list[str] = []
        place = f"graph {short(graph.name)}".rstrip()
        inputs = {each.name for each in graph.inputs}
        stored = [(each.name, each.offset) for each in graph.initializers]
        stored += [
            (each.values.name, each.offset) for each in graph.sparse_initializers if each.values
        ]
        declared = [(each.name, graph.offset) for each in graph.inputs]
        seen: set[str] = set()
        for name, offset in stored:
            if name in seen:
                yield _Trouble("twice", f"initializer of {place}", name, offset)
            seen.add(name)
        declared += [(name, offset) for name, offset in stored if name not in inputs]
        yield from self._define(declared, place, mine)
        yield from self._nodes(graph.nodes, mine)
        for each in graph.outputs:
            if each.name not in self.known:
                yield _Trouble("output", place, each.name, graph.offset)
        self.known.difference_update(mine)

    def function(self, function: Function) -> Iterator[_Trouble]:
        mine: list[str] = []
        place = f"function {short(function.name)}"
        declared = [(name, function.offset) for name in function.inputs]
        yield from self._define(declared, place, mine)
        yield from self._nodes(function.nodes, mine)
        for name in function.outputs:
            if name not in self.known:
                yield _Trouble("output", place, name, function.offset)
        self.known.difference_update(mine)

    def _nodes(self, nodes: tuple[Node, ...], mine: list[str]) -> Iterator[_Trouble]:
        later: set[str] | None = None
        for node in nodes:
            for name in node.inputs:
                if name and name not in self.known:
                    if later is None:
                        later = {output for each in nodes for output in each.outputs}
                    kind: Literal["order", "undefined"] = "order" if name in later else "undefined"
                    yield _Trouble(kind, node.place, name, node.offset)
            for attribute in node.attributes:
                for inner in attribute.graphs:
                    yield from self.graph(inner)
            outputs = [(name, node.offset) for name in node.outputs if name]
            yield from self._define(outputs, node.place, mine)

    def _define(
        self, names: list[tuple[str, int]], place: str, mine: list[str]
    ) -> Iterator[_Trouble]:
        for name, offset in names:
            if name in self.known:
                yield _Trouble("twice", place, name, offset)
            else:
                self.known.add(name)
                mine.append(name)


def _troubles(model: Model, kind: str) -> Iterator[_Trouble]:
    if model.graph is not None:
        yield from (each for each in _Scopes().graph(model.graph) if each.kind == kind)
    for function in model.functions:
        yield from (each for each in _Scopes().function(function) if each.kind == kind)


@model_rule("ONNX-GRAPH-004", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def defined_twice(model: Model, types: Types) -> Iterator[Said]:
    """Two values have the same name."""
    for trouble in _troubles(model, "twice"):
        message = f"the value {short(trouble.name)!r} is defined a second time"
        yield trouble.where, message, _AGAIN, trouble.offset


@model_rule("ONNX-GRAPH-005", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def undefined_value(model: Model, types: Types) -> Iterator[Said]:
    """A node takes a value that nothing gives."""
    for trouble in _troubles(model, "undefined"):
        message = f"takes {short(trouble.name)!r}, which no input, initializer or node gives"
        yield trouble.where, message, _AGAIN, trouble.offset


@model_rule("ONNX-GRAPH-006", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def out_of_order(model: Model, types: Types) -> Iterator[Said]:
    """A node comes before a node whose result it takes."""
    for trouble in _troubles(model, "order"):
        message = f"takes {short(trouble.name)!r}, which is only computed behind it"
        yield trouble.where, message, _AGAIN, trouble.offset


@model_rule("ONNX-GRAPH-007", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def undefined_output(model: Model, types: Types) -> Iterator[Said]:
    """An output is a value that nothing gives."""
    for trouble in _troubles(model, "output"):
        message = f"the output {short(trouble.name)!r} is given by nothing"
        yield trouble.where, message, _AGAIN, trouble.offset


@model_rule("ONNX-GRAPH-008", "info", source=sources.SPECIFICATION, generic="info")
def unused_initializers(model: Model, types: Types) -> Iterator[Said]:
    """Initializers are not used by any node."""
    if model.graph is None:
        return
    used = {name for node in nodes_of(model) for name in node.inputs}
    used.update(each.name for graph in graphs_of(model) for each in graph.outputs)
    unused = [each.name for each in model.graph.initializers if each.name not in used]
    if unused:
        listed = ", ".join(short(name) for name in unused[:5])
        more = f" and {len(unused) - 5} more" if len(unused) > 5 else ""
        yield "", f"{len(unused)} initializers are not used: {listed}{more}", ""


@model_rule("ONNX-GRAPH-009", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def no_graph(model: Model, types: Types) -> Iterator[Said]:
    """The model has no graph."""
    if model.graph is None and model.ir_version:
        yield "", "the model has no graph", _AGAIN


@model_rule("ONNX-GRAPH-010", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def graph_without_name(model: Model, types: Types) -> Iterator[Said]:
    """The graph has no name."""
    if model.graph is not None and not model.graph.name:
        yield (
            "graph",
            "has no name, which the specification demands",
            "m = onnx.load('model.onnx'); m.graph.name = 'main'; onnx.save(m, 'new.onnx')",
            model.graph.offset,
        )


@model_rule("ONNX-GRAPH-011", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def node_without_operator(model: Model, types: Types) -> Iterator[Said]:
    """A node names no operator."""
    for node in nodes_of(model):
        if not node.op_type:
            yield node.place, "names no operator", _AGAIN, node.offset


@model_rule("ONNX-GRAPH-012", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def metadata_twice(model: Model, types: Types) -> Iterator[Said]:
    """A key of the metadata is given twice."""
    keys: set[str] = set()
    for key, _ in model.metadata:
        if key in keys:
            yield f"metadata {short(key)}", "the key is given a second time", "keep one of them"
        keys.add(key)


@model_rule("ONNX-GRAPH-013", "info", source=sources.SPECIFICATION, generic="info")
def training_information(model: Model, types: Types) -> Iterator[Said]:
    """The model carries what is needed to train it."""
    if model.training:
        yield "", "carries training information, which devices do not use", ""


@model_rule("ONNX-GRAPH-014", "error", source=sources.LIMITS, generic="error", safety=True)
def too_large_a_graph(model: Model, types: Types) -> Iterator[Said]:
    """The model has more nodes, initializers or functions than are checked."""
    for kind, count, most in (
        ("nodes", sum(1 for _ in nodes_of(model)), _MOST_NODES),
        ("initializers", sum(len(g.initializers) for g in graphs_of(model)), _MOST_INITIALIZERS),
        ("functions", len(model.functions), _MOST_FUNCTIONS),
    ):
        if count > most:
            yield "", f"{count} {kind}; at most {most} are checked", "export a smaller model"


@model_rule("ONNX-GRAPH-015", "info", source=sources.SPECIFICATION, generic="info")
def unused_functions(model: Model, types: Types) -> Iterator[Said]:
    """The model brings functions that nothing calls."""
    called = {(node.domain, node.op_type, node.overload) for node in nodes_of(model)}
    unused = [f for f in model.functions if (f.domain, f.name, f.overload) not in called]
    if unused:
        listed = ", ".join(short(each.name) for each in unused[:5])
        yield "", f"{len(unused)} functions are not called: {listed}", ""


@model_rule("ONNX-GRAPH-016", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def function_twice(model: Model, types: Types) -> Iterator[Said]:
    """Two functions have the same name."""
    seen: set[tuple[str, str, str]] = set()
    for each in model.functions:
        key = (each.domain, each.name, each.overload)
        if key in seen:
            yield f"function {short(each.name)}", "is there a second time", _AGAIN, each.offset
        seen.add(key)


@model_rule("ONNX-OPSET-010", "error", source=sources.SPECIFICATION, generic="error")
def domain_not_imported(model: Model, types: Types) -> Iterator[Said]:
    """An operator is used without importing the operator set of its domain."""
    imported = {domain for domain, _ in model.opsets}
    missing: dict[str, Node] = {}
    for graph in _graphs_outside_functions(model):
        for node in graph.nodes:
            if node.domain and node.domain not in imported:
                missing.setdefault(node.domain, node)
    for domain, node in missing.items():
        yield (
            node.place,
            f"the domain {short(domain)!r} is used, but no version of it is imported",
            "save the model with an opset_import for that domain",
            node.offset,
        )


def _graphs_outside_functions(model: Model) -> Iterator[Graph]:
    if model.graph is not None:
        yield from graphs_of(Model(graph=model.graph))


@model_rule("ONNX-NAME-006", "warning", source=sources.SPECIFICATION, generic="warning")
def unprintable_names(model: Model, types: Types) -> Iterator[Said]:
    """A name inside the model, or its metadata, holds control characters."""
    for node in nodes_of(model):
        for name in (node.name, node.op_type, node.domain, *node.outputs):
            if not name.isprintable():
                yield (
                    "a node",
                    f"the name {short(name)!r} cannot be shown",
                    "rename it",
                    node.offset,
                )
                break
    for key, _ in model.metadata:
        if not key.isprintable():
            yield "metadata", f"the key {short(key)!r} cannot be shown", "rename it"
