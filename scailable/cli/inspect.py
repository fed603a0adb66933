"""`scailable models inspect`: what a model is."""

from __future__ import annotations

from pathlib import Path

import click

from scailable.cli import output
from scailable.cli.base import Command, State, pass_state


@click.command(cls=Command)
@click.argument("file", metavar="FILE", type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "html"]),
    help="Form of the card; text by default, --json is the same as json.",
)
@click.option(
    "-o",
    "--output",
    "target",
    metavar="CARD",
    type=click.Path(path_type=Path),
    help="File to write the card to; its suffix (.md, .html, .json) tells the form.",
)
@pass_state
def inspect(state: State, /, file: str, form: str | None, target: Path | None) -> None:
    """Show what a model is and what it costs to run.

    Inputs, outputs and labels, operators, parameters, work, memory; with its graph as a page
    (.html) or for Mermaid (.md).
    """
    from scailable import onnx
    from scailable.onnx.inspection.render import rendered

    if state.json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} exclude each other.")
    suffixes = {".md": "markdown", ".html": "html", ".htm": "html", ".json": "json"}
    by_suffix = suffixes.get(target.suffix.lower()) if target is not None else None
    form = "json" if state.json else form or by_suffix or "text"
    if target is not None and target.exists() and target.samefile(file):
        raise click.UsageError("The card would replace the model. Give another name.")
    card = onnx.inspect(file)
    if target is None and form == "json":
        output.show_json(card.to_dict())
    elif target is None:
        click.echo(rendered(card, form))
    else:
        from scailable.durable import write_whole
        from scailable.errors import ValidationError

        try:
            write_whole(target, rendered(card, form).encode())
        except OSError as error:
            raise ValidationError(f"Cannot write {target}: {error.strerror}.") from error
        if not state.quiet:
            click.echo(f"{target}: written", err=True)
