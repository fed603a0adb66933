"""The element types of ONNX tensors, known without importing onnx."""

from typing import NamedTuple


class ElementType(NamedTuple):
    """One value of `TensorProto.DataType`."""

    number: int
    onnx_name: str
    name: str
    bits: int | None  # None: elements have no fixed size


_TYPES = (
    ElementType(1, "FLOAT", "float32", 32),
    ElementType(2, "UINT8", "uint8", 8),
    ElementType(3, "INT8", "int8", 8),
    ElementType(4, "UINT16", "uint16", 16),
    ElementType(5, "INT16", "int16", 16),
    ElementType(6, "INT32", "int32", 32),
    ElementType(7, "INT64", "int64", 64),
    ElementType(8, "STRING", "string", None),
    ElementType(9, "BOOL", "bool", 8),
    ElementType(10, "FLOAT16", "float16", 16),
    ElementType(11, "DOUBLE", "float64", 64),
    ElementType(12, "UINT32", "uint32", 32),
    ElementType(13, "UINT64", "uint64", 64),
    ElementType(14, "COMPLEX64", "complex64", 64),
    ElementType(15, "COMPLEX128", "complex128", 128),
    ElementType(16, "BFLOAT16", "bfloat16", 16),
    ElementType(17, "FLOAT8E4M3FN", "float8_e4m3fn", 8),
    ElementType(18, "FLOAT8E4M3FNUZ", "float8_e4m3fnuz", 8),
    ElementType(19, "FLOAT8E5M2", "float8_e5m2", 8),
    ElementType(20, "FLOAT8E5M2FNUZ", "float8_e5m2fnuz", 8),
    ElementType(21, "UINT4", "uint4", 4),
    ElementType(22, "INT4", "int4", 4),
    ElementType(23, "FLOAT4E2M1", "float4_e2m1", 4),
    ElementType(24, "FLOAT8E8M0", "float8_e8m0", 8),
    ElementType(25, "UINT2", "uint2", 2),
    ElementType(26, "INT2", "int2", 2),
    ElementType(27, "FLOAT6E2M3", "float6_e2m3", 6),
    ElementType(28, "FLOAT6E3M2", "float6_e3m2", 6),
)

BY_NUMBER = {element.number: element for element in _TYPES}
ONNX_NAMES = {element.name: element.onnx_name for element in _TYPES}


def name_of(number: int) -> str:
    """The name of an element type, or `unknown(N)`."""
    return BY_NUMBER[number].name if number in BY_NUMBER else f"unknown({number})"


def payload_bytes(number: int, elements: int) -> int | None:
    """How many bytes `elements` values take; None for types without a fixed size."""
    element = BY_NUMBER.get(number)
    if element is None or element.bits is None:
        return None
    return (elements * element.bits + 7) // 8


def stored_values(number: int, elements: int) -> int | None:
    """How many values of a typed field hold `elements` values; None when there is no rule."""
    element = BY_NUMBER.get(number)
    if element is None:
        return None
    if element.name.startswith("complex"):
        return elements * 2
    if element.bits in (2, 4):  # packed in bytes; six bits take a value each
        return (elements * element.bits + 7) // 8
    return elements
