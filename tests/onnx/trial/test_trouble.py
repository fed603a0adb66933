"""Whatever happens to the process that runs a model is one clear error, and leaves nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import helper, numpy_helper

from scailable.onnx import ModelFailed, bench, checking, run
from scailable.onnx.report import Report
from scailable.onnx.trial import model as trial_model
from tests.onnx.models import model, save, value
from tests.onnx.trial.processes import child_of, gone, interrupt_group, started
from tests.onnx.trial.test_run import endless
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def stuck(tmp_path: Path) -> list[Path]:
    """A model that never comes to an end, with its input."""
    np.save(tmp_path / "x.npy", np.zeros(1, np.float32))
    (tmp_path / "temporary").mkdir()
    return [save(endless(2**40), tmp_path), tmp_path / "x.npy"]


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_process_that_is_ended_is_an_error(stuck: list[Path], number: signal.Signals) -> None:
    path, values = stuck
    folder = path.parent / "temporary"
    out = path.parent / "out.npz"
    words = ("run", path, "-i", values, "-o", out)
    with started(*words, TMPDIR=str(folder)) as process:
        os.kill(child_of(process), number)
        said, complaint = process.communicate(timeout=30)
    assert process.returncode == 1
    assert said == ""
    assert complaint.startswith("Error: Running the model ended the process that did it")
    assert number.name in complaint
    assert "Traceback" not in complaint
    assert list(folder.iterdir()) == []
    assert sorted(each.name for each in path.parent.iterdir()) == [
        "model.onnx",
        "temporary",
        "x.npy",
    ]


@pytest.mark.parametrize("command", ["run", "bench"])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_a_signal_ends_the_command_in_order(
    stuck: list[Path], command: str, number: signal.Signals, code: int
) -> None:
    path, values = stuck
    folder = path.parent / "temporary"
    words = ["run", path, "-i", values] if command == "run" else ["bench", path]
    with started(*words, TMPDIR=str(folder)) as process:
        child = child_of(process)
        os.killpg(process.pid, number)
        said, complaint = process.communicate(timeout=30)
    assert process.returncode == code
    assert said == ""
    assert "Traceback" not in complaint
    assert gone(child)
    assert list(folder.iterdir()) == []


def test_a_command_that_is_killed_takes_its_process_along(stuck: list[Path]) -> None:
    path, values = stuck
    with started("run", path, "-i", values, TMPDIR=str(path.parent / "temporary")) as process:
        child = child_of(process)
        process.kill()
        wait_until(lambda: gone(child), 30)


def test_what_the_process_sees_and_may(stuck: list[Path]) -> None:
    path, values = stuck
    secrets = {"SCAILABLE_TOKEN": "sesame-1", "AWS_SECRET_ACCESS_KEY": "sesame-2"}
    folder = str(path.parent / "temporary")
    with started("run", path, "-i", values, TMPDIR=folder, **secrets) as process:
        own = Path(f"/proc/{child_of(process)}")
        assert b"sesame" not in (own / "environ").read_bytes()
        limits = (own / "limits").read_text()
        assert own.joinpath("oom_score_adj").read_text().strip() == "1000"
        assert str((own / "cwd").readlink()).startswith(folder)
        interrupt_group(process)
        process.communicate(timeout=30)
    by_name = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
    assert by_name["Max core file size"] == ["0", "0"]
    assert 0 < int(by_name["Max address space"][0]) < 1 << 40
    assert 0 < int(by_name["Max cpu time"][0]) < 10**6


def test_the_runtime_reports_to_nobody() -> None:
    script = (
        "import os\n"
        "from scailable.onnx.trial.child.session import import_runtime\n"
        "import_runtime()\n"
        "print(os.environ['ORT_DISABLE_TELEMETRY'])\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    assert said.strip() == b"1"


def times(number: float, folder: Path, *, external: bool) -> Path:
    """A model that multiplies by a number, which is in a file of its own if wanted."""
    import onnx

    made = model(
        [value("x", (1,))],
        [value("y", (1,))],
        [helper.make_node("Mul", ["x", "w"], ["y"], name=f"times_{number}")],
        initializers=[numpy_helper.from_array(np.full(1, number, np.float32), "w")],
    )
    folder.mkdir(exist_ok=True)
    path = folder / "model.onnx"
    onnx.save(
        made,
        str(path),
        save_as_external_data=external,
        location=f"weights-{number}.bin",
        size_threshold=0,
    )
    return path


@pytest.mark.parametrize("external", [False, True])
def test_what_was_checked_is_what_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, external: bool
) -> None:
    other = times(100, tmp_path / "other", external=external)
    path = times(2, tmp_path / "model", external=external)
    for file in other.parent.glob("*.bin"):
        file.rename(path.parent / file.name)
    np.save(tmp_path / "x.npy", np.ones(1, np.float32))

    def check_and_swap(*words: Any, **more: Any) -> Report:
        report = checking.check(*words, **more)
        other.replace(path)
        return report

    monkeypatch.setattr(trial_model, "check", check_and_swap)
    assert run(path, tmp_path / "x.npy").outputs[0]["values"] == [2]
    assert not other.exists()


def test_memory_that_was_allowed_is_not_exceeded(tmp_path: Path) -> None:
    size = 1 << 28
    node = helper.make_node("Expand", ["x", "shape"], ["y"])
    shape = helper.make_tensor("shape", 7, [1], [size // 4])
    made = model([value("x", (1,))], [value("y", ("a",))], [node], initializers=[shape])
    np.save(tmp_path / "x.npy", np.zeros(1, np.float32))
    path = save(made, tmp_path)
    with pytest.raises(ModelFailed, match="more than 700 MiB") as caught:
        run(path, tmp_path / "x.npy", memory=700 << 20)
    assert "--memory" in str(caught.value)
    assert run(path, tmp_path / "x.npy", memory=4 << 30).outputs[0]["shape"] == [size // 4]


def test_memory_is_that_of_the_model_alone(tmp_path: Path) -> None:
    """Also when the process that asks holds much memory itself."""
    weights = np.ones(16 << 20, np.float32)
    made = model(
        [value("x", (1,))],
        [value("y", (1,))],
        [
            helper.make_node("Mul", ["x", "w"], ["wide"]),
            helper.make_node("ReduceSum", ["wide"], ["y"]),
        ],
        initializers=[numpy_helper.from_array(weights, "w")],
    )
    ballast = bytearray(300 << 20)
    result = bench(save(made, tmp_path), runs=2)
    assert len(ballast) == 300 << 20
    # The weights, and as much for their product.
    assert result.memory is not None
    assert 2 * weights.nbytes <= result.memory <= 4 * weights.nbytes


def test_a_bench_that_is_broken_off_shows_what_it_has(tmp_path: Path) -> None:
    path = save(endless(2000), tmp_path)
    with started("bench", path, "--runs", 10**9, "--seconds", 0) as process:
        child = child_of(process)
        # Its figures come in a message that no one outside sees: the processor time must do.
        wait_until(lambda: processor_seconds(child) > 3, 60)
        interrupt_group(process)
        said, complaint = process.communicate(timeout=30)
    assert complaint == ""
    assert process.returncode == 0
    assert "runs, broken off" in said.splitlines()[0]
    assert gone(child)


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
