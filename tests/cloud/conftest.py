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
from tests.cloud.people import Person, TestClock

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
        self._server = subprocess.Popen(
            [
                *(str(binaries / "postgres"), "-D", "data", "-k", str(self.folder)),
                *("-h", "", "-c", "fsync=off", "-c", "max_connections=200"),
            ],
            cwd=self.folder,
            user=self._user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._run("pg_isready", "-h", str(self.folder), "-t", "0", check=False)
        self._wait()

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        subprocess.run(
            [str(self._binaries / program), *arguments],
            cwd=self.folder,
            user=self._user,
            check=check,
            capture_output=True,
        )

    def _wait(self) -> None:
        while self._server.poll() is None:
            with contextlib.suppress(psycopg.OperationalError), self._connect():
                return
        raise RuntimeError("PostgreSQL did not start")

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        )

    def database(self) -> str:
        """A fresh database; returns its URL."""
        name = f"cloud{next(_numbers)}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    found = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found and not installed:
        pytest.skip("PostgreSQL is not installed")
    server = Postgres(Path(found).parent if found else installed[-1].parent)
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
    with Person.register(each_cloud.url) as registered:
        yield registered


@pytest.fixture(scope="module")
def stranger(each_cloud: EmbeddedCloud) -> Iterator[Person]:
    """Somebody of another organisation."""
    with Person.register(each_cloud.url, Company="Elsewhere") as registered:
        yield registered
