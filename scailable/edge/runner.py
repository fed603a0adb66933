"""The agent's side of the child process that runs a model."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scailable.edge import worker
from scailable.redact import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

LOAD_SECONDS = 120.0
RUN_SECONDS = 60.0
_SHOWN = 400


class InferenceError(Exception):
    """The model did not take this input; it can go on with the next one."""


class WorkerDied(Exception):
    """The process that ran the model crashed, was killed, or hung and was ended."""


class LoadError(Exception):
    """The model cannot be loaded."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output as the runtime sees it; a size that is not fixed is None."""

    name: str
    dtype: str | None
    shape: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Inference:
    """Outputs by name as nested lists, and the time the runtime took."""

    outputs: dict[str, Any]
    latency_ms: float


class Runner:
    """One model in one child process.

    Every exchange has a time limit, after which the child is killed: `load_seconds` to load the
    model, `run_seconds` for one inference. Used by one thread, but for `close`.
    """

    def __init__(
        self, model: Path, *, load_seconds: float = LOAD_SECONDS, run_seconds: float = RUN_SECONDS
    ) -> None:
        self.model = model
        self.inputs: tuple[Tensor, ...] = ()
        self.outputs: tuple[Tensor, ...] = ()
        self._load_seconds = load_seconds
        self._run_seconds = run_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()

    def start(self) -> int:
        """Start (again) a child, load the model in it, and return its process id.

        Raises:
            LoadError: the runtime refuses the model.
            WorkerDied: it crashed or hung while loading.
        """
        self._end()
        self._log.seek(0)
        self._log.truncate()
        # -P: a file in the working folder must not pass for a module. A session of its own: Ctrl-C
        # at the terminal is for the agent, which then closes its children in order.
        process = self._process = subprocess.Popen(
            [sys.executable, "-P", worker.__file__, str(self.model)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            # A model has no use for the tokens that settings may hold.
            env={name: value for name, value in os.environ.items() if name[:10] != "SCAILABLE_"},
            start_new_session=True,
        )
        answer = self._exchange(None, b"", self._load_seconds)
        if "error" in answer:
            self._end()
            raise LoadError(excerpt(str(answer["error"]), _SHOWN))
        self.inputs, self.outputs = (
            tuple(
                Tensor(fact["name"], fact["dtype"], tuple(fact["shape"])) for fact in answer[kind]
            )
            for kind in ("inputs", "outputs")
        )
        return process.pid

    def infer(self, tensors: Mapping[str, NDArray[Any]]) -> Inference:
        """Run the model once on these inputs.

        Raises:
            InferenceError: the runtime refuses the input.
            WorkerDied: it crashed or hung; `start` gives a new child.
        """
        header = {
            "tensors": [
                {"name": name, "dtype": value.dtype.str, "shape": list(value.shape)}
                for name, value in tensors.items()
            ]
        }
        payload = b"".join(value.tobytes() for value in tensors.values())
        answer = self._exchange(header, payload, self._run_seconds)
        if "error" in answer:
            raise InferenceError(excerpt(str(answer["error"]), _SHOWN))
        return Inference(answer["outputs"], float(answer["latency_ms"]))

    def close(self) -> None:
        """End the child and forget its log."""
        self._end()
        self._log.close()

    def _exchange(
        self, header: dict[str, Any] | None, payload: bytes, seconds: float
    ) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise WorkerDied("the process that ran the model has ended")
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        # Killing the child ends a write or read that waits for it.
        limit = threading.Timer(seconds, expire)
        limit.daemon = True
        limit.start()
        try:
            if header is not None:
                worker.send(process.stdin, header, payload)
            return worker.receive(process.stdout)[0]
        except (EOFError, OSError, ValueError):
            if expired.is_set():
                why = f"it gave no answer within {seconds:g} s"
                self._end()
            else:
                # The pipe closes a moment before the process has ended: let it say how.
                why = _how(self._end(patience=5.0))
            last = self._last_words()
            raise WorkerDied(excerpt(f"{why}: {last}" if last else why, _SHOWN)) from None
        finally:
            limit.cancel()

    def _end(self, patience: float = 0.0) -> int:
        """End the child, by force after `patience` seconds, and return its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        try:
            code = process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                # What could not be written any more is of no interest.
                with contextlib.suppress(OSError):
                    stream.close()
        return code

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


def _how(code: int) -> str:
    """How a process ended, by its exit code."""
    if code >= 0:
        return f"its process ended with exit code {code}"
    try:
        return f"its process was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"its process was ended by signal {-code}"
