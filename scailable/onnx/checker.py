"""Asking the onnx package about a model, in a process of its own.

The process (`examiner`) is started before the file is read, so that importing onnx takes no time
beside the reading. It gets the skeleton of the model as its standard input and writes what it finds
as JSON lines; whatever it wrote before it was stopped still counts. No model can stop or crash the
process that asks.
"""

import json
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scailable.errors import MissingExtraError, ScailableError
from scailable.onnx import children
from scailable.onnx.limits import Limits
from scailable.onnx.reading.problems import Problem
from scailable.onnx.report import TensorInfo
from scailable.onnx.rules import structure

_RULES = {
    "checker": structure.CHECKER,
    "inference": structure.INFERENCE,
    "memory": structure.MEMORY_LIMIT,
    "stamp": structure.WRONG_STAMP,
    "unexpected": structure.UNEXPECTED,
}


@dataclass(slots=True)
class Answer:
    """What the onnx package says about a model.

    Attributes:
        problems: what it refuses.
        types: the inferred types of values; fewer, when it refuses the model.
        newest_opset: the newest it knows; None when it did not come to say so.
        version: of the package.
    """

    problems: list[Problem] = field(default_factory=list)
    types: list[TensorInfo] = field(default_factory=list)
    newest_opset: int | None = None
    version: str = ""
    stage: str = "starting"
    done: bool = False


class Checker:
    """A process that waits for a model to check; used once, as a context manager."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(
            prefix="scailable-onnx-", ignore_cleanup_errors=True
        )
        self._errors = Path(self._folder.name, "errors")
        environment = children.environment()
        environment["OPENBLAS_NUM_THREADS"] = environment["OMP_NUM_THREADS"] = "1"
        try:
            with self._errors.open("wb") as stderr:
                self._process = subprocess.Popen(
                    children.command("scailable.onnx.examiner"),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    cwd=self._folder.name,
                    env=environment,
                )
        except BaseException:
            self._folder.cleanup()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()

    def ask(self, skeleton: bytes, limits: Limits) -> Answer:
        """What the onnx package says about a model without its large data.

        Raises:
            MissingExtraError: the onnx package is not installed.
            ScailableError: the process could not be started.
        """
        head = json.dumps({"seconds": limits.seconds, "memory": limits.memory}).encode() + b"\n"
        code: int | None = None
        try:
            output, _ = self._process.communicate(head + skeleton, timeout=limits.seconds)
            code = self._process.returncode
        except subprocess.TimeoutExpired as expired:
            output = expired.stdout or b""
        answer = _fold(output)
        if answer.done:
            return answer
        if answer.stage == "starting" and code is not None:
            last_words = self._errors.read_text("utf-8", "replace")[-300:].strip()
            raise ScailableError(
                f"The process that checks models did not start (exit {code}). {last_words}".strip(),
                hint="Check that scailable and onnx are installed for the Python that runs this.",
            )
        answer.problems.append(_cut_short(answer.stage, code, limits))
        return answer


def _fold(output: bytes) -> Answer:
    answer = Answer()
    for line in output.split(b"\n")[:-1]:  # the last piece is empty, or a line cut short
        message: dict[str, Any] = json.loads(line)
        match message.pop("kind"):
            case "stage":
                answer.stage = message["name"]
            case "onnx":
                answer.version, answer.newest_opset = message["version"], message["newest_opset"]
            case "types":
                answer.types += [
                    TensorInfo(name, dtype, None if shape is None else tuple(shape))
                    for name, dtype, shape in message["types"]
                ]
            case "problem":
                answer.problems.append(Problem(_RULES[message.pop("rule")].code, **message))
            case "missing":
                raise MissingExtraError("onnx", "Checking a model", hint=message["hint"])
            case "done":
                answer.done = True
    return answer


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
