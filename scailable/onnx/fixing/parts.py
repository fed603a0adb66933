"""The parts of a model as the onnx package reads it."""

from collections.abc import Iterator
from typing import Any

import onnx

_TENSOR = "onnx.TensorProto"


def graphs_of(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """A graph and all graphs nested in it."""
    waiting = [graph]
    while waiting:
        current = waiting.pop()
        yield current
        for node in current.node:
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    waiting.append(attribute.g)
                waiting.extend(attribute.graphs)


def messages_of(model: onnx.ModelProto) -> Iterator[Any]:
    """Every message in a model, of whatever kind, the model itself first."""
    waiting: list[Any] = [model]
    while waiting:
        message = waiting.pop()
        yield message
        for field, value in message.ListFields():
            if field.message_type is not None:
                waiting.extend([value] if hasattr(value, "ListFields") else value)


def tensors_of(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    """Every tensor that is stored, wherever it is."""
    for message in messages_of(model):
        if message.DESCRIPTOR.full_name == _TENSOR:
            yield message


def shapes_in(declared: onnx.TypeProto) -> Iterator[onnx.TensorShapeProto]:
    """The shapes in a type: one of a tensor, none or one of a sequence or an optional value."""
    waiting = [declared]
    while waiting:
        current = waiting.pop()
        match current.WhichOneof("value"):
            case "tensor_type":
                if current.tensor_type.HasField("shape"):
                    yield current.tensor_type.shape
            case "sparse_tensor_type":
                if current.sparse_tensor_type.HasField("shape"):
                    yield current.sparse_tensor_type.shape
            case "sequence_type":
                waiting.append(current.sequence_type.elem_type)
            case "optional_type":
                waiting.append(current.optional_type.elem_type)
            case "map_type":
                waiting.append(current.map_type.value_type)
