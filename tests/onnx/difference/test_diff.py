"""What differs between two models."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import ModelProto, helper, numpy_helper

from scailable.errors import ValidationError
from scailable.onnx import Difference, UnreadableFile, diff
from tests.onnx.models import classifier, image, model, value


def difference(old: ModelProto, new: ModelProto, folder: Path) -> Difference:
    for name, made in (("old", old), ("new", new)):
        onnx.save(made, str(folder / f"{name}.onnx"))
    return diff(folder / "old.onnx", folder / "new.onnx")


def lines(found: Difference) -> list[str]:
    return [line.strip() for line in found.text().splitlines()]


def weighted(seed: int, shape: tuple[int, ...] = (3, 4)) -> ModelProto:
    weights = np.random.default_rng(seed).random(shape, dtype=np.float32)
    return model(
        [value("x", (1, shape[0]))],
        [value("y", (1, shape[1]))],
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        initializers=[numpy_helper.from_array(weights, "w")],
    )


def test_a_file_and_its_copy(tmp_path: Path) -> None:
    found = difference(classifier(), classifier(), tmp_path)
    assert (found.same, found.identical, found.replaceable) == (True, True, True)
    assert "the files are identical" in lines(found)


def test_weights_that_were_trained_on(tmp_path: Path) -> None:
    found = difference(weighted(1), weighted(2), tmp_path)
    assert not found.same
    assert found.replaceable
    assert [(each.name, each.what) for each in found.initializers] == [("w", "values")]
    assert "can replace the old one" in found.text()


def test_the_same_weights_stored_in_another_field_are_another_encoding(tmp_path: Path) -> None:
    old = weighted(1)
    new = weighted(1)
    new.graph.name = "another"
    found = difference(old, new, tmp_path)
    assert found.same
    assert not found.identical
    assert "encoding only" in found.text()


def test_another_shape_of_weights(tmp_path: Path) -> None:
    found = difference(weighted(1), weighted(1, (3, 5)), tmp_path)
    (change,) = found.initializers
    assert (change.what, change.before, change.after) == (
        "changed",
        "float32[3,4]",
        "float32[3,5]",
    )
    assert found.parameters == (12, 15)
    assert not found.replaceable


def test_renamed_outputs_and_their_labels(tmp_path: Path) -> None:
    found = difference(classifier(), classifier(output_name="scores-0:Cat;1:Dog;2:Fox"), tmp_path)
    renamed, label = found.interface
    assert (renamed.kind, renamed.what) == ("output", "renamed")
    assert (label.before, label.after) == ("Owl", "Fox")
    assert found.nodes == ()
    assert "inputs or outputs differ" in found.text()


def test_versions_metadata_and_operators(tmp_path: Path) -> None:
    old, new = classifier(opset=13, ir=7), classifier(opset=17, ir=8)
    old.metadata_props.add(key="author", value="me")
    new.metadata_props.add(key="author", value="you")
    new.graph.node.insert(1, helper.make_node("Relu", ["pooled"], ["positive"], name="relu"))
    new.graph.node[2].input[0] = "positive"
    found = difference(old, new, tmp_path)
    assert {each.name for each in found.versions} == {"opset", "IR version"}
    assert [(each.before, each.after) for each in found.metadata] == [("me", "you")]
    assert [(each.name, each.before, each.after) for each in found.operators] == [
        ("Relu", "0", "1")
    ]
    assert {(each.name, each.what) for each in found.nodes} == {
        ("positive", "added"),
        ("scores-0:Cat;1:Dog;2:Owl", "settings"),
    }


def test_attributes_of_a_node(tmp_path: Path) -> None:
    def pool(side: int) -> ModelProto:
        node = helper.make_node("MaxPool", ["image-"], ["y"], kernel_shape=[side, side])
        return model([image()], [value("y", None)], [node])

    found = difference(pool(2), pool(3), tmp_path)
    assert [(each.name, each.what) for each in found.nodes] == [("y", "settings")]


def test_external_data(tmp_path: Path) -> None:
    for name, seed in (("old", 1), ("new", 2)):
        onnx.save(
            weighted(seed),
            str(tmp_path / f"{name}.onnx"),
            save_as_external_data=True,
            location="w.bin" if name == "old" else "v.bin",
            size_threshold=0,
        )
    found = diff(tmp_path / "old.onnx", tmp_path / "new.onnx")
    assert [(each.name, each.what) for each in found.external] == [
        ("v.bin", "added"),
        ("w.bin", "removed"),
    ]
    assert not found.same


def test_the_result_is_json(tmp_path: Path) -> None:
    found = difference(weighted(1), weighted(2), tmp_path)
    document = json.loads(json.dumps(found.to_dict()))
    assert document["same"] is False
    assert document["initializers"][0]["what"] == "values"


def test_thousands_of_changes_are_folded_in_the_text(tmp_path: Path) -> None:
    def many(value_: float) -> ModelProto:
        made = classifier()
        made.graph.initializer.extend(
            helper.make_tensor(f"w{index}", 1, [1], [value_]) for index in range(3000)
        )
        return made

    found = difference(many(1.0), many(2.0), tmp_path)
    assert len(found.initializers) == 3000
    assert len(lines(found)) < 40
    assert "... and 2980 more (--json has all)" in lines(found)


def test_what_is_no_model_is_said(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("no model")
    with pytest.raises(ValidationError, match="holds no model"):
        diff(path, path)
    with pytest.raises(UnreadableFile):
        diff(tmp_path / "nothing.onnx", path)
