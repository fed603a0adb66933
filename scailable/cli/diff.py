"""`scailable models diff`: what differs between two models."""

from __future__ import annotations

import click

from scailable.cli import failures, output
from scailable.cli.base import Command, State, pass_state


@click.command(cls=Command)
@click.argument("old", metavar="OLD", type=click.Path())
@click.argument("new", metavar="NEW", type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Form of the result; --json is the same as json.",
)
@pass_state
def diff(state: State, /, old: str, new: str, form: str) -> None:
    """Tell two models apart: inputs and outputs, operators, versions, weights.

    Exit code: 0 nothing differs, 1 something does, 2 one of them cannot be read.
    """
    from scailable import onnx

    difference = onnx.diff(old, new)
    if state.json or form == "json":
        output.show_json(difference.to_dict())
    elif not state.quiet:
        click.echo(difference.text())
    click.get_current_context().exit(failures.OK if difference.same else failures.REFUSED)
