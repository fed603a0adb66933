"""Clouds under test: real servers, on SQLite and on PostgreSQL."""

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.people import Person, TestClock, enrolled

_numbers = itertools.count()


def document(service: str) -> dict[str, Any]:
    """The packaged document of a service."""
    text = files("scailable_api").joinpath(service, "openapi.json").read_text()
    parsed: dict[str, Any] = json.loads(text)
    return parsed


class Postgres:
    """A PostgreSQL server of our own on a Unix socket."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        # The server refuses to run as root; then it runs as the system's postgres user.
        self._user = "postgres" if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if self._user:
            shutil.chown(self.folder, self._user)
        self._run("initdb", "--no-sync", "-A", "trust", "-U", "postgres", "-D", "data")
        options = f"-k {self.folder} -h '' -c fsync=off -c max_connections=200"
        self._run("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", options)
        with self._connect() as connection:
            # No superuser: those are not held by row-level security.
            connection.execute("CREATE ROLE cloud LOGIN")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._binaries / program), *arguments],
            cwd=self.folder,
            user=self._user,
            check=True,
            # Not pipes: the server would inherit them, and waiting for their end would not end.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        )

    def database(self, role: str = "cloud") -> str:
        """A fresh database of a role; returns its URL."""
        name = f"cloud{next(_numbers)}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER {role}".encode())
        return f"postgresql+psycopg://{role}@/{name}?host={self.folder}"

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", "data")
        shutil.rmtree(self.folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Debian keeps the programs of each version apart, and out of PATH.
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    found = str(installed[-1]) if installed else shutil.which("pg_ctl")
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    server = Postgres(Path(found).parent)
    yield server
    server.stop()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Callable[[], str | None]:
    """Makes a fresh database of each kind; None is SQLite in the data folder."""
    if request.param == "sqlite":
        return lambda: None
    server: Postgres = request.getfixturevalue("postgres")
    return server.database


@contextlib.contextmanager
def running(path: Path | None = None, **options: Any) -> Iterator[EmbeddedCloud]:
    """A cloud that compares its answers with the documents; fails the test if it failed."""
    cloud = EmbeddedCloud(path, validate_responses=True, **options)
    with cloud:
        yield cloud
        failures = list(cloud.cloud.failures)
    assert failures == []


@pytest.fixture(scope="module")
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="module")
def cloud(clock: TestClock) -> Iterator[EmbeddedCloud]:
    """A cloud with all services on SQLite."""
    with running(clock=clock, registrations=10_000) as started:
        yield started


@pytest.fixture(scope="module")
def auth_cloud(database: Callable[[], str | None], clock: TestClock) -> Iterator[EmbeddedCloud]:
    """A cloud with the auth service alone, on each database."""
    documents = {"auth": document("auth")}
    with running(
        documents=documents, clock=clock, database=database(), registrations=10_000
    ) as started:
        yield started


@pytest.fixture
def person(auth_cloud: EmbeddedCloud) -> Iterator[Person]:
    """Somebody who just registered."""
    with Person.register(auth_cloud.url) as registered:
        yield registered


@pytest.fixture(scope="module")
def each_cloud(database: Callable[[], str | None], clock: TestClock) -> Iterator[EmbeddedCloud]:
    """A cloud with all services, on each database."""
    with running(clock=clock, database=database(), registrations=10_000) as started:
        yield started


@pytest.fixture
def member(each_cloud: EmbeddedCloud) -> Iterator[Person]:
    """Somebody with an empty organisation."""
    with enrolled(each_cloud) as somebody:
        yield somebody


@pytest.fixture(scope="module")
def stranger(each_cloud: EmbeddedCloud) -> Iterator[Person]:
    """Somebody of another organisation."""
    with enrolled(each_cloud, "Elsewhere") as somebody:
        yield somebody
