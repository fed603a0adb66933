"""The models that a device has to run: list, long poll, download."""

import time
from typing import Any
from weakref import WeakKeyDictionary

import anyio.to_thread
from sqlalchemy import Row, Select, select

from scailable.cloud.kernel import Answer, Context, Download, Refused
from scailable.cloud.services import revisions
from scailable.cloud.services.compute.shown import FOR_DEVICES, description
from scailable.cloud.services.edge.routes import routes
from scailable.cloud.services.edge.watch import Watch
from scailable.cloud.store.tables import artefacts, assignments, devices, functions

# By cloud; a process may hold several.
_watches: "WeakKeyDictionary[Any, Watch]" = WeakKeyDictionary()


@routes.handles("listAssignments")
async def list_assignments(ctx: Context) -> Answer:
    """Answers at once, or when the list changes, or with 304 when it did not in time."""
    device = _device(ctx)
    end = time.monotonic() + ctx.params.get("Wait", 0)
    watch = _watches.setdefault(ctx.cloud, Watch(ctx.cloud.store, ctx.cloud.bells))
    while True:
        # Listening starts before the look: a change in between is not missed.
        with ctx.cloud.bells.listen(revisions.topic(device)) as listener:
            answer = await anyio.to_thread.run_sync(_look, ctx)
            left = end - time.monotonic()
            if answer.status != 304 or left <= 0:
                return answer
            with watch.watching(device, answer.headers["ETag"].strip('"')):
                await listener.wait(left)
        if ctx.cloud.bells.closed:
            end = 0  # the server stops: one last look


@routes.handles("downloadModel")
def download_model(ctx: Context) -> Download | Answer:
    chosen = _assigned(ctx).where(functions.c.uuid == ctx.params["uuid"])
    with ctx.cloud.store.read(ctx.organisation) as scope:
        row = scope.first(chosen)
    if row is None:
        raise Refused(404, f"The model {ctx.params['uuid']} is not assigned to this device.")
    return ctx.cloud.blobs.download(row.digest, row.filename, "application/octet-stream")


def _device(ctx: Context) -> str:
    assert ctx.principal is not None and ctx.principal.device_uuid is not None
    return ctx.principal.device_uuid


def _look(ctx: Context) -> Answer:
    """The list with its revision, from one state of the database; 304 when the device has it."""
    with ctx.cloud.store.read(ctx.organisation) as scope:
        row = scope.get(devices, _device(ctx))
        if row is None:
            raise Refused(401, "This device was deleted.", authorization_invalid=True)
        revision = revisions.text(row)
        headers = {"ETag": f'"{revision}"'}
        if _has(ctx.params.get("If-None-Match", ""), revision):
            return Answer(None, 304, headers)
        models = scope.rows(_assigned(ctx))
    value = {"Revision": revision, "Assignments": [_shown(model) for model in models]}
    return Answer(value, headers=headers)


def _assigned(ctx: Context) -> Select[Any]:
    """The models of the device that are converted, oldest assignment first."""
    return (
        select(
            functions,
            assignments.c.assigned_at,
            artefacts.c.digest,
            artefacts.c.size,
            artefacts.c.filename,
            artefacts.c.mime_type,
        )
        .join_from(assignments, functions)
        .join(artefacts, artefacts.c.function_uuid == functions.c.uuid)
        .where(assignments.c.device_uuid == _device(ctx), artefacts.c.mime_type == FOR_DEVICES)
        .order_by(assignments.c.assigned_at, assignments.c.function_uuid)
    )


def _shown(row: Row[Any]) -> dict[str, Any]:
    described = description(row)
    del described["Documentation"]
    return {
        "FunctionUUID": described.pop("UUID"),
        **described,
        "Digest": f"sha256:{row.digest}",
        "Size": row.size,
        "MimeType": row.mime_type,
        "AssignedAt": row.assigned_at,
    }


def _has(header: str, revision: str) -> bool:
    """Whether an `If-None-Match` header names the revision.

    >>> _has('"a-1", W/"a-2"', "a-2"), _has('"a-1"', "a-11")
    (True, False)
    """
    named = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return f'"{revision}"' in named
