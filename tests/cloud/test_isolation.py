"""PostgreSQL keeps organisations apart by itself, whatever a statement says."""

import logging
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from scailable.cloud.store import Scope, Store, isolation, migrate, tables
from tests.cloud.conftest import Postgres

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TIMES = {"inserted_at": NOW, "updated_at": NOW}
MINE, THEIRS = str(uuid.uuid4()), str(uuid.uuid4())


@pytest.fixture(scope="module")
def store(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store whose role owns the tables, with a device of each of two organisations."""
    opened = Store(postgres.database(), tmp_path_factory.mktemp("store"))
    migrate.migrate(opened)
    for organisation in (MINE, THEIRS):
        with opened.unscoped() as scope:
            scope.insert(tables.organisations, {"uuid": organisation, "name": "o", **TIMES})
        with opened.write(organisation) as scope:
            scope.insert(tables.devices, {"uuid": str(uuid.uuid4()), "name": "d", **TIMES})
    yield opened
    opened.close()


def raw(scope: Scope, statement: str, **values: Any) -> Any:
    """Run SQL past everything the scope adds."""
    connection: Connection = scope._connection
    return connection.execute(text(statement), values)


def seen(scope: Scope, table: str = "devices", column: str = "organisation_uuid") -> set[str]:
    return set(raw(scope, f"SELECT {column} FROM {table}").scalars())


def test_a_raw_read_sees_its_own_rows(store: Store) -> None:
    for organisation in (MINE, THEIRS):
        with store.read(organisation) as scope:
            assert seen(scope) == {organisation}
            assert seen(scope, "organisations", "uuid") == {organisation}
    with store.unscoped(write=False) as scope:
        assert seen(scope) == {MINE, THEIRS}


def test_a_raw_change_reaches_its_own_rows(store: Store) -> None:
    with store.write(MINE) as scope:
        assert raw(scope, "UPDATE devices SET name = 'mine'").rowcount == 1
    with store.unscoped() as scope:
        names = {
            row[0]: row[1] for row in raw(scope, "SELECT organisation_uuid, name FROM devices")
        }
        assert names == {MINE: "mine", THEIRS: "d"}
    with store.write(MINE) as scope:
        assert raw(scope, "DELETE FROM devices WHERE name = 'd'").rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO catalogues VALUES (:new, :theirs, 'c', now(), now())",
        "UPDATE devices SET organisation_uuid = :theirs",
    ],
)
def test_a_raw_row_cannot_become_somebody_elses(store: Store, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        store.write(MINE) as scope,
    ):
        raw(scope, statement, theirs=THEIRS, new=str(uuid.uuid4()))


def test_what_says_nothing_sees_nothing(store: Store) -> None:
    with store.read(MINE):
        pass
    # The setting ends with its transaction, on the same connection too.
    with store._engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM devices")) == 0


def test_a_lifted_scope_comes_down_again(store: Store) -> None:
    with store.read(MINE) as scope:
        with scope.lifted() as everybody:
            assert seen(everybody) == {MINE, THEIRS}
        assert seen(scope) == {MINE}
        with pytest.raises(KeyError), scope.lifted():
            raise KeyError
        assert seen(scope) == {MINE}
    with (
        pytest.raises(ProgrammingError, match="nothing"),
        store.read(MINE) as scope,
        scope.lifted() as everybody,
    ):
        raw(everybody, "SELECT * FROM nothing")


def test_every_table_of_an_organisation_is_walled(store: Store) -> None:
    with store.unscoped(write=False) as scope:
        forced = raw(
            scope,
            "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid "
            "WHERE relrowsecurity AND relforcerowsecurity",
        )
        walled = set(forced.scalars())
    owned = {
        table.name for table in tables.metadata.sorted_tables if tables.owner(table) is not None
    }
    assert walled == owned


@pytest.mark.parametrize(("role", "warned"), [("postgres", True), ("cloud", False)])
def test_a_role_that_no_wall_holds_is_told(
    postgres: Postgres,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    role: str,
    warned: bool,
) -> None:
    store = Store(postgres.database(role), tmp_path)
    with caplog.at_level(logging.WARNING, "scailable.cloud"):
        migrate.migrate(store)
    with store.connection() as connection:
        assert isolation.stands(connection) is not warned
    store.close()
    assert ("use a plain role" in caplog.text) is warned
