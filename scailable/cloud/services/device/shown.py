"""Devices and their assignments as the service shows them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from scailable.cloud.services.licenses import license
from scailable.cloud.services.lookup import counted, named_by
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import (
    assignments,
    devices,
    functions,
    group_devices,
    groups,
    licenses,
)

# How often a device is asked to report, and after how long a silence it counts as gone.
HEARTBEAT = timedelta(seconds=30)
_SILENCE = 3 * HEARTBEAT


def is_online(reported_at: datetime | None, now: datetime) -> bool:
    """Whether a device, or a server, reported lately.

    >>> now = datetime(2026, 1, 1, 12, 0)
    >>> is_online(now - timedelta(seconds=89), now), is_online(now - timedelta(seconds=91), now)
    (True, False)
    """
    return reported_at is not None and now - reported_at <= _SILENCE


def summaries(scope: Scope, rows: Sequence[Row[Any]], now: datetime) -> list[dict[str, Any]]:
    """Devices as lists show them."""
    uuids = [row.uuid for row in rows]
    counts = counted(scope, assignments.c.device_uuid, uuids)
    memberships = named_by(scope, groups, group_devices, group_devices.c.device_uuid, uuids)
    return [
        {
            "UUID": row.uuid,
            "Name": row.name,
            "Serial": row.serial,
            # What the user wrote down comes before what the device says of itself.
            "Runtime": row.reported_runtime if row.runtime is None else row.runtime,
            "Type": row.type,
            "InsertedAt": row.inserted_at,
            "UpdatedAt": row.updated_at,
            "OnlineStatus": {"Online": is_online(row.online_at, now), "OnlineAt": row.online_at},
            "FunctionCount": counts.get(row.uuid, 0),
            "Groups": memberships.get(row.uuid),
            "Licenses": None,
        }
        for row in rows
    ]


def full(scope: Scope, uuid: str, now: datetime) -> dict[str, Any]:
    """A device with its licenses and functions."""
    (summary,) = summaries(scope, scope.rows(select(devices).where(devices.c.uuid == uuid)), now)
    assigned = assignments_of(scope, uuid)
    return {**summary, "Licenses": _licenses_of(scope, uuid), "Functions": assigned}


def assignments_of(scope: Scope, device: str) -> list[dict[str, Any]]:
    """The functions of a device, oldest assignment first."""
    statement = (
        select(assignments, functions.c.name, functions.c.status)
        .join_from(assignments, functions)
        .where(assignments.c.device_uuid == device)
        .order_by(assignments.c.assigned_at, assignments.c.function_uuid)
    )
    return [
        {
            "FunctionUUID": row.function_uuid,
            "Name": row.name,
            "Status": row.status,
            "State": row.state,
            "Message": row.message,
            "Digest": None if row.digest is None else f"sha256:{row.digest}",
            "AssignedAt": row.assigned_at,
            "ReportedAt": row.reported_at,
        }
        for row in scope.rows(statement)
    ]


def _licenses_of(scope: Scope, device: str) -> list[dict[str, Any]]:
    statement = select(licenses).where(licenses.c.device_uuid == device)
    return [
        license(row)
        for row in scope.rows(statement.order_by(licenses.c.starts_at, licenses.c.uuid))
    ]
