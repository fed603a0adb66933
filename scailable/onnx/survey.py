"""One walk over a parsed model: its facts, its tensors, and what its functions expand to."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import onnx

from scailable.onnx import dtypes
from scailable.onnx.report import Dimension, ModelFacts, TensorInfo
from scailable.onnx.rules import structure
from scailable.onnx.text import decoded, short

if TYPE_CHECKING:
    from scailable.onnx.tensor_data import Complain

_T = TypeVar("_T")

_MOST_LISTED = 1000
_LONGEST_NAME = 65_536
_MOST_AXES = 64
_MOST_EXPANDED_NODES = 1_000_000


class _Operator(NamedTuple):
    domain: str
    name: str
    overload: str


@dataclass(slots=True)
class Survey:
    """What the walk found."""

    facts: ModelFacts
    tensors: list[onnx.TensorProto]
    expandable: bool  # False: the onnx package would not get to an end


def survey(model: onnx.ModelProto, complain: "Complain") -> Survey:
    """Walk over a model, complaining about what stops onnx from doing the same."""
    tensors: list[onnx.TensorProto] = []
    calls = _calls([model.graph], tensors)
    by_function = {
        _operator(function.domain, function.name, function.overload): _calls(
            [function.node], tensors
        )
        for function in model.functions
    }
    operators = Counter(calls)
    for counted in by_function.values():
        operators.update(counted)
    for function in by_function:
        del operators[function]
    return Survey(
        facts=_facts(model, operators, tensors, complain),
        tensors=tensors,
        expandable=_expandable(calls, by_function, complain),
    )


def _operator(domain: str, name: str, overload: str) -> _Operator:
    return _Operator(_domain(domain), decoded(name), decoded(overload))


def _domain(domain: str) -> str:
    return "" if domain == "ai.onnx" else decoded(domain)


def _calls(
    bodies: Iterable[onnx.GraphProto | Iterable[onnx.NodeProto]],
    tensors: list[onnx.TensorProto],
) -> Counter[_Operator]:
    """Count the operators of bodies and everything nested in them; collect their tensors."""
    calls: Counter[_Operator] = Counter()
    waiting = list(bodies)
    while waiting:
        body = waiting.pop()
        nodes: Iterable[onnx.NodeProto]
        if isinstance(body, onnx.GraphProto):
            tensors.extend(body.initializer)
            for sparse in body.sparse_initializer:
                tensors.extend((sparse.values, sparse.indices))
            nodes = body.node
        else:
            nodes = body
        for node in nodes:
            calls[_operator(node.domain, node.op_type, node.overload)] += 1
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    waiting.append(attribute.g)
                waiting.extend(attribute.graphs)
                if attribute.HasField("t"):
                    tensors.append(attribute.t)
                tensors.extend(attribute.tensors)
                for sparse in (attribute.sparse_tensor, *attribute.sparse_tensors):
                    if sparse.HasField("values"):
                        tensors.extend((sparse.values, sparse.indices))
    return calls


def _expandable(
    calls: Counter[_Operator],
    by_function: dict[_Operator, Counter[_Operator]],
    complain: "Complain",
) -> bool:
    """Whether expanding every function gives a graph that can be handled."""
    callees = {
        function: [called for called in counted if called in by_function]
        for function, counted in by_function.items()
    }
    nodes: dict[_Operator, int] = {}

    def expanded(counted: Counter[_Operator]) -> int:
        return sum(count * nodes.get(called, 1) for called, count in counted.items())

    try:
        for function in TopologicalSorter(callees).static_order():
            nodes[function] = expanded(by_function[function])
    except CycleError as error:
        names = " > ".join(short(each.name) for each in error.args[1][:6])
        complain(
            structure.FUNCTION_CYCLE,
            f"functions call each other in a circle: {names}",
            fix="export the model again with a current exporter",
        )
        return False
    total = expanded(calls)
    if total > _MOST_EXPANDED_NODES:
        size = str(total) if total < 10**15 else "more than 10^15"
        complain(
            structure.FUNCTION_EXPLOSION,
            f"its functions expand to {size} nodes; at most {_MOST_EXPANDED_NODES} are checked",
            fix="export without nested functions",
        )
        return False
    return True


def _facts(
    model: onnx.ModelProto,
    operators: Counter[_Operator],
    tensors: list[onnx.TensorProto],
    complain: "Complain",
) -> ModelFacts:
    graph = model.graph
    initializers = {tensor.name for tensor in graph.initializer}
    initializers.update(sparse.values.name for sparse in graph.sparse_initializer)
    opsets: dict[str, int] = {}
    for opset in model.opset_import:
        domain = short(_domain(opset.domain))
        if domain in opsets:
            complain(
                structure.OPSET_TWICE,
                f"the operator set {domain or 'ai.onnx'!r} is imported more than once",
                fix="keep one opset_import for each domain",
            )
        opsets.setdefault(domain, opset.version)
    locations = {
        decoded(entry.value): None
        for tensor in tensors
        if tensor.data_location == onnx.TensorProto.EXTERNAL
        for entry in tensor.external_data
        if entry.key == "location"
    }
    for kind, count in (
        ("inputs", len(graph.input) - len(initializers)),
        ("outputs", len(graph.output)),
        ("operators", len(operators)),
        ("operator sets", len(opsets)),
    ):
        if count > _MOST_LISTED:
            message = f"{count} {kind}; only the first {_MOST_LISTED} are looked at"
            complain(structure.TOO_MANY, message, fix="export a smaller model")
    return ModelFacts(
        ir_version=model.ir_version,
        opsets=dict(list(opsets.items())[:_MOST_LISTED]),
        producer=short(_producer(model)),
        inputs=tuple(
            _some(
                _described(each, complain) for each in graph.input if each.name not in initializers
            )
        ),
        outputs=tuple(_some(_described(each, complain) for each in graph.output)),
        initializer_inputs=tuple(
            _some(short(decoded(each.name)) for each in graph.input if each.name in initializers)
        ),
        operators=dict(_some((_label(each), count) for each, count in operators.items())),
        external_files=tuple(_some(short(location) for location in locations)),
        chip=next((short(decoded(e.value)) for e in model.metadata_props if e.key == "chip"), None),
    )


def _producer(model: onnx.ModelProto) -> str:
    return f"{decoded(model.producer_name)} {decoded(model.producer_version)}".strip()


def _some(values: Iterable[_T]) -> Iterator[_T]:
    """The first of many: a report must stay readable."""
    return (value for value, _ in zip(values, range(_MOST_LISTED), strict=False))


def _label(operator: _Operator) -> str:
    name = short(operator.name)
    return f"{short(operator.domain)}::{name}" if operator.domain else name


def _described(value: onnx.ValueInfoProto, complain: "Complain") -> TensorInfo:
    name = decoded(value.name)
    if len(name) > _LONGEST_NAME:
        complain(
            structure.NAME_TOO_LONG,
            f"the name of an input or output is {len(name)} characters long",
            where=short(name),
            fix="shorten the name",
        )
        name = name[:_LONGEST_NAME]
    kind = value.type.WhichOneof("value")
    if kind != "tensor_type":
        return TensorInfo(name, (kind or "undefined").removesuffix("_type"), None)
    tensor = value.type.tensor_type
    shape: tuple[Dimension, ...] | None = None
    if tensor.HasField("shape"):
        if len(tensor.shape.dim) <= _MOST_AXES:
            shape = tuple(_dimension(each) for each in tensor.shape.dim)
        else:
            complain(
                structure.TENSOR_SHAPE,
                f"has {len(tensor.shape.dim)} axes",
                where=short(name),
                fix="export the model again",
            )
    return TensorInfo(name, dtypes.name_of(tensor.elem_type), shape)


def _dimension(dimension: onnx.TensorShapeProto.Dimension) -> Dimension:
    if dimension.HasField("dim_value"):
        return dimension.dim_value
    return short(decoded(dimension.dim_param)) or None
