"""The commands of the first console session of the documents work in the order they are shown."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 60

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What runs on, and the words after which the next command may be typed.
_WAITS_FOR = {"scailable cloud serve": "ready at", "scailable edge run": "registered"}


def commands(text: str) -> list[str]:
    """What is typed in the console blocks under one heading; the environment is there already."""
    typed = [
        line[2:]
        for block in _BLOCK.findall(text)
        for line in block.splitlines()
        if line[:2] == "$ "
    ]
    return [line for line in typed if not line.startswith(("make ", "source "))]


@pytest.mark.parametrize(
    ("document", "heading"),
    [("README.md", "From the command line"), ("docs/cli.md", "From a file to a device")],
)
def test_session(document: str, heading: str, tmp_path: Path) -> None:
    section = (ROOT / document).read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = commands(section)
    assert len(lines) > 5
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCAILABLE_")}
    environment = {
        **kept,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "SCAILABLE_CONFIG_DIR": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "SCAILABLE_PASSWORD": "seven-Quiet-otters-41",
    }
    device: subprocess.Popen[str] | None = None
    shown = ""
    with ExitStack() as stack:
        for line in lines:
            if line.startswith("export "):
                name, value = line.removeprefix("export ").split("=")
                environment[name] = value.replace("8008", str(port))
                continue
            if line.startswith("scailable cloud serve"):
                line += f" --port {port}"
            if line.startswith("scailable register"):
                line += " --accept-eula"  # nobody is there to be asked
            marks = [mark for start, mark in _WAITS_FOR.items() if line.startswith(start)]
            if marks:
                device = started(stack, line, environment, tmp_path)
                wait_for(device, marks[0])
                continue
            done = subprocess.run(
                line,
                shell=True,
                cwd=tmp_path,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=DEADLINE,
            )
            assert done.returncode == 0, (line, done.stderr)
            shown += done.stdout
            if line.startswith("scailable devices assign "):
                assert device is not None
                wait_for(device, "results     300")
    assert re.search(r"digits +ok +running", shown)


def started(
    stack: ExitStack, line: str, environment: dict[str, str], folder: Path
) -> subprocess.Popen[str]:
    """A command that runs on until the end of the session."""
    process = subprocess.Popen(
        f"exec {line}",
        shell=True,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    late = threading.Timer(DEADLINE, process.kill)
    late.start()
    stack.callback(process.communicate)
    stack.callback(process.terminate)
    stack.callback(late.cancel)
    return process


def wait_for(process: subprocess.Popen[str], words: str) -> None:
    """Read what a command says until it says this."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return
    raise AssertionError(f"{process.args!r} never said {words!r}: {said}")
