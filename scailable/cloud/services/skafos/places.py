"""Where a path leads: organization, app, model and version, each by its name or its id."""

import uuid
from typing import Any

from sqlalchemy import Row, Select, Table, or_, select

from scailable.cloud.kernel import Context, Refused
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import (
    organisations,
    skafos_apps,
    skafos_models,
    skafos_versions,
)

LATEST = "latest"
_LARGEST = 2**31 - 1


def part(ctx: Context, statement: Select[Any]) -> Select[Any]:
    """The part of a list that a request asks for; all of it when it does not say."""
    return statement.limit(ctx.params.get("limit")).offset(ctx.params.get("offset", 0))


def organization(ctx: Context, scope: Scope) -> Row[Any]:
    """The caller's organization, if it is the one that the path names.

    Raises:
        Refused: 404 when it is another one, or there is none of that name.
    """
    row = scope.rows(select(organisations))[0]
    named = ctx.params["organization"]
    if named != row.name and named.lower() != row.uuid:
        raise Refused(404, f"There is no organization {named} that this token opens.")
    return row


def app(ctx: Context, scope: Scope, *, lock: bool = False) -> Row[Any]:
    """The app that the path names.

    Args:
        lock: until the commit, for whoever changes something in it: what a call found there is
            not deleted by another one meanwhile. Only a put locks its upload alone.

    Raises:
        Refused: 404; it says whether the organization or the app is missing.
    """
    owner = organization(ctx, scope)
    row = _named(scope, select(skafos_apps), skafos_apps, ctx.params["app"], lock=lock)
    if row is None:
        name = ctx.params["app"]
        raise Refused(404, f"There is no app {name} in the organization {owner.name}.")
    return row


def model(ctx: Context, scope: Scope, *, lock: bool = False) -> Row[Any]:
    """The model that the path names, with `app_name`; `lock` is of its app, see there.

    Raises:
        Refused: 404; it says whether the organization, the app or the model is missing.
    """
    holder = app(ctx, scope, lock=lock)
    models = (
        select(skafos_models, skafos_apps.c.name.label("app_name"))
        .join_from(skafos_models, skafos_apps)
        .where(skafos_models.c.app_uuid == holder.uuid)
    )
    row = _named(scope, models, skafos_models, ctx.params["model"])
    if row is None:
        name = ctx.params["model"]
        raise Refused(404, f"There is no model {name} in the app {holder.name}.")
    return row


def upload(ctx: Context, scope: Scope, of: Row[Any], *, lock: bool = False) -> Row[Any]:
    """The version or upload of the model `of` whose id the path gives.

    Raises:
        Refused: 404 when there is none.
    """
    named = ctx.params["version"]
    statement = select(skafos_versions).where(
        skafos_versions.c.model_uuid == of.uuid, skafos_versions.c.uuid == named.lower()
    )
    row = scope.first(statement.with_for_update() if lock else statement)
    if row is None:
        raise Refused(404, f"There is no model version {named} in the model {of.name}.")
    return row


def version(scope: Scope, of: Row[Any], named: str | int | None) -> Row[Any] | None:
    """The completed version of a model: by number, or the latest; None when there is none.

    Args:
        of: the model.
        named: a number, or text: `latest` (as None) or a number.
    """
    statement = select(skafos_versions).where(
        skafos_versions.c.model_uuid == of.uuid, skafos_versions.c.completed_at.is_not(None)
    )
    if named in (None, LATEST):
        return scope.first(statement.order_by(skafos_versions.c.version.desc()))
    text = str(named)
    if not (text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= _LARGEST):
        return None
    return scope.first(statement.where(skafos_versions.c.version == int(text)))


def is_id(name: str) -> bool:
    """Whether a name would be taken for an id.

    >>> is_id("digits"), is_id("0b5d2f8e-6a52-4a8e-9a57-2f1d1d1f6a11")
    (False, True)
    """
    try:
        return str(uuid.UUID(name)) == name.lower()
    except ValueError:
        return False


def _named(
    scope: Scope, statement: Select[Any], table: Table, name: str, *, lock: bool = False
) -> Row[Any] | None:
    # No name looks like an id (see `names.py`), so at most one row fits.
    statement = statement.where(or_(table.c.name == name, table.c.uuid == name.lower()))
    return scope.first(statement.with_for_update() if lock else statement)
