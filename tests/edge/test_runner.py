"""The child process that runs a model."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scailable.edge.runner import InferenceError, LoadError, Runner, Tensor, WorkerDied
from tests.edge import small_models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ONE = {"image-": np.array([[1, 2]], np.float32)}


@pytest.fixture
def runner_for(tmp_path: Path) -> Iterator[Callable[..., Runner]]:
    made: list[Runner] = []

    def make(model: bytes, **options: float) -> Runner:
        path = tmp_path / f"{len(made)}.onnx"
        path.write_bytes(model)
        made.append(Runner(path, **options))
        return made[-1]

    yield make
    for runner in made:
        runner.close()


def test_says_what_the_model_takes_and_runs_it(runner_for: Callable[..., Runner]) -> None:
    runner = runner_for(small_models.times(2))
    runner.start()
    assert runner.inputs == (Tensor("image-", "float32", (1, 2)),)
    assert runner.outputs == (Tensor("hidden", "float32", (1, 2)),)
    inference = runner.infer(ONE)
    assert inference.outputs == {"hidden": [[2.0, 4.0]]}
    assert inference.latency_ms >= 0


def test_values_that_json_has_not_become_null(runner_for: Callable[..., Runner]) -> None:
    runner = runner_for(small_models.times(2))
    runner.start()
    values = {"image-": np.array([[np.nan, np.inf]], np.float32)}
    assert runner.infer(values).outputs == {"hidden": [[None, None]]}


def test_an_input_that_does_not_fit_does_no_harm(runner_for: Callable[..., Runner]) -> None:
    runner = runner_for(small_models.times(2))
    runner.start()
    with pytest.raises(InferenceError, match="image-"):
        runner.infer({"image-": np.zeros((1, 5), np.float32)})
    assert runner.infer(ONE).outputs == {"hidden": [[2.0, 4.0]]}


def test_no_model(runner_for: Callable[..., Runner]) -> None:
    with pytest.raises(LoadError, match=r"(?i)protobuf"):
        runner_for(small_models.no_model()).start()


def test_a_model_that_loads_for_ever(runner_for: Callable[..., Runner]) -> None:
    with pytest.raises(WorkerDied, match="no answer within 2 s"):
        runner_for(small_models.endless_to_load(), load_seconds=2).start()


def test_a_crash_in_the_middle(runner_for: Callable[..., Runner]) -> None:
    runner = runner_for(small_models.endless())
    child = runner.start()
    crash = threading.Timer(0.2, os.kill, (child, signal.SIGSEGV))
    crash.start()
    with pytest.raises(WorkerDied, match="SIGSEGV"):
        runner.infer(ONE)
    assert runner.start() != child
    assert runner.infer({"image-": np.zeros((1, 2), np.float32)}).outputs == {
        "hidden": [[0.0, 0.0]]
    }


def test_a_stopped_child_holds_up_nobody(runner_for: Callable[..., Runner]) -> None:
    # It reads nothing, so that writing a large input to it would wait for ever.
    runner = runner_for(small_models.times(2), run_seconds=0.3)
    os.kill(runner.start(), signal.SIGSTOP)
    with pytest.raises(WorkerDied, match=r"no answer within 0\.3 s"):
        runner.infer({"image-": np.zeros((1, 1 << 20), np.float32)})
