"""The models of an app."""

import uuid

from sqlalchemy import func, select

from scailable.cloud.kernel import Answer, Context, Refused
from scailable.cloud.services.lookup import listed
from scailable.cloud.services.skafos import places, shown, storage
from scailable.cloud.services.skafos.names import checked
from scailable.cloud.services.skafos.routes import routes
from scailable.cloud.store.tables import skafos_models, skafos_versions


@routes.handles("listModels")
def list_models(ctx: Context) -> Answer:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        mine = skafos_models.c.app_uuid == places.app(ctx, scope).uuid
        statement = select(skafos_models).where(mine).order_by(skafos_models.c.name)
        rows = scope.rows(places.part(ctx, statement))
        total = scope.scalar(select(func.count()).select_from(skafos_models).where(mine))
    return listed([shown.model(row) for row in rows], total)


@routes.handles("getModel")
def get_model(ctx: Context) -> shown.Shown:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        return shown.model(places.model(ctx, scope))


@routes.handles("createModel")
def create_model(ctx: Context) -> Answer:
    now = ctx.cloud.clock.now()
    row = {
        "uuid": str(uuid.uuid4()),
        "name": checked(ctx.body["name"], "model"),
        "description": ctx.body.get("description", ""),
        "public": False,
        "last_version": 0,
        "inserted_at": now,
        "updated_at": now,
    }
    with ctx.cloud.store.write(ctx.organisation) as scope:
        app = places.app(ctx, scope, lock=True)
        if not scope.insert_missing(skafos_models, {**row, "app_uuid": app.uuid}):
            reason = f"The app {app.name} has a model {row['name']} already."
            raise Refused(409, reason, field=("name", reason))
        made = scope.get(skafos_models, str(row["uuid"]))
        assert made is not None
        return Answer(shown.model(made), 201)


@routes.handles("deleteModel")
def delete_model(ctx: Context) -> Answer:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = places.model(ctx, scope, lock=True)
        mine = skafos_versions.c.model_uuid == row.uuid
        complete = skafos_versions.c.completed_at.is_not(None)
        held = scope.scalar(select(func.count()).where(mine, complete))
        if held and not ctx.params.get("force"):
            raise Refused(
                409,
                f"The model {row.name} still has versions; delete those first, or all with force.",
            )
        storage.forget_all(ctx.cloud, scope, select(skafos_versions).where(mine))
        scope.delete(skafos_models, skafos_models.c.uuid == row.uuid)
    return Answer(None, 204)
