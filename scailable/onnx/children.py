"""Processes of our own in which models are handled: what they see, and how they are talked to.

A model is not to be trusted: whatever it does to the onnx package or the runtime happens to such a
process, which has limits, an empty folder to run in, and none of our secrets in reach.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scailable.errors import MissingExtraError, ScailableError
from scailable.onnx.text import one_line, printable

_KEPT_VARIABLES = (
    "HOME",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "PATH",
    "PYTHONHOME",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
)


class ModelFailed(ScailableError):
    """Something could not be done with a model."""

    next_step = "Check the model: scailable models check FILE"


class ModelCrashed(ModelFailed):
    """The process that handled a model was ended by it, or took more than it may."""


def environment() -> dict[str, str]:
    """The environment variables of such a process."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    # It finds its modules where this process does, whatever the folder it runs in.
    kept["PYTHONPATH"] = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
    return kept


def command(module: str) -> list[str]:
    """The command that starts a module as such a process."""
    return [sys.executable, "-P", "-B", "-m", module]


def run_child(
    module: str,
    request: Mapping[str, Any],
    *,
    purpose: str,
    seconds: float,
    memory: int,
    descriptors: Sequence[int] = (),
    on_progress: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Let a process do something to a model.

    Args:
        module: run as `python -m module`; written with `sandbox`.
        request: JSON-ready; handed to it with the limits.
        purpose: what it does, for errors: "Running the model".
        seconds: time on the clock after which it is stopped.
        memory: bytes of address space that it may take (enforced on Linux).
        descriptors: open files that it inherits under the same numbers.
        on_progress: called with what it says before its result.

    Returns:
        its result.

    Raises:
        ModelCrashed: it did not come to a result.
        MissingExtraError: a package that it needs is not installed.
        ModelFailed: it refuses, and says why.
    """
    asked = json.dumps({**request, "limits": {"seconds": seconds, "memory": memory}})
    with tempfile.TemporaryDirectory(
        prefix="scailable-onnx-", ignore_cleanup_errors=True
    ) as folder:
        errors = Path(folder, "errors")
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        with errors.open("wb") as stderr:
            process = subprocess.Popen(
                command(module),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=folder,
                env=environment(),
                pass_fds=descriptors,
            )
        try:
            timer.start()
            result = _listen(process, asked, on_progress)
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
        if result is not None:
            return result
        last_words = printable(one_line(errors.read_text("utf-8", "replace")[-300:]))
    raise ModelCrashed(_ending(purpose, process.returncode, late.is_set(), seconds, last_words))


def _listen(
    process: subprocess.Popen[bytes],
    asked: str,
    on_progress: Callable[[dict[str, Any]], None] | None,
) -> dict[str, Any] | None:
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(asked.encode())
        process.stdin.close()
    except BrokenPipeError:
        pass  # it has ended already; how is told by its exit code
    for line in process.stdout:
        if not line.endswith(b"\n"):
            break  # cut short
        try:
            message: dict[str, Any] = json.loads(line)
        except ValueError:
            break  # not from us: the model has got hold of the process
        match message.pop("kind"):
            case "progress":
                if on_progress is not None:
                    on_progress(message)
            case "result":
                process.wait()
                return message
            case "refused":
                # It names what is in the model.
                hint = message["hint"]
                raise ModelFailed(printable(message["message"]), hint=hint and printable(hint))
            case "missing":
                raise MissingExtraError(**message)
    process.wait()
    return None


def _ending(purpose: str, code: int, late: bool, seconds: float, last_words: str) -> str:
    if late or code == -getattr(signal, "SIGXCPU", 0):
        return f"{purpose} took more than {seconds:.3g} seconds, and was stopped."
    if code < 0:
        killed = code == -getattr(signal, "SIGKILL", 0)
        why = ", perhaps by the system for want of memory" if killed else ""
        how = f"{_signal(-code)}{why}"
        return f"{purpose} ended the process that did it ({how}). {last_words}".strip()
    return f"{purpose} broke off (exit code {code}). {last_words}".strip()


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # real-time signals have no names
        return f"signal {number}"
