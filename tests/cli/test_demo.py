"""`make demo`, as it stands in the Makefile, on this machine."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.digits import DIGITS

DEMO = DIGITS.with_name("demo.py")

pytestmark = pytest.mark.xdist_group("demo")


def start(folder: Path, *words: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(DEMO), *map(str, words)],
        env={**os.environ, "TMPDIR": str(folder), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> str:
    """What the demo printed until its end."""
    try:
        return process.communicate(timeout=110)[0]
    finally:
        process.kill()


def test_the_demo_ends_with_an_accuracy_above_95_per_cent(tmp_path: Path) -> None:
    process = start(tmp_path)
    out = ended(process)
    assert process.returncode == 0, out
    found = re.search(r"Accuracy on the device: ([\d.]+)% \((\d+) of 360 images\)", out)
    assert found is not None
    assert float(found[1]) > 95
    assert out.count("read ") >= 8
    assert "Try next" in out
    assert list(tmp_path.iterdir()) == []


def test_the_demo_with_a_model_of_ones_own(tmp_path: Path) -> None:
    process = start(tmp_path, DIGITS)
    out = ended(process)
    assert process.returncode == 0, out
    assert "8 random inputs were run on the device" in out
    assert re.search(r"scores: \d \(0\.\d+\)", out)
    assert list(tmp_path.iterdir()) == []


def test_the_demo_stops_at_a_model_that_does_not_pass(tmp_path: Path) -> None:
    page = tmp_path / "model.onnx"
    page.write_text("<!DOCTYPE html><html></html>")
    process = start(tmp_path, page)
    out = ended(process)
    assert process.returncode == 1
    assert "not fit" in out
    assert "Start a cloud" not in out
    assert "Traceback" not in out
    assert list(tmp_path.iterdir()) == [page]


def test_ctrl_c_ends_all_and_leaves_nothing(tmp_path: Path) -> None:
    process = start(tmp_path)
    assert process.stdout is not None
    for line in process.stdout:
        if "registration token" in line:
            break
    process.send_signal(signal.SIGINT)
    out = ended(process)
    assert process.returncode == 130, out
    assert "Traceback" not in out
    assert list(tmp_path.iterdir()) == []
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in listing.stdout
