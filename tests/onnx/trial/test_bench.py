"""How fast a model runs: figures that are right, and a measuring that can be broken off."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scailable.errors import ValidationError
from scailable.onnx import ModelFailed, bench
from scailable.onnx.trial.statistics import latency, percentile
from tests.onnx.models import STRING, classifier, model, save, value
from tests.onnx.trial.test_run import endless
from tests.waiting import wait_until


def test_percentiles_of_known_samples() -> None:
    ordered = [float(each) for each in range(1, 101)]
    assert [percentile(ordered, p) for p in (0, 50, 90, 99, 100)] == [1, 50.5, 90.1, 99.01, 100]
    assert percentile([7.0], 99) == 7
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


@pytest.mark.parametrize(("runs", "warmup", "threads"), [(0, 1, 1), (1, -1, 1), (1, 1, -1)])
def test_numbers_without_sense(tmp_path: Path, runs: int, warmup: int, threads: int) -> None:
    with pytest.raises(ValidationError):
        bench(save(classifier(), tmp_path), runs=runs, warmup=warmup, threads=threads)


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
