"""`scailable licenses`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scailable.cli import output
from scailable.cli.base import Group, State, pass_state

if TYPE_CHECKING:
    from scailable.types import License

COLUMNS: tuple[output.Column[License], ...] = (
    output.Column("UUID", lambda license_: license_.uuid, fixed=True),
    output.Column("AGREEMENT", lambda license_: license_.agreement.name),
    output.Column("DEVICE", lambda license_: license_.device_uuid, fixed=True),
    output.Column("EXPIRES", lambda license_: license_.expires_at),
)


@click.group(cls=Group)
def licenses() -> None:
    """Show the licenses you have. A license is named by its UUID."""


@licenses.command("list")
@pass_state
def list_licenses(state: State) -> None:
    """List the licenses."""
    with state.client() as client:
        output.show_list(
            state, client.licenses.list(), COLUMNS, nothing="There are no licenses yet."
        )


@licenses.command()
@click.argument("license_", metavar="LICENSE", type=click.UUID)
@pass_state
def get(state: State, license_: str) -> None:
    """Show a license."""
    with state.client() as client:
        found = client.licenses.get(license_)
        output.show(
            state,
            found,
            [
                ("UUID", found.uuid),
                ("Key", found.license_key),
                ("Agreement", found.agreement.name),
                ("Provides", found.agreement.provides),
                ("Device", found.device_uuid),
                ("Starts", found.starts_at),
                ("Expires", found.expires_at),
            ],
        )
