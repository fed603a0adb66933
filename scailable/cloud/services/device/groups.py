"""Groups of devices."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from scailable.cloud.kernel import Answer, Context, Refused
from scailable.cloud.services.device.routes import routes
from scailable.cloud.services.lookup import (
    all_found,
    containing,
    counted,
    found,
    listed,
    organisation,
    page,
)
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import devices, group_devices, groups


@routes.handles("listGroups")
def list_groups(ctx: Context) -> Answer:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        rows, total = page(ctx, scope, groups, containing(ctx.params.get("q"), groups.c.name))
        return listed(_shown(scope, rows), total)


@routes.handles("getGroup")
def get_group(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        return _one(scope, ctx.params["uuid"])


@routes.handles("createGroup")
def create_group(ctx: Context) -> dict[str, Any]:
    now = ctx.cloud.clock.now()
    key = str(uuid.uuid4())
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = {"uuid": key, "name": ctx.body["Name"], "inserted_at": now, "updated_at": now}
        scope.insert(groups, row)
        _add(scope, key, ctx.body.get("Devices", []), now)
        return _one(scope, key)


@routes.handles("updateGroup")
def update_group(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, groups, ctx.params["uuid"], "group")
        _change(scope, row.uuid, ctx.cloud.clock.now(), name=ctx.body["Name"])
        return _one(scope, row.uuid)


@routes.handles("deleteGroup")
def delete_group(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, groups, ctx.params["uuid"], "group")
        scope.delete(groups, groups.c.uuid == row.uuid)
    return {"Message": "Deleted"}


@routes.handles("addDevicesToGroup")
def add_devices_to_group(ctx: Context) -> dict[str, Any]:
    now = ctx.cloud.clock.now()
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, groups, ctx.params["uuid"], "group")
        if _add(scope, row.uuid, ctx.body["Devices"], now):
            _change(scope, row.uuid, now)
        return _one(scope, row.uuid)


@routes.handles("removeDeviceFromGroup")
def remove_device_from_group(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        group = found(scope, groups, ctx.params["groupUuid"], "group")
        device = found(scope, devices, ctx.params["deviceUuid"], "device")
        removed = scope.delete(
            group_devices,
            group_devices.c.group_uuid == group.uuid,
            group_devices.c.device_uuid == device.uuid,
        )
        if not removed:
            raise Refused(404, f"The device {device.uuid} is not in this group.")
        _change(scope, group.uuid, ctx.cloud.clock.now())
    return {"Message": "Ok"}


def _change(scope: Scope, group: str, now: datetime, **values: Any) -> None:
    scope.update(groups, groups.c.uuid == group, updated_at=now, **values)


def _add(scope: Scope, group: str, chosen: Sequence[str], now: datetime) -> int:
    """Put devices in a group; how many were not in it."""
    inside = select(group_devices.c.device_uuid).where(group_devices.c.group_uuid == group)
    present = {row.device_uuid for row in scope.rows(inside)}
    rows = [
        {"group_uuid": group, "device_uuid": device, "inserted_at": now}
        for device in all_found(scope, devices, chosen, "Devices", "device")
        if device not in present
    ]
    scope.insert(group_devices, *rows)
    return len(rows)


def _one(scope: Scope, uuid: str) -> dict[str, Any]:
    (shown,) = _shown(scope, [found(scope, groups, uuid, "group")])
    return shown


def _shown(scope: Scope, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    owner = organisation(scope)
    counts = counted(scope, group_devices.c.group_uuid, [row.uuid for row in rows])
    return [
        {
            "UUID": row.uuid,
            "Name": row.name,
            "DeviceCount": counts.get(row.uuid, 0),
            "Organisation": owner,
            "InsertedAt": row.inserted_at,
            "UpdatedAt": row.updated_at,
        }
        for row in rows
    ]
