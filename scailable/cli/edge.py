"""`scailable edge run`."""

from __future__ import annotations

import json
import shlex
import signal
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scailable.cli import output
from scailable.cli.base import Group, State, pass_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from scailable.edge.events import Event

# Every how many results a line says so.
_STRIDE = 100


@click.group(cls=Group)
def edge() -> None:
    """Make this machine a device."""


@edge.command()
@click.option("--name", required=True, help="Name of the device.")
@click.option(
    "--input",
    "source",
    required=True,
    metavar="DIR|FILE.npz",
    type=click.Path(path_type=Path),
    help="What the models run on; a folder is watched for new files.",
)
@click.option(
    "--output",
    "results",
    required=True,
    metavar="FILE.jsonl",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that gets one line of JSON for each result.",
)
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the device's identity and models; by default one of its own below your home.",
)
@click.option("--once", is_flag=True, help="End when every input has been run through each model.")
@pass_state
def run(
    state: State, name: str, source: Path, results: Path, data: Path | None, once: bool
) -> None:
    """Be a device: fetch the models assigned to it and run them on the inputs.

    At first it announces itself. When you are signed in on this machine, it then registers itself;
    otherwise it shows a registration token to create the device with. Ctrl-C ends it in good order;
    started again, it is the same device and goes on where it was.
    """
    from scailable.config import Settings
    from scailable.edge import Agent

    settings = Settings.load(profile=state.profile, base_url=state.base_url)
    tie = _tie(state, settings)
    agent = Agent(
        name,
        source,
        results,
        data=data,
        base_url=settings.base_url.value,
        tie=tie,
        on_event=_json_line if state.json else _Lines(state, name, ties=tie is not None),
    )
    received = _stop_on_signal(agent.stop)
    count = agent.run(until_done=once)
    _finished(state, count, results)
    # Without --once this is how it ends; with it, the work was not finished.
    if once and received:
        raise click.Abort


def _tie(state: State, settings: Any) -> Callable[[str, str], object] | None:
    """How the device registers itself; None when nobody is signed in on this machine."""
    from scailable.token_store import TokenStore

    if settings.token.value is None and TokenStore(settings).load() is None:
        return None

    def create(token: str, name: str) -> object:
        with state.client() as client:
            return client.devices.create(name, registration_token=token)

    return create


def _stop_on_signal(stop: Callable[[], None]) -> list[int]:
    """Stop in an orderly way on the first SIGINT or SIGTERM; a second SIGINT ends it at once."""
    received: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        received.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
    return received


def _json_line(event: Event) -> None:
    click.echo(json.dumps({"event": _kind(event), **asdict(event)}))


def _kind(event: Event) -> str:
    return type(event).__name__.lower()


class _Lines:
    """Events as short lines; what goes wrong on stderr."""

    def __init__(self, state: State, name: str, *, ties: bool) -> None:
        self._state = state
        self._name = name
        self._ties = ties
        self._token = ""
        self._error: str | None = None

    def __call__(self, event: Event) -> None:
        from scailable.edge import events

        match event:
            case events.Announced():
                self._token = event.token
                self._say(f"announced   registration token {event.token}")
                if not self._ties:
                    self._explain()
            case events.TieFailed():
                click.echo(_problem(event), err=True)
                self._explain()
            case events.Failed() | events.InputSkipped():
                click.echo(_problem(event), err=True)
            case events.Downloading():
                if event.done == event.total:
                    self._say(f"downloaded  {output.text(event.model)}")
            case events.Result():
                # Every sample may fail alike: once is enough.
                if event.error is not None and event.error != self._error:
                    click.echo(_problem(event), err=True)
                self._error = event.error
                if event.count % _STRIDE == 0:
                    self._say(f"results     {event.count}")
            case _:
                self._say(_told(event))

    def _say(self, line: str) -> None:
        if not self._state.quiet:
            click.echo(line)

    def _explain(self) -> None:
        """How somebody registers this device; with -q the token alone."""
        if self._state.quiet:
            click.echo(self._token)
            return
        name, token = shlex.quote(self._name), shlex.quote(self._token)
        click.echo("            To register it, type where you are signed in:")
        click.echo(f"            scailable devices create {name} --registration-token {token}")


def _problem(event: Any) -> str:
    from scailable.edge import events

    match event:
        case events.TieFailed():
            return f"not registered: {output.text(event.why)}"
        case events.InputSkipped():
            return f"skipped     {output.text(event.why)}"  # which names the file
        case events.Result():
            return f"error       {output.text(event.error)}"
        case _:
            return f"failed      {output.text(event.model)}: {output.text(event.why)}"


def _told(event: Event) -> str:
    from scailable.edge import events

    match event:
        case events.Tied():
            return f"registered  as {output.text(event.name)} ({event.device})"
        case events.Online():
            return "online"
        case events.Offline():
            return f"offline     {output.text(event.why)}; next try in {event.retry_in:.0f} s"
        case events.Running():
            return f"running     {output.text(event.model)} ({event.digest[:19]})"
        case events.Restarted():
            return f"restarted   {output.text(event.model)}: {output.text(event.why)}"
        case _:
            return _kind(event)


def _finished(state: State, count: int, results: Path) -> None:
    from scailable.edge.results import summarize

    summary = summarize(results)
    if state.json:
        line = {"event": "finished", "count": count, "output": str(results)}
        click.echo(json.dumps({**line, "errors": summary.errors, "accuracy": summary.accuracy}))
        return
    text = f"{output.plural(count, 'result')} written to {results}"
    if summary.errors:
        text += f"; {output.plural(summary.errors, 'error')} among the {summary.results} there"
    if summary.accuracy is not None:
        text += f"; {summary.accuracy:.1%} of {summary.labelled} labelled inputs right"
    output.note(state, text)
