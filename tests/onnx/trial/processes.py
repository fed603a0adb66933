"""A command that tries a model, as a process, and the process that it starts in turn."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import wait_until


@contextmanager
def started(*words: object, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """`scailable models WORDS`, in a group of its own that a terminal would signal as one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scailable.cli.main", "models", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, **variables},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def child_of(process: subprocess.Popen[str]) -> int:
    """The process that runs the model, once it computes."""

    def busy() -> int | None:
        own = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        for pid in own.read_text().split():
            child = Path("/proc", pid)
            if "trial.child" not in (child / "cmdline").read_text():
                continue
            if "onnxruntime_pybind11" in (child / "maps").read_text():  # loaded last
                return int(pid)
        return None

    found: int = wait_until(busy, 60)
    return found


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    return not Path(f"/proc/{pid}").exists() or is_zombie(pid)


def is_zombie(pid: int) -> bool:
    """Whether a process has ended, and nobody has asked how yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def interrupt_group(process: subprocess.Popen[str]) -> None:
    """Ctrl-C at a terminal: all processes of the group get the signal."""
    os.killpg(process.pid, signal.SIGINT)
