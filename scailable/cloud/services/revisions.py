"""The revision of a device's assignments: what its long poll compares and waits for."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, select

from scailable.cloud.store import Scope
from scailable.cloud.store.tables import assignments, devices

if TYPE_CHECKING:
    from scailable.cloud.app import Cloud


def topic(device_uuid: str) -> str:
    """What a device listens to while it waits."""
    return f"device:{device_uuid}"


def text(device: Row[Any]) -> str:
    """The revision as the device sees it.

    It holds the device too: one that was added anew counts from the start again.
    """
    return f"{device.uuid}-{device.assignments_revision}"


def having(function_uuid: str) -> Select[Any]:
    """The devices that a function is assigned to."""
    return select(assignments.c.device_uuid).where(assignments.c.function_uuid == function_uuid)


def raise_for(cloud: "Cloud", scope: Scope, chosen: Select[Any]) -> None:
    """Raise the revision of the chosen devices, and wake those that wait once it is committed."""
    uuids = [row[0] for row in scope.rows(chosen)]
    if not uuids:
        return
    scope.update(
        devices,
        devices.c.uuid.in_(chosen),
        assignments_revision=devices.c.assignments_revision + 1,
    )

    def ring() -> None:
        for uuid in uuids:
            cloud.bells.ring(topic(uuid))

    scope.after_commit(ring)
