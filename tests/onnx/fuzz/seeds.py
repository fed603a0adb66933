"""Valid small models that between them use every part of the format: where the fuzzer starts.

They are kept in `tests/onnx/corpus`; to write them again: python -m tests.onnx.fuzz.seeds
"""

from collections.abc import Callable
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from tests.onnx.models import BOOL, FLOAT, INT64, STRING, image, model, value

CORPUS = Path(__file__).parents[1] / "corpus"
DATA_FILE = "w.bin"  # beside the models; what external data may be in
DATA = bytes(range(64))


def convolutions() -> onnx.ModelProto:
    weights = helper.make_tensor("w", FLOAT, [2, 3, 3, 3], bytes(216), raw=True)
    bias = helper.make_tensor("b", FLOAT, [2], [0.5, -1.5])
    nodes = [
        helper.make_node("Conv", ["image-", "w", "b"], ["c"], name="first", pads=[1, 1, 1, 1]),
        helper.make_node("GlobalAveragePool", ["c"], ["p"]),
        helper.make_node("Flatten", ["p"], ["scores-0:Cat;1:Dog"]),
    ]
    made = model(
        [image()],
        [value("scores-0:Cat;1:Dog", (1, 2))],
        nodes,
        initializers=[weights, bias],
        producer_name="seed",
        producer_version="1",
        doc_string="two classes",
    )
    helper.set_model_props(made, {"chip": "generic", "note": "x" * 40})
    made.graph.value_info.append(value("c", (1, 2, "h", None)))
    made.graph.doc_string = '{"means": [1, 2, 3]}'
    return made


def branches() -> onnx.ModelProto:
    def branch(name: str) -> onnx.GraphProto:
        node = helper.make_node(name, ["x"], [f"{name}_y"])
        return helper.make_graph([node], name, [], [value(f"{name}_y", (1, 3))])

    node = helper.make_node(
        "If", ["c"], ["y"], then_branch=branch("Relu"), else_branch=branch("Neg")
    )
    return model([value("c", ()), value("x", (1, 3))], [value("y", (1, 3))], [node])


def loop() -> onnx.ModelProto:
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["still"]),
            helper.make_node("Add", ["a", "x"], ["sum"]),
        ],
        "body",
        [value("i", (), INT64), value("go", (), BOOL), value("a", (1, 3))],
        [value("still", (), BOOL), value("sum", (1, 3))],
    )
    count = helper.make_tensor("count", INT64, [], [5])
    node = helper.make_node("Loop", ["count", "", "x"], ["y"], body=body)
    return model([value("x", (1, 3))], [value("y", (1, 3))], [node], initializers=[count])


def functions() -> onnx.ModelProto:
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    nodes = [
        helper.make_node("LeakyRelu", ["x"], ["z"]),
        helper.make_node("Relu", ["z"], ["y"]),
    ]
    nodes[0].attribute.add(name="alpha", ref_attr_name="alpha", type=onnx.AttributeProto.FLOAT)
    function = helper.make_function(
        "own", "Leaky", ["x"], ["y"], nodes, imports,
        attribute_protos=[helper.make_attribute("alpha", 0.25)],
    )  # fmt: skip
    call = helper.make_node("Leaky", ["x"], ["y"], domain="own", alpha=-0.5)
    return model(
        [value("x", (1, 3))],
        [value("y", (1, 3))],
        [call],
        functions=[function],
        imports=imports[1:],
    )


def sparse() -> onnx.ModelProto:
    values = helper.make_tensor("s", FLOAT, [2], [1.0, 2.0])
    indices = helper.make_tensor("s_indices", INT64, [2], [1, 4])
    made = model(
        [value("x", (1, 3))],
        [value("y", (2, 3))],
        [helper.make_node("Add", ["x", "s"], ["y"])],
    )
    made.graph.sparse_initializer.append(helper.make_sparse_tensor(values, indices, [2, 3]))
    return made


def external() -> onnx.ModelProto:
    tensor = TensorProto(name="w", dims=[1, 8], data_type=FLOAT, data_location=TensorProto.EXTERNAL)
    for key, text in (("location", DATA_FILE), ("offset", "16"), ("length", "32")):
        tensor.external_data.add(key=key, value=text)
    node = helper.make_node("Add", ["x", "w"], ["y"])
    return model([value("x", (1, 8))], [value("y", (1, 8))], [node], initializers=[tensor])


def quantised() -> onnx.ModelProto:
    initializers = [
        helper.make_tensor("scale", FLOAT, [], [0.1]),
        helper.make_tensor("zero", TensorProto.UINT8, [], [128]),
        helper.make_tensor("w", TensorProto.INT8, [3], [-128, 0, 127]),
        helper.make_tensor("four", TensorProto.INT4, [3], [-8, 0, 7]),
        helper.make_tensor("half", TensorProto.FLOAT16, [2], [1.0, -2.0]),
    ]
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["y"]),
    ]
    made = model(
        [value("x", (1, 3))], [value("y", (1, 3))], nodes, initializers=initializers, opset=21,
        ir=10,
    )  # fmt: skip
    note = made.graph.quantization_annotation.add(tensor_name="x")
    note.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="scale")
    return made


def constants() -> onnx.ModelProto:
    """Attributes and tensors of every kind, in a list and single."""
    text = TensorProto(name="t", dims=[2], data_type=STRING, string_data=[b"one", b"\xff\x00"])
    double = helper.make_tensor("d", TensorProto.DOUBLE, [2], [1.0, -1.0])
    unsigned = helper.make_tensor("u", TensorProto.UINT64, [2], [1, 2**64 - 1])
    signed = helper.make_tensor("i", INT64, [3], [-1, 300, -(2**63)])
    complex_ = TensorProto(
        name="z", dims=[1], data_type=TensorProto.COMPLEX64, float_data=[1.0, 2.0]
    )
    nodes = [
        helper.make_node("Constant", [], ["a"], value_ints=[-1, 0, 2**40]),
        helper.make_node("Constant", [], ["b"], value_floats=[1.0, 2.0, -0.0]),
        helper.make_node("Constant", [], ["c"], value_string="text"),
        helper.make_node("Constant", [], ["e"], value_strings=["x", "", "z"]),
        helper.make_node("Constant", [], ["f"], value=signed),
        helper.make_node("Constant", [], ["g"], value_float=0.5),
        helper.make_node("Identity", ["x"], ["y"]),
    ]
    return model(
        [value("x", (1, 3))],
        [value("y", (1, 3))],
        nodes,
        initializers=[text, double, unsigned, signed, complex_],
    )


def types() -> onnx.ModelProto:
    """Values that are no tensors, and training information."""
    tensor = helper.make_tensor_type_proto(FLOAT, (1, "n"))
    declared = [
        helper.make_value_info("sequence", helper.make_sequence_type_proto(tensor)),
        helper.make_value_info("optional", helper.make_optional_type_proto(tensor)),
        helper.make_value_info("map", helper.make_map_type_proto(INT64, tensor)),
        helper.make_value_info("sparse", helper.make_sparse_tensor_type_proto(FLOAT, (2, 2))),
    ]
    node = helper.make_node("Identity", ["sequence"], ["y"])
    made = model(declared, [helper.make_value_info("y", declared[0].type)], [node])
    made.graph.input[3].type.denotation = "IMAGE"
    training = made.training_info.add()
    training.algorithm.CopyFrom(branches().graph)
    training.update_binding.add(key="a", value="b")
    return made


SEEDS: tuple[Callable[[], onnx.ModelProto], ...] = (
    convolutions,
    branches,
    loop,
    functions,
    sparse,
    external,
    quantised,
    constants,
    types,
)


def write() -> None:
    """Write all seeds, and the file with the external data of one of them."""
    CORPUS.mkdir(exist_ok=True)
    for make in SEEDS:
        content = make().SerializeToString(deterministic=True)
        (CORPUS / f"{make.__name__}.onnx").write_bytes(content)


if __name__ == "__main__":
    write()
