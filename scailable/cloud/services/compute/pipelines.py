"""Which functions can be put into the pipelines of a site."""

from typing import Any

from sqlalchemy import select

from scailable.cloud.kernel import Context
from scailable.cloud.services.compute.routes import routes
from scailable.cloud.services.compute.shown import FOR_DEVICES
from scailable.cloud.services.lookup import found
from scailable.cloud.store.tables import artefacts, functions, systems


@routes.handles("listAvailablePipelines")
def list_available_pipelines(ctx: Context) -> list[dict[str, Any]]:
    # The brand of the site's software changes nothing here: every function runs on all of them.
    ready = (
        select(functions.c.uuid, functions.c.name)
        .join_from(functions, artefacts)
        .where(artefacts.c.mime_type == FOR_DEVICES)
        .order_by(functions.c.name, functions.c.uuid)
    )
    with ctx.cloud.store.read(ctx.organisation) as scope:
        found(scope, systems, ctx.params["cloudSystemId"], "site")
        return [{"UUID": row.uuid, "Name": row.name} for row in scope.rows(ready)]
