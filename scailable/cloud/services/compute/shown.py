"""Functions as the service shows them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from scailable.cloud.kernel import Context
from scailable.cloud.services.lookup import counted, named_by, organisation
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import (
    artefacts,
    assignments,
    catalogues,
    function_catalogues,
)

# The file as it was uploaded, and the one that devices run.
ORIGINAL = "application/x-onnx; source=original"
FOR_DEVICES = "application/x-onnx; device=cpu"

_URL_LIFETIME = timedelta(hours=1)


def summaries(ctx: Context, scope: Scope, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Functions as lists show them."""
    if not rows:
        return []
    uuids = [row.uuid for row in rows]
    owner = organisation(scope)
    files = files_of(scope, uuids)
    sets = named_by(
        scope, catalogues, function_catalogues, function_catalogues.c.function_uuid, uuids
    )
    counts = counted(scope, assignments.c.function_uuid, uuids)
    return [
        {
            **description(row),
            "Alias": row.alias,
            "Status": row.status,
            "Catalogues": sets.get(row.uuid, []),
            "Code": _code(ctx, row, files[row.uuid]),
            "Source": {"Name": row.source_name, "Url": row.source_url},
            "SyncInformation": row.sync_information,
            "InsertedAt": row.inserted_at,
            "Organisation": owner,
            "DeviceCount": counts.get(row.uuid, 0),
        }
        for row in rows
    ]


def full(ctx: Context, scope: Scope, row: Row[Any]) -> dict[str, Any]:
    """A function with its downloads."""
    (summary,) = summaries(ctx, scope, [row])
    return {**summary, "Downloads": downloads(ctx, files_of(scope, [row.uuid])[row.uuid])}


def description(row: Row[Any]) -> dict[str, Any]:
    """What every form of a function has."""
    return {
        "UUID": row.uuid,
        "Name": row.name,
        "Documentation": row.documentation,
        "InputDriver": row.input_driver,
        "InputDriverDetails": row.input_driver_details,
        "OutputDriver": row.output_driver,
        "OutputDriverDetails": row.output_driver_details,
        "NamedInput": row.named_input,
        "NamedOutput": row.named_output,
        "UpdatedAt": row.updated_at,
    }


def files_of(scope: Scope, uuids: Iterable[str]) -> Mapping[str, list[Row[Any]]]:
    """The files of functions, by function."""
    statement = select(artefacts).where(artefacts.c.function_uuid.in_(list(uuids)))
    result: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in scope.rows(statement.order_by(artefacts.c.mime_type.desc())):
        result[row.function_uuid].append(row)
    return result


def downloads(ctx: Context, files: Iterable[Row[Any]]) -> list[dict[str, Any]]:
    """Files with the addresses at which they can be fetched for a while."""
    result = []
    for file in files:
        url, expires = ctx.cloud.blobs.signed_url(
            ctx.base_url, file.digest, file.filename, "application/octet-stream", _URL_LIFETIME
        )
        result.append(
            {
                "MimeType": file.mime_type,
                "URL": url,
                "Size": file.size,
                "SHA256": file.digest,
                "RuntimeArch": file.runtime_arch,
                "ExpiresAt": expires,
            }
        )
    return result


def _code(ctx: Context, row: Row[Any], files: Sequence[Row[Any]]) -> dict[str, Any]:
    by_type = {file.mime_type: file for file in files}
    original, converted = by_type.get(ORIGINAL), by_type.get(FOR_DEVICES)
    return {
        "Size": 0 if original is None else original.size,
        "Status": row.code_status,
        "CDNURI": None if converted is None else downloads(ctx, [converted])[0]["URL"],
        "Message": row.code_message,
    }
