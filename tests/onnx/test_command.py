"""`python -m scailable.onnx`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scailable.onnx.__main__ import main
from tests.onnx.models import classifier, model, save, value
from tests.onnx.report.results import insist_on_schema


@pytest.fixture
def fit(tmp_path: Path) -> Path:
    return save(classifier(), tmp_path, "fit.onnx")


@pytest.fixture
def unfit(tmp_path: Path) -> Path:
    return save(model([value("x", (1, 10))], [value("x", (1, 10))]), tmp_path, "unfit.onnx")


def test_the_module_runs_as_a_command(fit: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-m", "scailable.onnx", str(fit)],
        capture_output=True,
        check=False,
        env=environment,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["verdict"] == "fit"


def test_the_json_is_utf_8_everywhere(tmp_path: Path) -> None:
    path = save(classifier(output_name="scores-0:😀;1:é;2:c"), tmp_path, "fit\udcff.onnx")
    done = subprocess.run(
        [sys.executable, "-m", "scailable.onnx", path],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "ascii"},
        timeout=60,
    )
    report = json.loads(done.stdout)
    insist_on_schema(report)
    assert report["facts"]["outputs"][0]["name"] == "scores-0:😀;1:é;2:c"
    assert report["path"].endswith("fit�.onnx")


def test_exit_codes(
    fit: Path, unfit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(fit)]) == 0
    assert main([str(unfit)]) == 1
    assert main([str(tmp_path / "missing.onnx")]) == 2
    assert main([str(fit), str(unfit), str(tmp_path)]) == 2
    assert capsys.readouterr().err == ""


def test_several_files_give_a_list(
    fit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(fit), str(tmp_path)])
    first, second = every = json.loads(capsys.readouterr().out)
    insist_on_schema(every)
    assert first["ok"] is True
    assert second["path"] == str(tmp_path)
    assert "directory" in second["error"]


def test_the_profile_is_passed_on(unfit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(unfit), "--profile", "generic"]) == 0
    assert json.loads(capsys.readouterr().out)["profile"] == "generic"


def test_the_largest_size_is_passed_on(fit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(fit), "--max-size", "10"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["code"] == "ONNX-FILE-008"


def test_wrong_use_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--profile", "strict", "x.onnx"])
    assert stopped.value.code == 2
    assert "generic" in capsys.readouterr().err


def test_a_closed_pipe_is_no_failure_to_talk_about(fit: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "scailable.onnx", str(fit)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()  # long before it has started to write
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1
