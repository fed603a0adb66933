"""The licenses of an organisation's devices."""

from typing import Any

from sqlalchemy import Row, func, select

from scailable.cloud.kernel import Answer, Context
from scailable.cloud.services.auth.routes import routes
from scailable.cloud.services.licenses import license
from scailable.cloud.services.lookup import found, listed
from scailable.cloud.store.tables import licenses


@routes.handles("listLicenses")
def list_licenses(ctx: Context) -> Answer:
    """The licenses, newest first."""
    page = (
        select(licenses)
        .order_by(licenses.c.inserted_at.desc(), licenses.c.uuid)
        .offset(ctx.params.get("Offset", 0))
        .limit(ctx.params.get("Limit", 1000))
    )
    with ctx.cloud.store.read(ctx.organisation) as scope:
        total = scope.scalar(select(func.count()).select_from(licenses))
        rows = scope.rows(page)
    return listed([_shown(row) for row in rows], total)


@routes.handles("getLicense")
def get_license(ctx: Context) -> dict[str, Any]:
    """One license."""
    with ctx.cloud.store.read(ctx.organisation) as scope:
        return _shown(found(scope, licenses, ctx.params["uuid"], "license"))


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {**license(row), "DeviceUUID": row.device_uuid}
