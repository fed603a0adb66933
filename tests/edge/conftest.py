"""A device under test: an agent in a thread, its events, and the cloud it talks to."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from scailable.edge import Agent
from tests.edge.faulty_cloud import FastClock, FaultyCloud

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scailable.edge.clock import Clock
    from scailable.edge.events import Event


class Device:
    """Starts agents on one data folder, and waits for what they tell."""

    def __init__(self, folder: Path, url: str, tie: Callable[[str, str], object] | None) -> None:
        self.folder = folder
        self.url = url
        self.tie = tie
        self.input = folder / "inputs"
        self.output = folder / "results.jsonl"
        self.data = folder / "data"
        self.clock: Clock = FastClock()
        self.options: dict[str, Any] = {}
        self.events: list[Event] = []
        self.changed = threading.Condition()
        self.agent: Agent | None = None
        self.error: BaseException | None = None
        self.count: int | None = None
        self._thread: threading.Thread | None = None
        self.input.mkdir()

    def make(self) -> Agent:
        return Agent(
            "bench",
            self.input,
            self.output,
            data=self.data,
            base_url=self.url,
            tie=self.tie,
            on_event=self._hear,
            clock=self.clock,
            **self.options,
        )

    def run(self) -> int:
        """Run an agent until it is done."""
        return self.make().run(until_done=True)

    def start(self, *, until_done: bool = False) -> Agent:
        agent = self.agent = self.make()

        def work() -> None:
            try:
                self.count = agent.run(until_done)
            except BaseException as error:
                self.error = error

        self._thread = threading.Thread(target=work)
        self._thread.start()
        return agent

    def join(self) -> None:
        """Wait for the agent to end."""
        assert self._thread is not None
        self._thread.join(30)
        assert not self._thread.is_alive()

    def stop(self) -> None:
        if self.agent is not None and self._thread is not None:
            self.agent.stop()
            self.join()

    def wait_for(self, kind: type[Any], count: int = 1, **fields: Any) -> Any:
        """The event of this kind and with these fields, when it has come `count` times."""

        def found() -> list[Any]:
            return [
                event
                for event in self.events
                if isinstance(event, kind)
                and all(getattr(event, name) == value for name, value in fields.items())
            ]

        with self.changed:
            assert self.changed.wait_for(lambda: len(found()) >= count, 30), self.events[-5:]
            return found()[count - 1]

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.read_text().splitlines()]

    def _hear(self, event: Event) -> None:
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()


@pytest.fixture
def cloud() -> Iterator[FaultyCloud]:
    with FaultyCloud() as cloud:
        yield cloud


@pytest.fixture
def device(cloud: FaultyCloud, tmp_path: Path) -> Iterator[Device]:
    device = Device(tmp_path, cloud.url, cloud.tie)
    try:
        yield device
    finally:
        device.stop()
