"""Small valid models that together use every corner of the format."""

from collections.abc import Callable

import onnx
from onnx import TensorProto, helper

from tests.onnx.models import BOOL, FLOAT, INT64, classifier, function_bomb, image, model, value


def convolution() -> onnx.ModelProto:
    weight = helper.make_tensor("w", FLOAT, [2, 3, 3, 3], bytes(216), raw=True)
    bias = helper.make_tensor("b", FLOAT, [2], [0.5, -0.5])
    shape = helper.make_tensor("s", INT64, [2], [1, -1])
    made = model(
        [image()],
        [value("scores-0:Cat;1:Dog", (1, 128))],
        [
            helper.make_node(
                "Conv", ["image-", "w", "b"], ["c"], "conv", kernel_shape=[3, 3], pads=[1] * 4
            ),
            helper.make_node("LeakyRelu", ["c"], ["r"], alpha=0.1),
            helper.make_node("Reshape", ["r", "s"], ["scores-0:Cat;1:Dog"]),
        ],
        initializers=[weight, bias, shape],
        producer_name="tests",
        doc_string="a model",
    )
    helper.set_model_props(made, {"task": "classification", "location": "nowhere"})
    made.graph.value_info.append(value("c", (1, 2, 8, 8)))
    return made


def branches() -> onnx.ModelProto:
    def branch(name: str, op: str) -> onnx.GraphProto:
        return helper.make_graph(
            [helper.make_node(op, ["image-"], [name])], name, [], [value(name, (1, 3, 8, 8))]
        )

    chosen = helper.make_node(
        "If", ["yes"], ["y"], then_branch=branch("t", "Relu"), else_branch=branch("e", "Neg")
    )
    yes = helper.make_tensor("yes", BOOL, [], [True])
    return model([image()], [value("y", (1, 3, 8, 8))], [chosen], initializers=[yes])


def loop() -> onnx.ModelProto:
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Relu", ["v"], ["w"])],
        "body",
        [value("i", (), INT64), value("go", (), BOOL), value("v", (1, 3, 8, 8))],
        [value("on", (), BOOL), value("w", (1, 3, 8, 8))],
    )
    return model(
        [image()],
        [value("y", (1, 3, 8, 8))],
        [helper.make_node("Loop", ["most", "", "image-"], ["y"], body=body)],
        initializers=[helper.make_tensor("most", INT64, [], [4])],
    )


def functions() -> onnx.ModelProto:
    return function_bomb(3, payload=16)


def sparse() -> onnx.ModelProto:
    values = helper.make_tensor("w", FLOAT, [2], [1.0, 2.0])
    places = helper.make_tensor("", INT64, [2], [0, 3])
    made = model(
        [image((1, 4))],
        [value("y", (1, 4))],
        [
            helper.make_node("Add", ["image-", "w"], ["z"]),
            helper.make_node(
                "Constant", [], ["c"], sparse_value=helper.make_sparse_tensor(values, places, [4])
            ),
            helper.make_node("Add", ["z", "c"], ["y"]),
        ],
    )
    made.graph.sparse_initializer.append(helper.make_sparse_tensor(values, places, [4]))
    return made


def external() -> onnx.ModelProto:
    weight = TensorProto(name="w", dims=[4], data_type=FLOAT, data_location=TensorProto.EXTERNAL)
    for key, text in (("location", "w.bin"), ("offset", "0"), ("length", "16")):
        weight.external_data.add(key=key, value=text)
    return model(
        [image((1, 4))],
        [value("y", (1, 4))],
        [helper.make_node("Add", ["image-", "w"], ["y"])],
        initializers=[weight],
    )


def quantised() -> onnx.ModelProto:
    scale = helper.make_tensor("scale", FLOAT, [], [0.5])
    zero = helper.make_tensor("zero", TensorProto.UINT8, [], [3])
    made = model(
        [image()],
        [value("y", (1, 3, 8, 8))],
        [
            helper.make_node("QuantizeLinear", ["image-", "scale", "zero"], ["q"]),
            helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["y"]),
        ],
        initializers=[scale, zero],
    )
    noted = made.graph.quantization_annotation.add(tensor_name="q")
    noted.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="scale")
    return made


def attributes() -> onnx.ModelProto:
    """Every kind of attribute."""
    tensor = helper.make_tensor("t", FLOAT, [1], [1.0])
    made = helper.make_node(
        "All",
        ["image-"],
        ["y"],
        domain="tests",
        f=0.5,
        i=-1,
        s=b"text",
        t=tensor,
        floats=[0.5, 1.5],
        ints=[1, -2, 1 << 40],
        strings=[b"a", b"\xff"],
        tp=helper.make_tensor_type_proto(FLOAT, [1, "n", None]),
        graphs=[branches().graph, branches().graph],
        tensors=[tensor, tensor],
    )
    imports = [helper.make_opsetid("tests", 1)]
    return model([image()], [value("y", (1,))], [made], imports=imports)


def elements() -> onnx.ModelProto:
    """Tensors of types that are stored in their own ways."""
    listed = [
        TensorProto(name="int4", dims=[3], data_type=TensorProto.INT4, int32_data=[0x21, 3]),
        TensorProto(name="float4", dims=[3], data_type=TensorProto.FLOAT4E2M1, raw_data=b"\1\2"),
        TensorProto(name="uint2", dims=[5], data_type=TensorProto.UINT2, raw_data=b"\1\2"),
        TensorProto(name="half", dims=[2], data_type=TensorProto.FLOAT16, int32_data=[1, 2]),
        TensorProto(
            name="complex", dims=[1], data_type=TensorProto.COMPLEX64, float_data=[1.0, 2.0]
        ),
        TensorProto(name="text", dims=[2], data_type=TensorProto.STRING, string_data=[b"a", b""]),
        TensorProto(name="long", dims=[2], data_type=INT64, int64_data=[-1, 1 << 62]),
        TensorProto(name="double", dims=[1], data_type=TensorProto.DOUBLE, double_data=[0.1]),
        TensorProto(name="unsigned", dims=[1], data_type=TensorProto.UINT64, uint64_data=[1 << 63]),
        TensorProto(name="empty", dims=[0, 4], data_type=FLOAT),
    ]
    made = classifier()
    made.graph.initializer.extend(listed)
    return made


def types() -> onnx.ModelProto:
    """Inputs that are no tensors."""
    tensor = helper.make_tensor_type_proto(FLOAT, ["n", 3])
    of_types = [
        helper.make_sequence_type_proto(tensor),
        helper.make_optional_type_proto(tensor),
        helper.make_map_type_proto(TensorProto.STRING, tensor),
        helper.make_sparse_tensor_type_proto(FLOAT, [2, None]),
    ]
    made = classifier()
    for place, each in enumerate(of_types):
        made.graph.input.append(helper.make_value_info(f"in{place}", each))
    return made


def training() -> onnx.ModelProto:
    made = classifier()
    step = helper.make_graph(
        [helper.make_node("Neg", ["a"], ["b"])], "step", [], [value("b", (1,))]
    )
    part = made.training_info.add(algorithm=step, initialization=step)
    part.update_binding.add(key="a", value="b")
    return made


def devices() -> onnx.ModelProto:
    """Annotations about several devices."""
    made = classifier()
    made.configuration.add(name="two", num_devices=2, device=["a", "b"])
    of_node = made.graph.node[0].device_configurations.add(configuration_id="two")
    part = of_node.sharding_spec.add(tensor_name="x", device=[0, -1])
    part.index_to_device_group_map.add(key=-1, value=[0, 1])
    part.sharded_dim.add(axis=0).simple_sharding.add(dim_value=4, num_shards=2)
    return made


SAMPLES: dict[str, Callable[[], onnx.ModelProto]] = {
    each.__name__: each
    for each in (
        classifier,
        convolution,
        branches,
        loop,
        functions,
        sparse,
        external,
        quantised,
        attributes,
        elements,
        types,
        training,
        devices,
    )
}
