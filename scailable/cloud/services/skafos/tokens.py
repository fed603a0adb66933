"""API tokens: made by a signed-in user for programs, shown once, kept as a digest."""

import hashlib
import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from scailable.cloud.kernel import Answer, Context, Principal, Refused
from scailable.cloud.services.auth import sessions
from scailable.cloud.services.lookup import listed
from scailable.cloud.services.skafos.places import part
from scailable.cloud.services.skafos.routes import routes
from scailable.cloud.store.tables import api_tokens

if TYPE_CHECKING:
    from scailable.cloud.app import Cloud

# Scanners that look for secrets in public places find it by its beginning.
_PREFIX = "skafos_"
_USE_NOTED_EVERY = timedelta(minutes=1)


@routes.authenticates("ApiToken")
def token_user(cloud: "Cloud", token: str) -> Principal | None:
    """Whose an API token is, or an access token of the sign-in."""
    if not token.startswith(_PREFIX):
        return sessions.user_of(cloud, token)
    with cloud.store.unscoped(write=False) as scope:
        row = scope.first(select(api_tokens).where(api_tokens.c.secret_sha256 == _digest(token)))
    if row is None:
        return None
    now = cloud.clock.now()
    if row.last_used_at is None or now - row.last_used_at >= _USE_NOTED_EVERY:
        with cloud.store.write(row.organisation_uuid) as scope:
            scope.update(api_tokens, api_tokens.c.uuid == row.uuid, last_used_at=now)
    return Principal(organisation_uuid=row.organisation_uuid, user_uuid=row.user_uuid)


@routes.handles("listTokens")
def list_tokens(ctx: Context) -> Answer:
    mine = api_tokens.c.user_uuid == _user(ctx)
    statement = select(api_tokens).where(mine)
    statement = statement.order_by(api_tokens.c.inserted_at, api_tokens.c.uuid)
    with ctx.cloud.store.read(ctx.organisation) as scope:
        total = scope.scalar(select(func.count()).select_from(api_tokens).where(mine))
        rows = scope.rows(part(ctx, statement))
    shown = [
        {
            "id": row.uuid,
            "name": row.name,
            "inserted_at": row.inserted_at,
            "last_used_at": row.last_used_at,
        }
        for row in rows
    ]
    return listed(shown, total)


@routes.handles("createToken")
def create_token(ctx: Context) -> Answer:
    assert ctx.principal is not None
    if ctx.principal.session_id is None:
        raise Refused(403, "An API token cannot make another one; sign in for that.")
    token = f"{_PREFIX}{secrets.token_urlsafe(32)}"
    row = {
        "uuid": str(uuid.uuid4()),
        "user_uuid": _user(ctx),
        "name": ctx.body["name"],
        "secret_sha256": _digest(token),
        "inserted_at": ctx.cloud.clock.now(),
    }
    with ctx.cloud.store.write(ctx.organisation) as scope:
        scope.insert(api_tokens, row)
    shown: dict[str, Any] = {
        "id": row["uuid"],
        "name": row["name"],
        "inserted_at": row["inserted_at"],
        "token": token,
    }
    return Answer(shown, 201)


@routes.handles("deleteToken")
def delete_token(ctx: Context) -> Answer:
    key = ctx.params["token"].lower()
    mine = (api_tokens.c.uuid == key, api_tokens.c.user_uuid == _user(ctx))
    with ctx.cloud.store.write(ctx.organisation) as scope:
        if not scope.delete(api_tokens, *mine):
            raise Refused(404, f"There is no API token {key}.")
    return Answer(None, 204)


def _user(ctx: Context) -> str:
    assert ctx.principal is not None and ctx.principal.user_uuid is not None
    return ctx.principal.user_uuid


def _digest(token: str) -> str:
    """What is stored of a token. It is random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()
