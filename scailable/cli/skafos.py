"""`scailable skafos`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scailable.cli import ask, listing, output
from scailable.cli.base import Group, State, pass_state
from scailable.cli.progress import progress
from scailable.cli.skafos_places import apps, in_model, in_organization, models, tokens

if TYPE_CHECKING:
    from uuid import UUID

    from scailable.types import Environment, ModelVersion

COLUMNS: tuple[output.Column[ModelVersion], ...] = (
    output.Column("VERSION", lambda version: version.version, fixed=True),
    output.Column("SIZE", lambda version: _size(version)),
    output.Column("DESCRIPTION", lambda version: version.description),
    output.Column("UPLOADED", lambda version: version.completed_at),
)
PENDING: tuple[output.Column[ModelVersion], ...] = (
    output.Column("ID", lambda version: version.id, fixed=True),
    output.Column("ARRIVED", lambda version: version.sha256 is not None),
    output.Column("DESCRIPTION", lambda version: version.description),
    output.Column("BEGUN", lambda version: version.inserted_at),
)
ENVIRONMENTS: tuple[output.Column[Environment], ...] = (
    output.Column("NAME", lambda environment: environment.name),
    output.Column("VERSION", lambda environment: _current(environment, "version")),
    output.Column("DEPLOYED", lambda environment: _current(environment, "deployed_at")),
    output.Column("DEVICES", lambda environment: environment.device_count),
)

_progress = click.option(
    "--progress/--no-progress",
    "shown",
    default=None,
    help="Show progress; by default on a terminal only.",
)


@click.group(cls=Group)
def skafos() -> None:
    """Keep models as numbered versions, each an archive.

    Where --organization, --app and --model are not given, they come from SKAFOS_ORG_NAME,
    SKAFOS_APP_NAME and SKAFOS_MODEL_NAME, else from the table skafos of the profile; without an
    organization it is your own. The token is that of `scailable login`, or SKAFOS_API_TOKEN.
    VERSION is a number, an id, or latest.
    """


skafos.add_command(apps)
skafos.add_command(models)
skafos.add_command(tokens)


@skafos.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option("--description", help="At most 255 characters.")
@click.option("--resume", metavar="ID", help="Go on with an upload that broke off.")
@_progress
@in_model
@pass_state
def upload(
    state: State,
    /,
    files: tuple[str, ...],
    description: str | None,
    resume: str | None,
    shown: bool | None,
    **where: Any,
) -> None:
    """Upload files and folders as the next version.

    They are put into an archive while it is sent. A single .zip is sent as it is.
    """
    from scailable.errors import UploadIncomplete

    if resume is not None and description is not None:
        raise click.UsageError("The upload has its description already; --resume takes no other.")

    def begun(identifier: UUID) -> None:
        output.note(state, f"Upload {identifier} has begun.")

    with state.client() as client, progress(state, "Uploading", wanted=shown) as on_progress:
        try:
            version = client.skafos.upload(
                files,
                description,
                resume=resume,
                on_start=begun,
                on_progress=on_progress,
                **where,
            )
        except UploadIncomplete as error:
            error.hint = f"Go on with: {resuming(state, files, where, error.upload_id)}"
            raise
    _show(state, version)


def resuming(
    state: State, files: tuple[str, ...], where: dict[str, str | None], upload_id: str
) -> str:
    """The command that goes on with an upload."""
    # A name like an option is none when it is a path.
    paths = [f"./{path}" if path.startswith("-") else path for path in files]
    given = {**where, "profile": state.profile, "base-url": state.base_url}
    options = [f"--{name}={value}" for name, value in given.items() if value is not None]
    return shlex.join(["scailable", "skafos", "upload", *paths, *options, "--resume", upload_id])


@skafos.command("list")
@click.option("--pending", is_flag=True, help="Uploads that were not completed, instead.")
@listing.part
@in_model
@pass_state
def list_versions(state: State, /, pending: bool, **part: Any) -> None:
    """List the versions, newest first."""
    with state.client() as client:
        found = client.skafos.list(
            completed=not pending,
            order_by="-inserted_at" if pending else "-version",
            **part,
        )
        nothing = (
            "No upload waits to be completed."
            if pending
            else "There are no versions yet. Upload one with: scailable skafos upload FILE"
        )
        output.show_list(
            state,
            found,
            PENDING if pending else COLUMNS,
            nothing=nothing,
            short=lambda version: version.version or version.id,
        )


@skafos.command()
@click.argument("version", default="latest")
@in_model
@pass_state
def get(state: State, /, version: str, **where: Any) -> None:
    """Show a version."""
    with state.client() as client:
        _show(state, client.skafos.get(version, **where))


@skafos.command()
@click.argument("version", default="latest")
@click.option(
    "-o", "--output", "path", type=click.Path(path_type=Path), help="File or folder to write to."
)
@click.option("--unzip", is_flag=True, help="Unpack it into a folder, which must be new or empty.")
@_progress
@in_model
@pass_state
def fetch(
    state: State, /, version: str, path: Path | None, unzip: bool, shown: bool | None, **where: Any
) -> None:
    """Download the archive of a version.

    It appears only when it is whole and its digest is right.
    """
    with state.client() as client:
        with progress(state, "Downloading", wanted=shown) as on_progress:
            written = client.skafos.fetch(
                version, path, unzip=unzip, on_progress=on_progress, **where
            )
        if state.json:
            output.show_json({"path": str(written)})
        else:
            click.echo(written)


@skafos.command()
@click.argument("version", default="latest")
@click.option("--environment", default="dev", show_default=True, help="dev or prod.")
@in_model
@pass_state
def deploy(state: State, /, version: str, environment: str, **where: Any) -> None:
    """Make a version the current one of an environment."""
    with state.client() as client:
        number = client.skafos.deploy(version, environment, **where)
        if state.json:
            output.show_json({"version": number, "environment": environment})
        elif state.quiet:
            click.echo(number)
        else:
            click.echo(f"Version {number} is deployed to {environment}.")


@skafos.command()
@in_model
@pass_state
def environments(state: State, /, **where: Any) -> None:
    """List the environments, and what is deployed there."""
    with state.client() as client:
        output.show_list(
            state,
            client.skafos.environments(**where),
            ENVIRONMENTS,
            nothing="There are no environments.",
            short=lambda environment: environment.name,
        )


@skafos.command()
@click.argument("version")
@click.option("--force", is_flag=True, help="Also when it is deployed.")
@ask.yes_option
@in_model
@pass_state
def delete(state: State, /, version: str, force: bool, yes: bool, **where: Any) -> None:
    """Delete a version, or an upload that was not completed, with its archive."""
    with state.client() as client:
        found = client.skafos.get(version, **where)
        what = f"the upload {found.id}" if found.version is None else f"version {found.version}"
        ask.confirm(f"Delete {what} of {found.name}?", yes=yes)
        client.skafos.delete(found, force=force)
        output.note(state, f"Deleted {what} of {found.name}.")


@skafos.command()
@in_organization
@pass_state
def summary(state: State, organization: str | None) -> None:
    """List every model there is, with its organization and app."""
    with state.client() as client:
        found = client.skafos.summary(organization=organization)
        if state.json:
            output.show_json([_as_dict(each) for each in found])
            return
        output.show_list(
            state,
            found,
            (
                output.Column("ORGANIZATION", lambda each: each.organization),
                output.Column("APP", lambda each: each.app),
                output.Column("MODEL", lambda each: each.model),
                output.Column("UPDATED", lambda each: each.updated_at),
            ),
            nothing="There are no models yet. Create one with: scailable skafos models create NAME",
            short=lambda each: f"{each.organization}/{each.app}/{each.model}",
        )


def _as_dict(found: Any) -> dict[str, Any]:
    return {
        "org_name": found.organization,
        "app_name": found.app,
        "model_name": found.model,
        "updated_at": found.updated_at,
    }


def _current(environment: Environment, field: str) -> Any:
    return getattr(environment.deployments[0], field) if environment.deployments else None


def _size(version: ModelVersion) -> str | None:
    from scailable.onnx.text import readable_size

    return None if version.size is None else readable_size(version.size)


def _show(state: State, version: ModelVersion) -> None:
    output.show(
        state,
        version,
        [
            ("Version", version.version),
            ("Id", version.id),
            ("App", version.model.app.name),
            ("Model", version.name),
            ("Description", version.description),
            ("Archive", version.filename),
            ("Size", _size(version)),
            ("SHA-256", version.sha256),
            ("Uploaded", version.completed_at),
        ],
        short=lambda shown: shown.version or shown.id,
    )
