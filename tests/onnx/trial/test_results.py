"""What results say, and how they are kept."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from scailable.onnx import RunResult, run
from scailable.onnx.sandbox import Refused
from scailable.onnx.trial.child.results import read_results
from scailable.onnx.trial.child.saving import save_outputs
from tests.onnx.models import model, save, value
from tests.onnx.trial.test_run import DIGITS, HELD_OUT


def told(folder: Path, name: str, values: Any, **options: Any) -> tuple[dict[str, Any], RunResult]:
    """The result of a model that gives these values."""
    values = np.asarray(values)
    dtype = helper.np_dtype_to_tensor_dtype(values.dtype)
    made = model(
        [value("x", (1,))],
        [value(name, values.shape, dtype)],
        [helper.make_node("Identity", ["c"], [name])],
        initializers=[numpy_helper.from_array(values, "c")],
    )
    np.save(folder / "x.npy", np.zeros(1, np.float32))
    result = run(save(made, folder), folder / "x.npy", **options)
    (output,) = json.loads(json.dumps(result.to_dict(), allow_nan=False))["outputs"]
    return output, result


def floats(*rows: Any) -> Any:
    return np.array(rows, np.float32)


def test_top_scores(tmp_path: Path) -> None:
    output, result = told(tmp_path, "scores-0:Cat;2:Owl", floats([0.2, np.nan, 0.7]), most=2)
    assert output["results"] == [
        {"class": 2, "label": "Owl", "score": 0.7},
        {"class": 0, "label": "Cat", "score": 0.2},
    ]
    assert output["not_finite"] == 1
    assert "2  Owl  0.7000" in result.text()
    assert "1 of its values are not finite" in result.text()


def test_scores_of_many_samples(tmp_path: Path) -> None:
    output, _ = told(tmp_path, "scores-0:Cat;1:Dog", floats([0.9, 0.1], [0.2, 0.8]))
    assert [(each["row"], each["label"]) for each in output["results"]] == [(0, "Cat"), (1, "Dog")]


ROWS = floats([1, 2, 3, 4, 0.4, 0], [5, 6, 7, 8, 0.9, 1], [5, 6, 7, 8, np.nan, 1])


@pytest.mark.parametrize("prefix", ["bboxes", "barcode_bboxes"])
def test_boxes_above_the_threshold(tmp_path: Path, prefix: str) -> None:
    name = f"{prefix}-format:xyxysc;0:Cat;1:Dog"
    output, _ = told(tmp_path, name, ROWS)
    dog = {"class": 1, "label": "Dog", "score": 0.9, "box": [5, 6, 7, 8]}
    assert output["results"] == [dog]
    assert output["found"] == 1
    output, result = told(tmp_path, name, ROWS[np.newaxis], threshold=0.1, most=1)
    assert output["results"] == [dog]
    assert output["found"] == 2
    assert "and 1 more" in result.text()


def test_boxes_of_other_formats(tmp_path: Path) -> None:
    output, _ = told(tmp_path, "bboxes-format:xyxy", ROWS[:, :4])
    assert output["results"][0]["box"] == [1, 2, 3, 4]
    assert "score" not in output["results"][0]
    output, _ = told(tmp_path, "bboxes-format:xyxyc;1:Dog", ROWS[:, [0, 1, 2, 3, 5]])
    assert [each["label"] for each in output["results"]] == ["", "Dog", "Dog"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("bboxes-format:xyxysc", np.zeros((2, 4), np.float32)),
        ("bboxes-format:xyxysc", np.zeros((0, 6), np.float32)),
        ("bboxes-format:xyxysc;0:A", np.full((1, 6), np.inf, np.float32)),
        ("bboxes-0:A", np.zeros((2, 6), np.float32)),
        ("bboxes-format:xyxysc", np.zeros(6, np.float32)),
        ("scores-0:A", np.zeros((1, 0), np.float32)),
        ("scores-0:A", np.zeros((0, 3), np.float32)),
        ("scores-0:A", np.full((2, 2), np.nan, np.float32)),
        ("scores-0:A", np.float32(1)),
        ("scores-0:A", np.zeros((1, 2), np.int64)),
        ("alarm-0:A", np.zeros((1, 0), bool)),
        ("y", np.full(3, -np.inf, np.float16)),
        ("y", np.array([2**63], np.uint64)),
    ],
)
def test_results_that_say_nothing(tmp_path: Path, name: str, values: Any) -> None:
    array = np.asarray(values)
    output = read_results(name, array, 5, 0.5)
    json.dumps(output, allow_nan=False)
    assert output["shape"] == list(array.shape)
    assert name in of(output).text()
    with (tmp_path / "out.npz").open("wb") as file:
        save_outputs(file.fileno(), {name: array})
    with np.load(tmp_path / "out.npz", allow_pickle=False) as out:
        np.testing.assert_array_equal(out[name], array)


def of(*outputs: dict[str, Any]) -> RunResult:
    """The result of a run with these outputs."""
    return RunResult(path="m", sha256="", seconds=0.0, load_seconds=0.0, outputs=outputs, notes=())


def test_an_optional_output_without_value(tmp_path: Path) -> None:
    assert read_results("y", None, 5, 0.5)["dtype"] == "nothing"
    with (tmp_path / "out.npz").open("wb") as file:
        save_outputs(file.fileno(), {"y": None, "s": [np.zeros(2), np.ones(1)]})
    with np.load(tmp_path / "out.npz", allow_pickle=False) as out:
        assert out.files == ["s[0]", "s[1]"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no full device")
def test_a_full_disk_is_said() -> None:
    with Path("/dev/full").open("wb") as file, pytest.raises(Refused, match="No space left"):
        save_outputs(file.fileno(), {"y": np.zeros(10)})


def test_names_that_numpy_takes_for_arguments(tmp_path: Path) -> None:
    for name in ("file", "allow_pickle", "args", "../up", "a/b"):
        with (tmp_path / "out.npz").open("wb") as file:
            save_outputs(file.fileno(), {name: floats(1, 2)})
        with np.load(tmp_path / "out.npz", allow_pickle=False) as out:
            assert out.files == [name]
            assert out[name].tolist() == [1, 2]


def test_sequences_and_maps(tmp_path: Path) -> None:
    kind = helper.make_map_type_proto(
        TensorProto.STRING, helper.make_tensor_type_proto(TensorProto.FLOAT, None)
    )
    node = helper.make_node(
        "ZipMap", ["x"], ["z"], domain="ai.onnx.ml", classlabels_strings=["no", "yes"]
    )
    made = model(
        [value("x", (1, 2))],
        [helper.make_value_info("z", helper.make_sequence_type_proto(kind))],
        [node],
        imports=[helper.make_opsetid("ai.onnx.ml", 1)],
    )
    np.save(tmp_path / "x.npy", floats([0.25, 0.75]))
    result = run(save(made, tmp_path), tmp_path / "x.npy", output=tmp_path / "out.npz")
    assert result.outputs[0]["dtype"] == "sequence"
    assert [each["label"] for each in result.outputs[0]["results"]] == ["yes", "no"]
    with np.load(tmp_path / "out.npz", allow_pickle=False) as out:
        assert out["z[0].keys"].tolist() == ["no", "yes"]
        assert out["z[0].values"].tolist() == [0.25, 0.75]


def test_labels_do_not_steer_the_terminal() -> None:
    name = "scores-0:Cat\x1b[2J\u202e"
    text = of(read_results(name, floats([0.1, 0.9]), 5, 0.5)).text()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "Cat\\x1b[2J" in text


def test_an_output_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.npz").symlink_to(tmp_path / "folder" / "real.npz")
    told(tmp_path, "y", floats(1), output=tmp_path / "link.npz")
    assert (tmp_path / "link.npz").is_symlink()
    assert (tmp_path / "folder" / "real.npz").is_file()


def test_the_text_of_a_command(tmp_path: Path) -> None:
    (tmp_path / "a=b.npz").write_bytes(HELD_OUT.read_bytes())
    words = ["run", str(DIGITS), "--sample", "3", "--top", "1"]
    for given in ("a=b.npz", "image=a=b.npz"):
        ended = subprocess.run(
            [sys.executable, "-m", "scailable.cli.main", "models", *words, "-i", given],
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        assert ended.returncode == 0, ended.stderr
        assert "sample 3 of 360" in ended.stdout
        assert "labelled 8" in ended.stdout
