"""How fast a model runs: figures that are right, and a measuring that can be broken off."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scailable.errors import MissingExtraError, ValidationError
from scailable.onnx import ModelFailed, bench, check
from scailable.onnx.trial.statistics import latency, percentile
from tests.onnx.models import STRING, classifier, model, save, value
from tests.onnx.trial.test_run import endless
from tests.waiting import wait_until


def test_percentiles_of_known_samples() -> None:
    ordered = [float(each) for each in range(1, 101)]
    assert [percentile(ordered, p) for p in (0, 50, 90, 99, 100)] == [1, 50.5, 90.1, 99.01, 100]
    assert percentile([7.0], 99) == 7
    uneven = sorted([0.3, 9.0, 0.1, 2.5, 2.5, 0.7, 4.2])
    for percent in (0, 1, 37.5, 50, 90, 95, 99, 100):
        assert percentile(uneven, percent) == pytest.approx(np.percentile(uneven, percent))
    figures = latency([3.0, 1.0, 2.0])
    assert (figures.min, figures.p50, figures.max, figures.mean) == (1, 2, 3, 2)
    assert figures.deviation == pytest.approx(0.8165, abs=1e-4)


def test_a_model_is_measured(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    result = bench(
        save(classifier(shape=("n", 3, 8, 8)), tmp_path),
        runs=20,
        on_progress=lambda *numbers: told.append(numbers),
    )
    figures = result.latency
    assert result.complete
    assert figures.runs == 20
    assert 0 < figures.min <= figures.p50 <= figures.p99 <= figures.max
    assert result.throughput == pytest.approx(1 / figures.mean)
    assert result.inputs[0]["shape"] == [1, 3, 8, 8]
    assert result.memory is not None
    assert result.provider == "CPUExecutionProvider"
    assert json.loads(json.dumps(result.to_dict()))["latency"]["runs"] == 20
    assert "20 runs" in result.text()
    assert result.notes == ("image- is float32[n,3,8,8]: open sizes are 1",)
    assert result.sha256 and result.size == Path(result.path).stat().st_size


def test_seconds_end_the_measuring(tmp_path: Path) -> None:
    result = bench(save(classifier(), tmp_path), runs=10**9, seconds=0.3, threads=1)
    assert 1 <= result.latency.runs < 10**9
    assert result.complete


def test_what_cannot_be_fed_is_said(tmp_path: Path) -> None:
    from onnx import helper

    node = helper.make_node("Identity", ["x"], ["y"])
    made = model([value("x", (1,), STRING)], [value("y", (1,), STRING)], [node])
    with pytest.raises(ModelFailed, match="string"):
        bench(save(made, tmp_path))


@pytest.mark.parametrize(
    "numbers",
    [
        {"runs": 0},
        {"warmup": -1},
        {"threads": -1},
        {"threads": 100_000},
        {"seconds": -1},
        {"seconds": float("nan")},
        {"seconds": 1e300},
        {"memory": 1 << 20},
    ],
)
def test_numbers_without_sense(tmp_path: Path, numbers: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        bench(save(classifier(), tmp_path), **numbers)


def test_limits_beyond_all_sense_are_no_limits(tmp_path: Path) -> None:
    path = save(classifier(), tmp_path)
    assert bench(path, runs=1, seconds=10_000_000, memory=1 << 80).complete


def test_ctrl_c_shows_what_was_measured(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from scailable.onnx import bench\n"
        "def tell(done, total): print(done, file=sys.stderr, flush=True)\n"
        "result = bench(sys.argv[1], runs=10**9, seconds=0, warmup=0, on_progress=tell)\n"
        "print(result.complete, result.latency.runs)\n"
    )
    path = save(endless(2000), tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stderr is not None
        wait_until(process.stderr.readline, 60)
        os.kill(process.pid, signal.SIGINT)
        said, words = process.communicate(timeout=30)
    finally:
        process.kill()
    assert "Traceback" not in words
    complete, runs = said.split()
    assert complete == "False"
    assert int(runs) >= 1


@pytest.mark.parametrize("missing", ["onnxruntime", "numpy"])
def test_a_missing_package_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    path = save(classifier(), tmp_path)
    report = check(path, "generic")
    # The check itself needs numpy, which onnx does; it is done before it goes missing.
    monkeypatch.setattr("scailable.onnx.trial.model.check", lambda *_, **__: report)
    package = tmp_path / "packages" / missing
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        f"raise ModuleNotFoundError('it is not there', name={missing!r})"
    )
    monkeypatch.syspath_prepend(str(package.parent))
    with pytest.raises(MissingExtraError) as caught:
        bench(path)
    assert "pip install 'scailable[run]'" in str(caught.value)


def test_a_broken_package_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "packages" / "onnxruntime"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "raise ImportError('libfoo.so: cannot open', name='libfoo')"
    )
    monkeypatch.syspath_prepend(str(package.parent))
    with pytest.raises(MissingExtraError, match=r"cannot be imported: libfoo\.so"):
        bench(save(classifier(), tmp_path))


def test_the_command_line(tmp_path: Path) -> None:
    path = str(save(classifier(), tmp_path))
    command = [sys.executable, "-m", "scailable.cli.main", "models", "bench", path, "--runs", "5"]

    def said(*more: str) -> str:
        return subprocess.run([*command, *more], capture_output=True, check=True, text=True).stdout

    assert "5 runs" in said("--threads", "1").splitlines()[0]
    assert json.loads(said("--json"))["latency"]["runs"] == 5
    assert float(said("-q")) > 0


@pytest.mark.skipif(sys.platform == "win32", reason="has no such terminals")
def test_progress_on_a_terminal(tmp_path: Path) -> None:
    path = str(save(endless(200_000), tmp_path))
    ours, theirs = os.openpty()
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "scailable.cli.main", "models", "bench", path, "--seconds", "2"],
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
            check=True,
        )
        shown = os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "runs" in ended.stdout
    assert "of 100 runs" in shown
    assert shown.endswith("\r")
    assert shown.rpartition("\r")[0].rpartition("\r")[2].strip() == ""
