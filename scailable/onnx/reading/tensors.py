"""Whether the data of a tensor is what its type and shape ask for."""

import math

from scailable.onnx import dtypes
from scailable.onnx.reading.model import Tensor
from scailable.onnx.reading.parts import place_of
from scailable.onnx.reading.problems import Problems
from scailable.onnx.rules import structure
from scailable.onnx.text import short

_MOST_ELEMENTS = 2**62
_RAW_DATA = 9
_INT32_DATA = 5
_TEXT = 8
# Numbers of the fields for values, by element type; int32_data for all others.
_FIELDS = {
    "float32": 4,
    "complex64": 4,
    "string": 6,
    "int64": 7,
    "float64": 10,
    "complex128": 10,
    "uint32": 11,
    "uint64": 11,
}
_AGAIN = "export the model again; the file is damaged or was written by a faulty tool"


def judge_tensor(tensor: Tensor, problems: Problems) -> None:
    """Note an unknown type, an impossible shape, or data that does not fill it.

    External data is judged by `external_data`.
    """
    elements = element_count(tensor, problems)
    if elements is None or tensor.external is not None:
        return
    name = dtypes.name_of(tensor.data_type)
    payload = tensor.payload
    if payload is not None and payload.field == _RAW_DATA:
        stored, unit = payload.length, "bytes"
        wanted = dtypes.payload_bytes(tensor.data_type, elements)
        wrong_field = tensor.data_type == _TEXT
    else:
        stored, unit = 0 if payload is None else payload.values, "values"
        wanted = dtypes.stored_values(tensor.data_type, elements)
        wrong_field = payload is not None and payload.field != _FIELDS.get(name, _INT32_DATA)
    if wrong_field:
        message = f"is {name}, but its data is of another kind"
    elif wanted is not None and stored != wanted:
        shape = "x".join(map(str, tensor.dims)) or "scalar"
        message = f"holds {stored} {unit}, but {name} {shape} takes {wanted}"
    else:
        return
    problems.add(
        structure.PAYLOAD_SIZE,
        message,
        where=place_of(tensor.name),
        fix=_AGAIN,
        offset=tensor.offset,
    )


def element_count(tensor: Tensor, problems: Problems) -> int | None:
    """The number of elements; None, and a problem, when type or shape make no sense."""
    if tensor.data_type not in dtypes.BY_NUMBER:
        problems.add(
            structure.ELEMENT_TYPE,
            f"has the unknown element type {tensor.data_type}"
            if tensor.data_type
            else "has no element type",
            where=place_of(tensor.name),
            fix="export the model again with a released version of onnx",
            offset=tensor.offset,
        )
        return None
    elements = math.prod(tensor.dims)
    if any(size < 0 for size in tensor.dims) or elements >= _MOST_ELEMENTS:
        problems.add(
            structure.TENSOR_SHAPE,
            f"has the shape {short('x'.join(map(str, tensor.dims)))}",
            where=place_of(tensor.name),
            fix="export the model again",
            offset=tensor.offset,
        )
        return None
    return elements
