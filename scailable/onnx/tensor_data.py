"""The data of a tensor: whether it is what the shape asks for, and taking it out."""

import math
from collections.abc import Callable

import onnx

from scailable.onnx import dtypes
from scailable.onnx.rules import structure
from scailable.onnx.text import decoded, short

_LARGE = 64 * 1024  # bytes of raw data, or values
_MOST_ELEMENTS = 2**62
_TYPED_FIELDS = ("float_data", "int32_data", "int64_data", "double_data", "uint64_data")
_DATA_FIELDS = ("raw_data", *_TYPED_FIELDS)

Complain = Callable[..., None]


def is_external(tensor: onnx.TensorProto) -> bool:
    """Whether the data is in another file."""
    return tensor.data_location == onnx.TensorProto.EXTERNAL


def place_of(tensor: onnx.TensorProto) -> str:
    """How a finding names the tensor."""
    name = decoded(tensor.name)
    return f"tensor {short(name)}" if name else "a constant without a name"


def look_at(tensor: onnx.TensorProto, complain: Complain) -> bool:
    """Complain about an unknown type, an impossible shape, or data that does not fill it.

    Returns whether the data is large enough to be worth leaving out.
    """
    elements = element_count(tensor, complain)
    if elements is None:
        return False
    if tensor.HasField("raw_data"):
        stored, unit = len(tensor.raw_data), "bytes"
        wanted = dtypes.payload_bytes(tensor.data_type, elements)
    else:
        stored, unit = sum(len(getattr(tensor, name)) for name in _TYPED_FIELDS), "values"
        wanted = _typed_values(tensor.data_type, elements)
    if wanted is not None and stored != wanted:
        shape = "x".join(map(str, tensor.dims)) or "scalar"
        complain(
            structure.PAYLOAD_SIZE,
            f"holds {stored} {unit}, but {dtypes.name_of(tensor.data_type)} {shape} takes {wanted}",
            where=place_of(tensor),
            fix="export the model again; the file is damaged or was written by a faulty tool",
        )
    return stored > _LARGE


def element_count(tensor: onnx.TensorProto, complain: Complain) -> int | None:
    """The number of elements; None, with a complaint, when type or shape make no sense."""
    if tensor.data_type and tensor.data_type not in dtypes.BY_NUMBER:
        complain(
            structure.ELEMENT_TYPE,
            f"has the unknown element type {tensor.data_type}",
            where=place_of(tensor),
            fix="export the model again with a released version of onnx",
        )
        return None
    elements = math.prod(tensor.dims) if len(tensor.dims) <= 64 else _MOST_ELEMENTS
    if elements >= _MOST_ELEMENTS or any(size < 0 for size in tensor.dims):
        complain(
            structure.TENSOR_SHAPE,
            f"has the shape {short('x'.join(map(str, tensor.dims[:64])))}",
            where=place_of(tensor),
            fix="export the model again",
        )
        return None
    return elements


def replace_data(tensor: onnx.TensorProto, location: str) -> None:
    """Put a reference to `location` in the place of the data."""
    for name in (*_DATA_FIELDS, "external_data"):
        tensor.ClearField(name)
    tensor.data_location = onnx.TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", location


def _typed_values(data_type: int, elements: int) -> int | None:
    """How many values of a typed field hold `elements`; None for text and unset types."""
    element = dtypes.BY_NUMBER.get(data_type)
    if element is None or element.bits is None:
        return None
    if element.name.startswith("complex"):
        return elements * 2
    if element.bits in (2, 4):  # packed in bytes; six bits take a value each
        return (elements * element.bits + 7) // 8
    return elements
