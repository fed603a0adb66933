"""Comparing two models by what they declare and by the digests of their weights."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from scailable.onnx import dtypes, names
from scailable.onnx.difference.compatibility import breaks
from scailable.onnx.difference.report import Change, Difference
from scailable.onnx.difference.side import Side, bytes_of, place_of
from scailable.onnx.reading.model import Attribute, Function, Graph, Node, Tensor
from scailable.onnx.report import TensorInfo
from scailable.onnx.text import readable_size

_RAW_DATA = 9
_SEPARATOR = "/"
_T = TypeVar("_T")

Pair = tuple[TensorInfo, TensorInfo]
Renames = Mapping[str, str]
Key = tuple[str, str, int]  # where it is, what it is, the how-manieth of that


def compare(old: Side, new: Side) -> Difference:
    """What differs between two models."""
    inputs = _paired(old.facts.inputs, new.facts.inputs)
    outputs = _paired(old.facts.outputs, new.facts.outputs)
    renames = {
        before.name: after.name
        for before, after in (*inputs, *outputs)
        if before.name != after.name
    }
    initializers = tuple(initializer_changes(old, new, renames))
    return Difference(
        old=old.path,
        new=new.path,
        identical=old.seen.sha256 == new.seen.sha256
        and [each.sha256 for each in old.seen.external]
        == [each.sha256 for each in new.seen.external],
        size=(old.seen.size, new.seen.size),
        parameters=(_parameters(old), _parameters(new)),
        interface=(
            *_interface("input", old.facts.inputs, new.facts.inputs, inputs),
            *_interface("output", old.facts.outputs, new.facts.outputs, outputs),
        ),
        breaks=tuple(breaks(old, new, inputs, outputs)),
        versions=tuple(_versions(old, new)),
        metadata=tuple(_metadata(old, new)),
        operators=tuple(_operators(old, new)),
        nodes=tuple(node_changes(old, new, renames)),
        functions=tuple(function_changes(old, new)),
        initializers=initializers,
        external=tuple(_external(old, new)),
        weights=_weights(initializers, new, renames),
    )


# Inputs and outputs


def _paired(old: Sequence[TensorInfo], new: Sequence[TensorInfo]) -> list[Pair]:
    """Those that stand for each other: by name, or else by their position."""
    by_name = {each.name: each for each in new}
    old_names = {each.name for each in old}
    pairs = []
    for position, before in enumerate(old):
        after = by_name.get(before.name)
        if after is None and position < len(new) and new[position].name not in old_names:
            after = new[position]
        if after is not None:
            pairs.append((before, after))
    return pairs


def _interface(
    kind: str, old: Sequence[TensorInfo], new: Sequence[TensorInfo], pairs: Sequence[Pair]
) -> Iterator[Change]:
    paired = {before.name: after for before, after in pairs}
    for before in old:
        after = paired.get(before.name)
        if after is None:
            yield Change(kind, before.name, "removed", str(before), "")
            continue
        if before.name != after.name:
            yield Change(kind, before.name, "renamed", before.name, after.name)
            yield from _labels(kind, before, after)
        if str(before) != str(after):
            yield Change(kind, after.name, "changed", str(before), str(after))
    known = {after.name for after in paired.values()}
    for each in new:
        if each.name not in known:
            yield Change(kind, each.name, "added", "", str(each))
    was = [after.name for _, after in pairs]
    now = [each.name for each in new if each.name in known]
    if was != now:
        yield Change(kind, "", "reordered", ", ".join(was), ", ".join(now))


def _labels(kind: str, before: TensorInfo, after: TensorInfo) -> Iterator[Change]:
    old, new = names.parse_name(before.name).labels, names.parse_name(after.name).labels
    if not old or not new:
        return  # the names say it already
    for index in sorted(old.keys() | new.keys()):
        if old.get(index) != new.get(index):
            place = f"label {index} of {names.parse_name(after.name).prefix}"
            yield Change(kind, place, "changed", old.get(index, ""), new.get(index, ""))


# The head of the file


def _versions(old: Side, new: Side) -> Iterator[Change]:
    first, second = old.facts, new.facts
    before, after = old.model, new.model
    for what, was, now in (
        ("IR version", first.ir_version, second.ir_version),
        ("producer", first.producer, second.producer),
        ("model domain", before.domain, after.domain),
        ("model version", before.model_version, after.model_version),
        ("description", before.doc_string, after.doc_string),
        ("graph name", _graph(old).name, _graph(new).name),
        ("graph description", _graph(old).doc_string, _graph(new).doc_string),
        ("training graphs", before.training, after.training),
    ):
        if was != now:
            yield Change("version", what, "changed", str(was), str(now))
    for domain in sorted(first.opsets.keys() | second.opsets.keys()):
        was, now = first.opsets.get(domain, ""), second.opsets.get(domain, "")
        if was != now:
            yield Change("version", f"opset {domain}".rstrip(), "changed", str(was), str(now))


def _metadata(old: Side, new: Side) -> Iterator[Change]:
    for place, first, second in (
        ("", old.model.metadata, new.model.metadata),
        ("graph: ", _graph(old).metadata, _graph(new).metadata),
    ):
        before, after = dict(first), dict(second)
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                what = "added" if key not in before else "removed" if key not in after else ""
                was, now = before.get(key, ""), after.get(key, "")
                yield Change("metadata", f"{place}{key}", what or "changed", was, now)


def _operators(old: Side, new: Side) -> Iterator[Change]:
    first, second = old.facts.operators, new.facts.operators
    for name in sorted(first.keys() | second.keys()):
        before, after = first.get(name, 0), second.get(name, 0)
        if before != after:
            yield Change("operator", name, "changed", str(before), str(after))


# Nodes


def node_changes(old: Side, new: Side, renames: Renames) -> Iterator[Change]:
    """Changes of nodes, nested graphs included; a node is known by what it gives."""
    before = _nodes(old, renames)
    after = _nodes(new, {})
    for key, node in before.items():
        found = after.get(key)
        if found is None:
            yield Change("node", _shown(key[0], place_of(node)), "removed", node.operator, "")
        elif _settings(node, old, renames) != _settings(found, new, {}):
            place = _shown(key[0], place_of(found))
            yield Change("node", place, "settings", node.operator, found.operator)
    for key, node in after.items():
        if key not in before:
            yield Change("node", _shown(key[0], place_of(node)), "added", "", node.operator)


def _nodes(side: Side, renames: Renames) -> dict[Key, Node]:
    return _keyed(
        (scope, "\0".join((node.operator, *_renamed(node.outputs, renames))), node)
        for scope, graph in _scopes(side, renames)
        for node in graph.nodes
    )


def _scopes(side: Side, renames: Renames) -> Iterator[tuple[str, Graph]]:
    """Every graph, with where it is: by the names of the nodes around it."""
    waiting = [("", _graph(side))]
    while waiting:
        scope, graph = waiting.pop()
        yield scope, graph
        waiting += _nested(scope, graph.nodes, renames)


def _nested(scope: str, nodes: Iterable[Node], renames: Renames) -> Iterator[tuple[str, Graph]]:
    for node in nodes:
        for attribute in node.attributes:
            for position, graph in enumerate(attribute.graphs):
                which = f"[{position}]" if len(attribute.graphs) > 1 else ""
                gives = next(iter(_renamed(node.outputs, renames)), node.name)
                yield f"{scope}{gives}.{attribute.name}{which}{_SEPARATOR}", graph


def _settings(node: Node, side: Side, renames: Renames) -> tuple[object, ...]:
    """What a node is given: its inputs and its attributes."""
    attributes = sorted(_attribute(each, side, renames) for each in node.attributes)
    return _renamed(node.inputs, renames), node.overload, attributes, side.long.get(node.offset)


def _attribute(attribute: Attribute, side: Side, renames: Renames) -> tuple[str, str]:
    parts = (
        attribute.type,
        attribute.refers_to,
        (attribute.i, attribute.f, attribute.s),
        (attribute.ints, attribute.floats, attribute.strings, attribute.length),
        [_constant(each, side) for each in attribute.tensors],
        [
            (each.dims, *(_constant(part, side) for part in (each.values, each.indices) if part))
            for each in attribute.sparse
        ],
        [
            [_renamed([value.name for value in values], renames) for values in each]
            for each in ((graph.inputs, graph.outputs) for graph in attribute.graphs)
        ],
    )
    return attribute.name, repr(parts)


def _constant(tensor: Tensor, side: Side) -> tuple[object, ...]:
    return _shape(tensor), side.digest(tensor)


def function_changes(old: Side, new: Side) -> Iterator[Change]:
    """Changes of the functions that the models bring along."""
    before = {(each.domain, each.name, each.overload): each for each in old.model.functions}
    after = {(each.domain, each.name, each.overload): each for each in new.model.functions}
    for key in sorted(before.keys() | after.keys()):
        name = "::".join(part for part in key if part)
        if key not in after:
            yield Change("function", name, "removed", "", "")
        elif key not in before:
            yield Change("function", name, "added", "", "")
        elif _body(before[key], old) != _body(after[key], new):
            yield Change("function", name, "changed", "", "")


def _body(function: Function, side: Side) -> tuple[object, ...]:
    graphs: list[tuple[str, Graph]] = list(_nested("", function.nodes, {}))
    nodes = list(function.nodes)
    constants = []
    while graphs:
        _, graph = graphs.pop()
        nodes += graph.nodes
        constants += [(each.name, _constant(each, side)) for each in graph.initializers]
        graphs += _nested("", graph.nodes, {})
    return (
        function.inputs,
        function.outputs,
        sorted(function.attributes),
        sorted(_attribute(each, side, {}) for each in function.defaults),
        sorted(function.opsets),
        [(node.operator, node.outputs, _settings(node, side, {})) for node in nodes],
        constants,
    )


# Weights


def initializer_changes(old: Side, new: Side, renames: Renames) -> Iterator[Change]:
    """Changes of initializers, those of nested graphs included."""
    before, after = _initializers(old, renames), _initializers(new, {})
    for key, tensor in before.items():
        second = after.get(key)
        name = _shown(key[0], tensor.name)
        if second is None:
            yield Change("initializer", name, "removed", _with_size(tensor), "")
        elif _shape(tensor) != _shape(second):
            yield Change("initializer", name, "changed", _shape(tensor), _shape(second))
        elif old.digest(tensor) != new.digest(second):
            what = "values" if _field(tensor) == _field(second) else "stored"
            yield Change("initializer", name, what, _with_size(tensor), _with_size(second))
    for key, tensor in after.items():
        if key not in before:
            name = _shown(key[0], tensor.name)
            yield Change("initializer", name, "added", "", _with_size(tensor))


def _initializers(side: Side, renames: Renames) -> dict[Key, Tensor]:
    return _keyed(
        (scope, renames.get(name, name), tensor)
        for scope, graph in _scopes(side, renames)
        for name, tensor in _stored(graph)
    )


def _stored(graph: Graph) -> Iterator[tuple[str, Tensor]]:
    for tensor in graph.initializers:
        yield tensor.name, tensor
    for sparse in graph.sparse_initializers:
        name = sparse.values.name if sparse.values else ""
        for kind, part in (("values", sparse.values), ("indices", sparse.indices)):
            if part is not None:
                yield f"{name} ({kind})", part


def _weights(changes: Sequence[Change], new: Side, renames: Renames) -> tuple[int, int, int]:
    tensors = _initializers(new, {})
    touched = {change.name for change in changes if change.what != "stored"}
    affected = sum(
        bytes_of(tensor)
        for key, tensor in tensors.items()
        if _shown(key[0], tensor.name) in touched
    )
    return len(touched), affected, sum(bytes_of(tensor) for tensor in tensors.values())


def _field(tensor: Tensor) -> int:
    """Which field the data is in; other files hold what `raw_data` would."""
    return tensor.payload.field if tensor.payload is not None else _RAW_DATA


def _shape(tensor: Tensor) -> str:
    return f"{dtypes.name_of(tensor.data_type)}[{','.join(map(str, tensor.dims))}]"


def _with_size(tensor: Tensor) -> str:
    return f"{_shape(tensor)} {readable_size(bytes_of(tensor))}"


def _external(old: Side, new: Side) -> Iterator[Change]:
    before = {each.location: each for each in old.seen.external}
    after = {each.location: each for each in new.seen.external}
    for location in sorted(before.keys() | after.keys()):
        first, second = before.get(location), after.get(location)
        if first != second:
            what = "added" if first is None else "removed" if second is None else "changed"
            sizes = (f"{each.size} bytes" if each else "" for each in (first, second))
            yield Change("external file", location, what, *sizes)


def _parameters(side: Side) -> int:
    return sum(math.prod(each.dims) for each in _initializers(side, {}).values())


# Small parts


def _graph(side: Side) -> Graph:
    return side.model.graph or Graph()


def _keyed(found: Iterable[tuple[str, str, _T]]) -> dict[Key, _T]:
    seen: Counter[tuple[str, str]] = Counter()
    keyed: dict[Key, _T] = {}
    for scope, name, thing in found:
        keyed[scope, name, seen[scope, name]] = thing
        seen[scope, name] += 1
    return keyed


def _renamed(listed: Iterable[str], renames: Renames) -> tuple[str, ...]:
    return tuple(renames.get(name, name) for name in listed)


def _shown(scope: str, name: str) -> str:
    return f"{scope}{name}"
