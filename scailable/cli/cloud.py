"""`scailable cloud serve`."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import click

from scailable.cli import output
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
    default=".scailable",
    show_default=True,
    help="Folder for the database and the files; made when there is none.",
)
@click.option(
    "--database",
    metavar="URL",
    envvar="SCAILABLE_DATABASE",
    help="PostgreSQL database in place of SQLite. Set SCAILABLE_DATABASE where it holds a "
    "password: others see the words of a command.",
)
@click.option(
    "--blobs",
    metavar="URL",
    envvar="SCAILABLE_BLOBS",
    help="Bucket of an S3 object store for the files, as s3://bucket/prefix; its keys, region and "
    "endpoint come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL.",
)
@pass_state
def serve(
    state: State, host: str, port: int, data: Path, database: str | None, blobs: str | None
) -> None:
    """Serve all services until Ctrl-C or SIGTERM.

    Prints a line with the URL once it accepts connections.
    """
    from scailable.errors import MissingExtraError

    try:
        from scailable.cloud.serve import serve as serve_cloud
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("scailable"):
            raise
        raise MissingExtraError("cloud", "Serving a cloud") from error

    def ready(url: str) -> None:
        if state.json:
            click.echo(json.dumps({"url": url}))
        elif state.quiet:
            click.echo(url)
        else:
            click.echo(f"scailable cloud ready at {url}")
        output.note(state, f"Commands use it after: export SCAILABLE_BASE_URL={url}")
        output.note(state, "Ctrl-C stops it.")

    logging.basicConfig(
        level=logging.INFO if state.debug else logging.WARNING,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    serve_cloud(host, port, data, database=database, blobs=blobs, on_ready=ready)
    output.note(state, "Stopped; everything that was acknowledged is kept.")
