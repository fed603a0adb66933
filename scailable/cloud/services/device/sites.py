"""Sites of the Nx era: servers that register themselves, their cameras and pipelines."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update

from scailable.cloud.kernel import Context, Refused
from scailable.cloud.services.compute.shown import description, downloads, files_of
from scailable.cloud.services.device.routes import routes
from scailable.cloud.services.device.shown import is_online
from scailable.cloud.services.lookup import all_found, found
from scailable.cloud.services.pipelines import functions_in, mention
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import cameras, functions, licenses, servers, systems

# --- the plugin, without an account


@routes.handles("registerSystem")
def register_system(ctx: Context) -> dict[str, Any]:
    now = ctx.cloud.clock.now()
    system, server = ctx.body["SystemId"].lower(), ctx.body["ServerId"].lower()
    source = ctx.body.get("Source") or {}
    with ctx.cloud.store.unscoped() as scope:
        owner = _tie(scope, system, source.get("LicenseKey"), now)
        name, version = source.get("ServerName"), source.get("AIPluginVersion")
        shown = {
            "name": server if name is None else name,
            "plugin_version": version,
            # The key is a secret of the organisation, and is in its license already.
            "source": {key: value for key, value in source.items() if key != "LicenseKey"},
            "organisation_uuid": owner,
            "seen_at": now,
            "updated_at": now,
        }
        keys = {"uuid": server, "system_uuid": system}
        scope.upsert(servers, {**keys, **shown, "inserted_at": now}, list(keys), shown)
        if "Devices" in source:
            _keep_cameras(scope, keys, owner, source["Devices"], now)
    return {
        "ServerId": server,
        "SystemId": system,
        "Tied": owner is not None,
        "RegisteredAt": now,
    }


@routes.handles("getNxFunction")
def get_nx_function(ctx: Context) -> dict[str, Any]:
    uuid = ctx.params["uuid"]
    missing = Refused(404, f"There is no function {uuid} in a pipeline.")
    with ctx.cloud.store.unscoped(write=False) as scope:
        row = scope.get(functions, uuid)
        if row is None:
            raise missing
        mine = cameras.c.organisation_uuid == row.organisation_uuid
        mentioned = scope.rows(select(cameras.c.pipelines).where(mine, mention(uuid)))
        if not any(uuid in functions_in(camera.pipelines) for camera in mentioned):
            raise missing
        (shown,) = _nx_functions(ctx, scope, [row])
        return shown


def _tie(scope: Scope, system: str, key: str | None, now: datetime) -> str | None:
    """Note a site; returns the organisation that it belongs to, if any.

    A site stays with the organisation that first gave a license: another one's license does not
    take it away.
    """
    scope.insert_missing(systems, {"uuid": system, "inserted_at": now, "updated_at": now})
    known: str | None = scope.rows(
        select(systems.c.organisation_uuid).where(systems.c.uuid == system)
    )[0][0]
    if key is None:
        return known
    valid = (licenses.c.license_key == key.lower(), licenses.c.expires_at > now)
    license = scope.first(select(licenses.c.organisation_uuid).where(*valid))
    if license is None or known not in (None, license.organisation_uuid):
        reason = "There is no such license for this site, or it has expired."
        raise Refused(422, reason, field=("Source.LicenseKey", reason))
    owner: str = license.organisation_uuid
    if known is None:
        for table, column in (
            (systems, systems.c.uuid),
            (servers, servers.c.system_uuid),
            (cameras, cameras.c.system_uuid),
        ):
            scope.execute(update(table).where(column == system).values(organisation_uuid=owner))
    return owner


def _keep_cameras(
    scope: Scope,
    server: Mapping[str, str],
    owner: str | None,
    announced: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    """Note the cameras that a server knows, and forget the others it had."""
    system = server["system_uuid"]
    for camera in announced:
        keys = {"nx_id": camera["NxID"].lower(), "system_uuid": system}
        shown = {"server_uuid": server["uuid"], "name": camera["Name"], "updated_at": now}
        row = {
            **keys,
            **shown,
            "organisation_uuid": owner,
            "pipelines": [],
            "inserted_at": now,
        }
        scope.upsert(cameras, row, list(keys), shown)
    scope.delete(
        cameras,
        cameras.c.system_uuid == system,
        cameras.c.server_uuid == server["uuid"],
        cameras.c.nx_id.not_in([camera["NxID"].lower() for camera in announced]),
    )


# --- users


@routes.handles("listSystemDevices")
def list_system_devices(ctx: Context) -> list[dict[str, Any]]:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        site = found(scope, systems, ctx.params["cloudSystemId"], "site")
        rows = scope.rows(_cameras_of(site.uuid))
    return [_shown(row, ctx.cloud.clock.now()) for row in rows]


@routes.handles("getSystemDevice")
def get_system_device(ctx: Context) -> dict[str, Any]:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        return _shown(_camera(ctx, scope), ctx.cloud.clock.now())


@routes.handles("listSystemDeviceFunctions")
def list_system_device_functions(ctx: Context) -> list[dict[str, Any]]:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        wanted = functions_in(_camera(ctx, scope).pipelines)
        rows = {row.uuid: row for row in scope.rows(_functions(wanted))}
        return _nx_functions(ctx, scope, [rows[uuid] for uuid in wanted if uuid in rows])


@routes.handles("setSystemPipelines")
def set_system_pipelines(ctx: Context) -> dict[str, Any]:
    chosen = [nx_id.lower() for nx_id in ctx.body["Devices"]]
    with ctx.cloud.store.write(ctx.organisation) as scope:
        site = found(scope, systems, ctx.params["cloudSystemId"], "site")
        all_found(scope, functions, ctx.body["Functions"], "Functions", "function")
        used = functions_in(ctx.body["Pipelines"])
        all_found(scope, functions, used, "Pipelines", "function")
        changed = scope.update(
            cameras,
            cameras.c.system_uuid == site.uuid,
            cameras.c.nx_id.in_(chosen),
            pipelines=ctx.body["Pipelines"],
            updated_at=ctx.cloud.clock.now(),
        )
        if not changed:
            reason = "No devices are applicable"
            raise Refused(422, reason, field=("Devices", "No server knows any of them."))
    return {"Message": "Done"}


def _camera(ctx: Context, scope: Scope) -> Row[Any]:
    site = found(scope, systems, ctx.params["cloudSystemId"], "site")
    nx_id = ctx.params["deviceId"].lower()
    row = scope.first(_cameras_of(site.uuid).where(cameras.c.nx_id == nx_id))
    if row is None:
        raise Refused(404, f"There is no camera {nx_id} at this site.")
    return row


def _cameras_of(system: str) -> Select[Any]:
    return (
        select(
            cameras.c.nx_id,
            cameras.c.name,
            cameras.c.pipelines,
            servers.c.name.label("server_name"),
            servers.c.plugin_version,
            servers.c.seen_at,
        )
        .join_from(cameras, servers)
        .where(cameras.c.system_uuid == system)
        .order_by(cameras.c.name, cameras.c.nx_id)
    )


def _functions(uuids: Sequence[str]) -> Select[Any]:
    return select(functions).where(functions.c.uuid.in_(uuids))


def _shown(row: Row[Any], now: datetime) -> dict[str, Any]:
    return {
        "NxID": row.nx_id,
        "Name": row.name,
        "Server": {
            "Name": row.server_name,
            "Status": "Online" if is_online(row.seen_at, now) else "Offline",
            "AIPluginVersion": row.plugin_version,
            # A server without the plugin has nothing to run a pipeline with.
            "Supports": {"Pipelines": row.plugin_version is not None},
        },
        "V2": {"id": row.nx_id},
        "nxAI": {"pipelines": row.pipelines},
    }


def _nx_functions(ctx: Context, scope: Scope, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    files = files_of(scope, [row.uuid for row in rows])
    return [{**description(row), "Downloads": downloads(ctx, files[row.uuid])} for row in rows]
