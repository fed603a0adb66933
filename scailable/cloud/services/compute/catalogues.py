"""Catalogues: named sets of functions."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from scailable.cloud.kernel import Answer, Context, Refused
from scailable.cloud.services.compute.routes import routes
from scailable.cloud.services.lookup import found, listed, organisation
from scailable.cloud.store.tables import catalogues, function_catalogues


def _shown(row: Row[Any], owner: Mapping[str, Any]) -> dict[str, Any]:
    return {"UUID": row.uuid, "Name": row.name, "Organisation": owner}


@routes.handles("listCatalogues")
def list_catalogues(ctx: Context) -> Answer:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        owner = organisation(scope)
        wanted = ctx.params.get("Organisation", owner["UUID"])
        statement = select(catalogues).order_by(catalogues.c.name, catalogues.c.uuid)
        rows = scope.rows(statement) if wanted == owner["UUID"] else []
    return listed([_shown(row, owner) for row in rows], len(rows))


@routes.handles("getCatalogue")
def get_catalogue(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        return _shown(
            found(scope, catalogues, ctx.params["uuid"], "catalogue"), organisation(scope)
        )


@routes.handles("createCatalogue")
def create_catalogue(ctx: Context) -> dict[str, Any]:
    now = ctx.cloud.clock.now()
    key = str(uuid.uuid4())
    row = {"uuid": key, "name": ctx.body["Name"], "inserted_at": now, "updated_at": now}
    with ctx.cloud.store.write(ctx.organisation) as scope:
        scope.insert(catalogues, row)
        return _shown(found(scope, catalogues, key, "catalogue"), organisation(scope))


@routes.handles("updateCatalogue")
def update_catalogue(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, catalogues, ctx.params["uuid"], "catalogue")
        scope.update(
            catalogues,
            catalogues.c.uuid == row.uuid,
            name=ctx.body["Name"],
            updated_at=ctx.cloud.clock.now(),
        )
    return {"Message": "Done"}


@routes.handles("deleteCatalogue")
def delete_catalogue(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, catalogues, ctx.params["uuid"], "catalogue")
        inside = function_catalogues.c.catalogue_uuid == row.uuid
        if scope.first(select(function_catalogues.c.function_uuid).where(inside)) is not None:
            raise Refused(409, "The catalogue is not empty: take its functions out first.")
        scope.delete(catalogues, catalogues.c.uuid == row.uuid)
    return {"Message": "Done"}
