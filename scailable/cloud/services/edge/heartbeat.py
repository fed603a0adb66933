"""What a device says of itself."""

from typing import Any

from scailable.cloud.kernel import Context
from scailable.cloud.services.device.shown import HEARTBEAT
from scailable.cloud.services.edge.routes import routes
from scailable.cloud.store.tables import assignments, devices


@routes.handles("reportHeartbeat")
def report_heartbeat(ctx: Context) -> dict[str, Any]:
    assert ctx.principal is not None
    device = ctx.principal.device_uuid
    now = ctx.cloud.clock.now()
    with ctx.cloud.store.write(ctx.organisation) as scope:
        scope.update(
            devices,
            devices.c.uuid == device,
            online_at=now,
            reported_runtime=ctx.body["Runtime"],
            architecture=ctx.body["Architecture"],
            version=ctx.body["Version"],
        )
        for model in ctx.body["Models"]:
            digest = model.get("Digest")
            # A model that was taken off meanwhile matches nothing.
            scope.update(
                assignments,
                assignments.c.device_uuid == device,
                assignments.c.function_uuid == model["FunctionUUID"].lower(),
                state=model["State"],
                digest=None if digest is None else digest.removeprefix("sha256:"),
                message=model.get("Message"),
                reported_at=now,
            )
    return {"ServerTime": now, "HeartbeatSeconds": int(HEARTBEAT.total_seconds())}
