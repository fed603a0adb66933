"""Functions that follow a project on a training platform."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from scailable.cloud.answers import moment
from scailable.cloud.jobs import Job
from scailable.cloud.kernel import Context, Refused
from scailable.cloud.services.compute import conversion, edge_impulse
from scailable.cloud.services.compute.functions import add
from scailable.cloud.services.compute.routes import routes
from scailable.cloud.services.compute.shown import full
from scailable.cloud.services.lookup import found
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import function_links, functions

if TYPE_CHECKING:
    from scailable.cloud.app import Cloud

KIND = "function.fetch"

_TIMEOUT = 60.0


@routes.handles("createLinkedFunction")
def create_linked_function(ctx: Context) -> dict[str, Any]:
    link = ctx.body["EdgeImpulse"]
    values = {
        "name": ctx.body["Name"],
        "sync_information": {"EdgeImpulse": {"ProjectID": link["ProjectID"], "SyncedAt": None}},
    }
    now = ctx.cloud.clock.now()
    with ctx.cloud.store.write(ctx.organisation) as scope:
        key = add(scope, values, now)
        scope.insert(
            function_links,
            {"function_uuid": key, "project_id": link["ProjectID"], "api_key": link["APIKey"]},
        )
        return _fetch_soon(ctx, scope, key, now)


@routes.handles("updateFunctionLink")
def update_function_link(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, functions, ctx.params["uuid"], "function")
        if not ctx.body["EdgeImpulse"]:
            reason = "Edge Impulse is the only platform there is a link to."
            raise Refused(422, reason, field=("EdgeImpulse", reason))
        if _link(scope, row.uuid) is None:
            reason = "This function follows no project on Edge Impulse."
            raise Refused(422, reason, field=("EdgeImpulse", reason))
        return _fetch_soon(ctx, scope, row.uuid, ctx.cloud.clock.now())


def fetch(cloud: "Cloud", job: Job) -> None:
    """The body of the job: gets the newest model of the project and has it converted."""
    assert job.organisation_uuid is not None
    key = job.payload["function"]
    with cloud.store.read(job.organisation_uuid) as scope:
        link = _link(scope, key)
    if link is None:
        return  # deleted meanwhile
    try:
        upload = edge_impulse.fetch(
            cloud.settings.edge_impulse_url,
            link.project_id,
            link.api_key,
            cloud.blobs.new_file(),
            max_size=cloud.settings.max_upload_size,
            timeout=_TIMEOUT,
        )
    except edge_impulse.FetchFailed as error:
        conversion.give_up(cloud, job, str(error))
        return
    now = cloud.clock.now()
    try:
        cloud.blobs.prepare(upload)
        with cloud.store.write(job.organisation_uuid) as scope:
            if _link(scope, key) is not None:
                synced = {"ProjectID": link.project_id, "SyncedAt": moment(now)}
                scope.update(
                    functions,
                    functions.c.uuid == key,
                    sync_information={"EdgeImpulse": synced},
                    updated_at=now,
                )
                conversion.start(cloud, scope, key, upload, now)
    finally:
        upload.discard()


def _link(scope: Scope, function: str) -> Row[Any] | None:
    return scope.first(select(function_links).where(function_links.c.function_uuid == function))


def _fetch_soon(ctx: Context, scope: Scope, key: str, now: datetime) -> dict[str, Any]:
    scope.update(
        functions,
        functions.c.uuid == key,
        status="processing",
        code_status="processing",
        code_message=None,
        updated_at=now,
    )
    row = found(scope, functions, key, "function")
    ctx.cloud.jobs.add(scope, KIND, {"function": key, "revision": row.revision})
    return full(ctx, scope, row)
