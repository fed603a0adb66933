"""Rules about the operator sets that a model and its functions import."""

from collections.abc import Iterable, Iterator

from scailable.onnx.reading.model import Function, Graph, Model, Node, graphs_of
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, model_rule
from scailable.onnx.rules.subject import Subject
from scailable.onnx.text import short


@model_rule("ONNX-OPSET-010", "error", source=sources.SPECIFICATION, generic="error")
def domain_not_imported(subject: Subject) -> Iterator[Said]:
    """An operator is used without importing the operator set of its domain."""
    model = subject.model
    outside = [graph.nodes for graph in _graphs_outside_functions(model)]
    # The model's standard operators are looked at in ONNX-OPSET-001.
    yield from _not_imported(outside, {domain for domain, _ in model.opsets} | {""}, "the model")
    for function in model.functions:
        imported = {domain for domain, _ in function.opsets}
        place = f"the function {short(function.name)}"
        yield from _not_imported(_nodes_of_function(function), imported, place)


def _not_imported(
    nodes: Iterable[tuple[Node, ...]], imported: set[str], importer: str
) -> Iterator[Said]:
    missing: dict[str, Node] = {}
    for each in nodes:
        for node in each:
            if node.domain not in imported:
                missing.setdefault(node.domain, node)
    for domain, node in missing.items():
        yield (
            node.place,
            f"{importer} imports no version of the domain {short(domain) or 'ai.onnx'!r}",
            "save the model with an opset_import for that domain",
            node.offset,
        )


def _graphs_outside_functions(model: Model) -> Iterator[Graph]:
    if model.graph is not None:
        yield from graphs_of(Model(graph=model.graph))


def _nodes_of_function(function: Function) -> Iterator[tuple[Node, ...]]:
    yield function.nodes
    for graph in graphs_of(Model(functions=(function,))):
        yield graph.nodes


@model_rule("ONNX-OPSET-011", "info", source=sources.SPECIFICATION, generic="info")
def unused_operator_sets(subject: Subject) -> Iterator[Said]:
    """An operator set is imported that is neither of ONNX nor used."""
    used = {node.domain for node in subject.nodes}
    unused = [
        domain
        for domain, _ in subject.model.opsets
        if domain not in used and domain and not domain.startswith("ai.onnx.")
    ]
    if unused:
        listed = ", ".join(short(domain) for domain in unused[:5])
        yield "", f"{len(unused)} operator sets are imported, but not used: {listed}", ""
