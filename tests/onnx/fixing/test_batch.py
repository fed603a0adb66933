"""The batch of the image input becomes 1, with all that follows from it."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from scailable.errors import ValidationError
from scailable.onnx import FixFailed, check, fix
from tests.onnx.models import BOOL, FLOAT, INT64, classifier, image, model, save, value


def sizes(declared: onnx.ValueInfoProto) -> list[int | str]:
    return [each.dim_param or each.dim_value for each in declared.type.tensor_type.shape.dim]


def test_the_name_of_the_batch_goes_everywhere(tmp_path: Path) -> None:
    made = classifier(shape=("n", 3, 8, 8))
    made.graph.value_info.append(value("pooled", ("n", 3, 1, 1)))
    result = fix(save(made, tmp_path), tmp_path / "new.onnx", batch=1)
    new = onnx.load(str(tmp_path / "new.onnx"))
    assert sizes(new.graph.input[0]) == [1, 3, 8, 8]
    assert sizes(new.graph.output[0]) == [1, 3]
    assert [sizes(each) for each in new.graph.value_info] == [[1, 3, 1, 1]]
    assert [str(each) for each in result.changes] == [
        "batch of image-: n > 1",
        "axis 0 of scores-0:Cat;1:Dog;2:Owl: n > 1",
    ]
    assert result.difference == 0.0


def test_what_has_another_name_is_inferred(tmp_path: Path) -> None:
    made = classifier(shape=(None, 3, 8, 8))
    made.graph.output[0].CopyFrom(value(made.graph.output[0].name, ("other", 3)))
    made.graph.value_info.append(value("pooled", (7, 3, 1, 1)))  # wrong all along
    fix(save(made, tmp_path), tmp_path / "new.onnx", batch=1)
    new = onnx.load(str(tmp_path / "new.onnx"))
    assert sizes(new.graph.output[0]) == [1, 3]
    assert not new.graph.value_info


def test_what_nobody_can_infer_is_kept(tmp_path: Path) -> None:
    made = classifier(shape=("n", 3, 8, 8))
    made.graph.node.append(helper.make_node("NonZero", ["image-"], ["places"]))
    made.graph.output.append(value("places", (4, "found"), INT64))
    fix(save(made, tmp_path), tmp_path / "new.onnx", batch=1)
    new = onnx.load(str(tmp_path / "new.onnx"))
    assert sizes(new.graph.output[1]) == [4, "found"]


def nested() -> ModelProto:
    """A loop whose body declares the batch by its name."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["on"]),
            helper.make_node("Relu", ["x"], ["y"]),
        ],
        "body",
        [value("i", (), INT64), value("go", (), BOOL), image(("n", 3, 8, 8), "x")],
        [value("on", (), BOOL), image(("n", 3, 8, 8), "y")],
    )
    return model(
        [image(("n", 3, 8, 8))],
        [image(("n", 3, 8, 8), "out")],
        [helper.make_node("Loop", ["times", "", "image-"], ["out"], body=body)],
        initializers=[helper.make_tensor("times", INT64, [], [2])],
    )


def test_graphs_in_nodes_are_changed_too(tmp_path: Path) -> None:
    result = fix(save(nested(), tmp_path), tmp_path / "new.onnx", batch=1)
    new = onnx.load(str(tmp_path / "new.onnx"))
    body = new.graph.node[0].attribute[0].g
    assert sizes(body.input[2]) == sizes(body.output[1]) == [1, 3, 8, 8]
    assert result.difference == 0.0


def of_images(batch: int, *nodes: onnx.NodeProto, out: tuple[int, ...]) -> ModelProto:
    weights = np.random.default_rng(0).standard_normal((4, 3, 3, 3)).astype("float32")
    return model(
        [image((batch, 3, 8, 8))],
        [value("out", out)],
        nodes,
        initializers=[
            numpy_helper.from_array(weights, "w"),
            helper.make_tensor("flat", INT64, [2], [batch, -1]),
            helper.make_tensor("axes", INT64, [1], [0]),
        ],
    )


def test_a_fixed_batch_becomes_1_where_images_do_not_meet(tmp_path: Path) -> None:
    made = of_images(
        4,
        helper.make_node("Conv", ["image-", "w"], ["conv"]),
        helper.make_node("Flatten", ["conv"], ["out"]),
        out=(4, 144),
    )
    result = fix(save(made, tmp_path), tmp_path / "new.onnx", batch=1)
    new = onnx.load(str(tmp_path / "new.onnx"))
    assert sizes(new.graph.input[0]) == [1, 3, 8, 8]
    assert sizes(new.graph.output[0]) == [1, 144]
    assert [str(each) for each in result.changes] == [
        "batch of image-: 4 > 1",
        "axis 0 of out: 4 > 1",
    ]
    assert result.difference is not None
    assert result.difference < 1e-4
    assert result.note == "each of 4 images by itself"


@pytest.mark.parametrize("way", ["constant", "mixed"])
def test_a_fixed_batch_stays_where_the_model_counts_on_it(tmp_path: Path, way: str) -> None:
    if way == "constant":  # a Reshape to the batch as it was
        nodes = [helper.make_node("Reshape", ["image-", "flat"], ["out"])]
        made = of_images(2, *nodes, out=(2, 192))
    else:  # every image is compared with all of them
        nodes = [
            helper.make_node("ReduceMean", ["image-"], ["mean"], axes=[0], keepdims=1),
            helper.make_node("Sub", ["image-", "mean"], ["out"]),
        ]
        made = of_images(2, *nodes, out=(2, 3, 8, 8))
    with pytest.raises(FixFailed):
        fix(save(made, tmp_path), tmp_path / "new.onnx", batch=1)
    assert [each.name for each in tmp_path.iterdir()] == ["model.onnx"]


def test_a_fixed_batch_is_not_touched_without_being_asked(tmp_path: Path) -> None:
    result = fix(save(classifier(shape=(2, 3, 8, 8)), tmp_path), tmp_path / "new.onnx")
    assert result.output is None


def test_batches_that_cannot_be(tmp_path: Path) -> None:
    path = save(classifier(shape=(2, 3, 8, 8)), tmp_path)
    with pytest.raises(ValidationError, match="fixed to 2; it can become 1 only"):
        fix(path, tmp_path / "new.onnx", batch=4)
    with pytest.raises(ValidationError, match="batch of 0"):
        fix(path, tmp_path / "new.onnx", batch=0)
    path = save(model([value("x", ("n", 4))], [value("x", ("n", 4))]), tmp_path)
    with pytest.raises(ValidationError, match="no image input"):
        fix(path, tmp_path / "new.onnx", batch=1)


def test_a_dynamic_batch_may_become_another(tmp_path: Path) -> None:
    path = save(classifier(shape=("n", 3, 8, 8)), tmp_path)
    with pytest.raises(FixFailed, match="ONNX-INPUT-005"):
        fix(path, tmp_path / "new.onnx", batch=4)
    assert fix(path, tmp_path / "new.onnx", batch=4, profile="generic").difference == 0.0


def test_large_weights_are_no_hindrance(tmp_path: Path) -> None:
    made = classifier(shape=("n", 3, 8, 8), size=1 << 20)
    weights = np.random.default_rng(0).random(1 << 18, dtype=np.float32)
    made.graph.initializer[0].CopyFrom(numpy_helper.from_array(weights, "w"))
    fix(save(made, tmp_path), tmp_path / "new.onnx")
    new = onnx.load(str(tmp_path / "new.onnx"))
    (tensor,) = new.graph.initializer
    assert np.array_equal(numpy_helper.to_array(tensor), weights)
    assert tensor.data_location == TensorProto.DEFAULT
    assert not tensor.external_data
    assert check(tmp_path / "new.onnx").ok
    assert tensor.data_type == FLOAT
