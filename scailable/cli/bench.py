"""`scailable models bench`: how fast a model runs on this machine."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from scailable.cli import output
from scailable.cli.base import Command, State, pass_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def _progress(state: State) -> Iterator[Callable[[int, int], None] | None]:
    """A line on a terminal that says how many runs are done, and is gone in the end."""
    if not state.talkative or not output.is_terminal(sys.stderr):
        yield None
        return
    width = 0

    def show(done: int, total: int) -> None:
        nonlocal width
        line = f"measuring: {done} of {total} runs"
        width = max(width, len(line))
        click.echo(f"\r{line:<{width}}", nl=False, err=True)

    try:
        yield show
    finally:
        if width:
            click.echo(f"\r{'':<{width}}\r", nl=False, err=True)


@click.command(cls=Command)
@click.argument("file", metavar="FILE", type=click.Path())
@click.option(
    "--runs", type=click.IntRange(1), default=100, show_default=True, help="Runs at most."
)
@click.option(
    "--seconds",
    type=click.FloatRange(0),
    default=10.0,
    show_default=True,
    help="No run is started after these; 0 for no such limit.",
)
@click.option(
    "--warmup",
    type=click.IntRange(0),
    default=3,
    show_default=True,
    help="Runs before, which are not measured.",
)
@click.option(
    "--threads",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Threads for one run; 0 for as many as the runtime likes.",
)
@click.option("--memory", metavar="MIB", type=click.IntRange(1), help="MiB that it may take.")
@pass_state
def bench(
    state: State,
    /,
    file: str,
    runs: int,
    seconds: float,
    warmup: int,
    threads: int,
    memory: int | None,
) -> None:
    """Measure a model on random input: latency, throughput, memory.

    With --quiet only the median is printed, in milliseconds. Ctrl-C ends the measuring and shows
    what was measured so far.
    """
    from scailable import onnx

    with _progress(state) as on_progress:
        result = onnx.bench(
            file,
            runs=runs,
            seconds=seconds,
            warmup=warmup,
            threads=threads,
            memory=None if memory is None else memory << 20,
            on_progress=on_progress,
        )
    if state.json:
        output.show_json(result.to_dict())
    elif state.quiet:
        click.echo(f"{result.latency.p50 * 1e3:.3f}")
    else:
        output.say(result.text())
