"""How a device that nobody knows yet gets its credential."""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from scailable.cloud.kernel import Context, Principal, Refused
from scailable.cloud.services.edge import tokens
from scailable.cloud.services.edge.routes import routes
from scailable.cloud.store.tables import announcements, device_credentials, devices

if TYPE_CHECKING:
    from scailable.cloud.app import Cloud

_LIFETIME = timedelta(hours=1)
_POLL_SECONDS = 2


@routes.handles("announceDevice")
def announce_device(ctx: Context) -> dict[str, Any]:
    ctx.cloud.limits.announcement(ctx.address)
    now = ctx.cloud.clock.now()
    key, token, secret = str(uuid.uuid4()), tokens.registration_token(), tokens.new_secret()
    with ctx.cloud.store.unscoped() as scope:
        # Those that nobody tied in time are of no use to anyone.
        scope.delete(
            announcements, announcements.c.expires_at <= now, announcements.c.device_uuid.is_(None)
        )
        scope.insert(
            announcements,
            {
                "uuid": key,
                "token_key": tokens.digest(token),
                "secret_sha256": tokens.digest(secret),
                "name": ctx.body["Name"],
                "serial": ctx.body.get("Serial"),
                "type": ctx.body.get("Type"),
                "runtime": ctx.body["Runtime"],
                "architecture": ctx.body["Architecture"],
                "address": ctx.address,
                "expires_at": now + _LIFETIME,
                "inserted_at": now,
            },
        )
    return {
        "UUID": key,
        "RegistrationToken": token,
        "Secret": secret,
        "ExpiresAt": now + _LIFETIME,
        "PollSeconds": _POLL_SECONDS,
    }


@routes.authenticates("Announcement")
def announced(cloud: "Cloud", token: str) -> Principal | None:
    """The announcement whose secret this is, until its credential was first used."""
    with cloud.store.unscoped(write=False) as scope:
        row = scope.first(
            select(announcements).where(announcements.c.secret_sha256 == tokens.digest(token))
        )
    if row is None or (row.device_uuid is None and row.expires_at <= cloud.clock.now()):
        return None
    return Principal(
        organisation_uuid=row.organisation_uuid,
        announcement_uuid=row.uuid,
        claims={"secret": token},
    )


@routes.handles("collectCredential")
def collect_credential(ctx: Context) -> dict[str, Any]:
    assert ctx.principal is not None
    now = ctx.cloud.clock.now()
    with ctx.cloud.store.unscoped() as scope:
        announcement = scope.get(announcements, ctx.principal.announcement_uuid or "")
        if announcement is None:
            raise Refused(401, "The secret is not valid any more.", authorization_invalid=True)
        if announcement.device_uuid is None:
            return {"Status": "pending", "Device": None, "Name": None, "Credential": None}
        device = scope.rows(select(devices).where(devices.c.uuid == announcement.device_uuid))[0]
        credential = tokens.credential_for(ctx.principal.claims["secret"], device.uuid)
        scope.insert_missing(
            device_credentials,
            {
                "secret_sha256": tokens.digest(credential),
                "organisation_uuid": device.organisation_uuid,
                "device_uuid": device.uuid,
                "inserted_at": now,
            },
        )
        if announcement.collected_at is None:
            scope.update(announcements, announcements.c.uuid == announcement.uuid, collected_at=now)
    return {
        "Status": "tied",
        "Device": device.uuid,
        "Name": device.name,
        "Credential": credential,
    }


@routes.authenticates("Device")
def known(cloud: "Cloud", token: str) -> Principal | None:
    """The device whose credential this is."""
    statement = (
        select(device_credentials, announcements.c.uuid.label("announcement_uuid"))
        .join_from(
            device_credentials,
            announcements,
            announcements.c.device_uuid == device_credentials.c.device_uuid,
            isouter=True,
        )
        .where(device_credentials.c.secret_sha256 == tokens.digest(token))
    )
    with cloud.store.unscoped(write=False) as scope:
        row = scope.first(statement)
    if row is None:
        return None
    if row.announcement_uuid is not None:
        # The credential has arrived: nobody may collect it any more.
        with cloud.store.unscoped() as scope:
            scope.delete(announcements, announcements.c.uuid == row.announcement_uuid)
    return Principal(organisation_uuid=row.organisation_uuid, device_uuid=row.device_uuid)
