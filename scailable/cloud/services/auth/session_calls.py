"""Signing in and out, and renewing tokens."""

from typing import Any

from sqlalchemy import select

from scailable.cloud.kernel import Context, Refused
from scailable.cloud.services.auth import sessions
from scailable.cloud.services.auth.hashing import matches
from scailable.cloud.services.auth.routes import routes
from scailable.cloud.services.auth.users import fold
from scailable.cloud.store.tables import users


@routes.handles("signIn")
def sign_in(ctx: Context) -> dict[str, str]:
    """Start a session, with the current body or that of 2023."""
    body: dict[str, Any] = ctx.body
    current = "Username" in body
    email = fold(body["Username"] if current else body["Email"])
    with ctx.cloud.limits.failures(email, ctx.address) as attempt:
        pair = _sign_in(ctx, email, body["Password"], current, bool(body.get("KeepLoggedIn")))
        if pair is None:
            attempt.failed()
            raise Refused(401, "The user name or the password is wrong.")
    if not current:
        return {"RefreshToken": pair.refresh}
    return {"AccessToken": pair.access, "RefreshToken": pair.refresh}


def _sign_in(
    ctx: Context, email: str, password: str, current: bool, keep: bool
) -> sessions.TokenPair | None:
    store, now = ctx.cloud.store, ctx.cloud.clock.now()
    with store.unscoped(write=False) as scope:
        user = scope.first(select(users).where(users.c.email_key == email))
    reset_hash = None
    # Hashing takes long: no transaction is open meanwhile.
    if not matches(password, user.password_hash if user else None):
        if user is None or user.reset_hash is None or user.reset_expires_at < now:
            return None
        if not matches(password, user.reset_hash):
            return None
        reset_hash = user.reset_hash
    assert user is not None
    with store.unscoped() as scope:
        if reset_hash is None:
            # The password may have been changed while it was being compared.
            unchanged = users.c.password_hash == user.password_hash
            if (
                scope.first(select(users.c.uuid).where(users.c.uuid == user.uuid, unchanged))
                is None
            ):
                return None
        elif not scope.update(
            users,
            users.c.uuid == user.uuid,
            users.c.reset_hash == reset_hash,  # a temporary password opens one session
            reset_hash=None,
            reset_expires_at=None,
        ):
            return None
        return sessions.begin(
            ctx.cloud, scope, user, keep=keep, rotates=current, reset_hash=reset_hash
        )


@routes.handles("refreshToken")
def refresh_token(ctx: Context) -> dict[str, str]:
    """Renew the kind of token that is asked for."""
    assert ctx.principal is not None
    refresh = (ctx.body or {}).get("GrantType") == "RefreshToken"
    return sessions.renew(ctx.cloud, ctx.principal, refresh=refresh)


@routes.handles("signOut")
def sign_out(ctx: Context) -> dict[str, str]:
    """End the session of the caller."""
    assert ctx.principal is not None
    with ctx.cloud.store.write(ctx.organisation) as scope:
        sessions.end(scope, ctx.principal)
    return {"Message": "Signed out."}
