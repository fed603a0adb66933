"""`scailable models run`: a model on this machine, once."""

from __future__ import annotations

from pathlib import Path

import click

from scailable.cli import output
from scailable.cli.base import Command, State, pass_state


def _inputs(
    ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    files: dict[str, str] = {}
    for value in values:
        name, path = _split(value)
        if name in files:
            raise click.BadParameter(
                f"{value!r}: say which input each file is for: NAME=FILE.", ctx, parameter
            )
        files[name] = path
    return files


def _split(value: str) -> tuple[str, str]:
    """The name of an input and its file, either of which may have a = in its name."""
    splits = [("", value)]
    splits += [(value[:at], value[at + 1 :]) for at, sign in enumerate(value) if sign == "="]
    return next(
        (each for each in splits if Path(each[1]).exists()), splits[min(1, len(splits) - 1)]
    )


def _numbers(
    ctx: click.Context, parameter: click.Parameter, value: str | None
) -> list[float] | None:
    if value is None:
        return None
    try:
        return [float(each) for each in value.split(",")]
    except ValueError:
        raise click.BadParameter(f"{value!r} is no list of numbers.", ctx, parameter) from None


@click.command(cls=Command)
@click.argument("file", metavar="FILE", type=click.Path())
@click.option(
    "-i",
    "--input",
    "inputs",
    metavar="[NAME=]FILE",
    multiple=True,
    callback=_inputs,
    help=".npz, .npy or picture; NAME where it is not plain (again for more).",
)
@click.option(
    "-o",
    "--output",
    "target",
    metavar="OUT.npz",
    type=click.Path(path_type=Path),
    help="File to write all values of all outputs to.",
)
@click.option(
    "--sample",
    metavar="N",
    type=click.IntRange(0),
    help="Which of many samples in the files to feed, from 0; the first by default.",
)
@click.option("--means", metavar="N[,N...]", callback=_numbers, help="Subtracted from pixels.")
@click.option("--vars", metavar="N[,N...]", callback=_numbers, help="Pixels are divided by these.")
@click.option(
    "--threshold",
    type=float,
    default=0.5,
    show_default=True,
    help="Score that a listed box has at least.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    default=120.0,
    show_default=True,
    help="After these the run is stopped.",
)
@click.option("--memory", metavar="MIB", type=click.IntRange(1), help="MiB that it may take.")
@click.option("--top", type=click.IntRange(1), default=5, show_default=True, help="Results shown.")
@pass_state
def run(
    state: State,
    /,
    file: str,
    inputs: dict[str, str],
    target: Path | None,
    means: list[float] | None,
    vars: list[float] | None,
    sample: int | None,
    threshold: float,
    timeout: float,
    memory: int | None,
    top: int,
) -> None:
    """Run a model once on this machine, in a process of its own."""
    from scailable import onnx

    result = onnx.run(
        file,
        inputs,
        output=target,
        sample=sample,
        means=means,
        vars=vars,
        threshold=threshold,
        timeout=timeout,
        memory=None if memory is None else memory << 20,
        most=top,
    )
    if state.json:
        output.show_json(result.to_dict())
    elif not state.quiet:
        output.say(result.text())
