"""Which functions devices have to run."""

from typing import Any

from sqlalchemy import Select, func, literal, select, true

from scailable.cloud.kernel import Context, Refused
from scailable.cloud.services import history, revisions
from scailable.cloud.services.device.routes import routes
from scailable.cloud.services.device.shown import assignments_of
from scailable.cloud.services.lookup import all_found, found
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import (
    assignments,
    devices,
    functions,
    group_devices,
    groups,
)


@routes.handles("listAssignments")
def list_assignments(ctx: Context) -> list[dict[str, Any]]:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        row = found(scope, devices, ctx.params["uuid"], "device")
        return assignments_of(scope, row.uuid)


@routes.handles("assignFunctions")
def assign_functions(ctx: Context) -> list[dict[str, Any]]:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, devices, ctx.params["uuid"], "device")
        chosen = select(devices.c.uuid).where(devices.c.uuid == row.uuid)
        if _assign(ctx, scope, chosen):
            history.record(scope, "device.assigned", row.uuid, ctx.cloud.clock.now())
        return assignments_of(scope, row.uuid)


@routes.handles("assignGroupFunctions")
def assign_group_functions(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, groups, ctx.params["uuid"], "group")
        chosen = select(group_devices.c.device_uuid).where(group_devices.c.group_uuid == row.uuid)
        added = _assign(ctx, scope, chosen)
        return {
            "DeviceCount": scope.scalar(select(func.count()).select_from(chosen.subquery())),
            "FunctionCount": len({item["FunctionUUID"].lower() for item in ctx.body}),
            "Added": added,
        }


@routes.handles("unassignFunction")
def unassign_function(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = found(scope, devices, ctx.params["uuid"], "device")
        removed = scope.delete(
            assignments,
            assignments.c.device_uuid == row.uuid,
            assignments.c.function_uuid == ctx.params["functionUuid"],
        )
        if not removed:
            raise Refused(404, f"The function {ctx.params['functionUuid']} is not assigned here.")
        revisions.raise_for(
            ctx.cloud, scope, select(devices.c.uuid).where(devices.c.uuid == row.uuid)
        )
        history.record(scope, "device.unassigned", row.uuid, ctx.cloud.clock.now())
    return {"Message": "Deleted"}


def _assign(ctx: Context, scope: Scope, chosen: Select[Any]) -> int:
    """Assign the functions of the request to the chosen devices; how many were new.

    One statement, however many devices there are.
    """
    wanted = _assignable(scope, [item["FunctionUUID"] for item in ctx.body])
    now = ctx.cloud.clock.now()
    targets = chosen.subquery()
    every_pair = targets.join(functions, true())
    rows = (
        select(
            targets.c[0],
            functions.c.uuid,
            literal("assigned"),
            literal(now, assignments.c.assigned_at.type),
        )
        .select_from(every_pair)
        .where(functions.c.uuid.in_(wanted))
    )
    columns = ("device_uuid", "function_uuid", "state", "assigned_at")
    added = scope.insert_from(assignments, columns, rows, missing=True)
    if added:
        revisions.raise_for(ctx.cloud, scope, chosen)
    return added


def _assignable(scope: Scope, uuids: list[str]) -> list[str]:
    """The functions, if all can be assigned; those still being converted can."""
    wanted = all_found(scope, functions, uuids, "FunctionUUID", "function")
    failed = select(functions.c.uuid).where(
        functions.c.uuid.in_(wanted), functions.c.status == "error"
    )
    row = scope.first(failed)
    if row is not None:
        reason = f"The function {row.uuid} failed to convert."
        raise Refused(422, reason, field=("FunctionUUID", reason))
    return wanted
