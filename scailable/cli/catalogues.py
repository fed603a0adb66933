"""`scailable catalogues`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scailable.cli import ask, names, output
from scailable.cli.base import Group, State, pass_state

if TYPE_CHECKING:
    from scailable.types import Catalogue

COLUMNS: tuple[output.Column[Catalogue], ...] = (
    output.Column("UUID", lambda catalogue: catalogue.uuid, fixed=True),
    output.Column("NAME", lambda catalogue: catalogue.name),
    output.Column("ORGANISATION", lambda catalogue: catalogue.organisation.name),
)


@click.group(cls=Group)
def catalogues() -> None:
    """Keep models in catalogues. A catalogue is named by its UUID or its exact name."""


@catalogues.command("list")
@pass_state
def list_catalogues(state: State) -> None:
    """List the catalogues."""
    with state.client() as client:
        output.show_list(
            state, client.catalogues.list(), COLUMNS, nothing="There are no catalogues yet."
        )


@catalogues.command()
@click.argument("catalogue")
@pass_state
def get(state: State, catalogue: str) -> None:
    """Show a catalogue."""
    with state.client() as client:
        _show(state, client.catalogues.get(names.catalogue(client, catalogue)))


@catalogues.command()
@click.argument("name")
@pass_state
def create(state: State, name: str) -> None:
    """Create a catalogue."""
    with state.client() as client:
        _show(state, client.catalogues.create(name))


@catalogues.command()
@click.argument("catalogue")
@click.argument("name")
@pass_state
def rename(state: State, catalogue: str, name: str) -> None:
    """Give a catalogue another name."""
    with state.client() as client:
        _show(state, client.catalogues.rename(names.catalogue(client, catalogue), name))


@catalogues.command()
@click.argument("catalogue")
@ask.yes_option
@pass_state
def delete(state: State, catalogue: str, yes: bool) -> None:
    """Delete a catalogue; refused while there are models in it."""
    with state.client() as client:
        uuid = names.catalogue(client, catalogue)
        ask.confirm(f"Delete the catalogue {catalogue}?", yes=yes)
        client.catalogues.delete(uuid)
        output.note(state, f"Deleted the catalogue {catalogue}.")


def _show(state: State, catalogue: Catalogue) -> None:
    fields = [
        ("UUID", catalogue.uuid),
        ("Name", catalogue.name),
        ("Organisation", catalogue.organisation.name),
    ]
    output.show(state, catalogue, fields)
