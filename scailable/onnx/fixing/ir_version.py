"""Which IR version a model needs, by the history of the format.

The versions are those that `onnx.proto` names in the comments of its enum `Version`.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import onnx

from scailable.onnx import dtypes
from scailable.onnx.fixing.parts import messages_of
from scailable.onnx.text import printable, short

# The first IR version with an element type; those that are not listed have always been there.
TYPES = {
    16: 4,
    **dict.fromkeys(range(17, 21), 9),
    **dict.fromkeys((21, 22), 10),
    23: 11,
    24: 12,
    **dict.fromkeys((25, 26), 13),
    **dict.fromkeys((27, 28), 14),
}
# The first IR version with a field, by message and field.
_FIELDS = {
    ("GraphProto", "quantization_annotation"): 5,
    ("GraphProto", "sparse_initializer"): 6,
    ("AttributeProto", "sparse_tensor"): 6,
    ("AttributeProto", "sparse_tensors"): 6,
    ("ModelProto", "training_info"): 7,
    ("TypeProto", "sparse_tensor_type"): 8,
    ("TypeProto", "optional_type"): 8,
    ("AttributeProto", "tp"): 8,
    ("AttributeProto", "type_protos"): 8,
    ("ModelProto", "functions"): 8,
    ("FunctionProto", "attribute_proto"): 9,
    ("FunctionProto", "overload"): 10,
    ("NodeProto", "overload"): 10,
    ("NodeProto", "device_configurations"): 11,
    ("ModelProto", "configuration"): 11,
    ("TypeProto", "opaque_type"): 14,
}
_ELEMENT_TYPES = {"elem_type", "data_type", "key_type"}
# Attributes of operators that hold an element type: Cast, ConstantOfShape's kin, QuantizeLinear.
_TYPE_ATTRIBUTES = {"to", "dtype", "output_dtype", "precision", "stash_type"}
_METADATA = "metadata_props"  # below the model: IR 10


class Need(NamedTuple):
    """An IR version, and what came with it."""

    version: int
    what: str


def needed(model: onnx.ModelProto) -> Need:
    """The lowest IR version with all that a model uses; its annotations in nodes not counted."""
    highest = Need(3, "opset imports")
    inputs = {value.name for value in model.graph.input}
    if any(tensor.name not in inputs for tensor in model.graph.initializer):
        highest = Need(4, "initializers that are no inputs")
    for message in messages_of(model):
        for need in _needs(message):
            if need.version > highest.version:
                highest = need
    return highest


def drop_annotations(model: onnx.ModelProto) -> int:
    """Remove the metadata of everything but the model itself, which came with IR 10; how many."""
    dropped = 0
    for message in messages_of(model):
        if message is not model and _METADATA in message.DESCRIPTOR.fields_by_name:
            dropped += len(message.metadata_props)
            message.ClearField(_METADATA)
    return dropped


def _needs(message: Any) -> Iterator[Need]:
    kind = message.DESCRIPTOR.name
    if kind == "AttributeProto" and message.name in _TYPE_ATTRIBUTES and message.HasField("i"):
        yield from _type(message.i, f"the attribute {message.name} of a node")
    for field, value in message.ListFields():
        version = _FIELDS.get((kind, field.name))
        if version is not None:
            yield Need(version, f"{field.name} of {kind}")
        elif field.name in _ELEMENT_TYPES and isinstance(value, int):
            name = printable(short(getattr(message, "name", "")))
            yield from _type(value, f"tensor {name}" if name else "a declared type")


def _type(number: int, where: str) -> Iterator[Need]:
    if number in TYPES:
        yield Need(TYPES[number], f"{dtypes.name_of(number)} in {where}")
