"""Sessions: sign in, renew the tokens, sign out. Passwords are never kept.

Tokens (see `token_store`) are only ever sent to the base URL that issued them.
"""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scailable.config import Settings
from scailable.errors import (
    APIStatusError,
    ConnectionFailed,
    CredentialsError,
    RateLimited,
    ResponseParsingError,
    ServerError,
    SessionExpired,
    Unauthenticated,
)
from scailable.runtime._sync.transport import Transport
from scailable.runtime.auth import USER, Auth, StaticToken
from scailable.runtime.call import Call, JsonBody
from scailable.runtime.clock import Clock
from scailable.runtime.decode import decode_json, not_as_expected
from scailable.runtime.http import Verify
from scailable.runtime.logs import logger
from scailable.token_store import Tokens, TokenStore, claims


def _expiry(token: str) -> float | None:
    expiry = claims(token).get("exp")
    return float(expiry) if isinstance(expiry, int | float) else None


def _due(token: str, since: float, now: float, margin: float) -> bool:
    """Whether a token should be renewed: a fifth of its life, or `margin` seconds, are left.

    A token whose whole life is short against the margin goes by the fifth alone; it would
    otherwise be renewed at every call.
    """
    expiry = _expiry(token)
    if expiry is None:
        return False
    life = expiry - since
    fifth = life / 5
    return expiry - now < (max(fifth, margin) if life > 2 * margin else fifth)


class SessionAuth:
    """The tokens of a signed-in user, renewed as needed; an `Auth` for the transports.

    Renews an access token before it ends, and once after a 401; one renewal at a time over all
    threads and processes that share the store. Never prompts.

    Raises, from `token` and `refresh`:
        CredentialsError: nobody is signed in with this profile at this base URL.
        SessionExpired: the server no longer renews this session.
    """

    def __init__(
        self, settings: Settings, *, verify: Verify = True, clock: Clock | None = None
    ) -> None:
        self.store = TokenStore(settings)
        self._settings = settings
        self._verify = verify
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._tokens: Tokens | None = None

    def __repr__(self) -> str:
        base_url, profile = self._settings.base_url.value, self._settings.profile.value
        return f"SessionAuth(profile={profile!r}, base_url={base_url!r})"

    def tokens(self) -> Tokens:
        """The tokens as they are, without renewing them."""
        if self._tokens is None:
            self._tokens = self._stored()
        return self._tokens

    def ready(self, security: tuple[str, ...]) -> bool:
        if USER.isdisjoint(security):
            return "Refresh" not in security or self._tokens is not None
        return self._tokens is not None and not self._access_due(self._tokens)

    def token(self, security: tuple[str, ...]) -> str | None:
        if not USER.isdisjoint(security):
            tokens = self.tokens()
            if self._access_due(tokens):
                tokens = self._renew_in_time(tokens)
            return tokens.access
        if "Refresh" in security:
            return self.tokens().refresh
        return None

    def refresh(self, rejected: str) -> bool:
        if rejected == self.tokens().refresh:
            return False
        return self._renew(rejected).access != rejected

    def _stored(self) -> Tokens:
        tokens = self.store.load()
        if tokens is None:
            raise CredentialsError(
                f"Nobody is signed in at {self._settings.base_url.value} "
                f"(profile {self._settings.profile.value})."
            )
        return tokens

    def _access_due(self, tokens: Tokens) -> bool:
        return _due(tokens.access, tokens.access_since, self._clock.now(), margin=60)

    def _renew_in_time(self, tokens: Tokens) -> Tokens:
        """Renew before the end; a server in trouble does no harm while the token is still good."""
        try:
            return self._renew(tokens.access, only_if_due=True)
        except (ConnectionFailed, ServerError, RateLimited) as error:
            if (_expiry(tokens.access) or 0) <= self._clock.now():
                raise
            logger.debug("The session could not be renewed yet: %s", error.message)
            return tokens

    def _renew(self, refused: str, *, only_if_due: bool = False) -> Tokens:
        """New tokens in place of the `refused` access token, made here or by somebody else."""
        with self._lock, self.store.locked():
            # Whoever held the locks before may have done it already.
            tokens = self._stored()
            if tokens.access == refused or (only_if_due and self._access_due(tokens)):
                tokens = self._exchange(tokens)
            self._tokens = tokens
            return tokens

    def _exchange(self, tokens: Tokens) -> Tokens:
        now = self._clock.now()
        if _due(tokens.refresh, tokens.refresh_since, now, margin=3600):
            tokens = self._grant("RefreshToken", tokens)
        return self._grant("AccessToken", tokens)

    def _grant(self, kind: str, tokens: Tokens) -> Tokens:
        """Ask for one token, and store what comes before it is used: the old one may be void."""
        logger.debug("Renewing the session: %s", kind)
        call = _call("/authenticate/refresh-token", "refreshToken", {"GrantType": kind}, "Refresh")
        auth = StaticToken(tokens.refresh, "Refresh")
        try:
            answer = _send(self._settings, call, auth, verify=self._verify, clock=self._clock)
        except APIStatusError as error:
            if error.status not in (401, 403) and not error.authorization_invalid:
                raise
            raise SessionExpired(
                f"The session at {self._settings.base_url.value} has ended"
                f"{': ' + error.words if error.words else '.'}"
            ) from error
        tokens = _adopt(answer, tokens, self._clock.now())
        self.store.save(tokens)
        return tokens


def sign_in(
    settings: Settings,
    username: str,
    password: str,
    *,
    keep: bool = True,
    verify: Verify = True,
    clock: Clock | None = None,
) -> Tokens:
    """Sign in and keep the tokens for the profile and base URL of the settings.

    Args:
        username: the e-mail address of the account.
        password: sent once, never kept.
        keep: ask the server for a long session.

    Returns:
        the tokens; `claims(tokens.access)` tells who it is.

    Raises:
        Unauthenticated: the server does not accept them; tokens kept before stay.
        ConnectionFailed: the server was not reached.
    """
    body = {"Username": username, "Password": password, "KeepLoggedIn": keep}
    call = _call("/authenticate/signin", "signIn", body)
    try:
        answer = _send(settings, call, None, verify=verify, clock=clock)
    except Unauthenticated as error:
        error.hint = "Check the e-mail address and the password, and try again."
        raise
    return start_session(settings, answer, verify=verify, clock=clock)


def start_session(
    settings: Settings,
    answer: Mapping[str, Any],
    *,
    verify: Verify = True,
    clock: Clock | None = None,
) -> Tokens:
    """Keep the tokens of an answer to sign-in or registration.

    The answer holds a `RefreshToken` and perhaps an `AccessToken`; a missing one is fetched.

    Raises:
        ResponseParsingError: it holds no refresh token.
    """
    auth = SessionAuth(settings, verify=verify, clock=clock)
    if not isinstance(answer.get("RefreshToken"), str):
        raise ResponseParsingError("The server answered without a refresh token.")
    now = auth._clock.now()
    tokens = _adopt(answer, Tokens("", "", now, now), now)
    with auth.store.locked():
        if not tokens.access:
            return auth._grant("AccessToken", tokens)
        auth.store.save(tokens)
    return tokens


def sign_out(settings: Settings, *, verify: Verify = True, clock: Clock | None = None) -> bool:
    """End the session at the server, and remove the tokens here whatever the server says.

    Returns:
        True when the server ended the session; False when it could not be told, or there was none.

    Raises:
        ConfigError: the stored tokens cannot be read or removed.
    """
    auth = SessionAuth(settings, verify=verify, clock=clock)
    if auth.store.load() is None:
        return False
    try:
        call = _call("/authenticate/signout", "signOut", None, "User")
        _send(settings, call, auth, verify=verify, clock=clock)
        told = True
    except (APIStatusError, ConnectionFailed, CredentialsError, ResponseParsingError) as error:
        logger.info("The server was not told of the sign-out: %s", error.message)
        told = False
    with auth.store.locked():
        auth.store.delete()
    return told


def _call(path: str, operation: str, body: dict[str, Any] | None, *security: str) -> Call:
    return Call(
        service="auth",
        operation=operation,
        method="POST",
        path=path,
        body=None if body is None else JsonBody(body),
        timeout=15,
        security=security,
    )


def _send(
    settings: Settings, call: Call, auth: Auth | None, *, verify: Verify, clock: Clock | None
) -> dict[str, Any]:
    with Transport(
        settings.base_url.value,
        auth=auth,
        timeout=settings.timeout.value,
        clock=clock,
        verify=verify,
    ) as transport:
        reply = transport.send(call)
    answer = decode_json(reply)
    if not isinstance(answer, dict):
        raise not_as_expected(reply, "a JSON object")
    return answer


def _adopt(answer: Mapping[str, Any], tokens: Tokens, now: float) -> Tokens:
    """The tokens with those of an answer in their place; an answer may hold one or both."""
    if isinstance(access := answer.get("AccessToken"), str) and access:
        tokens = replace(tokens, access=access, access_since=now)
    if isinstance(refresh := answer.get("RefreshToken"), str) and refresh:
        tokens = replace(tokens, refresh=refresh, refresh_since=now)
    return tokens
