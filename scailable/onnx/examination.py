"""Looking into a file in a child process, so that no model can stop or crash this one.

The child (`examiner`) gets the open file as its standard input and writes what it finds as JSON
lines; whatever it wrote before it was stopped still counts.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scailable.errors import MissingExtraError, ScailableError
from scailable.onnx.limits import Limits
from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import structure

# A hostile file is looked at with none of our secrets in reach.
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


@dataclass(slots=True)
class Problem:
    """A broken rule, by its code."""

    code: str
    message: str
    where: str = ""
    fix: str = ""


@dataclass(slots=True)
class Examination:
    """What the child found."""

    sha256: str | None = None
    bytes_read: int | None = None
    facts: ModelFacts | None = None
    problems: list[Problem] = field(default_factory=list)
    stage: str = "starting"
    done: bool = False


def examine(descriptor: int, folder: Path, limits: Limits) -> Examination:
    """Look into an open file.

    Args:
        descriptor: the file, open for reading.
        folder: the folder that external data is looked for in.
        limits: when to give up.

    Raises:
        MissingExtraError: the onnx package is not installed.
        ScailableError: the child process could not be started.
    """
    os.lseek(descriptor, 0, os.SEEK_SET)
    command = [sys.executable, "-P", "-B", "-m", "scailable.onnx.examiner"]
    command += [str(folder), repr(limits.seconds), str(limits.memory)]
    with tempfile.TemporaryDirectory(prefix="scailable-onnx-", ignore_cleanup_errors=True) as work:
        errors = Path(work, "errors")
        with errors.open("wb") as stderr:
            output, code = _run(command, descriptor, work, stderr.fileno(), limits)
        last_words = errors.read_text("utf-8", "replace")[-300:].strip()
    found = _fold(output)
    if found.done:
        return found
    if found.stage == "starting" and code is not None:
        raise ScailableError(
            f"The process that checks models did not start (exit {code}). {last_words}".strip(),
            hint="Check that scailable and onnx are installed for the Python that runs this.",
        )
    found.problems.append(_cut_short(found.stage, code, limits))
    return found


def _run(
    command: list[str], stdin: int, folder: str, stderr: int, limits: Limits
) -> tuple[bytes, int | None]:
    """What the child wrote, and its exit code (None when it was stopped)."""
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    # The child finds its modules where this process does, whatever the folder it runs in.
    environment["PYTHONPATH"] = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
    environment["OPENBLAS_NUM_THREADS"] = environment["OMP_NUM_THREADS"] = "1"
    try:
        ended = subprocess.run(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=folder,
            env=environment,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        return expired.stdout or b"", None
    return ended.stdout, ended.returncode


def _fold(output: bytes) -> Examination:
    found = Examination()
    for line in output.split(b"\n")[:-1]:  # the last piece is empty, or a line cut short
        message: dict[str, Any] = json.loads(line)
        match message.pop("kind"):
            case "stage":
                found.stage = message["name"]
            case "digest":
                found.sha256, found.bytes_read = message["sha256"], message["size"]
            case "facts":
                found.facts = ModelFacts.from_dict(message["facts"])
            case "problem":
                found.problems.append(Problem(**message))
            case "missing":
                raise MissingExtraError("onnx", "Checking a model", hint=message["hint"])
            case "done":
                found.done = True
    return found


def _cut_short(stage: str, code: int | None, limits: Limits) -> Problem:
    simpler = "make the model simpler: fewer nested functions and loops, or smaller constants"
    if code is None or code == -getattr(signal, "SIGXCPU", 0):
        return Problem(
            structure.TIME_LIMIT.code,
            f"stopped after {limits.seconds:.3g} seconds, while {stage}",
            fix=simpler,
        )
    how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
    return Problem(
        structure.CRASH.code,
        f"the process that looked into it ended {how}, while {stage}",
        fix=simpler,
    )
