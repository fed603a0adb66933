"""The organization of a token, and its apps."""

import uuid
from typing import Any

from sqlalchemy import Row, func, select

from scailable.cloud.kernel import Answer, Context, Refused
from scailable.cloud.services.lookup import listed
from scailable.cloud.services.skafos import places, shown, storage
from scailable.cloud.services.skafos.names import checked
from scailable.cloud.services.skafos.routes import routes
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import (
    organisations,
    skafos_apps,
    skafos_models,
    skafos_versions,
)


@routes.handles("listOrganizations")
def list_organizations(ctx: Context) -> Answer:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        rows = scope.rows(places.part(ctx, select(organisations)))
        total = scope.scalar(select(func.count()).select_from(organisations))
    return listed([shown.organization(row) for row in rows], total)


@routes.handles("listApps")
def list_apps(ctx: Context) -> Answer:
    statement = select(skafos_apps).order_by(skafos_apps.c.name)
    with ctx.cloud.store.read(ctx.organisation) as scope:
        places.organization(ctx, scope)
        rows = scope.rows(places.part(ctx, statement))
        total = scope.scalar(select(func.count()).select_from(skafos_apps))
        models = _models(scope) if ctx.params.get("with_models") else None
    return listed([shown.app(row, models) for row in rows], total)


def _models(scope: Scope) -> dict[str, list[Row[Any]]]:
    """The models of each app, by name."""
    result: dict[str, list[Row[Any]]] = {}
    for row in scope.rows(select(skafos_models).order_by(skafos_models.c.name)):
        result.setdefault(row.app_uuid, []).append(row)
    return result


@routes.handles("getApp")
def get_app(ctx: Context) -> shown.Shown:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        return shown.app(places.app(ctx, scope))


@routes.handles("createApp")
def create_app(ctx: Context) -> Answer:
    now = ctx.cloud.clock.now()
    row = {
        "uuid": str(uuid.uuid4()),
        "name": checked(ctx.body["name"], "app"),
        "description": ctx.body.get("description", ""),
        "inserted_at": now,
        "updated_at": now,
    }
    with ctx.cloud.store.write(ctx.organisation) as scope:
        owner = places.organization(ctx, scope)
        if not scope.insert_missing(skafos_apps, row):
            reason = f"The organization {owner.name} has an app {row['name']} already."
            raise Refused(409, reason, field=("name", reason))
        made = scope.get(skafos_apps, str(row["uuid"]))
        assert made is not None
        return Answer(shown.app(made), 201)


@routes.handles("deleteApp")
def delete_app(ctx: Context) -> Answer:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = places.app(ctx, scope, lock=True)
        mine = skafos_models.c.app_uuid == row.uuid
        held = scope.scalar(select(func.count()).where(mine))
        if held and not ctx.params.get("force"):
            raise Refused(
                409,
                f"The app {row.name} still holds models; delete those first, or all with force.",
            )
        inside = select(skafos_versions).join_from(skafos_versions, skafos_models).where(mine)
        storage.forget_all(ctx.cloud, scope, inside)
        scope.delete(skafos_apps, skafos_apps.c.uuid == row.uuid)
    return Answer(None, 204)
