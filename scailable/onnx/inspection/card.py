"""The card of a model: everything worth knowing about it in one object."""

import math
import os
import struct
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from scailable.errors import ValidationError
from scailable.onnx import dtypes, names
from scailable.onnx.examination import Examination, examine_file
from scailable.onnx.image import image_input, layout_of
from scailable.onnx.inspection.costs import count
from scailable.onnx.inspection.memory import activation_peak
from scailable.onnx.reading.model import Graph, Model, Tensor, graphs_of, nodes_of, tensors_of
from scailable.onnx.report import Dimension, ExternalFile, TensorInfo
from scailable.onnx.upload_details import input_driver_details

_RAW_DATA, _INT64_DATA = 9, 7


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output.

    Attributes:
        name, dtype, shape: as declared.
        kind: the part of the name before the first `-`, where that is one that devices know.
        labels: class label by index.
        format: of the boxes.
        layout: `NCHW` or `NHWC`, for the image input.
    """

    name: str
    dtype: str
    shape: tuple[Dimension, ...] | None
    kind: str | None
    labels: dict[int, str]
    format: str | None
    layout: str | None

    @property
    def type(self) -> str:
        """Element type and shape: `float32[1,3,h,?]`."""
        return str(TensorInfo(self.name, self.dtype, self.shape))


@dataclass(frozen=True, slots=True)
class Layer:
    """A node of the main graph.

    Attributes:
        name: its name, or that of its first output.
        operator: what it computes.
        shape: of its first output; None when it is not known.
        parameters, bytes: of the weights that it takes; shared ones count at their first use.
        macs: multiply-accumulate operations.
    """

    name: str
    operator: str
    shape: tuple[Dimension, ...] | None
    parameters: int
    bytes: int
    macs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What a model is.

    Attributes:
        path, size, sha256: the file, its bytes, its digest in hex.
        external: files with data of its tensors.
        name, doc_string, producer, ir_version, opsets, metadata: what it says of itself.
        inputs, outputs: what it takes and gives; initializers are not among the inputs.
        node_count: nodes in the main graph.
        operators: how often each operator is used, nested graphs and functions included.
        parameters: numbers in initializers and constants.
        weights: bytes of those, by element type.
        macs: multiply-accumulate operations of one run.
        macs_by_operator: the same by operator.
        not_counted: nodes whose work is not in `macs`, by operator.
        activation_peak: most bytes that values between the nodes take at a time; None if unknown.
        layers: the nodes of the main graph.
        input_driver_details: what to upload the model with, where it has one image input.
        notes: what was taken for granted, and what could not be found out.
    """

    path: str
    size: int
    sha256: str
    external: tuple[ExternalFile, ...]
    name: str
    doc_string: str
    producer: str
    ir_version: int
    opsets: dict[str, int]
    metadata: dict[str, str]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    node_count: int
    operators: dict[str, int]
    parameters: int
    weights: dict[str, int]
    macs: int
    macs_by_operator: dict[str, int]
    not_counted: dict[str, int]
    activation_peak: int | None
    layers: tuple[Layer, ...]
    input_driver_details: dict[str, Any] | None
    notes: tuple[str, ...]
    graph: Graph = field(repr=False)

    def largest_layers(self, most: int = 10) -> list[Layer]:
        """The layers with the most bytes of weights, largest first."""
        weighty = [layer for layer in self.layers if layer.bytes]
        return sorted(weighty, key=lambda layer: -layer.bytes)[:most]

    def to_dict(self) -> dict[str, Any]:
        """The card as JSON-ready values; the keys are described in docs/onnx-inspect.md."""
        return {
            name: getattr(self, name)
            if name not in ("inputs", "outputs", "layers", "external", "notes")
            else [
                asdict(each) if not isinstance(each, str) else each for each in getattr(self, name)
            ]
            for name in self.__dataclass_fields__
            if name != "graph"
        }

    def text(self) -> str:
        """The card for a terminal."""
        from scailable.onnx.inspection.text import card_text

        return card_text(self)

    def markdown(self) -> str:
        """The card as a Markdown document, with the graph for Mermaid."""
        from scailable.onnx.inspection.markdown import card_markdown

        return card_markdown(self)

    def html(self) -> str:
        """The card as an HTML page that needs nothing else, with the graph drawn."""
        from scailable.onnx.inspection.page import card_page

        return card_page(self)


def inspect(path: str | os.PathLike[str]) -> ModelCard:
    """What a model is: interface, operators, size, work, memory.

    The file is read once, without its weights. A model with errors is described as far as it can
    be read; `notes` say what is missing.

    Args:
        path: the file.

    Returns:
        its card.

    Raises:
        UnreadableFile: the file cannot be read.
        ValidationError: it holds no model.
        MissingExtraError: the onnx package is not installed.
    """
    seen = examine_file(path)
    name = os.fsdecode(path)
    if seen.model is None or seen.facts is None or seen.model.graph is None:
        problem = seen.problems[0] if seen.problems else None
        said = f": {problem.code} {problem.message}" if problem else ""
        raise ValidationError(
            f"{name} holds no model{said}.",
            hint=(problem.fix if problem else None) or "Check it: scailable models check FILE",
        )
    return card_of(seen, name)


def card_of(seen: Examination, path: str) -> ModelCard:
    """The card of an examined model; it has to have a graph."""
    model, facts = seen.model, seen.facts
    assert model is not None and facts is not None and model.graph is not None
    costs = count(model, seen.types, _trips(model))
    peak = activation_peak(model.graph, seen.types)
    weights: Counter[str] = Counter()
    parameters = 0
    for tensor in tensors_of(model):
        parameters += math.prod(tensor.dims)
        weights[dtypes.name_of(tensor.data_type)] += _bytes(tensor)
    return ModelCard(
        path=path,
        size=seen.size,
        sha256=seen.sha256,
        external=seen.external,
        name=model.graph.name,
        doc_string=model.doc_string or model.graph.doc_string,
        producer=facts.producer,
        ir_version=facts.ir_version,
        opsets=dict(facts.opsets),
        metadata=dict(model.metadata),
        inputs=tuple(_port(each, names.KNOWN_INPUTS, facts_image(seen)) for each in facts.inputs),
        outputs=tuple(_port(each, names.KNOWN_OUTPUTS, None) for each in facts.outputs),
        node_count=len(model.graph.nodes),
        operators=dict(facts.operators),
        parameters=parameters,
        weights=dict(weights.most_common()),
        macs=costs.macs,
        macs_by_operator=dict(costs.by_operator.most_common()),
        not_counted=dict(costs.not_counted.most_common()),
        activation_peak=peak,
        layers=tuple(_layers(model.graph, seen, costs.by_node)),
        input_driver_details=_details(seen),
        notes=tuple(_notes(seen, peak, costs.notes)),
        graph=model.graph,
    )


def facts_image(seen: Examination) -> TensorInfo | None:
    """The image input of an examined model."""
    return None if seen.facts is None else image_input(seen.facts)


def _port(tensor: TensorInfo, known: frozenset[str], image: TensorInfo | None) -> Port:
    parsed = names.parse_name(tensor.name)
    recognised = parsed.prefix in known
    layout = layout_of(tensor) if image is not None and tensor.name == image.name else None
    return Port(
        name=tensor.name,
        dtype=tensor.dtype,
        shape=tensor.shape,
        kind=parsed.prefix if recognised else None,
        labels=parsed.labels if recognised else {},
        format=parsed.format if recognised else None,
        layout=None if layout is None else layout.order,
    )


def _layers(graph: Graph, seen: Examination, macs: dict[int, int]) -> list[Layer]:
    stored = {each.name: each for each in graph.initializers}
    counted: set[str] = set()
    layers = []
    for position, node in enumerate(graph.nodes):
        taken = [stored[name] for name in dict.fromkeys(node.inputs) if name in stored]
        mine = [each for each in taken if each.name not in counted]
        counted.update(each.name for each in mine)
        mine += [each for attribute in node.attributes for each in attribute.tensors]
        output = seen.types.get(node.outputs[0]) if node.outputs else None
        layers.append(
            Layer(
                name=node.name or (node.outputs[0] if node.outputs else ""),
                operator=node.operator,
                shape=None if output is None else output.shape,
                parameters=sum(math.prod(each.dims) for each in mine),
                bytes=sum(_bytes(each) for each in mine),
                macs=macs.get(position, 0),
            )
        )
    return layers


def _bytes(tensor: Tensor) -> int:
    known = dtypes.payload_bytes(tensor.data_type, math.prod(tensor.dims))
    if known is not None:
        return known
    return tensor.payload.length if tensor.payload is not None else 0


def _trips(model: Model) -> dict[str, int]:
    """The constant whole numbers of a model, by the name of their value."""
    found: dict[str, int] = {}
    for graph in graphs_of(model):
        for tensor in graph.initializers:
            _add_number(found, tensor.name, tensor)
    for node in nodes_of(model):
        value = node.attribute("value") if node.op_type == "Constant" else None
        if value is not None and value.tensors and node.outputs:
            _add_number(found, node.outputs[0], value.tensors[0])
    return found


def _add_number(found: dict[str, int], name: str, tensor: Tensor) -> None:
    payload = tensor.payload
    if payload is None or payload.kept is None:
        return
    if payload.field == _RAW_DATA and len(payload.kept) == 8 and math.prod(tensor.dims) == 1:
        found[name] = struct.unpack("<q", payload.kept)[0]
    elif payload.field == _INT64_DATA and payload.values == 1:
        found[name] = sum((byte & 127) << 7 * index for index, byte in enumerate(payload.kept))


def _details(seen: Examination) -> dict[str, Any] | None:
    assert seen.facts is not None
    try:
        return input_driver_details(seen.facts)
    except ValidationError:
        return None


def _notes(seen: Examination, peak: int | None, notes: list[str]) -> list[str]:
    assert seen.facts is not None
    said = list(dict.fromkeys(notes))
    sizes = [
        str(size) if size else "?"
        for each in seen.facts.inputs
        for size in each.shape or ()
        if not isinstance(size, int)
    ]
    if sizes:
        said.append(f"dynamic sizes ({', '.join(dict.fromkeys(sizes))}) are taken as 1")
    if not seen.complete:
        said.append("parts of the file are damaged and missing here")
    for problem in seen.problems[:5]:
        said.append(f"{problem.code}: {problem.message}")
    if peak is None:
        said.append("the memory of activations is not known: some shapes could not be inferred")
    return said


def shape_text(shape: tuple[Dimension, ...] | None) -> str:
    """A shape in short: `1×64×56×56`; empty when it is not known."""
    if shape is None:
        return ""
    return "×".join("?" if size is None else str(size) for size in shape)
