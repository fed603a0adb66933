"""`scailable models check`: the rules of a profile, on files that stay here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scailable.cli import failures, output
from scailable.cli.base import Command, State, pass_state

if TYPE_CHECKING:
    from scailable.onnx import Profile


@click.command(cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--profile",
    "rules",
    type=click.Choice(["scailable", "generic"]),
    default="scailable",
    show_default=True,
    help="Rules to check against.",
)
@pass_state
def check(state: State, files: tuple[str, ...], rules: Profile) -> None:
    """Check ONNX files; nothing is sent anywhere.

    Exit code: 0 all fit, 1 one has errors, 2 one cannot be read.
    """
    from scailable import onnx

    results: list[dict[str, Any]] = []
    codes = {failures.OK}
    for file in files:
        try:
            report = onnx.check(file, profile=rules)
        except onnx.UnreadableFile as error:
            codes.add(failures.USAGE)
            results.append({"path": file, "ok": False, "unreadable": error.message})
            if not state.json:
                click.echo(failures.explain(error)[0], err=True)
            continue
        codes.add(failures.OK if report.ok else failures.REFUSED)
        results.append(report.to_dict())
        if state.quiet and not state.json:
            click.echo(f"{file}: {report.verdict}")
        elif not state.json:
            click.echo(report.text())
    if state.json:
        output.show_json(results)
    click.get_current_context().exit(max(codes))
