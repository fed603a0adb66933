"""`scailable models fix`: a corrected model in a new file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scailable.cli import output
from scailable.cli.base import Command, State, pass_state


class _Stamp(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.5 only
    """An opset, or `auto`."""

    name = "OPSET"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        if value == "auto" or isinstance(value, int):
            return "auto" if value == "auto" else int(value)
        if not str(value).isdigit():
            self.fail(f"{value!r} is neither an opset nor auto.", param, ctx)
        return int(value)


def _renames(
    ctx: click.Context, parameter: click.Parameter, pairs: tuple[str, ...]
) -> dict[str, str]:
    renames: dict[str, str] = {}
    for pair in pairs:
        old, sign, new = pair.partition("=")
        if not sign or not old or not new:
            raise click.BadParameter(f"{pair!r} is not OLD=NEW.", ctx, parameter)
        if old in renames:
            raise click.BadParameter(f"{old!r} is renamed twice.", ctx, parameter)
        renames[old] = new
    return renames


@click.command(cls=Command)
@click.argument("file", metavar="FILE", type=click.Path())
@click.option(
    "-o",
    "--output",
    "target",
    metavar="NEW",
    required=True,
    type=click.Path(path_type=Path),
    help="The new file; FILE is never touched.",
)
@click.option("--batch", type=click.IntRange(1), help="Batch of the image input.")
@click.option(
    "--rename",
    metavar="OLD=NEW",
    multiple=True,
    callback=_renames,
    help="New name of an input or output (again for more).",
)
@click.option("--ir", type=click.IntRange(3), help="IR version to lower the stamp to.")
@click.option("--drop-initializer-inputs", is_flag=True, help="Initializers leave the inputs.")
@click.option("--opset-stamp", type=_Stamp(), help="Opset to stamp, or auto; nothing is converted.")
@click.option("--inline", is_flag=True, help="Bring external data into the file.")
@click.option("--force", is_flag=True, help="Replace NEW where it exists.")
@click.option(
    "--profile",
    type=click.Choice(["scailable", "hailo", "generic"]),
    default="scailable",
    show_default=True,
    help="Rules to check against.",
)
@pass_state
def fix(state: State, /, file: str, target: Path, **options: Any) -> None:
    """Correct a model, in a new file.

    Without options, everything is corrected that needs no choice. The new file is checked, and
    compared with the original on random input. When there is nothing to correct, no file is
    written, and the exit code is 0.
    """
    from scailable import onnx

    fixed = onnx.fix(file, target, **options)
    if state.json:
        output.show_json(fixed.to_dict())
    elif state.quiet:
        if fixed.output is not None:
            output.say(fixed.output)
    else:
        output.say(fixed.text())
