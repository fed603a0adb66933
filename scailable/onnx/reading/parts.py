"""What is made of each message of the format once its fields are read.

A builder takes the fields by name, the offset of the message, and where to put problems.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scailable.onnx import dtypes
from scailable.onnx.reading.model import (
    Attribute,
    Function,
    Graph,
    Model,
    Node,
    Payload,
    SparseTensor,
    Tensor,
)
from scailable.onnx.reading.problems import Problems
from scailable.onnx.report import Dimension, TensorInfo
from scailable.onnx.rules import structure, wire
from scailable.onnx.text import short

Values = dict[str, Any]

_EXTERNAL = 1
_MOST_AXES = 64
_AGAIN = "export the model again"
_DATA_FIELDS = (
    "raw_data",
    "float_data",
    "int32_data",
    "int64_data",
    "double_data",
    "uint64_data",
    "string_data",
)
_TYPES = (
    "tensor_type",
    "sequence_type",
    "map_type",
    "optional_type",
    "sparse_tensor_type",
    "opaque_type",
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A list of numbers: the first of them, and how many there are."""

    kept: list[Any]
    count: int


class _Type(NamedTuple):
    dtype: str
    shape: tuple[Dimension, ...] | None


def nothing(values: Values, offset: int, problems: Problems) -> None:
    """For messages of which only the encoding matters."""


def model(values: Values, offset: int, problems: Problems) -> Model:
    return Model(
        ir_version=values.get("ir_version", 0),
        opsets=tuple(values.get("opset_import", ())),
        producer_name=values.get("producer_name", ""),
        producer_version=values.get("producer_version", ""),
        domain=values.get("domain", ""),
        model_version=values.get("model_version", 0),
        doc_string=values.get("doc_string", ""),
        metadata=tuple(values.get("metadata_props", ())),
        graph=values.get("graph"),
        functions=tuple(values.get("functions", ())),
        training=len(values.get("training_info", ())),
    )


def graph(values: Values, offset: int, problems: Problems) -> Graph:
    return Graph(
        name=values.get("name", ""),
        nodes=tuple(values.get("node", ())),
        initializers=tuple(values.get("initializer", ())),
        sparse_initializers=tuple(values.get("sparse_initializer", ())),
        inputs=tuple(values.get("input", ())),
        outputs=tuple(values.get("output", ())),
        value_info=tuple(values.get("value_info", ())),
        doc_string=values.get("doc_string", ""),
        metadata=tuple(values.get("metadata_props", ())),
        offset=offset,
    )


def node(values: Values, offset: int, problems: Problems) -> Node:
    return Node(
        op_type=values.get("op_type", ""),
        domain=_domain(values),
        overload=values.get("overload", ""),
        name=values.get("name", ""),
        inputs=tuple(values.get("input", ())),
        outputs=tuple(values.get("output", ())),
        attributes=tuple(values.get("attribute", ())),
        offset=offset,
    )


def attribute(values: Values, offset: int, problems: Problems) -> Attribute:
    ints = values.get("ints", _NONE)
    floats = values.get("floats", _NONE)
    strings = tuple(values.get("strings", ()))
    return Attribute(
        name=values.get("name", ""),
        type=values.get("type", 0),
        refers_to=values.get("ref_attr_name", ""),
        i=values.get("i"),
        f=values.get("f"),
        s=values.get("s"),
        ints=tuple(ints.kept),
        floats=tuple(floats.kept),
        strings=strings,
        tensors=_single_and_listed(values, "t", "tensors"),
        graphs=_single_and_listed(values, "g", "graphs"),
        sparse=_single_and_listed(values, "sparse_tensor", "sparse_tensors"),
        length=ints.count or floats.count or len(strings),
    )


def tensor(values: Values, offset: int, problems: Problems) -> Tensor:
    given = [values[name] for name in _DATA_FIELDS if name in values]
    external: tuple[tuple[str, str], ...] | None = None
    name = values.get("name", "")
    if values.get("data_location", 0) == _EXTERNAL:
        external = tuple(values.get("external_data", ()))
    if len(given) + (external is not None) > 1 and sum(each.length for each in given):
        problems.add(
            structure.PAYLOAD_SIZE,
            "has data in more than one place",
            where=place_of(name),
            fix=_AGAIN,
            offset=offset,
        )
    dims = values.get("dims", _NONE)
    if dims.count > _MOST_AXES:
        problems.add(
            structure.TENSOR_SHAPE,
            f"has {dims.count} axes",
            where=place_of(name),
            fix=_AGAIN,
            offset=offset,
        )
    payload: Payload | None = max(given, key=lambda each: each.length) if given else None
    return Tensor(
        name=name,
        data_type=values.get("data_type", 0),
        dims=tuple(dims.kept[:_MOST_AXES]),
        payload=payload,
        external=external,
        offset=offset,
        digest=values.get("digest"),
    )


def place_of(name: str) -> str:
    """How a finding names a tensor."""
    return f"tensor {short(name)}" if name else "a constant without a name"


def sparse(values: Values, offset: int, problems: Problems) -> SparseTensor:
    return SparseTensor(
        values=values.get("values"),
        indices=values.get("indices"),
        dims=tuple(values.get("dims", _NONE).kept),
        offset=offset,
    )


def function(values: Values, offset: int, problems: Problems) -> Function:
    with_default: list[Attribute] = values.get("attribute_proto", [])
    return Function(
        name=values.get("name", ""),
        domain=_domain(values),
        overload=values.get("overload", ""),
        inputs=tuple(values.get("input", ())),
        outputs=tuple(values.get("output", ())),
        attributes=(*values.get("attribute", ()), *(each.name for each in with_default)),
        defaults=tuple(with_default),
        opsets=tuple(values.get("opset_import", ())),
        nodes=tuple(values.get("node", ())),
        offset=offset,
    )


def value(values: Values, offset: int, problems: Problems) -> TensorInfo:
    declared: _Type = values.get("type", _UNDECLARED)
    return TensorInfo(values.get("name", ""), declared.dtype, declared.shape)


def pair(values: Values, offset: int, problems: Problems) -> tuple[str, str]:
    return values.get("key", ""), values.get("value", "")


def opset(values: Values, offset: int, problems: Problems) -> tuple[str, int]:
    return _domain(values), values.get("version", 0)


def type_of(values: Values, offset: int, problems: Problems) -> _Type:
    given = [name for name in _TYPES if name in values]
    if not given:
        return _UNDECLARED
    _only_one(given, offset, problems)
    if given == ["tensor_type"]:
        declared: _Type = values["tensor_type"]
        return declared
    return _Type(given[-1].removesuffix("_type"), None)


def tensor_type(values: Values, offset: int, problems: Problems) -> _Type:
    axes: tuple[Dimension, ...] | None = values.get("shape")
    return _Type(dtypes.name_of(values.get("elem_type", 0)), axes)


def shape(values: Values, offset: int, problems: Problems) -> tuple[Dimension, ...] | None:
    axes: list[Dimension] = values.get("dim", [])
    if len(axes) > _MOST_AXES:
        problems.add(
            structure.TENSOR_SHAPE,
            f"a shape with {len(axes)} axes",
            where=f"byte {offset}",
            fix=_AGAIN,
            offset=offset,
        )
        return None
    return tuple(axes)


def dimension(values: Values, offset: int, problems: Problems) -> Dimension:
    given = [name for name in ("dim_value", "dim_param") if name in values]
    _only_one(given, offset, problems)
    if "dim_value" in values:
        size: int = values["dim_value"]
        return size
    return short(values.get("dim_param", "")) or None


def _only_one(given: Sequence[str], offset: int, problems: Problems) -> None:
    if len(given) > 1:
        problems.add(
            wire.GIVEN_TWICE,
            f"{' and '.join(given)}, of which only one can be",
            where=f"byte {offset}",
            fix=_AGAIN,
            offset=offset,
        )


def _domain(values: Values) -> str:
    domain: str = values.get("domain", "")
    return "" if domain == "ai.onnx" else domain


def _single_and_listed(values: Values, single: str, listed: str) -> tuple[Any, ...]:
    more = tuple(values.get(listed, ()))
    return (values[single], *more) if single in values else more


_NONE = Numbers([], 0)
_UNDECLARED = _Type("undefined", None)
