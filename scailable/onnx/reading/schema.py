"""The messages of the ONNX format, as the walk over a file needs to know them.

Source: onnx.proto, IR version 14. A test compares this table with the installed onnx package.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from scailable.onnx.reading import parts

VARINT, FIXED64, LENGTH, GROUP, END_GROUP, FIXED32 = range(6)


class Kind:
    """How the value of a field is read. Plain numbers: enum members take long to look up."""

    TEXT: Final = 0
    MESSAGE: Final = 1
    BYTES: Final = 2
    INT: Final = 3
    INT32: Final = 4  # only in declarations: an INT with a width of 4 bytes
    FLOAT: Final = 5
    INTS: Final = 6
    INTS_PACKED: Final = 7
    FLOATS: Final = 8
    FLOATS_PACKED: Final = 9
    DATA: Final = 10  # tensor data with a length: raw, or packed numbers
    DATA_RUN: Final = 11  # tensor data as single numbers, a field each
    DATA_STRING: Final = 12


class Field(NamedTuple):
    """One field of a message, in one encoding."""

    number: int
    name: str
    kind: int
    repeated: bool
    message: "Message | None"
    width: int  # bytes of the number, or of each of the numbers; 0: variable


class Message:
    """One message of the format: its fields by tag, and what is made of them."""

    def __init__(self, name: str, build: Callable[..., Any], *, repeats: bool = False) -> None:
        self.name = name
        self.build = build
        self.repeats = repeats  # files have many of them with the same bytes
        self.tags: dict[int, Field] = {}
        self.names: dict[int, str] = {}

    def declare(self, *fields: "tuple[int, str, int | Message]") -> None:
        """Add fields; a name that ends in `*` can be there several times."""
        for number, name, kind in fields:
            repeated = name.endswith("*")
            name = name.rstrip("*")
            self.names[number] = name
            if isinstance(kind, Message):
                self._add(LENGTH, Field(number, name, Kind.MESSAGE, repeated, kind, 0))
            elif kind == Kind.DATA_RUN:
                width = _WIDTHS[number]
                wire = {4: FIXED32, 8: FIXED64, 0: VARINT}[width]
                self._add(wire, Field(number, name, kind, True, None, width))
                self._add(LENGTH, Field(number, name, Kind.DATA, True, None, width))
            elif kind in _PACKED:
                wire = VARINT if kind == Kind.INTS else FIXED32
                width = 0 if kind == Kind.INTS else 4
                self._add(wire, Field(number, name, kind, True, None, width))
                self._add(LENGTH, Field(number, name, _PACKED[kind], True, None, width))
            elif kind == Kind.INT32:
                self._add(VARINT, Field(number, name, Kind.INT, repeated, None, 4))
            else:
                self._add(_WIRES[kind], Field(number, name, kind, repeated, None, 1))

    def _add(self, wire: int, field: Field) -> None:
        self.tags[field.number << 3 | wire] = field


_WIDTHS = {4: 4, 5: 0, 7: 0, 10: 8, 11: 0}
_PACKED = {Kind.INTS: Kind.INTS_PACKED, Kind.FLOATS: Kind.FLOATS_PACKED}
_WIRES = {
    Kind.INT: VARINT,
    Kind.TEXT: LENGTH,
    Kind.BYTES: LENGTH,
    Kind.FLOAT: FIXED32,
    Kind.DATA: LENGTH,
    Kind.DATA_STRING: LENGTH,
}

MODEL = Message("ModelProto", parts.model)
GRAPH = Message("GraphProto", parts.graph)
NODE = Message("NodeProto", parts.node)
ATTRIBUTE = Message("AttributeProto", parts.attribute, repeats=True)
TENSOR = Message("TensorProto", parts.tensor)
SPARSE = Message("SparseTensorProto", parts.sparse)
FUNCTION = Message("FunctionProto", parts.function)
TRAINING = Message("TrainingInfoProto", parts.nothing)
VALUE = Message("ValueInfoProto", parts.value)
PAIR = Message("StringStringEntryProto", parts.pair)
OPSET = Message("OperatorSetIdProto", parts.opset)
TYPE = Message("TypeProto", parts.type_of, repeats=True)
TENSOR_TYPE = Message("TypeProto.Tensor", parts.tensor_type)
SPARSE_TYPE = Message("TypeProto.SparseTensor", parts.nothing)
SEQUENCE_TYPE = Message("TypeProto.Sequence", parts.nothing)
OPTIONAL_TYPE = Message("TypeProto.Optional", parts.nothing)
MAP_TYPE = Message("TypeProto.Map", parts.nothing)
OPAQUE_TYPE = Message("TypeProto.Opaque", parts.nothing)
SHAPE = Message("TensorShapeProto", parts.shape)
DIMENSION = Message("TensorShapeProto.Dimension", parts.dimension)
SEGMENT = Message("TensorProto.Segment", parts.nothing)
ANNOTATION = Message("TensorAnnotation", parts.nothing)
DEVICE = Message("DeviceConfigurationProto", parts.nothing)
NODE_DEVICE = Message("NodeDeviceConfigurationProto", parts.nothing)
SHARDING = Message("ShardingSpecProto", parts.nothing)
SHARDED_DIM = Message("ShardedDimProto", parts.nothing)
SIMPLE_SHARDED_DIM = Message("SimpleShardedDimProto", parts.nothing)
INT_LISTS = Message("IntIntListEntryProto", parts.nothing)

MODEL.declare(
    (1, "ir_version", Kind.INT),
    (2, "producer_name", Kind.TEXT),
    (3, "producer_version", Kind.TEXT),
    (4, "domain", Kind.TEXT),
    (5, "model_version", Kind.INT),
    (6, "doc_string", Kind.TEXT),
    (7, "graph", GRAPH),
    (8, "opset_import*", OPSET),
    (14, "metadata_props*", PAIR),
    (20, "training_info*", TRAINING),
    (25, "functions*", FUNCTION),
    (26, "configuration*", DEVICE),
)
GRAPH.declare(
    (1, "node*", NODE),
    (2, "name", Kind.TEXT),
    (5, "initializer*", TENSOR),
    (10, "doc_string", Kind.TEXT),
    (11, "input*", VALUE),
    (12, "output*", VALUE),
    (13, "value_info*", VALUE),
    (14, "quantization_annotation*", ANNOTATION),
    (15, "sparse_initializer*", SPARSE),
    (16, "metadata_props*", PAIR),
)
NODE.declare(
    (1, "input*", Kind.TEXT),
    (2, "output*", Kind.TEXT),
    (3, "name", Kind.TEXT),
    (4, "op_type", Kind.TEXT),
    (5, "attribute*", ATTRIBUTE),
    (6, "doc_string", Kind.TEXT),
    (7, "domain", Kind.TEXT),
    (8, "overload", Kind.TEXT),
    (9, "metadata_props*", PAIR),
    (10, "device_configurations*", NODE_DEVICE),
)
ATTRIBUTE.declare(
    (1, "name", Kind.TEXT),
    (2, "f", Kind.FLOAT),
    (3, "i", Kind.INT),
    (4, "s", Kind.BYTES),
    (5, "t", TENSOR),
    (6, "g", GRAPH),
    (7, "floats", Kind.FLOATS),
    (8, "ints", Kind.INTS),
    (9, "strings*", Kind.BYTES),
    (10, "tensors*", TENSOR),
    (11, "graphs*", GRAPH),
    (13, "doc_string", Kind.TEXT),
    (14, "tp", TYPE),
    (15, "type_protos*", TYPE),
    (20, "type", Kind.INT32),
    (21, "ref_attr_name", Kind.TEXT),
    (22, "sparse_tensor", SPARSE),
    (23, "sparse_tensors*", SPARSE),
)
TENSOR.declare(
    (1, "dims", Kind.INTS),
    (2, "data_type", Kind.INT32),
    (3, "segment", SEGMENT),
    (4, "float_data", Kind.DATA_RUN),
    (5, "int32_data", Kind.DATA_RUN),
    (6, "string_data*", Kind.DATA_STRING),
    (7, "int64_data", Kind.DATA_RUN),
    (8, "name", Kind.TEXT),
    (9, "raw_data", Kind.DATA),
    (10, "double_data", Kind.DATA_RUN),
    (11, "uint64_data", Kind.DATA_RUN),
    (12, "doc_string", Kind.TEXT),
    (13, "external_data*", PAIR),
    (14, "data_location", Kind.INT32),
    (16, "metadata_props*", PAIR),
)
SPARSE.declare((1, "values", TENSOR), (2, "indices", TENSOR), (3, "dims", Kind.INTS))
FUNCTION.declare(
    (1, "name", Kind.TEXT),
    (4, "input*", Kind.TEXT),
    (5, "output*", Kind.TEXT),
    (6, "attribute*", Kind.TEXT),
    (7, "node*", NODE),
    (8, "doc_string", Kind.TEXT),
    (9, "opset_import*", OPSET),
    (10, "domain", Kind.TEXT),
    (11, "attribute_proto*", ATTRIBUTE),
    (12, "value_info*", VALUE),
    (13, "overload", Kind.TEXT),
    (14, "metadata_props*", PAIR),
)
TRAINING.declare(
    (1, "initialization", GRAPH),
    (2, "algorithm", GRAPH),
    (3, "initialization_binding*", PAIR),
    (4, "update_binding*", PAIR),
)
VALUE.declare(
    (1, "name", Kind.TEXT),
    (2, "type", TYPE),
    (3, "doc_string", Kind.TEXT),
    (4, "metadata_props*", PAIR),
)
PAIR.declare((1, "key", Kind.TEXT), (2, "value", Kind.TEXT))
OPSET.declare((1, "domain", Kind.TEXT), (2, "version", Kind.INT))
TYPE.declare(
    (1, "tensor_type", TENSOR_TYPE),
    (4, "sequence_type", SEQUENCE_TYPE),
    (5, "map_type", MAP_TYPE),
    (6, "denotation", Kind.TEXT),
    (7, "opaque_type", OPAQUE_TYPE),
    (8, "sparse_tensor_type", SPARSE_TYPE),
    (9, "optional_type", OPTIONAL_TYPE),
)
TENSOR_TYPE.declare((1, "elem_type", Kind.INT32), (2, "shape", SHAPE))
SPARSE_TYPE.declare((1, "elem_type", Kind.INT32), (2, "shape", SHAPE))
SEQUENCE_TYPE.declare((1, "elem_type", TYPE))
OPTIONAL_TYPE.declare((1, "elem_type", TYPE))
MAP_TYPE.declare((1, "key_type", Kind.INT32), (2, "value_type", TYPE))
OPAQUE_TYPE.declare((1, "domain", Kind.TEXT), (2, "name", Kind.TEXT))
SHAPE.declare((1, "dim*", DIMENSION))
DIMENSION.declare(
    (1, "dim_value", Kind.INT), (2, "dim_param", Kind.TEXT), (3, "denotation", Kind.TEXT)
)
SEGMENT.declare((1, "begin", Kind.INT), (2, "end", Kind.INT))
ANNOTATION.declare((1, "tensor_name", Kind.TEXT), (2, "quant_parameter_tensor_names*", PAIR))
DEVICE.declare((1, "name", Kind.TEXT), (2, "num_devices", Kind.INT32), (3, "device*", Kind.TEXT))
NODE_DEVICE.declare(
    (1, "configuration_id", Kind.TEXT),
    (2, "sharding_spec*", SHARDING),
    (3, "pipeline_stage", Kind.INT32),
)
SHARDING.declare(
    (1, "tensor_name", Kind.TEXT),
    (2, "device", Kind.INTS),
    (3, "index_to_device_group_map*", INT_LISTS),
    (4, "sharded_dim*", SHARDED_DIM),
)
SHARDED_DIM.declare((1, "axis", Kind.INT), (2, "simple_sharding*", SIMPLE_SHARDED_DIM))
SIMPLE_SHARDED_DIM.declare(
    (1, "dim_value", Kind.INT), (2, "dim_param", Kind.TEXT), (3, "num_shards", Kind.INT)
)
INT_LISTS.declare((1, "key", Kind.INT), (2, "value", Kind.INTS))
