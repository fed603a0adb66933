"""`scailable models bench`: how fast a model runs on this machine."""

from __future__ import annotations

import click

from scailable.cli import output
from scailable.cli.base import Command, State, pass_state


@click.command(cls=Command)
@click.argument("file", metavar="FILE", type=click.Path())
@click.option("--runs", type=click.IntRange(1), default=100, show_default=True)
@click.option(
    "--seconds",
    type=click.FloatRange(0),
    default=10.0,
    show_default=True,
    help="No run is started after these; 0 for no such limit.",
)
@click.option("--warmup", type=click.IntRange(0), default=3, show_default=True)
@click.option(
    "--threads",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Threads for one run; 0 for as many as the runtime likes.",
)
@pass_state
def bench(state: State, /, file: str, runs: int, seconds: float, warmup: int, threads: int) -> None:
    """Measure a model on random input: latency, throughput, memory.

    Ctrl-C ends the measuring and shows what was measured so far.
    """
    from scailable import onnx

    result = onnx.bench(file, runs=runs, seconds=seconds, warmup=warmup, threads=threads)
    if state.json:
        output.show_json(result.to_dict())
    elif state.quiet:
        click.echo(f"{result.latency.p50 * 1e3:.3f}")
    else:
        click.echo(result.text())
