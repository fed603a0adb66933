"""What a corrected model is compared with, and what is said where it cannot be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import ModelProto, helper

from scailable.onnx import FixFailed, fix
from scailable.onnx.children import run_child
from scailable.onnx.difference.side import read_side
from scailable.onnx.fixing.inlining import inline
from scailable.onnx.fixing.proof import insist_on_same_parts
from scailable.onnx.sandbox import Refused
from tests.onnx.models import FLOAT, INT64, STRING, classifier, image, model, save, value


@pytest.fixture
def without_onnxruntime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that hides onnxruntime from whoever looks there first."""
    folder = tmp_path_factory.mktemp("hiding")
    (folder / "onnxruntime.py").write_text("raise ImportError('not installed')")
    return folder


def test_without_onnxruntime(
    tmp_path: Path, without_onnxruntime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(without_onnxruntime))
    result = fix(save(classifier(input_name="data"), tmp_path), tmp_path / "new.onnx")
    assert result.difference is None
    assert "  not compared: onnxruntime is not installed" in result.text().splitlines()
    assert (tmp_path / "new.onnx").exists()


@pytest.mark.parametrize(
    ("made", "asked", "words"),
    [
        (classifier(shape=(2, 3, 8, 8)), {"batch": 1}, "cannot be shown: onnxruntime is not"),
        (classifier(), {"opset_stamp": 16}, "cannot be shown: onnxruntime is not"),
    ],
)
def test_what_needs_onnxruntime(
    tmp_path: Path,
    without_onnxruntime: Path,
    monkeypatch: pytest.MonkeyPatch,
    made: ModelProto,
    asked: dict[str, Any],
    words: str,
) -> None:
    monkeypatch.syspath_prepend(str(without_onnxruntime))
    with pytest.raises(FixFailed, match=words):
        fix(save(made, tmp_path), tmp_path / "new.onnx", **asked)
    assert not (tmp_path / "new.onnx").exists()


def test_an_opset_that_changes_the_meaning_is_refused(tmp_path: Path) -> None:
    """Softmax works on another axis from opset 13 on; both stamps pass the checker."""
    nodes = [helper.make_node("Softmax", ["image-"], ["out"])]
    made = model([image()], [image(name="out")], nodes, opset=12)
    with pytest.raises(FixFailed, match="computes something else"):
        fix(save(made, tmp_path), tmp_path / "new.onnx", opset_stamp=13)
    assert not (tmp_path / "new.onnx").exists()


def test_input_that_nothing_random_fits(tmp_path: Path) -> None:
    made = classifier(input_name="data")
    made.graph.input.append(value("words", (1,), STRING))
    result = fix(save(made, tmp_path), tmp_path / "new.onnx", rename={"data": "image-"})
    assert result.note == "an input is of the type tensor(string)"


def compared(old: ModelProto, new: ModelProto, folder: Path) -> dict[str, Any]:
    """What the comparison makes of two models."""
    request = {
        "old": str(save(old, folder, "old.onnx")),
        "new": str(save(new, folder, "new.onnx")),
        "seed": 1,
        "stamps": {},
        "rows": None,
        "image": "image-",
    }
    return run_child(
        "scailable.onnx.fixing.comparison",
        request,
        purpose="Comparing the models",
        seconds=60,
        memory=4 << 30,
    )


def unary(operator: str, dtype: int = FLOAT, **attributes: Any) -> ModelProto:
    node = helper.make_node(operator, ["image-"], ["out"], **attributes)
    return model([image()], [value("out", None, dtype)], [node])


def test_the_same_results(tmp_path: Path) -> None:
    answer = compared(unary("Relu"), unary("Relu"), tmp_path)
    assert (answer["compared"], answer["equal"], answer["difference"]) == (True, True, 0.0)


def test_not_a_number_is_equal_to_itself(tmp_path: Path) -> None:
    assert compared(unary("Sqrt"), unary("Sqrt"), tmp_path)["equal"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (unary("Relu"), unary("LeakyRelu", alpha=1e-6)),
        (unary("Sqrt"), unary("Abs")),
        (unary("Relu"), unary("Flatten")),
        (unary("ArgMax", INT64, axis=3), unary("ArgMin", INT64, axis=3)),
        (unary("Cast", STRING, to=STRING), unary("Relu")),
    ],
)
def test_other_results(tmp_path: Path, old: ModelProto, new: ModelProto) -> None:
    assert compared(old, new, tmp_path)["equal"] is False


def test_a_model_that_does_not_run(tmp_path: Path) -> None:
    odd = model([image()], [value("out", None)], [helper.make_node("Odd", ["image-"], ["out"])])
    assert "the original does not run" in compared(odd, unary("Relu"), tmp_path)["reason"]
    assert "the new model does not run" in compared(unary("Relu"), odd, tmp_path)["reason"]


def test_what_is_declared_for_another_batch(tmp_path: Path) -> None:
    """The size of what NonZero gives is only known when it runs."""
    made = model(
        [image((2, 3, 8, 8))],
        [image((2, 3, 8, 8), "out")],
        [
            helper.make_node("Exp", ["image-"], ["positive"]),
            helper.make_node("ReduceMax", ["positive"], ["most"], axes=[1, 2, 3], keepdims=0),
            helper.make_node("NonZero", ["most"], ["found"]),
            helper.make_node("Squeeze", ["found", "axes"], ["which"]),
            helper.make_node("Gather", ["image-", "which"], ["out"]),
        ],
        initializers=[helper.make_tensor("axes", INT64, [1], [0])],
    )
    with pytest.raises(FixFailed, match="the output out is declared as"):
        fix(save(made, tmp_path), tmp_path / "new.onnx", batch=1)


def another_operator(made: ModelProto) -> None:
    made.graph.node[0].op_type = "GlobalMaxPool"


def another_attribute(made: ModelProto) -> None:
    made.graph.node[1].attribute.append(helper.make_attribute("axis", 1))


def another_weight(made: ModelProto) -> None:
    made.graph.initializer[0].raw_data = b"\1" + made.graph.initializer[0].raw_data[1:]


def one_weight_less(made: ModelProto) -> None:
    del made.graph.node[2:]
    made.graph.node[1].output[0] = made.graph.output[0].name
    del made.graph.initializer[:]


@pytest.mark.parametrize(
    "harm", [another_operator, another_attribute, another_weight, one_weight_less]
)
def test_a_model_that_is_another(tmp_path: Path, harm: Callable[[ModelProto], None]) -> None:
    made = classifier(size=64)
    old = read_side(save(made, tmp_path, "old.onnx"))
    assert insist_on_same_parts(old, old, {}) == 1
    harm(made)
    new = read_side(save(made, tmp_path, "new.onnx"))
    with pytest.raises(FixFailed, match="more than was asked for"):
        insist_on_same_parts(old, new, {})


def outside(folder: Path) -> ModelProto:
    """A model with data in another file."""
    path = folder / "model.onnx"
    made = classifier(size=64)
    onnx.save(made, str(path), save_as_external_data=True, location="w.bin", size_threshold=0)
    return onnx.load(str(path), load_external_data=False)


def test_data_that_has_changed_meanwhile(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"'w\.bin' has changed"):
        inline(outside(tmp_path), tmp_path, {"w.bin": "0" * 64})


def test_data_that_was_swapped_for_a_link(tmp_path: Path) -> None:
    made = outside(tmp_path)
    (tmp_path / "w.bin").rename(tmp_path / "elsewhere")
    (tmp_path / "w.bin").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="symbolic link"):
        inline(made, tmp_path, {"w.bin": "0" * 64})


def test_too_much_data_for_one_file(tmp_path: Path) -> None:
    """Many tensors may use the same bytes of another file; in one file each has its own."""
    path = tmp_path / "model.onnx"
    onnx.save(
        classifier(size=4 << 20),
        str(path),
        save_as_external_data=True,
        location="w.bin",
        size_threshold=0,
    )
    made = onnx.load(str(path), load_external_data=False)
    for number in range(600):
        made.graph.initializer.add().CopyFrom(made.graph.initializer[0])
        made.graph.initializer[-1].name = f"w{number}"
    path.write_bytes(made.SerializeToString())
    with pytest.raises(ValueError, match=r"2\.5 GB of data .* more than the 2147483647"):
        fix(path, tmp_path / "new.onnx", inline=True)
    assert not (tmp_path / "new.onnx").exists()
