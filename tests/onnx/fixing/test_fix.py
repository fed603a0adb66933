"""Corrected models in new files: what is corrected, what is refused, what stays untouched."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, helper, numpy_helper

from scailable.errors import ValidationError
from scailable.onnx import Fixed, FixFailed, check, fix
from tests.onnx.models import BOOL, FLOAT, classifier, function_bomb, image, model, save, value

SHARED = Path(__file__).parents[4] / "shared" / "models"


def dynamic(**more: Any) -> ModelProto:
    return classifier(shape=("n", 3, 8, 8), **more)


def fixed(made: ModelProto, folder: Path, **options: Any) -> tuple[Fixed, ModelProto]:
    """The result of a correction, and the new model."""
    result = fix(save(made, folder), folder / "new.onnx", **options)
    assert result.output == str(folder / "new.onnx")
    return result, onnx.load(result.output)


def what(result: Fixed) -> set[str]:
    return {each.what for each in result.changes}


def test_everything_plain_is_corrected_at_once(tmp_path: Path) -> None:
    made = dynamic(input_name="data", ir=10)
    made.graph.initializer.append(helper.make_tensor("w", FLOAT, [1], [1.0]))
    made.graph.input.append(value("w", (1,)))
    before = save(made, tmp_path).read_bytes()
    result, new = fixed(made, tmp_path)
    assert [each.name for each in new.graph.input] == ["image-"]
    assert new.graph.input[0].type.tensor_type.shape.dim[0].dim_value == 1
    assert new.ir_version == 9
    assert new.opset_import[0].version == 17
    assert result.difference == 0.0
    assert result.after is not None
    assert result.after.verdict == "fit"
    assert result.before.verdict == "not fit"
    assert (tmp_path / "model.onnx").read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model.onnx", "new.onnx"]


def test_only_what_is_asked_for_is_corrected(tmp_path: Path) -> None:
    result, new = fixed(dynamic(input_name="data", ir=10), tmp_path, batch=1)
    assert new.graph.input[0].name == "data"
    assert new.ir_version == 10
    assert all("batch" in each or "n in" in each or "axis" in each for each in what(result))


def test_the_batch_is_set_wherever_it_has_its_name(tmp_path: Path) -> None:
    made = dynamic()
    made.graph.value_info.append(value("pooled", ("n", 3, 1, 1)))
    _, new = fixed(made, tmp_path, batch=1)
    sizes = [each.type.tensor_type.shape.dim[0].dim_value for each in new.graph.output]
    assert sizes == [1]


def test_a_fixed_batch_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="fixed to 2"):
        fix(save(classifier(shape=(2, 3, 8, 8)), tmp_path), tmp_path / "new.onnx", batch=1)
    assert not (tmp_path / "new.onnx").exists()


def captured() -> ModelProto:
    """Branches that use the image of the graph around them."""

    def branch(name: str) -> onnx.GraphProto:
        node = helper.make_node("Relu", ["data"], [name])
        return helper.make_graph([node], name, [], [image(name=name)])

    return model(
        [image(name="data")],
        [image(name="out")],
        [
            helper.make_node(
                "If", ["yes"], ["out"], then_branch=branch("then"), else_branch=branch("else")
            )
        ],
        initializers=[helper.make_tensor("yes", BOOL, [], [True])],
    )


def test_a_name_is_changed_wherever_it_is_used(tmp_path: Path) -> None:
    result, new = fixed(captured(), tmp_path, rename={"data": "image-", "out": "scores-0:A"})
    branches = [each.g.node[0].input[0] for each in new.graph.node[0].attribute]
    assert branches == ["image-", "image-"]
    assert new.graph.output[0].name == "scores-0:A"
    assert result.difference == 0.0


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


def test_a_name_that_is_taken_inside_is_refused(tmp_path: Path) -> None:
    from scailable.errors import ScailableError

    with pytest.raises(ScailableError, match="'pooled' already"):
        fix(save(classifier(), tmp_path), tmp_path / "new.onnx", rename={"image-": "pooled"})
    assert not (tmp_path / "new.onnx").exists()


def test_an_ir_version_that_is_needed_is_kept(tmp_path: Path) -> None:
    made = classifier(ir=10)
    made.graph.initializer.append(
        helper.make_tensor("w", onnx.TensorProto.INT4, [2], b"\x11", raw=True)
    )
    with pytest.raises(ValidationError, match="came with IR 10"):
        fix(save(made, tmp_path), tmp_path / "new.onnx", ir=9)


def squeezed(opset: int) -> ModelProto:
    nodes = [
        helper.make_node("GlobalAveragePool", ["image-"], ["pooled"]),
        helper.make_node("Squeeze", ["pooled", "axes"], ["scores-0:A;1:B;2:C"]),
    ]
    axes = helper.make_tensor("axes", 7, [2], [2, 3])
    outputs = [value("scores-0:A;1:B;2:C", (1, 3))]
    return model([image()], outputs, nodes, initializers=[axes], opset=opset)


def test_a_wrong_opset_stamp_is_corrected(tmp_path: Path) -> None:
    result, new = fixed(squeezed(12), tmp_path)
    assert new.opset_import[0].version == 13
    assert result.difference is None
    assert "original" in result.not_compared
    assert result.after is not None
    assert result.after.ok


def test_a_stamp_that_makes_a_model_invalid_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(FixFailed, match="not sound"):
        fix(save(squeezed(13), tmp_path), tmp_path / "new.onnx", opset_stamp=12)
    assert not (tmp_path / "new.onnx").exists()


def with_external_data(folder: Path) -> Path:
    made = classifier(size=1 << 16)
    path = folder / "model.onnx"
    onnx.save(made, str(path), save_as_external_data=True, location="weights.bin", size_threshold=0)
    return path


def test_external_data_is_brought_into_the_file(tmp_path: Path) -> None:
    path = with_external_data(tmp_path)
    with pytest.raises(ValidationError, match="other files"):
        fix(path, tmp_path / "new.onnx", batch=1)
    result = fix(path, tmp_path / "new.onnx", inline=True)
    assert result.difference == 0.0
    (tmp_path / "weights.bin").unlink()
    assert check(tmp_path / "new.onnx").ok


def test_external_data_elsewhere_is_refused(tmp_path: Path) -> None:
    made = classifier()
    tensor = made.graph.initializer.add(name="w", data_type=FLOAT, dims=[1], data_location=1)
    tensor.external_data.add(key="location", value="../secret")
    with pytest.raises(FixFailed, match="ONNX-DATA-002"):
        fix(save(made, tmp_path), tmp_path / "new.onnx", inline=True)


def test_a_model_that_cannot_be_corrected_says_why(tmp_path: Path) -> None:
    with pytest.raises(FixFailed, match="ONNX-GRAPH-001"):
        fix(save(function_bomb(24), tmp_path), tmp_path / "new.onnx")
    text = tmp_path / "text.onnx"
    text.write_text("no model")
    with pytest.raises(FixFailed, match="ONNX-FORMAT-017"):
        fix(text, tmp_path / "new.onnx")


def test_nothing_to_correct_writes_nothing(tmp_path: Path) -> None:
    result = fix(save(classifier(), tmp_path), tmp_path / "new.onnx")
    assert (result.output, result.changes) == (None, ())
    assert not (tmp_path / "new.onnx").exists()
    again = fix(save(classifier(), tmp_path), tmp_path / "new.onnx", batch=1)
    assert again.output is None


def same_file(path: Path) -> Path:
    return path


def other_spelling(path: Path) -> Path:
    return path.parent / "." / path.name


def hard_link(path: Path) -> Path:
    link = path.with_name("link.onnx")
    link.hardlink_to(path)
    return link


def symbolic_link(path: Path) -> Path:
    link = path.with_name("link.onnx")
    link.symlink_to(path)
    return link


@pytest.mark.parametrize("way", [same_file, other_spelling, hard_link, symbolic_link])
def test_the_source_is_never_replaced(tmp_path: Path, way: Callable[[Path], Path]) -> None:
    path = save(dynamic(), tmp_path)
    before = path.read_bytes()
    with pytest.raises(ValidationError, match="source itself"):
        fix(path, way(path), force=True)
    assert path.read_bytes() == before


def test_another_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = save(dynamic(), tmp_path)
    new = tmp_path / "new.onnx"
    new.write_text("precious")
    with pytest.raises(ValidationError, match="there already"):
        fix(path, new)
    assert new.read_text() == "precious"
    assert fix(path, new, force=True).output == str(new)
    assert check(new).ok


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="no folder"):
        fix(save(dynamic(), tmp_path), tmp_path / "nowhere" / "new.onnx")


def test_weights_stay_as_they_are(tmp_path: Path) -> None:
    made = dynamic(size=1 << 18)
    weights = np.random.default_rng(0).random(1 << 16, dtype=np.float32)
    made.graph.initializer[0].CopyFrom(numpy_helper.from_array(weights, "w"))
    result, new = fixed(made, tmp_path)
    assert np.array_equal(numpy_helper.to_array(new.graph.initializer[0]), weights)
    assert result.difference == 0.0


def test_a_killed_command_leaves_the_source_and_no_new_file(tmp_path: Path) -> None:
    path = save(dynamic(size=64 << 20), tmp_path)
    before = path.read_bytes()
    command = [sys.executable, "-m", "scailable.cli.main", "models", "fix", str(path)]
    process = subprocess.Popen([*command, "-o", str(tmp_path / "new.onnx")])
    try:
        while process.poll() is None and len(list(tmp_path.iterdir())) < 2:
            pass  # until the new file is being written
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert path.read_bytes() == before
    assert not (tmp_path / "new.onnx").exists()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real models are not in this checkout")
@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("nx_named_banana", "fit"),
        ("yunet_n_320", "fit with warnings"),
        ("scl_cifar10_resnet20", "fit with warnings"),
        ("onnx_light_squeezenet", "fit with warnings"),
        ("ortex_mnist", "fit with warnings"),
    ],
)
def test_real_models(tmp_path: Path, name: str, verdict: str) -> None:
    result = fix(SHARED / f"{name}.onnx", tmp_path / "new.onnx")
    assert result.after is not None
    assert result.after.verdict == verdict
    assert check(tmp_path / "new.onnx").verdict == verdict
