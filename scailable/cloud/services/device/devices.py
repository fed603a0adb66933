"""Devices: add, read, change, delete."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from scailable.cloud.kernel import Answer, Context
from scailable.cloud.services import history, revisions
from scailable.cloud.services.device.registration import tie
from scailable.cloud.services.device.routes import routes
from scailable.cloud.services.device.shown import full, summaries
from scailable.cloud.services.lookup import containing, found, listed, page
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import assignments, devices, group_devices, licenses

_TRIAL = timedelta(days=90)
# First day of the terms that the embedded cloud gives its trial licenses under.
_AGREED = datetime(2026, 1, 1, tzinfo=UTC)

_FIELDS = {"Name": "name", "Serial": "serial", "Runtime": "runtime", "Type": "type"}


@routes.handles("listDevices")
def list_devices(ctx: Context) -> Answer:
    conditions = containing(ctx.params.get("q"), devices.c.name, devices.c.serial)
    for name, table, column in (
        ("Group", group_devices, group_devices.c.group_uuid),
        ("Function", assignments, assignments.c.function_uuid),
    ):
        if name in ctx.params:
            conditions.append(
                exists().where(table.c.device_uuid == devices.c.uuid, column == ctx.params[name])
            )
    with ctx.cloud.store.read(ctx.organisation) as scope:
        rows, total = page(ctx, scope, devices, conditions)
        return listed(summaries(scope, rows, ctx.cloud.clock.now()), total)


@routes.handles("getDeviceStatistics")
def get_device_statistics(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        return history.statistics(scope, devices, "device", ctx.cloud.clock.now())


@routes.handles("getDevice")
def get_device(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        row = found(scope, devices, ctx.params["uuid"], "device")
        return full(scope, row.uuid, ctx.cloud.clock.now())


@routes.handles("createDevice")
def create_device(ctx: Context) -> dict[str, Any]:
    now = ctx.cloud.clock.now()
    key = str(uuid.uuid4())
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = {"uuid": key, "inserted_at": now, "updated_at": now}
        scope.insert(devices, {**row, **_values(ctx.body)})
        _license(scope, key, now)
        history.record(scope, "device.created", key, now)
        if ctx.body.get("RegistrationToken") is not None:
            tie(scope, key, ctx.body["RegistrationToken"], now)
        return full(scope, key, now)


@routes.handles("updateDevice")
def update_device(ctx: Context) -> dict[str, Any]:
    now = ctx.cloud.clock.now()
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, devices, ctx.params["uuid"], "device")
        values = {**_values(ctx.body), "updated_at": now}
        scope.update(devices, devices.c.uuid == row.uuid, **values)
        history.record(scope, "device.updated", row.uuid, now)
        if ctx.body.get("RegistrationToken") is not None:
            tie(scope, row.uuid, ctx.body["RegistrationToken"], now)
        return full(scope, row.uuid, now)


@routes.handles("deleteDevice")
def delete_device(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, devices, ctx.params["uuid"], "device")
        # Its credential, licenses and assignments go with it; a poll that waits ends at once.
        revisions.raise_for(
            ctx.cloud, scope, select(devices.c.uuid).where(devices.c.uuid == row.uuid)
        )
        scope.delete(devices, devices.c.uuid == row.uuid)
        history.record(scope, "device.deleted", row.uuid, ctx.cloud.clock.now())
    return {"Message": "Deleted"}


def _values(body: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a request sets."""
    return {column: body[field] for field, column in _FIELDS.items() if field in body}


def _license(scope: Scope, device: str, now: datetime) -> None:
    """Give a new device its trial license."""
    scope.insert(
        licenses,
        {
            "uuid": str(uuid.uuid4()),
            "device_uuid": device,
            "license_key": str(uuid.uuid4()),
            "agreement_kind": "trial",
            "agreement_name": "AI Manager License",
            "agreement_provides": [],
            "agreement_published_at": _AGREED,
            "starts_at": now,
            "expires_at": now + _TRIAL,
            "inserted_at": now,
        },
    )
