"""`scailable models diff`: what differs between two models."""

from __future__ import annotations

import click

from scailable.cli import failures, output
from scailable.cli.base import Command, State, pass_state
from scailable.errors import ScailableError


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

    Says whether NEW can take the place of OLD on devices. Exit code: 0 nothing differs, 1 something
    does, 2 one of them cannot be read.
    """
    from scailable import onnx

    context = click.get_current_context()
    try:
        difference = onnx.diff(old, new)
    except ScailableError as error:
        failures.report(error, debug=state.debug)
        context.exit(failures.USAGE)  # 1 would say that they differ
    if state.json or form == "json":
        output.show_json(difference.to_dict())
    elif not state.quiet:
        output.say(difference.text())
    context.exit(failures.OK if difference.same else failures.REFUSED)
