"""Users of a cloud under test, talking plain HTTP to it."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx

from scailable.cloud.clock import Clock

PASSWORD = "violet-Tram-92-lake"
_numbers = itertools.count()


class TestClock(Clock):
    """A clock that runs, and can be moved forward."""

    __test__ = False

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, **amount: float) -> None:
        self._ahead += timedelta(**amount)


class Person:
    """A user with an organisation of its own."""

    def __init__(self, url: str, email: str, uuid: str, refresh: str, access: str) -> None:
        self.url = url
        self.email = email
        self.uuid = uuid
        self.refresh = refresh
        self.access = access
        self.http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {access}"}, timeout=30
        )

    @classmethod
    def register(cls, url: str, email: str | None = None, **details: Any) -> Self:
        email = email or f"person{next(_numbers)}@example.com"
        reply = httpx.post(f"{url}/auth/user", json=registration(email, **details), timeout=30)
        assert reply.status_code == 200, reply.text
        refresh = reply.json()["RefreshToken"]
        access = renew(url, refresh, "AccessToken").json()["AccessToken"]
        return cls(url, email, reply.json()["UUID"], refresh, access)

    @property
    def organisation(self) -> str:
        answer = self.http.get(f"/auth/user/{self.uuid}").json()
        return str(answer["Organisation"]["UUID"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.http.close()


def registration(email: str, **details: Any) -> dict[str, Any]:
    """The body of a registration."""
    return {
        "Email": email,
        "Password": PASSWORD,
        "Name": "Ada",
        "Company": "Acme",
        "AcceptEULA": True,
        **details,
    }


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def renew(url: str, refresh: str, kind: str | None) -> httpx.Response:
    """Exchange a refresh token; None sends the empty body of the 2023 client."""
    return httpx.post(
        f"{url}/auth/authenticate/refresh-token",
        json={} if kind is None else {"GrantType": kind},
        headers=bearer(refresh),
        timeout=30,
    )


def sign_in(
    url: str, email: str, password: str = PASSWORD, *, keep: bool = False
) -> httpx.Response:
    return httpx.post(
        f"{url}/auth/authenticate/signin",
        json={"Username": email, "Password": password, "KeepLoggedIn": keep},
        timeout=30,
    )


def sign_in_2023(url: str, email: str, password: str = PASSWORD) -> httpx.Response:
    return httpx.post(
        f"{url}/auth/authenticate/signin",
        json={"Email": email, "Password": password},
        timeout=30,
    )
