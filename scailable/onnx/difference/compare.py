"""Comparing two models by what they declare and by the digests of their weights."""

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from scailable.onnx import dtypes, names
from scailable.onnx.difference.report import Change, Difference
from scailable.onnx.examination import Examination
from scailable.onnx.reading.model import Model, Node, Tensor, graphs_of, nodes_of
from scailable.onnx.report import ModelFacts, TensorInfo


def compare(old: Examination, new: Examination, paths: tuple[str, str]) -> Difference:
    """What differs between two examined models; both have to hold a model."""
    assert old.model is not None and new.model is not None
    assert old.facts is not None and new.facts is not None
    interface = (
        *_tensors("input", old.facts.inputs, new.facts.inputs),
        *_tensors("output", old.facts.outputs, new.facts.outputs),
    )
    renamed = {each.before: each.after for each in interface if each.what == "renamed"}
    return Difference(
        old=paths[0],
        new=paths[1],
        identical=old.sha256 == new.sha256
        and [each.sha256 for each in old.external] == [each.sha256 for each in new.external],
        size=(old.size, new.size),
        parameters=(_parameters(old.model), _parameters(new.model)),
        interface=interface,
        versions=tuple(_versions(old.facts, new.facts)),
        metadata=tuple(_metadata(old.model, new.model)),
        operators=tuple(_operators(old.facts, new.facts)),
        nodes=tuple(_nodes(old.model, new.model, renamed)),
        functions=tuple(_functions(old.model, new.model)),
        initializers=tuple(_initializers(old.model, new.model)),
        external=tuple(_external(old, new)),
    )


def _tensors(kind: str, old: Sequence[TensorInfo], new: Sequence[TensorInfo]) -> Iterator[Change]:
    """Changes of inputs or outputs; one at the same position with another name was renamed."""
    old_names, new_names = {each.name for each in old}, {each.name for each in new}
    by_name = {each.name: each for each in new}
    renamed: set[str] = set()
    for position, before in enumerate(old):
        after = by_name.get(before.name)
        if after is None and position < len(new) and new[position].name not in old_names:
            after = new[position]
            renamed.add(after.name)
            yield Change(kind, before.name, "renamed", before.name, after.name)
            yield from _labels(kind, before, after)
        if after is None:
            yield Change(kind, before.name, "removed", str(before), "")
        elif str(before) != str(after):
            yield Change(kind, after.name, "changed", str(before), str(after))
    for each in new:
        if each.name not in old_names and each.name not in renamed:
            yield Change(kind, each.name, "added", "", str(each))
    in_both = [each.name for each in old if each.name in new_names]
    if in_both != [each.name for each in new if each.name in old_names]:
        yield Change(kind, "", "reordered", ", ".join(in_both), "")


def _labels(kind: str, before: TensorInfo, after: TensorInfo) -> Iterator[Change]:
    old, new = names.parse_name(before.name).labels, names.parse_name(after.name).labels
    for index in sorted(old.keys() | new.keys()):
        if old.get(index) != new.get(index):
            place = f"label {index} of {after.name}"
            yield Change(kind, place, "changed", old.get(index, ""), new.get(index, ""))


def _versions(old: ModelFacts, new: ModelFacts) -> Iterator[Change]:
    for what, before, after in (
        ("IR version", old.ir_version, new.ir_version),
        ("producer", old.producer, new.producer),
        ("chip", old.chip or "", new.chip or ""),
        ("means", list(old.means), list(new.means)),
        ("vars", list(old.vars), list(new.vars)),
    ):
        if before != after:
            yield Change("version", what, "changed", str(before), str(after))
    for domain in sorted(old.opsets.keys() | new.opsets.keys()):
        before, after = old.opsets.get(domain, ""), new.opsets.get(domain, "")
        if before != after:
            what = f"opset {domain}".rstrip()
            yield Change("version", what, "changed", str(before), str(after))


def _metadata(old: Model, new: Model) -> Iterator[Change]:
    before, after = dict(old.metadata), dict(new.metadata)
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            what = "added" if key not in before else "removed" if key not in after else "changed"
            yield Change("metadata", key, what, before.get(key, ""), after.get(key, ""))


def _operators(old: ModelFacts, new: ModelFacts) -> Iterator[Change]:
    for name in sorted(old.operators.keys() | new.operators.keys()):
        before, after = old.operators.get(name, 0), new.operators.get(name, 0)
        if before != after:
            yield Change("operator", name, "changed", str(before), str(after))


def _nodes(old: Model, new: Model, renamed: Mapping[str, str]) -> Iterator[Change]:
    """Nodes by what they compute: a node is known by its operator and its outputs."""
    before = {_key(node, renamed): node for node in nodes_of(old)}
    after = {_key(node): node for node in nodes_of(new)}
    for (operator, outputs), node in before.items():
        found = after.get((operator, outputs))
        if found is None:
            yield Change("node", outputs, "removed", operator, "")
        elif _settings(node, renamed) != _settings(found, {}):
            yield Change("node", outputs, "settings", operator, operator)
    for operator, outputs in after.keys() - before.keys():
        yield Change("node", outputs, "added", "", operator)


def _key(node: Node, renamed: Mapping[str, str] = MappingProxyType({})) -> tuple[str, str]:
    return node.operator, ", ".join(renamed.get(name, name) for name in node.outputs)


def _settings(node: Node, renamed: Mapping[str, str]) -> tuple[object, ...]:
    """What a node is given: its inputs and its attributes."""
    attributes = sorted(
        (
            each.name,
            each.type,
            repr((each.i, each.f, each.s, each.ints, each.floats, each.strings, each.refers_to)),
            each.length,
            tuple((_shape(tensor), tensor.digest) for tensor in each.tensors),
            len(each.graphs),
        )
        for each in node.attributes
    )
    return tuple(renamed.get(name, name) for name in node.inputs), tuple(attributes)


def _functions(old: Model, new: Model) -> Iterator[Change]:
    before = {(each.domain, each.name, each.overload): each for each in old.functions}
    after = {(each.domain, each.name, each.overload): each for each in new.functions}
    for key in sorted(before.keys() | after.keys()):
        name = "::".join(part for part in key if part)
        if key not in after:
            yield Change("function", name, "removed", "", "")
        elif key not in before:
            yield Change("function", name, "added", "", "")
        elif [_key(n) for n in before[key].nodes] != [_key(n) for n in after[key].nodes]:
            yield Change("function", name, "changed", "", "")


def _initializers(old: Model, new: Model) -> Iterator[Change]:
    before, after = _stored(old), _stored(new)
    for name in sorted(before.keys() | after.keys()):
        first, second = before.get(name), after.get(name)
        if first is None or second is None:
            what = "removed" if second is None else "added"
            yield Change("initializer", name, what, _shape(first), _shape(second))
        elif _shape(first) != _shape(second):
            yield Change("initializer", name, "changed", _shape(first), _shape(second))
        elif (first.digest, first.external) != (second.digest, second.external):
            yield Change("initializer", name, "values", _shape(first), _shape(second))


def _stored(model: Model) -> dict[str, Tensor]:
    return {each.name: each for graph in graphs_of(model) for each in graph.initializers}


def _shape(tensor: Tensor | None) -> str:
    if tensor is None:
        return ""
    return f"{dtypes.name_of(tensor.data_type)}[{','.join(map(str, tensor.dims))}]"


def _external(old: Examination, new: Examination) -> Iterator[Change]:
    before = {each.location: each for each in old.external}
    after = {each.location: each for each in new.external}
    for location in sorted(before.keys() | after.keys()):
        first, second = before.get(location), after.get(location)
        if first != second:
            what = "added" if first is None else "removed" if second is None else "changed"
            sizes = (str(each.size) if each else "" for each in (first, second))
            yield Change("external file", location, what, *sizes)


def _parameters(model: Model) -> int:
    return sum(math.prod(each.dims) for each in _stored(model).values())
