"""Which token goes with which call."""

from typing import Protocol

from scailable.runtime.services import SERVICES

# The schemes that the session of a user opens; the services differ in the header that brings it.
USER = frozenset(service.user_scheme for service in SERVICES.values())


class Auth(Protocol):
    """Gives the token for a call."""

    def token(self, security: tuple[str, ...]) -> str | None:
        """The token for a call that one of these schemes opens, or None to send none.

        May wait for the network to renew a token.
        """

    def ready(self, security: tuple[str, ...]) -> bool:
        """Whether `token` answers at once, without network or disk."""

    def refresh(self, rejected: str) -> bool:
        """After a 401 to the token `rejected`: whether there is another one to try."""


class StaticToken:
    """A token that is given and never renewed.

    Args:
        token: the token, without the word Bearer.
        scheme: the security scheme it opens, such as Device, Refresh or Announcement; those of a
            user's session when None.
    """

    def __init__(self, token: str, scheme: str | None = None) -> None:
        self._token = token
        self._schemes = USER if scheme is None else frozenset({scheme})

    def __repr__(self) -> str:
        return f"StaticToken(schemes={sorted(self._schemes)!r})"

    def token(self, security: tuple[str, ...]) -> str | None:
        return None if self._schemes.isdisjoint(security) else self._token

    def ready(self, security: tuple[str, ...]) -> bool:
        return True

    def refresh(self, rejected: str) -> bool:
        return False


def authorization(auth: Auth, security: tuple[str, ...]) -> str | None:
    return auth.token(security)


async def aauthorization(auth: Auth, security: tuple[str, ...]) -> str | None:
    """As `authorization`, but a renewal does not hold up the event loop."""
    if auth.ready(security):
        return auth.token(security)
    import asyncio

    return await asyncio.to_thread(auth.token, security)


def refreshed(auth: Auth, rejected: str) -> bool:
    return auth.refresh(rejected)


async def arefreshed(auth: Auth, rejected: str) -> bool:
    """As `refreshed`, but a renewal does not hold up the event loop."""
    import asyncio

    return await asyncio.to_thread(auth.refresh, rejected)
