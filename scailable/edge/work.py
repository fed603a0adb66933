"""Running the assigned models on the inputs, each in its child process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scailable.edge.choose import ModelKey, choose
from scailable.edge.events import Failed, InputSkipped, Restarted, Result, Running
from scailable.edge.inputs import InputFile, InputSource, Samples, read_samples
from scailable.edge.naming import readable
from scailable.edge.runner import Inference, InferenceError, LoadError, Runner, WorkerDied
from scailable.errors import JobFailed, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scailable.edge.clock import Clock
    from scailable.edge.events import Event
    from scailable.edge.mailbox import Mailbox
    from scailable.edge.models import ModelStore
    from scailable.edge.results import ResultsFile
    from scailable.edge.state import DeviceState

SCAN_SECONDS = 0.5


class Workshop:
    """Keeps the right models running and feeds them. Used by one thread."""

    def __init__(
        self,
        *,
        source: InputSource,
        results: ResultsFile,
        store: ModelStore,
        state: DeviceState,
        clock: Clock,
        emit: Callable[[Event], None],
        mailbox: Mailbox,
        load_seconds: float,
        run_seconds: float,
    ) -> None:
        self.count = 0
        """How many results were written."""
        self._source = source
        self._results = results
        self._store = store
        self._state = state
        self._clock = clock
        self._emit = emit
        self._mailbox = mailbox
        self._load_seconds = load_seconds
        self._run_seconds = run_seconds
        self._files: list[InputFile] = []
        self._runners: dict[ModelKey, Runner] = {}
        self._open: dict[ModelKey, tuple[InputFile, Samples]] = {}
        self._finished: set[tuple[ModelKey, InputFile]] = set()
        self._misfits: dict[tuple[ModelKey, InputFile], str] = {}
        self._settled = False

    def turn(self) -> bool:
        """Do what there is to do; true when that was all of it, false when it was interrupted.

        When the turn before found nothing more to do, this one first waits: for the mailbox, or
        until it is time to look for new inputs.
        """
        self._mailbox.wait(SCAN_SECONDS if self._settled else 0)
        self._reconcile()
        self._files = self._source.files()
        self._settled = self._feed()
        return self._settled

    def close(self) -> None:
        """End the children."""
        for key in list(self._runners):
            self._put_down(key)

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
        return not self._state.failed(key) and (key in self._runners or self._store.has(key.digest))

    def _start(self, key: ModelKey) -> None:
        runner = Runner(
            self._store.path(key.digest),
            load_seconds=self._load_seconds,
            run_seconds=self._run_seconds,
        )
        try:
            pid = runner.start()
        except (LoadError, WorkerDied) as error:
            runner.close()
            self._broken(key, f"It cannot be loaded: {error}")
            return
        self._runners[key] = runner
        self._state.ran(key, list(self._runners))
        self._state.note(key, "running")
        self._emit(Running(self._state.name(key), key.digest, pid))

    def _put_down(self, key: ModelKey) -> None:
        self._runners.pop(key).close()
        self._open.pop(key, None)

    def _broken(self, key: ModelKey, why: str) -> None:
        self._state.note(key, "failed", why)
        self._emit(Failed(self._state.name(key), why))

    # --- running them --------------------------------------------------------------------------

    def _feed(self) -> bool:
        """Run the models on what they have not had yet; false when something needs a look."""
        for key in list(self._runners):
            for file in self._files:
                if (key, file) in self._finished:
                    continue
                samples = self._samples(key, file)
                if samples is not None and not self._feed_samples(key, file, samples):
                    return False
                self._finished.add((key, file))
                self._open.pop(key, None)
        return True

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

    def _feed_samples(self, key: ModelKey, file: InputFile, samples: Samples) -> bool:
        done = self._results.done(key, file)
        for index in range(len(samples)):
            if index in done:
                continue
            if not self._mailbox.empty or not self._feed_one(key, file, samples, index):
                return False
        return True

    def _feed_one(self, key: ModelKey, file: InputFile, samples: Samples, index: int) -> bool:
        """Write one result; false when the model has broken over it."""
        inference: Inference | None = None
        problem = None
        try:
            inference = self._infer(key, samples, index)
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
            outputs=None if inference is None else readable(inference.outputs),
            latency_ms=None if inference is None else inference.latency_ms,
            error=problem,
        )
        self.count += 1
        self._emit(Result(self.count, problem))
        return True

    def _infer(self, key: ModelKey, samples: Samples, index: int) -> Inference:
        runner = self._runners[key]
        tensors = samples.tensors(index)
        try:
            return runner.infer(tensors)
        except WorkerDied as death:
            # Whatever ended it may have come from outside: it gets one more chance.
            self._emit(Restarted(self._state.name(key), str(death)))
            runner.start()
            return runner.infer(tensors)

    # --- the end -------------------------------------------------------------------------------

    def done(self) -> bool:
        """Whether every assigned model that can run has had every input there is.

        Raises:
            JobFailed: no assigned model can run, or no input fits any of them.
        """
        assigned = self._state.assigned
        if not self._state.confirmed or not assigned:
            return False
        failed = [entry.key for entry in assigned if self._state.failed(entry.key)]
        if len(failed) == len(assigned):
            raise JobFailed(
                "No assigned model can be run on this device.",
                reason="; ".join(self._state.message(key) for key in failed),
                hint="Correct the model, upload it and assign it again.",
            )
        running = [entry.key for entry in assigned if entry.key in self._runners]
        if len(running) + len(failed) < len(assigned):
            return False
        had = [(key, file) for key in running for file in self._files]
        if had and all(pair in self._misfits for pair in had):
            raise JobFailed(
                "No input fits an assigned model.",
                reason=self._misfits[had[0]],
                hint="Name the arrays after the model's inputs, in the model's shapes.",
            )
        return all(pair in self._finished for pair in had)
