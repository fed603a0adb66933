"""Sessions: one row each; tokens only point at it, so that ending it ends them all.

A refresh token carries the generation of its session. Renewing it raises the generation by
compare-and-swap; the token before is good for a short grace, in which it is answered with the
very same renewed token. Later use of an old token means that somebody else has a copy, and ends
the session.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from scailable.cloud.kernel import Principal, Refused
from scailable.cloud.services.auth.routes import routes
from scailable.cloud.store.tables import sessions, users

if TYPE_CHECKING:
    from sqlalchemy import Row

    from scailable.cloud.app import Cloud
    from scailable.cloud.store import Scope

ACCESS = timedelta(minutes=5)
REFRESH = timedelta(hours=8)
KEPT = timedelta(days=30)
GRACE = timedelta(seconds=30)
# The published sclblpy refuses longer authentication replies.
_REPLY_LIMIT = 400


@dataclass(frozen=True, slots=True)
class TokenPair:
    """The tokens of a session."""

    access: str
    refresh: str

    def __repr__(self) -> str:
        return "TokenPair(...)"


def begin(
    cloud: "Cloud",
    scope: "Scope",
    user: "Row[Any] | Mapping[str, Any]",
    *,
    keep: bool = False,
    rotates: bool = True,
    reset_hash: str | None = None,
) -> TokenPair:
    """Start a session of a user in the transaction of `scope`."""
    row = user if isinstance(user, Mapping) else user._mapping
    now = cloud.clock.now()
    scope.delete(sessions, sessions.c.user_uuid == row["uuid"], sessions.c.expires_at < now)
    session = {
        "id": secrets.token_urlsafe(8),
        "organisation_uuid": row["organisation_uuid"],
        "user_uuid": row["uuid"],
        "rotates": rotates,
        "keep": keep,
        "generation": 0,
        "rotated_at": now,
        "expires_at": now + (KEPT if keep else REFRESH),
        "reset_hash": reset_hash,
        "inserted_at": now,
    }
    scope.insert(sessions, session)
    return TokenPair(
        access_token(cloud, session["id"], row["uuid"], row["email"], row["organisation_uuid"]),
        _refresh_token(cloud, session["id"], row["uuid"], 0, session["expires_at"]),
    )


def access_token(cloud: "Cloud", session: str, user: str, email: str, organisation: str) -> str:
    """A new access token; without the e-mail address where that would make it too long."""
    expires = cloud.clock.now() + ACCESS
    claims = {"OrganisationUUID": organisation, "sid": session}
    token = cloud.tokens.sign("a", user, expires, {"Email": email, **claims})
    if len('{"AccessToken":""}') + len(token) >= _REPLY_LIMIT:
        token = cloud.tokens.sign("a", user, expires, claims)
    return token


def _refresh_token(
    cloud: "Cloud", session: str, user: str, generation: int, expires: datetime
) -> str:
    return cloud.tokens.sign("r", user, expires, {"sid": session, "n": generation})


@routes.authenticates("User")
def user_of(cloud: "Cloud", token: str) -> Principal | None:
    """Who an access token stands for, while its session lasts."""
    return _principal(cloud, cloud.tokens.check("a", token))


@routes.authenticates("Refresh")
def refresher_of(cloud: "Cloud", token: str) -> Principal | None:
    """Who a refresh token stands for, while its session lasts."""
    return _principal(cloud, cloud.tokens.check("r", token))


def _principal(cloud: "Cloud", claims: Mapping[str, Any] | None) -> Principal | None:
    if claims is None:
        return None
    with cloud.store.unscoped(write=False) as scope:
        session = scope.first(
            select(sessions.c.user_uuid, sessions.c.organisation_uuid).where(
                sessions.c.id == str(claims.get("sid")),
                sessions.c.user_uuid == str(claims["sub"]),
                sessions.c.expires_at > cloud.clock.now(),
            )
        )
    if session is None:
        return None
    return Principal(
        organisation_uuid=session.organisation_uuid,
        user_uuid=session.user_uuid,
        session_id=str(claims["sid"]),
        claims=claims,
    )


def renew(cloud: "Cloud", principal: Principal, *, refresh: bool) -> dict[str, str]:
    """A new access token, or a refresh token that replaces the one presented.

    Raises:
        Refused: 401 when the session has ended, or ends now because an old token was used again.
    """
    presented = int(principal.claims.get("n", 0))
    now = cloud.clock.now()
    reused = False
    with cloud.store.unscoped() as scope:
        row = scope.first(
            select(sessions, users.c.email)
            .join(users, users.c.uuid == sessions.c.user_uuid)
            .where(sessions.c.id == principal.session_id)
            # On PostgreSQL two renewals of one session wait for each other here.
            .with_for_update(of=sessions)
        )
        if row is None:
            raise _ended()
        generation, expires = row.generation, row.expires_at
        if row.rotates and presented != generation:
            reused = presented != generation - 1 or now > row.rotated_at + GRACE
            if reused:
                scope.delete(sessions, sessions.c.id == row.id)
        elif refresh:
            expires = now + (KEPT if row.keep else REFRESH)
            generation += 1 if row.rotates else 0
            scope.update(
                sessions,
                sessions.c.id == row.id,
                sessions.c.generation == row.generation,
                generation=generation,
                rotated_at=now,
                expires_at=expires,
            )
    if reused:
        raise _ended()
    if refresh:
        token = _refresh_token(cloud, row.id, row.user_uuid, generation, expires)
        return {"RefreshToken": token}
    token = access_token(cloud, row.id, row.user_uuid, row.email, row.organisation_uuid)
    return {"AccessToken": token}


def end(scope: "Scope", principal: Principal) -> None:
    """End the session of a principal; its tokens open nothing from the commit on."""
    scope.delete(sessions, sessions.c.id == principal.session_id)


def _ended() -> Refused:
    return Refused(401, "The session has ended; sign in again.", authorization_invalid=True)
