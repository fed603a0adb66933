"""`scailable cloud serve`."""

from __future__ import annotations

from pathlib import Path

import click

from scailable.cli.base import Group, State, pass_state


@click.group(cls=Group)
def cloud() -> None:
    """Serve a cloud of your own."""


@cloud.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8008,
    show_default=True,
    help="Port to listen on; 0 for a free one.",
)
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the database and the files; by default one below your home.",
)
@click.option("--database", metavar="URL", help="PostgreSQL database in place of SQLite.")
@pass_state
def serve(state: State, host: str, port: int, data: Path | None, database: str | None) -> None:
    """Serve all services until Ctrl-C.

    Prints its URL once it accepts connections.
    """
