"""What a model says about itself, in short."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from scailable.onnx import dtypes
from scailable.onnx.normalisation import Normalisation, read_normalisation
from scailable.onnx.reading.model import Model, graphs_of, nodes_of, tensors_of
from scailable.onnx.reading.problems import Problems
from scailable.onnx.report import ModelFacts, TensorInfo
from scailable.onnx.rules import structure
from scailable.onnx.text import short

_T = TypeVar("_T")

_MOST_LISTED = 1000


def summarise(model: Model, problems: Problems) -> ModelFacts:
    """The facts of a model, which are as long as a report may be; notes what did not fit."""
    graph = model.graph
    declared = () if graph is None else graph.inputs
    outputs = () if graph is None else graph.outputs
    initializers: set[str] = set()
    if graph is not None:
        initializers.update(each.name for each in graph.initializers)
        initializers.update(each.values.name for each in graph.sparse_initializers if each.values)
    opsets: dict[str, int] = {}
    for domain, version in model.opsets:
        if domain in opsets:
            problems.add(
                structure.OPSET_TWICE,
                f"the operator set {short(domain) or 'ai.onnx'!r} is imported more than once",
                fix="keep one opset_import for each domain",
            )
        opsets.setdefault(domain, version)
    functions = {(each.domain, each.name, each.overload) for each in model.functions}
    operators = Counter(
        f"{short(node.domain)}::{short(node.op_type)}" if node.domain else short(node.op_type)
        for node in nodes_of(model)
        if (node.domain, node.op_type, node.overload) not in functions
    )
    locations = {
        value: None
        for tensor in tensors_of(model)
        for key, value in tensor.external or ()
        if key == "location"
    }
    inputs = [each for each in declared if each.name not in initializers]
    for kind, count in (
        ("inputs", len(inputs)),
        ("outputs", len(outputs)),
        ("operators", len(operators)),
        ("operator sets", len(opsets)),
    ):
        if count > _MOST_LISTED:
            message = f"{count} {kind}; only the first {_MOST_LISTED} are looked at"
            problems.add(structure.TOO_MANY, message, fix="export a smaller model")
    asked = None if graph is None else read_normalisation(graph.doc_string)
    normalisation = asked or Normalisation()
    return ModelFacts(
        ir_version=model.ir_version,
        opsets={short(domain): version for domain, version in _some(opsets.items())},
        producer=short(f"{model.producer_name} {model.producer_version}".strip()),
        inputs=tuple(_some(inputs)),
        outputs=tuple(_some(outputs)),
        initializer_inputs=tuple(
            _some(short(each.name) for each in declared if each.name in initializers)
        ),
        operators=dict(_some(operators.items())),
        external_files=tuple(_some(short(location) for location in locations)),
        chip=next((short(value) for key, value in model.metadata if key == "chip"), None),
        means=normalisation.means,
        vars=normalisation.vars,
    )


def declared_types(model: Model) -> dict[str, TensorInfo]:
    """The declared type of every value that has one, initializers included, by name."""
    types: dict[str, TensorInfo] = {}
    for graph in graphs_of(model):
        for value in (*graph.inputs, *graph.value_info, *graph.outputs):
            types.setdefault(value.name, value)
        for tensor in graph.initializers:
            types[tensor.name] = TensorInfo(
                tensor.name, dtypes.name_of(tensor.data_type), tensor.dims
            )
    return types


def with_inferred(
    types: dict[str, TensorInfo], inferred: Iterable[TensorInfo]
) -> dict[str, TensorInfo]:
    """Declared types, completed by inferred ones: those know sizes that a file leaves open."""
    completed = dict(types)
    for value in inferred:
        declared = completed.get(value.name)
        if declared is None or value.shape is not None:
            completed[value.name] = value
        elif declared.dtype == "undefined":
            completed[value.name] = replace(declared, dtype=value.dtype)
    return completed


def _some(values: Iterable[_T]) -> Iterator[_T]:
    """The first of many: a report must stay readable."""
    return (value for value, _ in zip(values, range(_MOST_LISTED), strict=False))
