"""What the agent's threads share: the assigned models, how each one does, and which ever ran."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from scailable.edge.choose import ModelKey, keep
from scailable.edge.files import read_json, write_json
from scailable.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

State = Literal["downloading", "running", "failed", "refused"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A model that the cloud wants this device to run; `size` in bytes."""

    function: str
    name: str
    digest: str
    size: int
    assigned_at: str
    updated_at: str

    @property
    def key(self) -> ModelKey:
        """This version of this model."""
        return ModelKey(self.function, self.digest)


@dataclass(frozen=True, slots=True)
class ModelState:
    """How an assigned model does, as the cloud is told."""

    function: str
    digest: str
    state: State
    message: str | None = None


class DeviceState:
    """Shared by the threads of an agent; assigned and good models are kept in `current.json`.

    `wake` is called when there may be something new to run.
    """

    def __init__(self, path: Path, wake: Callable[[], None]) -> None:
        self._path = path
        self._wake = wake
        self._lock = threading.Lock()
        self.news = threading.Event()
        """Set when the cloud should hear about a change."""
        self._states: dict[ModelKey, ModelState] = {}
        self._confirmed = False
        try:
            kept = read_json(path) or {"assigned": [], "good": []}
            self._assigned = tuple(Assignment(**entry) for entry in kept["assigned"])
            self._good = [ModelKey(*entry) for entry in kept["good"]]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ConfigError(
                f"The device's models in {path} cannot be read ({type(error).__name__}).",
                hint="Move the file away; the agent asks the cloud for its models again.",
            ) from None

    @property
    def assigned(self) -> tuple[Assignment, ...]:
        """The assigned models, as far as known: at start, those of the last run."""
        with self._lock:
            return self._assigned

    @property
    def confirmed(self) -> bool:
        """Whether the cloud has said in this run what is assigned."""
        with self._lock:
            return self._confirmed

    @property
    def good(self) -> tuple[ModelKey, ...]:
        """Models that have run, oldest first."""
        with self._lock:
            return tuple(self._good)

    def assign(self, assignments: Iterable[Assignment]) -> None:
        """Take what the cloud assigned. A model assigned anew gets another chance."""
        with self._lock:
            before = set(self._assigned)
            self._assigned = tuple(assignments)
            self._confirmed = True
            unchanged = {entry.key for entry in self._assigned if entry in before}
            self._states = {
                key: state
                for key, state in self._states.items()
                if key in unchanged or state.state == "running"
            }
            self._save()
        self.news.set()
        self._wake()

    def note(self, key: ModelKey, state: State, message: str | None = None) -> None:
        """Note how a model does."""
        entry = ModelState(key.function, key.digest, state, message)
        with self._lock:
            if self._states.get(key) == entry:
                return
            self._states[key] = entry
        self.news.set()

    def forget(self, key: ModelKey) -> None:
        """A model was put down in order."""
        with self._lock:
            self._states.pop(key, None)

    def failed(self, key: ModelKey) -> bool:
        """Whether a model has turned out not to run."""
        with self._lock:
            entry = self._states.get(key)
            return entry is not None and entry.state == "failed"

    def message(self, key: ModelKey) -> str:
        """What there is to say about how a model does."""
        with self._lock:
            entry = self._states.get(key)
            return (entry and entry.message) or ""

    def ran(self, key: ModelKey, running: Sequence[ModelKey]) -> None:
        """A model has been loaded and warmed up: from now on it can stand in for others."""
        with self._lock:
            good = [other for other in self._good if other != key] + [key]
            assigned = [entry.key for entry in self._assigned]
            self._good = keep(assigned, [*running, key], good)
            self._save()

    def report(self) -> list[ModelState]:
        """What the cloud should know: one entry for each assigned model."""
        with self._lock:
            return [
                self._states.get(entry.key)
                or ModelState(entry.function, entry.digest, "downloading")
                for entry in self._assigned
            ]

    def wanted(self) -> set[str]:
        """Digests of the models that must stay on the disk."""
        with self._lock:
            return {entry.digest for entry in self._assigned} | {key.digest for key in self._good}

    def name(self, key: ModelKey) -> str:
        """What to call a model in front of people."""
        names = {entry.function: entry.name for entry in self.assigned}
        return names.get(key.function, key.function)

    def _save(self) -> None:
        kept = {"assigned": [asdict(entry) for entry in self._assigned], "good": self._good}
        write_json(self._path, kept)
