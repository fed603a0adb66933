"""`scailable skafos apps`, `models` and `tokens`, and the options that say where a model is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from scailable.cli import ask, listing, output
from scailable.cli.base import Group, State, pass_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from scailable.types import ApiToken, SkafosApp, SkafosModel

in_organization = click.option(
    "--organization", metavar="NAME", help="Its name or id; otherwise SKAFOS_ORG_NAME."
)
_app = click.option("--app", metavar="NAME", help="Its name or id; otherwise SKAFOS_APP_NAME.")
_model = click.option(
    "--model", metavar="NAME", help="Its name or id; otherwise SKAFOS_MODEL_NAME."
)

APPS: tuple[output.Column[SkafosApp], ...] = (
    output.Column("NAME", lambda app: app.name),
    output.Column("DESCRIPTION", lambda app: app.description),
    output.Column("CREATED", lambda app: app.inserted_at),
)
MODELS: tuple[output.Column[SkafosModel], ...] = (
    output.Column("NAME", lambda model: model.name),
    output.Column("DESCRIPTION", lambda model: model.description),
    output.Column("UPDATED", lambda model: model.updated_at),
)
TOKENS: tuple[output.Column[ApiToken], ...] = (
    output.Column("ID", lambda token: token.id, fixed=True),
    output.Column("NAME", lambda token: token.name),
    output.Column("CREATED", lambda token: token.inserted_at),
    output.Column("LAST USED", lambda token: token.last_used_at),
)


def in_app(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command about an app."""
    return in_organization(_app(command))


def in_model(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command about a model."""
    return in_organization(_app(_model(command)))


# --- apps -----------------------------------------------------------------------------------------


@click.group(cls=Group)
def apps() -> None:
    """Manage apps, which hold models."""


@apps.command("list")
@listing.part
@in_organization
@pass_state
def list_apps(state: State, /, **part: Any) -> None:
    """List the apps."""
    with state.client() as client:
        output.show_list(
            state,
            client.skafos.apps.list(**part),
            APPS,
            nothing="There are no apps yet. Create one with: scailable skafos apps create NAME",
            short=lambda app: app.id,
        )


@apps.command("create")
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@in_organization
@pass_state
def create_app(state: State, name: str, description: str, organization: str | None) -> None:
    """Create an app."""
    ask.check_name(name)
    with state.client() as client:
        made = client.skafos.apps.create(name, description, organization=organization)
        _show(state, made)


@apps.command("delete")
@click.argument("name")
@click.option("--force", is_flag=True, help="With the models and versions that it holds.")
@ask.yes_option
@in_organization
@pass_state
def delete_app(state: State, name: str, force: bool, yes: bool, organization: str | None) -> None:
    """Delete an app."""
    with state.client() as client:
        ask.confirm(f"Delete the app {name}{' and all that it holds' if force else ''}?", yes=yes)
        client.skafos.apps.delete(name, force=force, organization=organization)
        output.note(state, f"Deleted the app {name}.")


# --- models ---------------------------------------------------------------------------------------


@click.group(cls=Group)
def models() -> None:
    """Manage the models of an app, which hold versions."""


@models.command("list")
@listing.part
@in_app
@pass_state
def list_models(state: State, /, **part: Any) -> None:
    """List the models of an app."""
    with state.client() as client:
        output.show_list(
            state,
            client.skafos.models.list(**part),
            MODELS,
            nothing="There are no models yet. Create one with: scailable skafos models create NAME",
            short=lambda model: model.id,
        )


@models.command("create")
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@in_app
@pass_state
def create_model(state: State, /, name: str, description: str, **where: Any) -> None:
    """Create a model."""
    ask.check_name(name)
    with state.client() as client:
        _show(state, client.skafos.models.create(name, description, **where))


@models.command("delete")
@click.argument("name")
@click.option("--force", is_flag=True, help="With its versions.")
@ask.yes_option
@in_app
@pass_state
def delete_model(state: State, /, name: str, force: bool, yes: bool, **where: Any) -> None:
    """Delete a model."""
    with state.client() as client:
        ask.confirm(f"Delete the model {name}{' and its versions' if force else ''}?", yes=yes)
        client.skafos.models.delete(name, force=force, **where)
        output.note(state, f"Deleted the model {name}.")


def _show(state: State, made: SkafosApp | SkafosModel) -> None:
    fields = [
        ("Id", made.id),
        ("Name", made.name),
        ("Description", made.description),
        ("Created", made.inserted_at),
    ]
    output.show(state, made, fields, short=lambda shown: shown.id)


# --- API tokens -----------------------------------------------------------------------------------


@click.group(cls=Group)
def tokens() -> None:
    """Manage your API tokens, with which programs use Skafos."""


@tokens.command("list")
@pass_state
def list_tokens(state: State) -> None:
    """List your API tokens."""
    with state.client() as client:
        output.show_list(
            state,
            client.skafos.tokens.list(),
            TOKENS,
            nothing="There are no API tokens. Make one with: scailable skafos tokens create NAME",
            short=lambda token: token.id,
        )


@tokens.command("create")
@click.argument("name")
@pass_state
def create_token(state: State, name: str) -> None:
    """Make an API token and print it; it is not shown again."""
    ask.check_name(name)
    with state.client() as client:
        made = client.skafos.tokens.create(name)
        if state.json:
            output.show_json(made)
        else:
            click.echo(made.token)
        output.note(state, "Keep it: it is not shown again. Programs take it as SKAFOS_API_TOKEN.")


@tokens.command("delete")
@click.argument("identifier", metavar="ID")
@ask.yes_option
@pass_state
def delete_token(state: State, identifier: str, yes: bool) -> None:
    """Delete an API token; what uses it is locked out at once."""
    try:
        UUID(identifier)
    except ValueError:
        # It may be the token itself, so it is not repeated.
        raise click.UsageError(
            "That is no id of an API token. See them with: scailable skafos tokens list"
        ) from None
    with state.client() as client:
        ask.confirm(f"Delete the API token {identifier}?", yes=yes)
        client.skafos.tokens.delete(identifier)
        output.note(state, f"Deleted the API token {identifier}.")
