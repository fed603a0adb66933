"""Accounts and the organisations they belong to."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from scailable.cloud.kernel import Context, Refused
from scailable.cloud.services.auth import sessions
from scailable.cloud.services.auth.hashing import hash_password, strength
from scailable.cloud.services.auth.routes import routes
from scailable.cloud.store.tables import organisations, users

_CHANGES = {
    "Name": "name",
    "PhoneNumber": "phone_number",
    "JobTitle": "job_title",
    "NewsletterOptIn": "newsletter_opt_in",
}


def fold(email: str) -> str:
    """The form of an e-mail address that two spellings of the same one share."""
    return email.strip().casefold()


@routes.handles("registerUser")
def register(ctx: Context) -> dict[str, str]:
    """Make an account in an organisation of its own and start a session."""
    ctx.cloud.limits.registration(ctx.address)
    body: dict[str, Any] = ctx.body
    if body["AcceptEULA"] is not True:
        why = "has to be true"
        raise Refused(422, "The licence agreement was not accepted.", field=("AcceptEULA", why))
    judged = strength(body["Password"], body["Email"], body["Name"], body["Company"])
    if not judged.strong:
        advice = " ".join((judged.message, *judged.suggestions))
        raise Refused(422, f"The password is too weak. {advice}", field=("Password", advice))
    password_hash = hash_password(body["Password"])
    now = ctx.cloud.clock.now()
    organisation = {
        "uuid": str(uuid.uuid4()),
        "name": body["Company"],
        "inserted_at": now,
        "updated_at": now,
    }
    user = {
        "uuid": str(uuid.uuid4()),
        "organisation_uuid": organisation["uuid"],
        "email": body["Email"],
        "email_key": fold(body["Email"]),
        "password_hash": password_hash,
        "name": body["Name"],
        "phone_number": body.get("PhoneNumber"),
        "job_title": body.get("JobTitle"),
        "newsletter_opt_in": bool(body.get("NewsletterOptIn", False)),
        "inserted_at": now,
        "updated_at": now,
    }
    try:
        with ctx.cloud.store.unscoped() as scope:
            scope.insert(organisations, organisation)
            scope.insert(users, user)
            pair = sessions.begin(ctx.cloud, scope, user)
    except IntegrityError as error:
        why = "is registered already"
        raise Refused(
            409, "There is an account with this e-mail address.", field=("Email", why)
        ) from error
    return {"RefreshToken": pair.refresh, "UUID": user["uuid"]}


@routes.handles("getUser")
def get_user(ctx: Context) -> dict[str, Any]:
    """An account of the caller's organisation."""
    with ctx.cloud.store.read(ctx.organisation) as scope:
        return _shown(scope.first(_with_organisation(ctx.params["uuid"])))


@routes.handles("updateUser")
def update_user(ctx: Context) -> dict[str, Any]:
    """Change the caller's own account."""
    assert ctx.principal is not None
    changes = {
        column: ctx.body[name] for name, column in _CHANGES.items() if name in (ctx.body or {})
    }
    with ctx.cloud.store.write(ctx.organisation) as scope:
        shown = _shown(scope.first(_with_organisation(ctx.params["uuid"])))
        if shown["UUID"] != ctx.principal.user_uuid:
            raise Refused(403, "Only the user can change this account.")
        if not changes:
            return shown
        changes["updated_at"] = ctx.cloud.clock.now()
        scope.update(users, users.c.uuid == shown["UUID"], **changes)
        return _shown(scope.first(_with_organisation(shown["UUID"])))


def _with_organisation(user: str) -> Any:
    return (
        select(users, organisations.c.name.label("organisation_name"))
        .join(organisations, organisations.c.uuid == users.c.organisation_uuid)
        .where(users.c.uuid == user)
    )


def _shown(row: Any) -> dict[str, Any]:
    if row is None:
        raise Refused(404, "There is no such user.")
    return {
        "UUID": row.uuid,
        "Email": row.email,
        "Name": row.name,
        "PhoneNumber": row.phone_number,
        "JobTitle": row.job_title,
        "NewsletterOptIn": row.newsletter_opt_in,
        "Organisation": {"UUID": row.organisation_uuid, "Name": row.organisation_name},
        "InsertedAt": row.inserted_at,
        "UpdatedAt": row.updated_at,
    }
