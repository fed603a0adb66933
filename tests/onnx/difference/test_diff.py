"""What differs between two models."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, helper, numpy_helper

from scailable.errors import ValidationError
from scailable.onnx import Difference, UnreadableFile, diff
from tests.onnx.models import BOOL, classifier, image, model, value

SHARED = Path(__file__).parents[4] / "shared" / "models"


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
    assert found.weights == (1, 48, 48)
    assert "weights: 1 initializers changed, 48 bytes of 48 bytes" in lines(found)
    assert lines(found)[-1] == (
        "can replace the old model on devices: inputs and outputs are the same"
    )


def test_another_order_is_another_encoding(tmp_path: Path) -> None:
    old, new = weighted(1), weighted(1)
    for made, order in ((old, "ab"), (new, "ba")):
        made.graph.initializer.extend(helper.make_tensor(each, 1, [1], [1.0]) for each in order)
        made.graph.node[0].doc_string = order
    found = difference(old, new, tmp_path)
    assert found.same
    assert not found.identical
    assert "encoding or comments only" in found.text()


def test_the_same_weights_in_another_field(tmp_path: Path) -> None:
    old, new = weighted(1), weighted(1)
    values = numpy_helper.to_array(old.graph.initializer[0]).ravel().tolist()
    new.graph.initializer[0].CopyFrom(helper.make_tensor("w", 1, [3, 4], values))
    assert difference(old, new, tmp_path).same  # a float takes the same bytes in both fields
    old.graph.initializer.append(helper.make_tensor("n", 7, [2], [1, 2]))
    new.graph.initializer.append(numpy_helper.from_array(np.array([1, 2]), "n"))
    found = difference(old, new, tmp_path)
    assert [(each.name, each.what) for each in found.initializers] == [("n", "stored")]


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
    assert found.breaks == ("class 2 of the output scores was 'Owl', and is 'Fox'",)
    assert "cannot replace the old model on devices as it is:" in lines(found)


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
    with pytest.raises(ValidationError, match="cannot be compared: ONNX-FORMAT-017"):
        diff(path, path)
    with pytest.raises(UnreadableFile):
        diff(tmp_path / "nothing.onnx", path)


def constant_in_branches(then: float, otherwise: float) -> ModelProto:
    """Two branches, each with a constant and an initializer of the same names."""

    def branch(name: str, number: float) -> onnx.GraphProto:
        return helper.make_graph(
            [
                helper.make_node("Add", ["image-", "w"], [f"{name}-sum"]),
                helper.make_node("Relu", [f"{name}-sum"], [name]),
            ],
            name,
            [],
            [image(name=name)],
            initializer=[helper.make_tensor("w", 1, [1], [number])],
        )

    branches = {
        "then_branch": branch("then", then),
        "else_branch": branch("else", otherwise),
    }
    return model(
        [image()],
        [image(name="out")],
        [helper.make_node("If", ["yes"], ["out"], **branches)],
        initializers=[helper.make_tensor("yes", BOOL, [], [True])],
    )


def test_graphs_in_nodes_are_told_apart(tmp_path: Path) -> None:
    found = difference(constant_in_branches(1, 2), constant_in_branches(1, 3), tmp_path)
    assert [(each.name, each.what) for each in found.initializers] == [
        ("out.else_branch/w", "values")
    ]
    new = constant_in_branches(1, 2)
    new.graph.node[0].attribute[0].g.node[1].op_type = "Sigmoid"
    found = difference(constant_in_branches(1, 2), new, tmp_path)
    which = new.graph.node[0].attribute[0].name
    name = new.graph.node[0].attribute[0].g.name
    assert {(each.name, each.what) for each in found.nodes} == {
        (f"out.{which}/{name}", "removed"),
        (f"out.{which}/{name}", "added"),
    }


def trees(last: float) -> ModelProto:
    """A node with a list that is longer than what is kept in memory."""
    made = classifier()
    count = 3000
    made.graph.node.append(
        helper.make_node(
            "Scaler",
            ["pooled"],
            ["scaled"],
            domain="ai.onnx.ml",
            offset=[0.0] * (count - 1) + [last],
            scale=[1.0] * count,
        )
    )
    made.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))
    return made


def test_long_lists_are_compared_to_their_end(tmp_path: Path) -> None:
    assert difference(trees(1.0), trees(1.0), tmp_path).same
    found = difference(trees(1.0), trees(2.0), tmp_path)
    assert [(each.name, each.what) for each in found.nodes] == [("scaled", "settings")]


def with_function(alpha: float) -> ModelProto:
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    body = [helper.make_node("LeakyRelu", ["x"], ["y"], alpha=alpha)]
    return model(
        [image()],
        [image(name="out")],
        [helper.make_node("Bend", ["image-"], ["out"], domain="own")],
        functions=[helper.make_function("own", "Bend", ["x"], ["y"], body, imports)],
        imports=[helper.make_opsetid("own", 1)],
    )


def test_functions(tmp_path: Path) -> None:
    found = difference(with_function(0.1), with_function(0.2), tmp_path)
    assert [(each.name, each.what) for each in found.functions] == [("own::Bend", "changed")]
    assert difference(with_function(0.1), with_function(0.1), tmp_path).identical


def test_weights_in_another_file_are_the_same_weights(tmp_path: Path) -> None:
    onnx.save(weighted(1), str(tmp_path / "inside.onnx"))
    onnx.save(
        weighted(1),
        str(tmp_path / "outside.onnx"),
        save_as_external_data=True,
        location="w.bin",
        size_threshold=0,
    )
    found = diff(tmp_path / "inside.onnx", tmp_path / "outside.onnx")
    assert found.initializers == ()
    assert [(each.name, each.what) for each in found.external] == [("w.bin", "added")]
    data = bytearray((tmp_path / "w.bin").read_bytes())
    data[0] ^= 1
    (tmp_path / "w.bin").write_bytes(data)
    found = diff(tmp_path / "inside.onnx", tmp_path / "outside.onnx")
    assert [(each.name, each.what) for each in found.initializers] == [("w", "values")]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ({"shape": ("n", 3, 8, 8)}, {}, None),
        ({"shape": ("n", 3, 8, 8)}, {"shape": ("batch", 3, 8, 8)}, None),
        ({"input_name": "data"}, {}, None),
        (
            {},
            {"shape": (1, 3, 16, 16)},
            "the input image- took float32[1,3,8,8], and takes float32[1,3,16,16]",
        ),
        ({}, {"opset": 22}, "ONNX-OPSET"),
        (
            {"output_name": "out"},
            {},
            "the output out is now called scores-0:Cat;1:Dog;2:Owl",
        ),
        (
            {"output_name": "bboxes-format:xyxyc"},
            {"output_name": "bboxes-format:xyxysc"},
            "the output bboxes had the format xyxyc, and has xyxysc",
        ),
        (
            {},
            {"output_name": "scores-0:Cat;1:Dog"},
            "class 2 of the output scores was 'Owl', and has none",
        ),
    ],
)
def test_what_breaks(
    tmp_path: Path, old: dict[str, Any], new: dict[str, Any], sentence: str | None
) -> None:
    found = difference(classifier(**old), classifier(**new), tmp_path)
    assert found.replaceable == (sentence is None)
    if sentence is not None:
        assert any(sentence in each for each in found.breaks), found.breaks
        assert sentence in found.text()


def test_inputs_and_outputs_that_come_and_go(tmp_path: Path) -> None:
    old, new = classifier(), classifier()
    old.graph.input.append(value("mask-", (8, 8), BOOL))
    new.graph.output.insert(0, value("pooled", (1, 3, 1, 1)))
    found = difference(old, new, tmp_path)
    assert [(each.kind, each.name, each.what) for each in found.interface] == [
        ("input", "mask-", "removed"),
        ("output", "pooled", "added"),
    ]
    assert found.breaks == ("the input mask- is gone",)
    back = difference(new, old, tmp_path)
    assert back.breaks == (
        "the input mask- (bool[8,8]) is new, and has to be fed",
        "the output pooled is gone",
    )


def test_another_order_of_outputs(tmp_path: Path) -> None:
    old = classifier()
    old.graph.output.append(value("pooled", (1, 3, 1, 1)))
    new = classifier()
    new.graph.output.insert(0, value("pooled", (1, 3, 1, 1)))
    (change,) = difference(old, new, tmp_path).interface
    assert change.what == "reordered"
    assert change.after.startswith("pooled, scores-")


def test_a_damaged_model_is_not_compared(tmp_path: Path) -> None:
    content = weighted(1).SerializeToString()
    (tmp_path / "whole.onnx").write_bytes(content)
    (tmp_path / "half.onnx").write_bytes(content[:-20])
    with pytest.raises(ValidationError, match=r"half\.onnx cannot be compared"):
        diff(tmp_path / "whole.onnx", tmp_path / "half.onnx")


def test_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    found = difference(classifier(), classifier(output_name="scores-0:\x1b[2J"), tmp_path)
    assert "\x1b" not in found.text()
    assert "\\x1b[2J" in found.text()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real models are not in this checkout")
def test_real_models_are_the_same_as_themselves(tmp_path: Path) -> None:
    for path in sorted(SHARED.glob("*.onnx")):
        if path.stem == "win_noisy_relu":
            continue  # a graph without a name
        again = tmp_path / path.name
        again.write_bytes(onnx.load(path).SerializeToString())
        found = diff(path, again)
        assert found.same, (path.name, found.text())
        assert found.replaceable
