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
        name, sign, path = value.rpartition("=")
        # A file may have a = in its name; an input with that file is then named all the same.
        if not sign or Path(value).exists():
            name, path = "", value
        if name in files:
            raise click.BadParameter(
                f"{value!r}: say which input each file is for: NAME=FILE.", ctx, parameter
            )
        files[name] = path
    return files


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
    required=True,
    callback=_inputs,
    help=".npz, .npy or image; NAME where it is not plain (again for more).",
)
@click.option(
    "-o",
    "--output",
    "target",
    metavar="OUT.npz",
    type=click.Path(path_type=Path),
    help="File to write all outputs to.",
)
@click.option("--means", metavar="N[,N...]", callback=_numbers, help="Subtracted from pixels.")
@click.option("--vars", metavar="N[,N...]", callback=_numbers, help="Pixels are divided by these.")
@click.option(
    "--timeout", type=click.FloatRange(0, min_open=True), default=120.0, show_default=True
)
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
    timeout: float,
    top: int,
) -> None:
    """Run a model once on this machine, in a process of its own."""
    from scailable import onnx

    result = onnx.run(
        file, inputs, output=target, means=means, vars=vars, timeout=timeout, most=top
    )
    if state.json:
        output.show_json(result.to_dict())
    elif not state.quiet:
        click.echo(result.text())
