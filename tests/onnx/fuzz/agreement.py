"""Whether we and the onnx package read the same model in the same bytes."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import onnx
from google.protobuf.message import Message  # type: ignore[import-untyped,unused-ignore]
from onnx import AttributeProto, TensorProto

from scailable.onnx import dtypes
from scailable.onnx.reading.model import (
    LONGEST_KEPT,
    Attribute,
    Function,
    Graph,
    Model,
    Node,
    SparseTensor,
    Tensor,
)
from scailable.onnx.reading.stand_in import STAND_IN
from scailable.onnx.report import TensorInfo
from scailable.onnx.text import short

_DATA = ("float_data", "int32_data", "string_data", "int64_data", "double_data", "uint64_data")


def differences(model: Model, parsed: onnx.ModelProto) -> Iterator[str]:
    """In what our model is another than that of the onnx package."""
    for name in ("ir_version", "producer_name", "producer_version", "domain", "model_version"):
        yield from _unequal(name, getattr(model, name), getattr(parsed, name))
    yield from _unequal("opsets", model.opsets, [_opset(each) for each in parsed.opset_import])
    yield from _unequal("metadata", model.metadata, _pairs(parsed.metadata_props))
    yield from _unequal("training", model.training, len(parsed.training_info))
    yield from _unequal("graph", model.graph is not None, parsed.HasField("graph"))
    if model.graph is not None:
        yield from _graph(model.graph, parsed.graph)
    for function, theirs in _both("functions", model.functions, parsed.functions):
        yield from _function(function, theirs)


def _graph(ours: Graph, theirs: onnx.GraphProto) -> Iterator[str]:
    yield from _unequal("graph name", ours.name, theirs.name)
    yield from _unequal("graph metadata", ours.metadata, _pairs(theirs.metadata_props))
    for name in ("inputs", "outputs", "value_info"):
        values: tuple[TensorInfo, ...] = getattr(ours, name)
        for value, declared in _both(name, values, getattr(theirs, name.removesuffix("s"))):
            yield from _unequal(name, value.name, declared.name)
            yield from _type(value, declared.type)
    for node, theirs_too in _both("nodes", ours.nodes, theirs.node):
        yield from _node(node, theirs_too)
    for tensor, same in _both("initializers", ours.initializers, theirs.initializer):
        yield from _tensor(tensor, same)
    for sparse, also in _both("sparse", ours.sparse_initializers, theirs.sparse_initializer):
        yield from _sparse(sparse, also)


def _type(ours: TensorInfo, theirs: onnx.TypeProto) -> Iterator[str]:
    kind = theirs.WhichOneof("value")
    if kind != "tensor_type":
        dtype = "undefined" if kind is None else kind.removesuffix("_type")
        yield from _unequal("type", ours.dtype, dtype)
        return
    tensor = theirs.tensor_type
    yield from _unequal("element type", ours.dtype, dtypes.name_of(tensor.elem_type))
    shape = None
    if tensor.HasField("shape"):
        shape = [
            each.dim_value if each.HasField("dim_value") else short(each.dim_param) or None
            for each in tensor.shape.dim
        ]
    yield from _unequal("shape", None if ours.shape is None else list(ours.shape), shape)


def _node(ours: Node, theirs: onnx.NodeProto) -> Iterator[str]:
    for name in ("op_type", "name", "overload"):
        yield from _unequal(name, getattr(ours, name), getattr(theirs, name))
    yield from _unequal("domain", ours.domain, _domain(theirs.domain))
    yield from _unequal("node inputs", ours.inputs, theirs.input)
    yield from _unequal("node outputs", ours.outputs, theirs.output)
    for attribute, same in _both("attributes", ours.attributes, theirs.attribute):
        yield from _attribute(attribute, same)


def _attribute(ours: Attribute, theirs: onnx.AttributeProto) -> Iterator[str]:
    yield from _unequal("attribute", ours.name, theirs.name)
    yield from _unequal("refers to", ours.refers_to, theirs.ref_attr_name)
    known = ours.type in AttributeProto.AttributeType.values()
    yield from _unequal("attribute type", ours.type if known else 0, theirs.type)
    for name in ("i", "f", "s"):
        value = getattr(theirs, name) if theirs.HasField(name) else None
        yield from _unequal(f"attribute {name}", getattr(ours, name), value)
    yield from _unequal("ints", ours.ints, theirs.ints[:LONGEST_KEPT])
    yield from _unequal("floats", ours.floats, theirs.floats[:LONGEST_KEPT])
    yield from _unequal("strings", ours.strings, theirs.strings)
    tensors = [theirs.t] * theirs.HasField("t") + list(theirs.tensors)
    for tensor, one in _both("attribute tensors", ours.tensors, tensors):
        yield from _tensor(tensor, one)
    graphs = [theirs.g] * theirs.HasField("g") + list(theirs.graphs)
    for graph, other in _both("attribute graphs", ours.graphs, graphs):
        yield from _graph(graph, other)
    sparse = [theirs.sparse_tensor] * theirs.HasField("sparse_tensor")
    for mine, its in _both("sparse", ours.sparse, sparse + list(theirs.sparse_tensors)):
        yield from _sparse(mine, its)


def _tensor(ours: Tensor, theirs: onnx.TensorProto) -> Iterator[str]:
    yield from _unequal("tensor", ours.name, theirs.name)
    yield from _unequal("data type", ours.data_type, theirs.data_type)
    if len(theirs.dims) <= 64:
        yield from _unequal("dims", ours.dims, theirs.dims)
    if theirs.data_location == TensorProto.EXTERNAL:
        yield from _unequal("external", ours.external, _pairs(theirs.external_data))
        return
    yield from _unequal("external", ours.external, None)
    raw = len(theirs.raw_data)
    stored = [raw, *(len(getattr(theirs, name)) for name in _DATA)]
    given = 0 if ours.payload is None else ours.payload.values
    if sum(map(bool, stored)) <= 1:
        yield from _unequal("values", given, sum(stored))
    if ours.payload is not None and ours.payload.field == 9:
        yield from _unequal("raw data", ours.payload.kept, theirs.raw_data)


def _sparse(ours: SparseTensor, theirs: onnx.SparseTensorProto) -> Iterator[str]:
    yield from _unequal("sparse dims", ours.dims, theirs.dims)
    for name in ("values", "indices"):
        part = getattr(ours, name)
        yield from _unequal(name, part is not None, theirs.HasField(name))
        if part is not None:
            yield from _tensor(part, getattr(theirs, name))


def _function(ours: Function, theirs: onnx.FunctionProto) -> Iterator[str]:
    yield from _unequal("function", (ours.name, ours.overload), (theirs.name, theirs.overload))
    yield from _unequal("function domain", ours.domain, _domain(theirs.domain))
    yield from _unequal("function inputs", ours.inputs, theirs.input)
    yield from _unequal("function outputs", ours.outputs, theirs.output)
    yield from _unequal("function opsets", ours.opsets, [_opset(o) for o in theirs.opset_import])
    names = [*theirs.attribute, *(each.name for each in theirs.attribute_proto)]
    yield from _unequal("function attributes", ours.attributes, names)
    for default, its in _both("defaults", ours.defaults, theirs.attribute_proto):
        yield from _attribute(default, its)
    for node, same in _both("function nodes", ours.nodes, theirs.node):
        yield from _node(node, same)


def _unequal(what: str, ours: Any, theirs: Any) -> Iterator[str]:
    if isinstance(ours, tuple) and theirs is not None:
        same = len(ours) == len(theirs) and all(map(_same, ours, theirs))
        theirs = list(theirs)
    else:
        same = _same(ours, theirs)
    if not same:
        yield f"{what}: {ours!r} here, {theirs!r} in onnx"


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, float) and math.isnan(ours):
        return math.isnan(theirs)
    return bool(ours == theirs)


def _both(what: str, ours: Sequence[Any], theirs: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    if len(ours) != len(theirs):
        raise AssertionError(f"{len(ours)} {what} here, {len(theirs)} in onnx")
    return zip(ours, theirs, strict=True)


def _domain(domain: str) -> str:
    return "" if domain == "ai.onnx" else domain


def _opset(each: onnx.OperatorSetIdProto) -> tuple[str, int]:
    return _domain(each.domain), each.version


def _pairs(entries: Iterable[onnx.StringStringEntryProto]) -> list[tuple[str, str]]:
    return [(each.key, each.value) for each in entries]


def without_external(parsed: onnx.ModelProto) -> onnx.ModelProto:
    """The model without unknown fields, and without what says where external data is."""
    parsed.DiscardUnknownFields()
    for tensor in tensors_in(parsed):
        if tensor.data_location == TensorProto.EXTERNAL:
            for name in (*_DATA, "raw_data", "external_data"):
                tensor.ClearField(name)
    return parsed


def leads_outside(skeleton: onnx.ModelProto) -> bool:
    """Whether the onnx package would look for data in a file of the model's choice."""
    return any(
        entry.key == "location" and entry.value != STAND_IN
        for tensor in tensors_in(skeleton)
        if tensor.data_location == TensorProto.EXTERNAL
        for entry in tensor.external_data
    )


def tensors_in(message: Message) -> Iterator[onnx.TensorProto]:
    """All tensors in a message, wherever they are."""
    waiting = [message]
    while waiting:
        current = waiting.pop()
        if isinstance(current, onnx.TensorProto):
            yield current
        for field, value in current.ListFields():
            if field.message_type is not None:
                waiting.extend([value] if isinstance(value, Message) else value)
