"""Inputs and outputs get other names, wherever they are used."""

from pathlib import Path

import onnx
import pytest
from onnx import ModelProto, helper

from scailable.errors import ValidationError
from scailable.onnx import FixFailed, fix
from tests.onnx.models import BOOL, FLOAT, classifier, image, model, save, value


def renamed(made: ModelProto, folder: Path, renames: dict[str, str]) -> ModelProto:
    result = fix(save(made, folder), folder / "new.onnx", rename=renames)
    assert result.difference == 0.0
    return onnx.load(str(folder / "new.onnx"))


def captured() -> ModelProto:
    """Branches, and branches in them, that use the image of the graph around them."""

    def inner(name: str) -> onnx.GraphProto:
        node = helper.make_node("Relu", ["data"], [name])
        return helper.make_graph([node], name, [], [image(name=name)])

    def outer(name: str) -> onnx.GraphProto:
        node = helper.make_node(
            "If",
            ["yes"],
            [name],
            then_branch=inner(f"{name}-a"),
            else_branch=inner(f"{name}-b"),
        )
        return helper.make_graph([node], name, [], [image(name=name)])

    return model(
        [image(name="data")],
        [image(name="out")],
        [
            helper.make_node(
                "If", ["yes"], ["out"], then_branch=outer("then"), else_branch=outer("else")
            )
        ],
        initializers=[helper.make_tensor("yes", BOOL, [], [True])],
    )


def test_values_of_the_graph_around(tmp_path: Path) -> None:
    new = renamed(captured(), tmp_path, {"data": "image-", "out": "result"})
    used = {
        name
        for branch in new.graph.node[0].attribute
        for inner in branch.g.node[0].attribute
        for name in inner.g.node[0].input
    }
    assert used == {"image-"}
    assert new.graph.output[0].name == "result"
    assert b"data" not in new.SerializeToString()


def test_the_body_of_a_loop(tmp_path: Path) -> None:
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["on"]),
            helper.make_node("Add", ["x", "data"], ["y"]),
        ],
        "body",
        [value("i", (), 7), value("go", (), BOOL), image(name="x")],
        [value("on", (), BOOL), image(name="y")],
    )
    made = model(
        [image(name="data")],
        [image(name="out")],
        [helper.make_node("Loop", ["times", "", "data"], ["out"], body=body)],
        initializers=[helper.make_tensor("times", 7, [], [2])],
    )
    new = renamed(made, tmp_path, {"data": "image-"})
    assert new.graph.node[0].input[2] == "image-"
    assert list(new.graph.node[0].attribute[0].g.node[1].input) == ["x", "image-"]


def test_functions_have_names_of_their_own(tmp_path: Path) -> None:
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    body = [helper.make_node("Relu", ["data"], ["out"])]
    function = helper.make_function("own", "Clip", ["data"], ["out"], body, imports)
    made = model(
        [image(name="data")],
        [image(name="out")],
        [helper.make_node("Clip", ["data"], ["out"], domain="own")],
        functions=[function],
        imports=[helper.make_opsetid("own", 1)],
    )
    new = renamed(made, tmp_path, {"data": "image-", "out": "result"})
    assert list(new.graph.node[0].input) == ["image-"]
    assert list(new.functions[0].input) == ["data"]
    assert list(new.functions[0].node[0].input) == ["data"]


def test_annotations_and_declared_types(tmp_path: Path) -> None:
    made = classifier(input_name="data")
    made.graph.value_info.append(value("pooled", (1, 3, 1, 1)))
    annotation = made.graph.quantization_annotation.add(tensor_name="data")
    annotation.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="pooled")
    new = renamed(made, tmp_path, {"data": "image-"})
    assert new.graph.quantization_annotation[0].tensor_name == "image-"
    assert new.graph.value_info[0].name == "pooled"


def test_an_initializer_that_is_an_output(tmp_path: Path) -> None:
    made = classifier()
    made.graph.initializer.append(helper.make_tensor("version", FLOAT, [1], [3.0]))
    made.graph.output.append(value("version", (1,)))
    new = renamed(made, tmp_path, {"version": "release"})
    assert new.graph.initializer[0].name == new.graph.output[1].name == "release"


def test_names_can_be_exchanged(tmp_path: Path) -> None:
    made = model(
        [image(name="image-")],
        [image(name="a"), image(name="b")],
        [helper.make_node("Relu", ["image-"], ["a"]), helper.make_node("Neg", ["image-"], ["b"])],
    )
    new = renamed(made, tmp_path, {"a": "b", "b": "a"})
    assert [each.name for each in new.graph.output] == ["b", "a"]
    assert [node.op_type for node in new.graph.node if node.output[0] == "b"] == ["Relu"]


@pytest.mark.parametrize(
    ("renames", "words"),
    [
        ({"nothing": "image-"}, "no input or output 'nothing'"),
        ({"image-": "scores-0:Cat;x"}, "character 13"),
        ({"image-": "bell\x07"}, "shown"),
        ({"image-": ""}, "shown"),
        ({"image-": "a", "scores-0:Cat;1:Dog;2:Owl": "a"}, "same name"),
    ],
)
def test_a_name_that_cannot_be_is_refused(
    tmp_path: Path, renames: dict[str, str], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        fix(save(classifier(), tmp_path), tmp_path / "new.onnx", rename=renames)


def test_a_name_inside_a_branch_is_taken(tmp_path: Path) -> None:
    for taken in ("then", "then-a", "yes"):
        with pytest.raises(FixFailed, match=f"'{taken}' in the model already"):
            fix(save(captured(), tmp_path), tmp_path / "new.onnx", rename={"data": taken})
    assert not (tmp_path / "new.onnx").exists()


def test_too_few_labels_are_noticed(tmp_path: Path) -> None:
    path = save(classifier(output_name="out"), tmp_path)
    with pytest.raises(FixFailed, match=r"add an error: ONNX-OUTPUT-003.*2 labels for 3 classes"):
        fix(path, tmp_path / "new.onnx", rename={"out": "scores-0:Cat;1:Dog"})
    assert not (tmp_path / "new.onnx").exists()


def test_a_model_that_is_being_trained(tmp_path: Path) -> None:
    made = classifier(input_name="data")
    made.training_info.add()
    with pytest.raises(FixFailed, match="training information"):
        fix(save(made, tmp_path), tmp_path / "new.onnx", rename={"data": "image-"})
