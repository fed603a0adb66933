"""Ties a record to the device that shows a registration token."""

from datetime import datetime

from scailable.cloud.kernel import Refused
from scailable.cloud.services.edge import tokens
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import announcements, device_credentials, devices


def tie(scope: Scope, device: str, token: str, now: datetime) -> None:
    """Tie a record to an announced device, in place of the device it was tied to before.

    Raises:
        Refused: 422 when no device shows this token, or it has expired or was used.
    """
    scope.delete(announcements, announcements.c.device_uuid == device)
    scope.delete(device_credentials, device_credentials.c.device_uuid == device)
    # An announcement belongs to no organisation until the token is given.
    pending = (
        announcements.c.token_key == tokens.digest(tokens.normalised(token)),
        announcements.c.device_uuid.is_(None),
        announcements.c.expires_at > now,
    )
    with scope.lifted() as everybody:
        tied = everybody.update(
            announcements, *pending, device_uuid=device, organisation_uuid=scope.organisation
        )
    if not tied:
        reason = "No device shows this token, or it has expired."
        raise Refused(422, reason, field=("RegistrationToken", reason))
    _take_over(scope, device)


def _take_over(scope: Scope, device: str) -> None:
    """Note what the device said of itself, where the record says nothing."""
    announced = scope.rows(announcements.select().where(announcements.c.device_uuid == device))[0]
    record = scope.rows(devices.select().where(devices.c.uuid == device))[0]
    scope.update(
        devices,
        devices.c.uuid == device,
        serial=announced.serial if record.serial is None else record.serial,
        type=announced.type if record.type is None else record.type,
        reported_runtime=announced.runtime,
        architecture=announced.architecture,
        online_at=None,
    )
