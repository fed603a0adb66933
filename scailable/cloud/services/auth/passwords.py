"""Changing, forgetting and judging passwords."""

import secrets
import uuid
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from sqlalchemy import select

from scailable.cloud.kernel import Context, Refused
from scailable.cloud.services.auth.hashing import hash_password, matches, strength
from scailable.cloud.services.auth.routes import routes
from scailable.cloud.services.auth.users import fold
from scailable.cloud.store.tables import sessions, users
from scailable.durable import write_private

_RESET = timedelta(hours=1)


@routes.handles("passwordStrength")
def password_strength(ctx: Context) -> dict[str, Any]:
    """How strong a password is and whether it would be accepted."""
    judged = strength(ctx.body["Password"])
    return {
        "Score": judged.score,
        "Strong": judged.strong,
        "Message": judged.message,
        "Suggestions": list(judged.suggestions),
    }


@routes.handles("updatePassword")
def update_password(ctx: Context) -> dict[str, str]:
    """Set a new password and end every other session."""
    assert ctx.principal is not None
    principal, store = ctx.principal, ctx.cloud.store
    with store.read(ctx.organisation) as scope:
        row = scope.first(
            select(users, sessions.c.reset_hash.label("session_reset_hash"))
            .join(sessions, sessions.c.user_uuid == users.c.uuid)
            .where(sessions.c.id == principal.session_id)
        )
    if row is None:
        raise Refused(401, "The session has ended; sign in again.", authorization_invalid=True)
    with ctx.cloud.limits.failures(row.email_key, ctx.address) as attempt:
        current = ctx.body["CurrentPassword"]
        known = matches(current, row.password_hash)
        if not known and row.session_reset_hash is not None:
            known = matches(current, row.session_reset_hash)
        if not known:
            attempt.failed()
            raise Refused(
                422, "The current password is wrong.", field=("CurrentPassword", "is wrong")
            )
    judged = strength(ctx.body["NewPassword"], row.email, row.name)
    if not judged.strong:
        advice = " ".join((judged.message, *judged.suggestions))
        raise Refused(422, f"The password is too weak. {advice}", field=("NewPassword", advice))
    new_hash = hash_password(ctx.body["NewPassword"])
    with store.write(ctx.organisation) as scope:
        changed = scope.update(
            users,
            users.c.uuid == row.uuid,
            users.c.password_hash == row.password_hash,
            password_hash=new_hash,
            reset_hash=None,
            reset_expires_at=None,
            updated_at=ctx.cloud.clock.now(),
        )
        if not changed:
            raise Refused(409, "The password was changed at the same moment by another session.")
        scope.delete(
            sessions, sessions.c.user_uuid == row.uuid, sessions.c.id != principal.session_id
        )
        scope.update(sessions, sessions.c.id == principal.session_id, reset_hash=None)
    return {"Message": "Your password has been reset!"}


@routes.handles("forgotPassword")
def forgot_password(ctx: Context) -> dict[str, str]:
    """Put a mail with a temporary password into the outbox, if there is such a user."""
    email = fold(ctx.body["Email"])
    ctx.cloud.limits.password_mail(email, ctx.address)
    now = ctx.cloud.clock.now()
    temporary = secrets.token_urlsafe(12)
    # Hashed for nobody as well, so that the time tells as little as the words.
    reset_hash = hash_password(temporary)
    with ctx.cloud.store.unscoped() as scope:
        user = scope.first(select(users.c.uuid, users.c.email).where(users.c.email_key == email))
        if user is not None:
            scope.update(
                users,
                users.c.uuid == user.uuid,
                reset_hash=reset_hash,
                reset_expires_at=now + _RESET,
            )
            _write_mail(ctx.cloud.outbox, user.email, temporary)
    return {"Message": "Password sent if user exists."}


def _write_mail(outbox: Path, to: str, temporary: str) -> None:
    """The embedded cloud sends no mail itself; whoever runs it takes it from the folder."""
    mail = EmailMessage(policy=SMTP)
    mail["To"] = to
    mail["Subject"] = "Your temporary password"
    mail.set_content(
        f"Sign in within one hour with this password; it works once:\n\n{temporary}\n\n"
        "Then set a new password. If you did not ask for this, nothing has changed."
    )
    write_private(outbox / f"{uuid.uuid4()}.eml", mail.as_bytes())
