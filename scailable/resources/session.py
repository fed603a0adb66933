"""Whose tokens a client sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from scailable import credentials
from scailable.errors import CredentialsError
from scailable.runtime.auth import Auth, StaticToken
from scailable.runtime.services import SERVICES
from scailable.token_store import claims

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scailable.config import Setting, Settings


class Session:
    """The `Auth` of one client: a token that was given, or the session of its profile."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        token = settings.token.value
        self._auth: Auth = (
            credentials.SessionAuth(settings) if token is None else StaticToken(token)
        )

    def __repr__(self) -> str:
        return f"Session({self._auth!r})"

    def token(self, security: tuple[str, ...]) -> str | None:
        return self._api_token(security) or self._auth.token(security)

    def ready(self, security: tuple[str, ...]) -> bool:
        return self._api_token(security) is not None or self._auth.ready(security)

    def refresh(self, rejected: str) -> bool:
        if rejected == self._settings.skafos.token.value:
            return False
        return self._auth.refresh(rejected)

    def fixed_token(self, url: str) -> Setting[str | None] | None:
        """The token that was sent to a URL, if it was set and not that of a session."""
        settings = self._settings
        skafos = SERVICES["skafos"].prefix
        if f"{settings.base_url.value}{skafos}/" in url and self._api_token(("ApiToken",)):
            return settings.skafos.token
        return None if settings.token.value is None else settings.token

    def _api_token(self, security: tuple[str, ...]) -> str | None:
        """The token that was set for the calls of Skafos; one that was given counts more."""
        if "ApiToken" not in security or self._settings.token.origin == "argument":
            return None
        return self._settings.skafos.token.value

    def signed_in(self, security: tuple[str, ...] = ("User",)) -> bool:
        """Whether there is a token to send for a call of such a scheme, still good or not."""
        if self._api_token(security) is not None:
            return True
        if not isinstance(self._auth, credentials.SessionAuth):
            return True
        try:
            self._auth.tokens()
        except CredentialsError:
            return False
        return True

    def sign_in(self, email: str, password: str, *, keep: bool) -> None:
        """Start a session; from here on the client uses it, whatever token it was given."""
        credentials.sign_in(self._settings, email, password, keep=keep)
        self._auth = credentials.SessionAuth(self._settings)

    def start(self, answer: Mapping[str, Any]) -> None:
        """Take up the session that a registration began."""
        credentials.start_session(self._settings, answer)
        self._auth = credentials.SessionAuth(self._settings)

    def sign_out(self) -> bool:
        """End the stored session; a given token is only dropped."""
        ended = credentials.sign_out(self._settings)
        self._auth = credentials.SessionAuth(self._settings)
        return ended

    def user_uuid(self) -> UUID:
        """Who is signed in, by the token.

        Raises:
            CredentialsError: nobody is, or the token does not say who.
        """
        token = self._auth.token(("User",)) or ""
        try:
            return UUID(str(claims(token).get("sub")))
        except ValueError:
            raise CredentialsError("The token does not say whose it is.") from None
