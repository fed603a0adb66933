"""Which token goes with which call."""

from typing import Protocol


class Auth(Protocol):
    """Gives the `Authorization` value for a call."""

    def header(self, security: tuple[str, ...]) -> str | None:
        """The value for a call that one of these schemes opens, or None for no header.

        May wait for the network to renew a token.
        """

    def ready(self, security: tuple[str, ...]) -> bool:
        """Whether `header` answers at once, without network or disk."""

    def refresh(self, rejected: str) -> bool:
        """After a 401 to the value `rejected`: whether there is another one to try."""


class StaticToken:
    """A token that is given and never renewed.

    Args:
        token: the token, without the word Bearer.
        scheme: the security scheme it opens: User, Device, Refresh or Announcement.
    """

    def __init__(self, token: str, scheme: str = "User") -> None:
        self._header = f"Bearer {token}"
        self._scheme = scheme

    def __repr__(self) -> str:
        return f"StaticToken(scheme={self._scheme!r})"

    def header(self, security: tuple[str, ...]) -> str | None:
        return self._header if self._scheme in security else None

    def ready(self, security: tuple[str, ...]) -> bool:
        return True

    def refresh(self, rejected: str) -> bool:
        return False


def authorization(auth: Auth, security: tuple[str, ...]) -> str | None:
    return auth.header(security)


async def aauthorization(auth: Auth, security: tuple[str, ...]) -> str | None:
    """As `authorization`, but a renewal does not hold up the event loop."""
    if auth.ready(security):
        return auth.header(security)
    import asyncio

    return await asyncio.to_thread(auth.header, security)


def refreshed(auth: Auth, rejected: str) -> bool:
    return auth.refresh(rejected)


async def arefreshed(auth: Auth, rejected: str) -> bool:
    """As `refreshed`, but a renewal does not hold up the event loop."""
    import asyncio

    return await asyncio.to_thread(auth.refresh, rejected)
