"""Models as the exporters of the field write them: no rule may blame them wrongly."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from scailable.onnx import check
from tests.onnx.models import BOOL, FLOAT, INT64, image, model, save, value

pytestmark = pytest.mark.timeout(60)


def node(operator: str, inputs: list[str], outputs: list[str], **more: Any) -> onnx.NodeProto:
    return helper.make_node(operator, inputs, outputs, **more)


def stored(name: str, *shape: int) -> onnx.TensorProto:
    return numpy_helper.from_array(np.ones(shape, np.float32), name)


def integers(name: str, *numbers: int) -> onnx.TensorProto:
    return helper.make_tensor(name, INT64, [len(numbers)], numbers)


def torchscript_classifier() -> onnx.ModelProto:
    """Names with dots and slashes, values that are numbers, a dynamic batch."""
    return model(
        [image(("batch_size", 3, 16, 16), "input.1")],
        [value("191", ("batch_size", 4))],
        [
            node("Conv", ["input.1", "conv1.weight"], ["189"], name="/conv1/Conv"),
            node("Relu", ["189"], ["190"], name="/relu/Relu"),
            node("GlobalAveragePool", ["190"], ["/pool/out"], name="/pool/GlobalAveragePool"),
            node("Flatten", ["/pool/out"], ["/flat"], name="/Flatten"),
            node("Gemm", ["/flat", "fc.weight"], ["191"], name="/fc/Gemm", transB=1),
        ],
        initializers=[stored("conv1.weight", 8, 3, 3, 3), stored("fc.weight", 4, 8)],
        producer_name="pytorch",
        producer_version="2.1.0",
    )


def torch_of_ir_3() -> onnx.ModelProto:
    """Initializers among the inputs, as IR 3 demands."""
    made = torchscript_classifier()
    made.ir_version = 3
    made.opset_import[0].version = 9
    made.graph.input.append(value("conv1.weight", (8, 3, 3, 3)))
    made.graph.input.append(value("fc.weight", (4, 8)))
    made.graph.node[-1].input.append("fc.bias")
    made.graph.input.append(value("fc.bias", (4,)))
    made.graph.initializer.append(stored("fc.bias", 4))
    return made


def dynamo_with_functions() -> onnx.ModelProto:
    """Functions of a domain of their own that call each other; imports that nothing uses."""
    standard, own = helper.make_opsetid("", 18), helper.make_opsetid("pkg.torch.2.6.0", 1)
    gelu = helper.make_function(
        "pkg.torch.2.6.0",
        "aten_gelu|folded_0",
        ["self"],
        ["result"],
        [
            node("Constant", [], ["half"], value=stored("half")),
            node("Mul", ["self", "half"], ["scaled"]),
            node("Erf", ["scaled"], ["bent"]),
            node("Mul", ["self", "bent"], ["result"]),
        ],
        [standard],
    )
    block = helper.make_function(
        "pkg.torch.2.6.0",
        "block",
        ["x"],
        ["y"],
        [node("aten_gelu|folded_0", ["x"], ["y"], domain="pkg.torch.2.6.0")],
        [standard, own],
    )
    return model(
        [image(name="x")],
        [image(name="gelu_1")],
        [
            node("block", ["x"], ["gelu"], domain="pkg.torch.2.6.0", name="node_block_0"),
            node("block", ["gelu"], ["gelu_1"], domain="pkg.torch.2.6.0", name="node_block_1"),
        ],
        opset=18,
        ir=9,
        imports=[own, helper.make_opsetid("pkg.onnxscript.torch_lib.common", 1)],
        functions=[gelu, block],
    )


def scripted_while_loop() -> onnx.ModelProto:
    """As many rounds as an int64 holds, ended by the condition that the body computes."""
    body = helper.make_graph(
        [
            node("Add", ["sum.1", "x"], ["sum.5"]),
            node("ReduceMax", ["sum.5"], ["top"], keepdims=0),
            node("Less", ["top", "limit"], ["go.5"]),
        ],
        "sub_graph",
        [value("i", (), INT64), value("go.1", (), BOOL), image(name="sum.1")],
        [value("go.5", (), BOOL), image(name="sum.5")],
    )
    return model(
        [image(name="x")],
        [image(name="sum")],
        [
            node("Constant", [], ["rounds"], value=helper.make_tensor("", INT64, [], [2**63 - 1])),
            node("Constant", [], ["yes"], value=helper.make_tensor("", BOOL, [], [True])),
            node("Constant", [], ["limit"], value=stored("")),
            node("Loop", ["rounds", "yes", "x"], ["sum"], name="/Loop", body=body),
        ],
    )


def branches_that_reuse_names() -> onnx.ModelProto:
    """Both branches name their values alike, and the first is empty but for an Identity."""

    def branch(operator: str) -> onnx.GraphProto:
        return helper.make_graph([node(operator, ["x"], ["r"])], "branch", [], [image(name="r")])

    return model(
        [image(name="x")],
        [image(name="y")],
        [
            node("ReduceMax", ["x"], ["top"], keepdims=0),
            node("Cast", ["top"], ["yes"], to=BOOL),
            node("If", ["yes"], ["y"], then_branch=branch("Identity"), else_branch=branch("Relu")),
        ],
    )


def tensorflow_classifier() -> onnx.ModelProto:
    """Channels last, names with colons and `StatefulPartitionedCall`."""
    return model(
        [image(("unk__10", 16, 16, 3), "input_1:0")],
        [value("Identity:0", ("unk__11", 3))],
        [
            node("Transpose", ["input_1:0"], ["t__6:0"], perm=[0, 3, 1, 2], name="t__6"),
            node("GlobalAveragePool", ["t__6:0"], ["gap:0"], name="StatefulPartitionedCall/gap"),
            node("Squeeze", ["gap:0", "const_axes__15"], ["Identity:0"], name="Squeeze__16"),
        ],
        initializers=[integers("const_axes__15", 2, 3)],
        producer_name="tf2onnx",
    )


def scan_of_sklearn() -> onnx.ModelProto:
    """A Scan whose body names its inputs as usual."""
    body = helper.make_graph(
        [
            node("Identity", ["next_in"], ["next_out"]),
            node("Sub", ["next_in", "next"], ["difference"]),
            node("ReduceSumSquare", ["difference"], ["scan_out"], axes=[1], keepdims=0),
        ],
        "OnnxIdentity",
        [value("next_in", (None, 4)), value("next", (4,))],
        [value("next_out", (None, 4)), value("scan_out", (None,))],
    )
    return model(
        [value("X", (None, 4))],
        [value("variable", (None, None))],
        [node("Scan", ["X", "X"], ["unused", "variable"], body=body, num_scan_inputs=1)],
        opset=17,
        producer_name="skl2onnx",
    )


def pipeline_of_sklearn() -> onnx.ModelProto:
    """Operators of ai.onnx.ml, a map as an output."""
    mapped = helper.make_sequence_type_proto(
        helper.make_map_type_proto(INT64, helper.make_tensor_type_proto(FLOAT, []))
    )
    return model(
        [value("float_input", (None, 4))],
        [value("output_label", (None,), INT64), helper.make_value_info("output_prob", mapped)],
        [
            node(
                "LinearClassifier",
                ["float_input"],
                ["output_label", "scores"],
                domain="ai.onnx.ml",
                classlabels_ints=[0, 1],
                coefficients=[0.5] * 8,
                intercepts=[0.0, 0.0],
                post_transform="SOFTMAX",
            ),
            node(
                "ZipMap",
                ["scores"],
                ["output_prob"],
                domain="ai.onnx.ml",
                classlabels_int64s=[0, 1],
            ),
        ],
        imports=[helper.make_opsetid("ai.onnx.ml", 1)],
        producer_name="skl2onnx",
    )


def quantised_with_scales() -> onnx.ModelProto:
    """Scales and zero points that are shared by many nodes; metadata in several lines."""
    made = model(
        [image()],
        [image(name="y")],
        [
            node("QuantizeLinear", ["image-", "scale", "zero"], ["q"]),
            node("DequantizeLinear", ["q", "scale", "zero"], ["d"]),
            node("QuantizeLinear", ["d", "scale", "zero"], ["q2"]),
            node("DequantizeLinear", ["q2", "scale", "zero"], ["y"]),
        ],
        initializers=[
            stored("scale"),
            helper.make_tensor("zero", TensorProto.UINT8, [], [128]),
        ],
    )
    made.metadata_props.add(key="onnx.quant.pre_process", value="onnxruntime.quant")
    made.metadata_props.add(key="names", value="{0: 'person',\n 1: 'car'}\t")
    return made


def with_optional_values() -> onnx.ModelProto:
    """Inputs and outputs that are left out; an output that is an input; one given twice."""
    return model(
        [image()],
        [image(name="image-"), image(name="y"), image(name="y")],
        [
            node("Clip", ["image-", "", "most"], ["y"]),
            node("Reshape", ["y", "sequence"], ["x"]),
            node("LSTM", ["x", "w", "r"], ["", "last"], hidden_size=1),
        ],
        initializers=[
            stored("most"),
            integers("sequence", 3, 1, 64),
            stored("w", 1, 4, 64),
            stored("r", 1, 4, 1),
        ],
    )


def large_inside() -> onnx.ModelProto:
    """Sizes that a shape computation gives; large, but not beyond measure."""
    return model(
        [image()],
        [value("y", (1024, 1024, 64))],
        [node("ConstantOfShape", ["size"], ["y"])],
        initializers=[integers("size", 1024, 1024, 64)],
    )


HONEST: list[Callable[[], onnx.ModelProto]] = [
    torchscript_classifier,
    torch_of_ir_3,
    dynamo_with_functions,
    scripted_while_loop,
    branches_that_reuse_names,
    tensorflow_classifier,
    scan_of_sklearn,
    pipeline_of_sklearn,
    quantised_with_scales,
    with_optional_values,
    large_inside,
]


@pytest.mark.parametrize("make", HONEST)
def test_by_the_specification_nothing_is_wrong(
    tmp_path: Path, make: Callable[[], onnx.ModelProto]
) -> None:
    made = make()
    onnx.checker.check_model(made, full_check=True)
    report = check(save(made, tmp_path), "generic")
    assert [each for each in report.findings if each.severity != "info"] == []


FITTING = [torchscript_classifier, torch_of_ir_3, tensorflow_classifier, quantised_with_scales]


@pytest.mark.parametrize("make", FITTING)
def test_models_for_images_are_fit_for_the_cloud(
    tmp_path: Path, make: Callable[[], onnx.ModelProto]
) -> None:
    report = check(save(make(), tmp_path))
    assert report.ok, report.text()
