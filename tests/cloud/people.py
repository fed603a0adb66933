"""Users of a cloud under test, talking plain HTTP to it."""

import itertools
import ssl
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx
from sqlalchemy import select

from scailable.cloud.clock import Clock
from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.services.auth import sessions
from scailable.cloud.store import tables

PASSWORD = "violet-Tram-92-lake"
_numbers = itertools.count()
# Plain HTTP needs no certificates, and loading them for each client takes most of the time.
_no_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


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
            base_url=url, headers=bearer(access), timeout=30, verify=_no_tls, trust_env=False
        )

    @classmethod
    def register(cls, url: str, email: str | None = None, **details: Any) -> Self:
        email = email or f"person{next(_numbers)}@example.com"
        reply = post(f"{url}/auth/user", json=registration(email, **details))
        assert reply.status_code == 200, reply.text
        refresh = reply.json()["RefreshToken"]
        access = renew(url, refresh, "AccessToken").json()["AccessToken"]
        return cls(url, email, reply.json()["UUID"], refresh, access)

    def at(self, url: str) -> "Person":
        """The same user at a server on another port."""
        return Person(url, self.email, self.uuid, self.refresh, self.access)

    @property
    def organisation(self) -> str:
        answer = self.http.get(f"/auth/user/{self.uuid}").json()
        return str(answer["Organisation"]["UUID"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.http.close()


def connect(url: str = "") -> httpx.Client:
    """A client without a token."""
    return httpx.Client(base_url=url, timeout=30, verify=_no_tls, trust_env=False)


def get(url: str, **options: Any) -> httpx.Response:
    with connect() as client:
        return client.get(url, **options)


def post(url: str, **options: Any) -> httpx.Response:
    with connect() as client:
        return client.post(url, **options)


def enrolled(cloud: EmbeddedCloud, company: str = "Acme") -> Person:
    """A user whose account was put into the database: registering hashes a password each time."""
    running = cloud.cloud
    now = running.clock.now()
    times = {"inserted_at": now, "updated_at": now}
    organisation = {"uuid": str(uuid.uuid4()), "name": company, **times}
    email = f"person{next(_numbers)}@example.com"
    user = {
        "uuid": str(uuid.uuid4()),
        "organisation_uuid": organisation["uuid"],
        "email": email,
        "email_key": email,
        "password_hash": "!",
        "name": "Ada",
        "newsletter_opt_in": False,
        **times,
    }
    with running.store.unscoped() as scope:
        scope.insert(tables.organisations, organisation)
        scope.insert(tables.users, user)
        pair = sessions.begin(running, scope, user, keep=True)
    return Person(cloud.url, email, str(user["uuid"]), pair.refresh, pair.access)


def again(cloud: EmbeddedCloud, person: Person) -> Person:
    """A user in a new session: calls under test end sessions, and clocks are moved."""
    with cloud.cloud.store.unscoped() as scope:
        user = scope.rows(select(tables.users).where(tables.users.c.uuid == person.uuid))[0]
        pair = sessions.begin(cloud.cloud, scope, user, keep=True)
    return Person(cloud.url, user.email, person.uuid, pair.refresh, pair.access)


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
    return post(
        f"{url}/auth/authenticate/refresh-token",
        json={} if kind is None else {"GrantType": kind},
        headers=bearer(refresh),
    )


def sign_in(
    url: str, email: str, password: str = PASSWORD, *, keep: bool = False
) -> httpx.Response:
    return post(
        f"{url}/auth/authenticate/signin",
        json={"Username": email, "Password": password, "KeepLoggedIn": keep},
    )


def sign_in_2023(url: str, email: str, password: str = PASSWORD) -> httpx.Response:
    return post(
        f"{url}/auth/authenticate/signin",
        json={"Email": email, "Password": password},
    )
