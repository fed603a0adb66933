"""The agent: keeps a device known to its cloud, and its assigned models running on its inputs."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import queue
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from scailable.config import Settings
from scailable.edge.choose import ModelKey, choose
from scailable.edge.clock import SystemClock
from scailable.edge.cloud_api import EdgeCloud
from scailable.edge.events import Failed, InputSkipped, Restarted, Result, Running
from scailable.edge.files import private_folder
from scailable.edge.identity import IdentityFile
from scailable.edge.inputs import InputFile, InputSource, Samples, read_samples
from scailable.edge.link import CloudLink
from scailable.edge.models import ModelStore
from scailable.edge.naming import readable
from scailable.edge.results import ResultsFile
from scailable.edge.runner import (
    LOAD_SECONDS,
    RUN_SECONDS,
    InferenceError,
    LoadError,
    Runner,
    WorkerDied,
)
from scailable.edge.state import DeviceState
from scailable.errors import ConfigError, JobFailed, MissingExtraError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scailable.edge.clock import Clock
    from scailable.edge.events import Event
    from scailable.edge.link import Tie

SCAN_SECONDS = 0.5


class Agent:
    """The device side of one device.

    It announces the device once, waits until its registration token is registered, then follows the
    models that are assigned to it and runs each of them on every input. It works on while the cloud
    is away, and with the last good model when a new one is broken.

    Args:
        name: what the device is called when it announces itself.
        input: an .npz file, or a folder of .npy and .npz files that is watched for new ones; see
            `scailable.edge.inputs.read_samples` for the shapes.
        output: the file that gets one line of JSON for each result; it is continued if it exists.
        data: the device's own folder (identity, models). Default: one for each cloud and name
            below `$XDG_STATE_HOME/scailable/edge`.
        base_url: where the cloud is; default: as `scailable.config.Settings` finds it.
        tie: registers the device itself: called with the registration token and the name.
        on_event: called with each `scailable.edge.events` event, never twice at once.
        clock: the time, for tests.
        load_seconds: how long a model may take to load, in seconds.
        run_seconds: how long one inference may take, in seconds.

    Raises:
        ConfigError: no such input; the output file is something else; the data folder belongs to
            another cloud or is damaged.

    Example:
        agent = Agent("bench", "heldout.npz", "results.jsonl", base_url="http://127.0.0.1:8008")
        agent.run(until_done=True)
    """

    def __init__(
        self,
        name: str,
        input: str | os.PathLike[str],
        output: str | os.PathLike[str],
        data: str | os.PathLike[str] | None = None,
        base_url: str | None = None,
        tie: Tie | None = None,
        on_event: Callable[[Event], None] | None = None,
        clock: Clock | None = None,
        *,
        load_seconds: float = LOAD_SECONDS,
        run_seconds: float = RUN_SECONDS,
    ) -> None:
        base_url = Settings.load(base_url=base_url).base_url.value
        if importlib.util.find_spec("onnxruntime") is None:
            raise MissingExtraError("edge", "Running models on this machine")
        self.data = private_folder(Path(data) if data else default_folder(name, base_url))
        self._source = InputSource(Path(input))
        self._output = Path(output)
        self._load_seconds = load_seconds
        self._run_seconds = run_seconds
        self._clock = clock or SystemClock()
        self._on_event = on_event
        self._telling = threading.Lock()
        # SimpleQueue, because its put may be called from a signal handler.
        self._mail: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._stopping = False
        self._lock = FileLock(self.data / ".lock")
        self._identity_file = IdentityFile(self.data)
        self._identity = self._identity_file.load(base_url, name)
        self._store = ModelStore(self.data / "models")
        self._state = DeviceState(self.data / "current.json", self._wake)
        self._tie = tie
        self._runners: dict[ModelKey, Runner] = {}
        self._open: dict[ModelKey, tuple[InputFile, Samples]] = {}
        self._finished: set[tuple[ModelKey, InputFile]] = set()
        self._misfits: dict[tuple[ModelKey, InputFile], str] = {}
        self._count = 0

    def run(self, until_done: bool = False) -> int:
        """Work until `stop` is called; returns how many results were written.

        With `until_done` it ends by itself once every input that is there has been run through
        every assigned model.

        Raises:
            CredentialsError: the cloud no longer accepts this device; its identity is put aside.
            JobFailed: with `until_done`, no assigned model can be run, or no input fits.
            ConfigError: another agent runs in the same data folder, or the output is no results.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise ConfigError(
                f"Another agent runs with the data folder {self.data}.",
                hint="Stop it, or name another data folder.",
            ) from None
        try:
            return self._run(until_done)
        finally:
            self._lock.release()

    def stop(self) -> None:
        """Ask `run` to end after the inference under way. Safe in a signal handler."""
        self._stopping = True
        self._mail.put(None)

    def _run(self, until_done: bool) -> int:
        self._results = ResultsFile(self._output)
        cloud = EdgeCloud(self._identity.base_url)
        link = CloudLink(
            cloud,
            identity=self._identity,
            identity_file=self._identity_file,
            store=self._store,
            state=self._state,
            clock=self._clock,
            emit=self._emit,
            wake=self._wake,
            tie=self._tie,
        )
        link.start()
        try:
            while not self._stopping:
                if link.error is not None:
                    raise link.error
                self._reconcile()
                files = self._source.files()
                interrupted = self._work(files)
                if until_done and not interrupted and self._done(files):
                    break
                self._read_mail(wait=not interrupted)
            return self._count
        finally:
            link.stop()
            link.last_heartbeat()
            for runner in self._runners.values():
                runner.close()
            self._runners.clear()
            self._results.close()
            cloud.close()

    # --- which models run ----------------------------------------------------------------------

    def _reconcile(self) -> None:
        """Start what should run, then put down the rest: never a moment without a model."""
        while True:
            assigned = [assignment.key for assignment in self._state.assigned]
            chosen = choose(assigned, self._state.good, self._usable)
            missing = [key for key in chosen if key not in self._runners]
            if not missing:
                break
            self._start(missing[0])
        for key in [key for key in self._runners if key not in chosen]:
            self._put_down(key)
            self._state.forget(key)

    def _usable(self, key: ModelKey) -> bool:
        state = self._state.of(key)
        broken = state is not None and state.state == "failed"
        return not broken and (key in self._runners or self._store.has(key.digest))

    def _start(self, key: ModelKey) -> None:
        runner = Runner(
            self._store.path(key.digest),
            load_seconds=self._load_seconds,
            run_seconds=self._run_seconds,
        )
        try:
            runner.start()
        except (LoadError, WorkerDied) as error:
            runner.close()
            self._broken(key, f"It cannot be loaded: {error}")
            return
        self._runners[key] = runner
        self._state.ran(key, list(self._runners))
        self._state.note(key, "running")
        self._emit(Running(self._state.name(key), key.digest))

    def _put_down(self, key: ModelKey) -> None:
        self._runners.pop(key).close()
        self._open.pop(key, None)

    def _broken(self, key: ModelKey, why: str) -> None:
        self._state.note(key, "failed", why)
        self._emit(Failed(self._state.name(key), why))

    # --- running them --------------------------------------------------------------------------

    def _work(self, files: list[InputFile]) -> bool:
        """Run the models on what they have not had yet; true when something else needs a look."""
        for key in list(self._runners):
            for file in files:
                if (key, file) in self._finished:
                    continue
                samples = self._samples(key, file)
                for index in range(len(samples) if samples else 0):
                    if index in self._results.done(key, file):
                        continue
                    if not self._mail.empty() or not self._infer(key, file, index):
                        return True
                self._finished.add((key, file))
                self._open.pop(key, None)
        return False

    def _samples(self, key: ModelKey, file: InputFile) -> Samples | None:
        """The samples of a file for a model; None when it does not fit."""
        opened = self._open.get(key)
        if opened is not None and opened[0] == file:
            return opened[1]
        try:
            samples = read_samples(file, self._runners[key].inputs)
        except ValidationError as error:
            self._misfits[key, file] = error.message
            self._emit(InputSkipped(file.name, error.message))
            return None
        self._open[key] = file, samples
        return samples

    def _infer(self, key: ModelKey, file: InputFile, index: int) -> bool:
        """Write one result; false when the model has broken over it."""
        samples = self._open[key][1]
        tensors = samples.tensors(index)
        runner = self._runners[key]
        outputs = latency = problem = None
        try:
            try:
                inference = runner.infer(tensors)
            except WorkerDied as death:
                # Whatever killed it may have come from outside: it gets one more chance.
                self._emit(Restarted(self._state.name(key), str(death)))
                runner.start()
                inference = runner.infer(tensors)
            outputs, latency = readable(inference.outputs), inference.latency_ms
        except InferenceError as error:
            problem = str(error)
        except (LoadError, WorkerDied) as error:
            self._put_down(key)
            self._broken(key, f"It broke on {file.name}[{index}]: {error}")
            return False
        self._results.append(
            time=self._clock.now().isoformat(timespec="milliseconds"),
            model=key,
            file=file,
            index=index,
            expected=samples.label(index),
            outputs=outputs,
            latency_ms=latency,
            error=problem,
        )
        self._count += 1
        self._emit(Result(self._count))
        return True

    def _done(self, files: list[InputFile]) -> bool:
        """Whether every assigned model that can run has had every input."""
        assigned = self._state.assigned
        if not self._state.confirmed or not assigned:
            return False
        states = [self._state.of(assignment.key) for assignment in assigned]
        broken = [state for state in states if state is not None and state.state == "failed"]
        if len(broken) == len(assigned):
            raise JobFailed(
                "No assigned model can be run on this device.",
                reason="; ".join(state.message or "" for state in broken),
                hint="Correct the model, upload it and assign it again.",
            )
        running = [entry.key for entry in assigned if entry.key in self._runners]
        if len(running) + len(broken) < len(assigned):
            return False
        had = [(key, file) for key in running for file in files]
        if had and all(pair in self._misfits for pair in had):
            raise JobFailed(
                "No input fits an assigned model.",
                reason=self._misfits[had[0]],
                hint="Name the arrays after the model's inputs, in the model's shapes.",
            )
        return all(pair in self._finished for pair in had)

    # --- between the threads -------------------------------------------------------------------

    def _wake(self) -> None:
        self._mail.put(None)

    def _read_mail(self, *, wait: bool) -> None:
        """Empty the mailbox; first wait for something to arrive in it, but not past a scan."""
        try:
            self._mail.get(timeout=SCAN_SECONDS if wait else 0)
            while True:
                self._mail.get_nowait()
        except queue.Empty:
            return

    def _emit(self, event: Event) -> None:
        if self._on_event is not None:
            with self._telling:
                self._on_event(event)


def default_folder(name: str, base_url: str) -> Path:
    """The data folder of a device that was given none: one for each cloud and name."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    mark = hashlib.sha256(f"{base_url}\n{name}".encode()).hexdigest()[:12]
    plain = "".join(char if char.isalnum() else "-" for char in name)[:40]
    return Path(home) / "scailable" / "edge" / f"{plain}-{mark}"
