"""One run of a model on real input, and what comes of it when it goes wrong."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from scailable.errors import MissingExtraError, ValidationError
from scailable.onnx import ModelCrashed, ModelFailed, UnreadableFile, run
from tests.onnx.models import BOOL, INT64, STRING, classifier, image, model, save, value
from tests.waiting import wait_until

ROOT = Path(__file__).parents[3]
DIGITS = ROOT / "examples" / "digits" / "digits.onnx"
HELD_OUT = ROOT / "examples" / "digits" / "heldout.npz"


def held_out(count: int) -> tuple[Any, Any]:
    with np.load(HELD_OUT) as samples:
        return samples["image-"][:count], samples["labels"][:count]


def test_digits_are_recognised(tmp_path: Path) -> None:
    images, labels = held_out(5)
    for picture, label in zip(images, labels, strict=True):
        np.savez(tmp_path / "one.npz", image=picture[np.newaxis])
        result = run(DIGITS, tmp_path / "one.npz")
        (scores,) = result.outputs
        assert scores["results"][0]["class"] == label
        assert scores["results"][0]["label"] == str(label)
        assert result.seconds > 0


def test_a_picture_is_made_to_fit(tmp_path: Path) -> None:
    (picture,), (label,) = held_out(1)
    pixels = (picture.reshape(8, 8) * 16).astype(np.uint8)
    Image.fromarray(pixels).convert("RGBA").resize((80, 80), 0).save(tmp_path / "digit.png")
    result = run(DIGITS, tmp_path / "digit.png", vars=[16])
    assert result.outputs[0]["results"][0]["class"] == label
    assert any("80 x 80 resized to 8 x 8" in note for note in result.notes)


def averages(order: str = "NCHW", channels: int = 3) -> Any:
    """The mean of every channel as scores."""
    shape = (1, channels, 4, 6) if order == "NCHW" else (1, 4, 6, channels)
    axes = [2, 3] if order == "NCHW" else [1, 2]
    node = helper.make_node("ReduceMean", ["image-"], ["scores-0:R;1:G;2:B"], axes=axes, keepdims=0)
    return model([image(shape)], [value("scores-0:R;1:G;2:B", (1, channels))], [node])


@pytest.mark.parametrize("order", ["NCHW", "NHWC"])
def test_channels_and_their_order(tmp_path: Path, order: str) -> None:
    Image.new("RGB", (6, 4), (10, 20, 30)).save(tmp_path / "flat.png")
    path = save(averages(order), tmp_path)
    run(path, tmp_path / "flat.png", output=tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz") as out:
        assert out["scores-0:R;1:G;2:B"].tolist() == [[10, 20, 30]]


def test_normalisation_as_the_model_asks_for_it_or_as_given(tmp_path: Path) -> None:
    Image.new("RGB", (6, 4), (10, 20, 30)).save(tmp_path / "flat.png")
    made = averages()
    made.graph.doc_string = '{"means": [10, 10, 10], "vars": [2]}'
    path = save(made, tmp_path)
    asked = run(path, tmp_path / "flat.png")
    assert asked.outputs[0]["range"] == [0, 10]
    given = run(path, {"image": tmp_path / "flat.png"}, means=[0], vars=[10])
    assert given.outputs[0]["range"] == [1, 3]


def test_a_photo_is_turned_upright(tmp_path: Path) -> None:
    picture = Image.new("RGB", (4, 6))
    picture.paste((90, 0, 0), (0, 0, 2, 6))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    picture.save(tmp_path / "photo.jpg", exif=exif, quality=100)
    result = run(save(averages(), tmp_path), tmp_path / "photo.jpg")
    assert not any("resized" in note for note in result.notes)


BOXES = "bboxes-format:xyxysc;0:Cat;1:Dog"


def detector() -> Any:
    rows = np.array([[1, 2, 3, 4, 0.5, 1], [5, 6, 7, 8, 0.9, 0]], np.float32)
    return model(
        [image((1, 3, 4, 6)), value("nms_sensitivity-", (1,)), value("mask-", (4, 6), BOOL)],
        [value(BOXES, ("n", 6)), value("alarm-0:Fire", (1, 1), BOOL)],
        [
            helper.make_node("Mul", ["rows", "nms_sensitivity-"], ["half"]),
            helper.make_node("Div", ["half", "nms_sensitivity-"], [BOXES]),
            helper.make_node("Cast", ["mask-"], ["m"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMin", ["m"], ["least"], keepdims=0),
            helper.make_node("Cast", ["least"], ["all"], to=TensorProto.BOOL),
            helper.make_node("Reshape", ["all", "shape"], ["alarm-0:Fire"]),
        ],
        initializers=[
            numpy_helper.from_array(rows, "rows"),
            helper.make_tensor("shape", INT64, [2], [1, 1]),
        ],
    )


def test_boxes_alarms_and_inputs_that_are_not_given(tmp_path: Path) -> None:
    np.save(tmp_path / "image.npy", np.zeros((3, 4, 6), np.float32))
    result = run(save(detector(), tmp_path), tmp_path / "image.npy")
    boxes, alarm = result.outputs
    assert [each["label"] for each in boxes["results"]] == ["Cat", "Dog"]
    assert boxes["results"][0]["box"] == [5, 6, 7, 8]
    assert alarm["results"] == [{"class": 0, "label": "Fire", "alarm": True}]
    assert len(result.notes) == 2


@pytest.mark.parametrize(
    ("shape", "words"),
    [((1, 3, 8, 9), r"not float32\[1,3,8,9\]"), ((5,), "image- float32")],
)
def test_a_shape_that_does_not_fit(tmp_path: Path, shape: tuple[int, ...], words: str) -> None:
    np.save(tmp_path / "x.npy", np.zeros(shape, np.float32))
    with pytest.raises(ModelFailed, match=words):
        run(save(classifier(), tmp_path), tmp_path / "x.npy")


def test_wrong_files_are_named(tmp_path: Path) -> None:
    path = save(classifier(), tmp_path)
    (tmp_path / "x.png").write_text("no image")
    (tmp_path / "x.npy").write_text("no array")
    (tmp_path / "x.txt").write_text("text")
    np.savez(tmp_path / "x.npz", a=np.zeros(1), b=np.zeros(1))
    np.save(tmp_path / "object.npy", np.array([{}], object), allow_pickle=True)
    np.savez(tmp_path / "one.npz", a=np.zeros(1))
    for name, words in (
        ("nothing.npz", "No such file"),
        ("x.png", "no picture"),
        ("x.npy", "Cannot read"),
        ("x.txt", "of no kind"),
        ("x.npz", "holds a, b"),
        ("object.npy", "Cannot read"),
    ):
        with pytest.raises(ModelFailed, match=words):
            run(path, tmp_path / name)
    with pytest.raises(ModelFailed, match="no input mask"):
        run(path, {"mask": tmp_path / "one.npz"})


def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    Image.new("1", (10_000, 10_000)).save(tmp_path / "vast.png")
    with pytest.raises(ModelFailed, match="pixels"):
        run(save(classifier(), tmp_path), tmp_path / "vast.png")


def test_a_model_that_breaks_a_safety_rule_is_not_run(tmp_path: Path) -> None:
    made = classifier()
    made.graph.name = ""
    np.save(tmp_path / "x.npy", np.zeros((1, 3, 8, 8), np.float32))
    with pytest.raises(ValidationError, match="is not run: ONNX-"):
        run(save(made, tmp_path), tmp_path / "x.npy")
    with pytest.raises(UnreadableFile):
        run(tmp_path / "nothing.onnx", tmp_path / "x.npy")


def endless(trips: int) -> Any:
    """A loop with so many rounds."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Sin", ["x"], ["y"])],
        "body",
        [value("i", (), INT64), value("go", (), BOOL), value("x", (1,))],
        [value("on", (), BOOL), value("y", (1,))],
    )
    return model(
        [value("start", (1,))],
        [value("end", (1,))],
        [helper.make_node("Loop", ["trips", "", "start"], ["end"], body=body)],
        initializers=[helper.make_tensor("trips", INT64, [], [trips])],
    )


def test_a_model_without_end_is_stopped(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros(1, np.float32))
    with pytest.raises(ModelCrashed, match="took more than 3 seconds"):
        run(save(endless(2**40), tmp_path), tmp_path / "x.npy", timeout=3)


def test_a_model_that_asks_for_too_much_memory(tmp_path: Path) -> None:
    node = helper.make_node("Expand", ["x", "shape"], ["y"])
    shape = helper.make_tensor("shape", INT64, [2], [1 << 20, 1 << 19])
    made = model([value("x", (1,))], [value("y", ("a", "b"))], [node], initializers=[shape])
    np.save(tmp_path / "x.npy", np.zeros(1, np.float32))
    with pytest.raises(ModelFailed):
        run(save(made, tmp_path), tmp_path / "x.npy")


def test_text_is_not_fed(tmp_path: Path) -> None:
    node = helper.make_node("Identity", ["x"], ["y"])
    made = model([value("x", (1,), STRING)], [value("y", (1,), STRING)], [node])
    np.save(tmp_path / "x.npy", np.zeros(1, np.float32))
    with pytest.raises(ModelFailed, match="string"):
        run(save(made, tmp_path), tmp_path / "x.npy")


def test_external_data_is_found(tmp_path: Path) -> None:
    import onnx

    weights = np.arange(3, dtype=np.float32)
    made = model(
        [value("x", (3,))],
        [value("y", (3,))],
        [helper.make_node("Mul", ["x", "w"], ["y"])],
        initializers=[numpy_helper.from_array(weights, "w")],
    )
    path = tmp_path / "model.onnx"
    onnx.save(made, str(path), save_as_external_data=True, location="w.bin", size_threshold=0)
    np.save(tmp_path / "x.npy", np.ones(3, np.float32))
    assert run(path, tmp_path / "x.npy").outputs[0]["range"] == [0, 2]


def test_the_output_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = save(classifier(), tmp_path)
    np.save(tmp_path / "bad.npy", np.zeros((9, 9), np.float32))
    with pytest.raises(ModelFailed):
        run(path, tmp_path / "bad.npy", output=tmp_path / "out.npz")
    with pytest.raises(ValidationError, match="replace what is read"):
        run(path, tmp_path / "bad.npy", output=path)
    with pytest.raises(ValidationError, match="Cannot write"):
        run(path, tmp_path / "bad.npy", output=tmp_path / "nowhere" / "out.npz")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["bad.npy", "model.onnx"]


def test_a_missing_runtime_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "packages" / "onnxruntime"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('not here')")
    monkeypatch.syspath_prepend(str(package.parent))
    np.save(tmp_path / "x.npy", np.zeros((1, 3, 8, 8), np.float32))
    with pytest.raises(MissingExtraError, match="Running a model") as caught:
        run(save(classifier(), tmp_path), tmp_path / "x.npy")
    assert "scailable[run]" in str(caught.value)


def test_the_command_line(tmp_path: Path) -> None:
    images, labels = held_out(1)
    np.savez(tmp_path / "one.npz", image=images)
    command = [sys.executable, "-m", "scailable.cli.main", "--json", "models", "run", str(DIGITS)]
    said = subprocess.run(
        [*command, "--input", str(tmp_path / "one.npz")], capture_output=True, check=True
    ).stdout
    assert json.loads(said)["outputs"][0]["results"][0]["class"] == labels[0]


def test_ctrl_c_ends_the_run_and_its_process(tmp_path: Path) -> None:
    path = save(endless(2**40), tmp_path)
    np.save(tmp_path / "x.npy", np.zeros(1, np.float32))
    command = [sys.executable, "-m", "scailable.cli.main", "models", "run", str(path)]
    process = subprocess.Popen(
        [*command, "-i", str(tmp_path / "x.npy")], stderr=subprocess.PIPE, start_new_session=True
    )

    def children() -> list[int]:
        own = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        return [
            int(pid)
            for pid in own.read_text().split()
            if "trial.child.runner" in Path(f"/proc/{pid}/cmdline").read_text()
        ]

    try:
        (child,) = wait_until(children, 60)
        os.kill(process.pid, signal.SIGINT)
        _, words = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert b"Traceback" not in words
    assert not Path(f"/proc/{child}").exists()


def test_floats_of_other_widths_are_converted(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((1, 3, 8, 8), np.float64))
    assert run(save(classifier(), tmp_path), tmp_path / "x.npy").outputs[0]["dtype"] == "float32"
