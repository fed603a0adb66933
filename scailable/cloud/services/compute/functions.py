"""Functions: upload, read, change, delete."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

from scailable.cloud.kernel import Context, Refused, StoredUpload
from scailable.cloud.services import history, revisions
from scailable.cloud.services.compute import conversion
from scailable.cloud.services.compute.routes import routes
from scailable.cloud.services.compute.shown import files_of, full
from scailable.cloud.services.lookup import all_found, found
from scailable.cloud.services.pipelines import forget
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import (
    catalogues,
    function_catalogues,
    functions,
)

_FILE_TYPES = (".onnx",)

# Fields of a request and their columns; null empties those that have no null of their own.
_FIELDS = {
    "Name": "name",
    "Alias": "alias",
    "Documentation": "documentation",
    "InputDriver": "input_driver",
    "InputDriverDetails": "input_driver_details",
    "OutputDriver": "output_driver",
    "OutputDriverDetails": "output_driver_details",
    "SourceName": "source_name",
    "SourceUrl": "source_url",
}
_NOT_NULL = {"Alias": "", "Documentation": ""}


@routes.handles("getConfiguration")
def get_configuration(ctx: Context) -> dict[str, Any]:
    return {
        "Features": {"EdgeImpulse": True},
        "MaxUploadSize": ctx.cloud.settings.max_upload_size,
        "SupportedFileTypes": list(_FILE_TYPES),
    }


@routes.handles("getFunctionStatistics")
def get_function_statistics(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        return history.statistics(scope, functions, "function", ctx.cloud.clock.now())


@routes.handles("getFunction")
def get_function(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        return full(ctx, scope, found(scope, functions, ctx.params["uuid"], "function"))


@routes.handles("createFunction")
def create_function(ctx: Context) -> dict[str, Any]:
    upload = ctx.form.file
    assert upload is not None  # the document requires it
    _check_type(upload)
    ctx.cloud.blobs.prepare(upload)
    now = ctx.cloud.clock.now()
    with ctx.cloud.store.write(ctx.organisation) as scope:
        key = add(scope, _values(ctx.form.data), now)
        _sort_into(scope, key, ctx.form.data)
        conversion.start(ctx.cloud, scope, key, upload, now)
        return full(ctx, scope, found(scope, functions, key, "function"))


@routes.handles("updateFunction")
def update_function(ctx: Context) -> dict[str, Any]:
    upload = ctx.form.file
    if upload is not None:
        _check_type(upload)
        ctx.cloud.blobs.prepare(upload)
    now = ctx.cloud.clock.now()
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, functions, ctx.params["uuid"], "function")
        values = {**_values(ctx.form.data), "updated_at": now}
        scope.update(functions, functions.c.uuid == row.uuid, **values)
        _sort_into(scope, row.uuid, ctx.form.data)
        history.record(scope, "function.updated", row.uuid, now)
        revisions.raise_for(ctx.cloud, scope, revisions.having(row.uuid))
        if upload is not None:
            conversion.start(ctx.cloud, scope, row.uuid, upload, now)
        return full(ctx, scope, found(scope, functions, row.uuid, "function"))


@routes.handles("deleteFunction")
def delete_function(ctx: Context) -> dict[str, Any]:
    now = ctx.cloud.clock.now()
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, functions, ctx.params["uuid"], "function")
        revisions.raise_for(ctx.cloud, scope, revisions.having(row.uuid))
        forget(scope, row.uuid, now)
        digests = [file.digest for file in files_of(scope, [row.uuid])[row.uuid]]
        scope.delete(functions, functions.c.uuid == row.uuid)
        history.record(scope, "function.deleted", row.uuid, now)
        ctx.cloud.blobs.release(scope, *digests)
    return {"Message": "Done"}


def add(scope: Scope, values: Mapping[str, Any], now: datetime) -> str:
    """Add a function that has no file yet; returns its UUID."""
    key = str(uuid.uuid4())
    scope.insert(
        functions,
        {
            "uuid": key,
            "alias": "",
            "documentation": "",
            "input_driver": "",
            "input_driver_details": {},
            "output_driver": "",
            "output_driver_details": {},
            "sync_information": {},
            **values,
            "status": "processing",
            "code_status": "processing",
            "revision": 0,
            "inserted_at": now,
            "updated_at": now,
        },
    )
    history.record(scope, "function.created", key, now)
    return key


def _check_type(upload: StoredUpload) -> None:
    if PurePath(upload.filename).suffix.lower() not in _FILE_TYPES:
        reason = f"A file name has to end in {' or '.join(_FILE_TYPES)}."
        raise Refused(422, reason, field=("file", reason))


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a request sets."""
    return {
        column: _NOT_NULL.get(field) if data[field] is None else data[field]
        for field, column in _FIELDS.items()
        if field in data
    }


def _sort_into(scope: Scope, key: str, data: Mapping[str, Any]) -> None:
    """Put a function into the catalogues that a request names, and into no other."""
    if "Catalogues" not in data:
        return
    chosen: Sequence[str] = all_found(
        scope, catalogues, data["Catalogues"], "Catalogues", "catalogue"
    )
    scope.delete(function_catalogues, function_catalogues.c.function_uuid == key)
    rows = [{"function_uuid": key, "catalogue_uuid": uuid} for uuid in chosen]
    scope.insert(function_catalogues, *rows)
