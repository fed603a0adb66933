"""The agent: keeps a device known to its cloud, and its assigned models running on its inputs."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from scailable.config import Settings
from scailable.edge.clock import SystemClock
from scailable.edge.cloud_api import EdgeCloud
from scailable.edge.files import private_folder
from scailable.edge.identity import IdentityFile
from scailable.edge.inputs import InputSource
from scailable.edge.link import CloudLink
from scailable.edge.mailbox import Mailbox
from scailable.edge.models import ModelStore
from scailable.edge.results import ResultsFile
from scailable.edge.runner import LOAD_SECONDS, RUN_SECONDS
from scailable.edge.state import DeviceState
from scailable.edge.work import Workshop
from scailable.errors import ConfigError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scailable.edge.clock import Clock
    from scailable.edge.events import Event
    from scailable.edge.link import Tie


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
        tie: registers the device itself: called with the registration token and the name; what it
            raises under `ScailableError` leaves the token to be registered by hand.
        on_event: called with each `scailable.edge.events` event, never twice at once.
        clock: the time, for tests.
        load_seconds: how long a model may take to load, in seconds.
        run_seconds: how long one inference may take, in seconds.

    Raises:
        ConfigError: there is no such input, or it is of another kind; the base URL is none.
        MissingExtraError: the extra `edge` is not installed.

    `docs/edge.md` has an example, which the tests run.
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
        if importlib.util.find_spec("onnxruntime") is None:
            raise MissingExtraError("edge", "Running models on this machine")
        self.name = name
        self.base_url = Settings.load(base_url=base_url).base_url.value
        self.data = Path(data) if data else default_folder(name, self.base_url)
        self._source = InputSource(Path(input))
        self._output = Path(output)
        self._load_seconds = load_seconds
        self._run_seconds = run_seconds
        self._clock = clock or SystemClock()
        self._tie = tie
        self._on_event = on_event
        self._telling = threading.Lock()
        self._mailbox = Mailbox()

    def run(self, until_done: bool = False) -> int:
        """Work until `stop` is called; returns how many results were written.

        With `until_done` it ends by itself once every input that is there has been run through
        every assigned model.

        Raises:
            CredentialsError: the cloud no longer accepts this device; its identity is put aside.
            JobFailed: with `until_done`, no assigned model can be run, or no input fits.
            ConfigError: another agent runs in the same data folder, which may also be damaged or
                belong to another cloud; or the output file holds something else.
            BadRequest: the cloud does not take the device's name.
        """
        lock = FileLock(private_folder(self.data) / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise ConfigError(
                f"Another agent runs with the data folder {self.data}.",
                hint="Stop it, or name another data folder.",
            ) from None
        try:
            return self._run(until_done)
        finally:
            lock.release()

    def stop(self) -> None:
        """Ask `run` to end after the inference under way. Safe in a signal handler."""
        self._mailbox.stop()

    def _run(self, until_done: bool) -> int:
        identity_file = IdentityFile(self.data)
        identity = identity_file.load(self.base_url, self.name)
        store = ModelStore(self.data / "models")
        state = DeviceState(self.data / "current.json", self._mailbox.wake)
        results = ResultsFile(self._output)
        cloud = EdgeCloud(self.base_url)
        link = CloudLink(
            cloud,
            identity=identity,
            identity_file=identity_file,
            store=store,
            state=state,
            clock=self._clock,
            emit=self._emit,
            wake=self._mailbox.wake,
            tie=self._tie,
        )
        workshop = Workshop(
            source=self._source,
            results=results,
            store=store,
            state=state,
            clock=self._clock,
            emit=self._emit,
            mailbox=self._mailbox,
            load_seconds=self._load_seconds,
            run_seconds=self._run_seconds,
        )
        link.start()
        try:
            while not self._mailbox.stopped:
                if link.error is not None:
                    raise link.error
                if workshop.turn() and until_done and workshop.done():
                    break
            return workshop.count
        finally:
            link.stop()
            workshop.close()
            results.close()
            link.close()

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
