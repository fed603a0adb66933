"""The IR version is lowered where nothing newer is used, by the history in onnx.proto."""

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import ModelProto, TensorProto, helper

from scailable.errors import ValidationError
from scailable.onnx import FixFailed, fix
from scailable.onnx.fixing.ir_version import needed
from tests.onnx.models import FLOAT, classifier, image, model, save, value


def of_type(dtype: int) -> Callable[[], ModelProto]:
    def made() -> ModelProto:
        made = classifier()
        made.graph.initializer.append(TensorProto(name="w", data_type=dtype, dims=[0]))
        return made

    return made


def cast() -> ModelProto:
    made = classifier()
    made.graph.node.append(helper.make_node("Cast", ["pooled"], ["small"], to=TensorProto.INT4))
    return made


def constant_in_a_branch() -> ModelProto:
    tensor = TensorProto(data_type=TensorProto.UINT2, dims=[0])
    node = helper.make_node("Constant", [], ["c"], value=tensor)
    graph = helper.make_graph([node], "then", [], [value("c", (0,), TensorProto.UINT2)])
    made = classifier()
    made.graph.node.append(helper.make_node("If", ["x"], ["y"], then_branch=graph))
    return made


def declared() -> ModelProto:
    return model([value("x", (1,), TensorProto.FLOAT4E2M1)], [])


def overloaded_call() -> ModelProto:
    made = classifier()
    made.graph.node[0].overload = "a"
    return made


def function(**more: object) -> ModelProto:
    made = classifier()
    made.functions.append(onnx.FunctionProto(name="f", domain="d", **more))  # type: ignore[arg-type]
    return made


def on_a_device() -> ModelProto:
    made = classifier()
    made.graph.node[0].device_configurations.add(configuration_id="two")
    return made


def devices() -> ModelProto:
    made = classifier()
    made.configuration.add(name="two", num_devices=2)
    return made


def quantised() -> ModelProto:
    made = model()
    made.graph.quantization_annotation.add(tensor_name="x")
    return made


def sparse() -> ModelProto:
    made = model()
    made.graph.sparse_initializer.add()
    return made


def trained() -> ModelProto:
    made = model()
    made.training_info.add()
    return made


def optional() -> ModelProto:
    made = model([onnx.ValueInfoProto(name="x")], [])
    made.graph.input[0].type.optional_type.elem_type.tensor_type.elem_type = FLOAT
    return made


def opaque() -> ModelProto:
    made = model([onnx.ValueInfoProto(name="x")], [])
    made.graph.input[0].type.opaque_type.name = "thing"
    return made


@pytest.mark.parametrize(
    ("made", "version"),
    [
        (model, 3),
        (of_type(FLOAT), 4),
        (of_type(TensorProto.BFLOAT16), 4),
        (quantised, 5),
        (sparse, 6),
        (trained, 7),
        (function, 8),
        (optional, 8),
        (lambda: function(attribute_proto=[helper.make_attribute("a", 1)]), 9),
        (of_type(TensorProto.FLOAT8E5M2FNUZ), 9),
        (lambda: function(overload="a"), 10),
        (overloaded_call, 10),
        (of_type(TensorProto.UINT4), 10),
        (cast, 10),
        (declared, 11),
        (on_a_device, 11),
        (devices, 11),
        (of_type(TensorProto.FLOAT8E8M0), 12),
        (constant_in_a_branch, 13),
        (of_type(TensorProto.FLOAT6E3M2), 14),
        (opaque, 14),
    ],
)
def test_what_came_with_which_version(made: Callable[[], ModelProto], version: int) -> None:
    assert needed(made()).version == version


def test_types_that_are_newer_than_the_table_are_not_overlooked() -> None:
    from scailable.onnx.fixing.ir_version import TYPES

    newest = max(TensorProto.DataType.values())
    assert newest in TYPES
    assert set(TYPES) == set(range(16, newest + 1))


@pytest.mark.parametrize("stamped", [10, 11, 13])
def test_the_stamp_is_lowered(tmp_path: Path, stamped: int) -> None:
    result = fix(save(classifier(ir=stamped), tmp_path), tmp_path / "new.onnx")
    assert [str(each) for each in result.changes] == [f"IR version: {stamped} > 9"]
    assert onnx.load(str(tmp_path / "new.onnx")).ir_version == 9
    assert result.difference == 0.0


def test_a_version_that_no_runtime_loads_yet_is_compared_all_the_same(tmp_path: Path) -> None:
    result = fix(save(classifier(ir=14), tmp_path), tmp_path / "new.onnx")
    assert result.difference == 0.0
    assert "as if stamped with IR version 9" in result.note


def test_annotations_of_nodes_are_left_behind(tmp_path: Path) -> None:
    made = classifier(ir=10)
    made.graph.node[0].metadata_props.add(key="pkg.torch.onnx.stack_trace", value="model.py")
    made.graph.metadata_props.add(key="by", value="exporter")
    made.metadata_props.add(key="author", value="me")
    result = fix(save(made, tmp_path), tmp_path / "new.onnx")
    assert [str(each) for each in result.changes] == [
        "IR version: 10 > 9",
        "metadata of nodes and values: 2 entries > none",
    ]
    new = onnx.load(str(tmp_path / "new.onnx"))
    assert not new.graph.node[0].metadata_props
    assert not new.graph.metadata_props
    assert new.metadata_props[0].value == "me"


def test_a_version_that_is_needed_is_kept(tmp_path: Path) -> None:
    made = classifier(ir=10, shape=("n", 3, 8, 8))
    made.graph.initializer.append(helper.make_tensor("w", TensorProto.INT4, [2], b"\x11", raw=True))
    path = save(made, tmp_path)
    with pytest.raises(FixFailed, match="int4 in tensor w came with IR 10"):
        fix(path, tmp_path / "new.onnx", ir=9)
    result = fix(path, tmp_path / "new.onnx")
    assert onnx.load(str(tmp_path / "new.onnx")).ir_version == 10
    assert "IR version" not in {each.what for each in result.changes}


def test_a_version_is_not_raised(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="lowered only"):
        fix(save(classifier(ir=8), tmp_path), tmp_path / "new.onnx", ir=9)


def test_initializers_leave_the_inputs(tmp_path: Path) -> None:
    made = classifier(ir=4)
    made.graph.initializer.append(helper.make_tensor("w", FLOAT, [1], [1.0]))
    made.graph.input.insert(0, value("w", (1,)))
    path = save(made, tmp_path)
    fix(path, tmp_path / "new.onnx", drop_initializer_inputs=True)
    new = onnx.load(str(tmp_path / "new.onnx"))
    assert [each.name for each in new.graph.input] == ["image-"]
    made.ir_version = 3
    path = save(made, tmp_path)
    with pytest.raises(ValidationError, match="demands initializers"):
        fix(path, tmp_path / "other.onnx", drop_initializer_inputs=True)


def test_a_model_keeps_an_input(tmp_path: Path) -> None:
    made = model(
        [image()],
        [image(name="y")],
        [helper.make_node("Relu", ["image-"], ["y"])],
        initializers=[helper.make_tensor("image-", FLOAT, [1, 3, 8, 8], [0.0] * 192)],
    )
    with pytest.raises(FixFailed, match="no input"):
        fix(save(made, tmp_path), tmp_path / "new.onnx", drop_initializer_inputs=True)
