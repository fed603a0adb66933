"""Corrected models in new files: what is corrected, what is refused, what stays untouched."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, helper, numpy_helper

from scailable.errors import ValidationError
from scailable.onnx import Fixed, FixFailed, check, diff, fix
from tests.onnx.models import FLOAT, classifier, function_bomb, image, model, save, value

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
    assert result.difference == 0.0
    assert "as if stamped with opset 13" in result.note
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


def test_weights_stay_as_they_are(tmp_path: Path) -> None:
    made = dynamic(size=1 << 18)
    weights = np.random.default_rng(0).random(1 << 16, dtype=np.float32)
    made.graph.initializer[0].CopyFrom(numpy_helper.from_array(weights, "w"))
    result, new = fixed(made, tmp_path)
    assert np.array_equal(numpy_helper.to_array(new.graph.initializer[0]), weights)
    assert result.difference == 0.0


def test_a_name_that_cannot_be_had_is_left_out_unless_asked_for(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Relu", ["data"], ["image-"]),
        helper.make_node("Relu", ["image-"], ["out"]),
    ]
    shape = ("n", 3, 8, 8)
    made = model([image(shape, "data")], [image(shape, "out")], nodes)
    result, new = fixed(made, tmp_path)
    assert new.graph.input[0].name == "data"
    assert "batch of data" in what(result)
    with pytest.raises(FixFailed, match="already"):
        fix(tmp_path / "model.onnx", tmp_path / "other.onnx", rename={"data": "image-"})


def test_what_was_wrong_before_and_is_no_matter_of_safety_may_stay(tmp_path: Path) -> None:
    made = dynamic(input_name="data")
    made.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 5  # it gives 3
    result, _ = fixed(made, tmp_path, rename={"data": "image-"})
    assert result.after is not None
    assert "ONNX-CHECK-002" in {each.code for each in result.after.errors}
    assert "left: error ONNX-CHECK-002" in result.text()


def test_errors_cannot_steer_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(FixFailed) as caught:
        fix(save(classifier(input_name="a\x1b[2J"), tmp_path), tmp_path / "new.onnx")
    assert "\x1b" not in str(caught.value)
    assert "a\\x1b[2J" in str(caught.value)


needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real models are not in this checkout"
)
VERDICTS = {
    "basic_pitch": None,
    "nx_named_banana": "fit",
    "oaax_illustrative": None,
    "onnx_light_squeezenet": "fit with warnings",
    "ortex_mnist": "fit with warnings",
    "ortext_bert_tok": None,
    "scl_add_scalars": None,
    "scl_cifar10_resnet20": "fit with warnings",
    "scl_tf_keras_dynamic": None,
    "tract_lgbm": None,
    "yunet_n_320": "fit with warnings",
}


@needs_shared
@pytest.mark.parametrize("name", sorted(VERDICTS))
def test_real_models(tmp_path: Path, name: str) -> None:
    path, new = SHARED / f"{name}.onnx", tmp_path / "new.onnx"
    before = path.read_bytes()
    result = fix(path, new)
    assert path.read_bytes() == before
    if VERDICTS[name] is None:
        assert (result.output, new.exists()) == (None, False)
        return
    assert result.after is not None
    assert result.after.verdict == check(new).verdict == VERDICTS[name]
    assert result.difference == 0.0
    assert result.weights > 0
    again = fix(new, tmp_path / "again.onnx")
    assert again.output is None, "a corrected model needs no correction"


@needs_shared
def test_a_real_model_that_is_broken(tmp_path: Path) -> None:
    with pytest.raises(FixFailed, match="ONNX-CHECK-001"):
        fix(SHARED / "win_noisy_relu.onnx", tmp_path / "new.onnx")
    assert not (tmp_path / "new.onnx").exists()


@needs_shared
@pytest.mark.parametrize(
    ("name", "renames"),
    [
        (
            "scl_cifar10_resnet20",
            {"input": "image-", "output": f"scores-{';'.join(f'{n}:c{n}' for n in range(10))}"},
        ),
        ("yunet_n_320", {"input": "image-", "cls_8": "faces", "obj_8": "objects"}),
    ],
)
def test_real_models_with_other_names(tmp_path: Path, name: str, renames: dict[str, str]) -> None:
    result = fix(SHARED / f"{name}.onnx", tmp_path / "new.onnx", rename=renames)
    assert result.difference == 0.0
    old, new = (onnx.load(each) for each in (SHARED / f"{name}.onnx", tmp_path / "new.onnx"))
    assert [each.name for each in new.graph.output] == [
        renames.get(each.name, each.name) for each in old.graph.output
    ]
    found = diff(SHARED / f"{name}.onnx", tmp_path / "new.onnx")
    assert (found.nodes, found.initializers, found.operators) == ((), (), ())
