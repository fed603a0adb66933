"""Every statement is held to an organisation, on SQLite and on PostgreSQL."""

import re
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, exists, func, insert, inspect, literal, select, text
from sqlalchemy.exc import IntegrityError

import scailable.cloud
from scailable.cloud.app import _open_store
from scailable.cloud.settings import Settings
from scailable.cloud.store import Scope, Store, UnscopedTable, migrate, tables
from scailable.cloud.store.tables import (
    catalogues,
    devices,
    events,
    group_devices,
    groups,
    organisations,
    users,
)
from scailable.errors import ConfigError, MissingExtraError

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
TIMES = {"inserted_at": NOW, "updated_at": NOW}


def new() -> str:
    return str(uuid.uuid4())


@pytest.fixture(scope="module")
def store(
    database: Callable[[], str | None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    opened = Store(database(), tmp_path_factory.mktemp("store"))
    migrate.migrate(opened)
    yield opened
    opened.close()


class Two:
    """Two organisations with a device, a group and a catalogue each."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.mine, self.theirs = new(), new()
        self.keys: dict[str, dict[str, str]] = {}
        for organisation in (self.mine, self.theirs):
            with store.unscoped() as scope:
                row = {"uuid": organisation, "name": f"org {organisation}", **TIMES}
                scope.insert(organisations, row)
            keys = {name: new() for name in ("device", "group", "catalogue")}
            with store.write(organisation) as scope:
                scope.insert(devices, {"uuid": keys["device"], "name": "d", **TIMES})
                scope.insert(groups, {"uuid": keys["group"], "name": "g", **TIMES})
                scope.insert(catalogues, {"uuid": keys["catalogue"], "name": "c", **TIMES})
                scope.insert(
                    group_devices,
                    {
                        "group_uuid": keys["group"],
                        "device_uuid": keys["device"],
                        "inserted_at": NOW,
                    },
                )
            self.keys[organisation] = keys


@pytest.fixture
def two(store: Store) -> Two:
    return Two(store)


def names(scope: Any, statement: Any) -> set[str]:
    return {row[0] for row in scope.rows(statement)}


def there(scope: Scope, table: Table, key: str) -> Any:
    row = scope.get(table, key)
    assert row is not None
    return row


def test_a_select_sees_its_own_rows(two: Two) -> None:
    device = two.keys[two.mine]["device"]
    with two.store.read(two.mine) as scope:
        assert names(scope, select(devices.c.uuid)) == {device}
        assert scope.scalar(select(func.count()).select_from(devices)) == 1
        assert there(scope, devices, device.upper()).uuid == device
        assert scope.get(devices, two.keys[two.theirs]["device"]) is None
        assert names(scope, select(organisations.c.uuid)) == {two.mine}
        other = devices.alias("other")
        assert names(scope, select(other.c.uuid)) == {device}


def test_joins_and_subqueries_see_their_own_rows(two: Two) -> None:
    mine, theirs = two.keys[two.mine], two.keys[two.theirs]
    with two.store.read(two.mine) as scope:
        joined = select(groups.c.uuid, devices.c.uuid).join(
            group_devices.join(devices, devices.c.uuid == group_devices.c.device_uuid),
            group_devices.c.group_uuid == groups.c.uuid,
        )
        assert [tuple(row) for row in scope.rows(joined)] == [(mine["group"], mine["device"])]
        # A device of theirs, asked for through every kind of nesting.
        wanted = devices.c.uuid == theirs["device"]
        inner = select(devices.c.uuid).where(wanted)
        assert scope.rows(select(inner.subquery())) == []
        assert scope.rows(select(inner.cte("c"))) == []
        assert scope.scalar(select(inner.scalar_subquery())) is None
        assert scope.rows(select(groups).where(exists(inner))) == []
        assert scope.rows(select(groups).where(literal(theirs["device"]).in_(inner))) == []
        union = inner.union_all(select(groups.c.uuid).where(groups.c.uuid == theirs["group"]))
        assert scope.rows(select(union.subquery())) == []
        everything = select(groups.c.uuid, devices.c.uuid).join(devices, literal(1) == 1)
        assert len(scope.rows(everything)) == 1


def test_an_outer_join_keeps_rows_without_a_partner(two: Two) -> None:
    lonely = new()
    with two.store.write(two.mine) as scope:
        scope.insert(devices, {"uuid": lonely, "name": "lonely", **TIMES})
    with two.store.write(two.theirs) as scope:
        # A row of theirs that points at a device of mine must not show through the join.
        row = {"group_uuid": two.keys[two.theirs]["group"], "device_uuid": lonely}
        scope.insert(group_devices, {**row, "inserted_at": NOW})
    columns = select(devices.c.uuid, group_devices.c.group_uuid).order_by(devices.c.name)
    on = group_devices.c.device_uuid == devices.c.uuid
    statement = columns.select_from(devices.outerjoin(group_devices, on))
    with two.store.read(two.mine) as scope:
        assert [tuple(row) for row in scope.rows(statement)] == [
            (two.keys[two.mine]["device"], two.keys[two.mine]["group"]),
            (lonely, None),
        ]
        with pytest.raises(UnscopedTable, match="select_from"):
            scope.rows(columns.outerjoin(group_devices, on))
        full = select(devices).join(groups, devices.c.name == groups.c.name, full=True)
        with pytest.raises(UnscopedTable):
            scope.rows(full)


def test_changes_touch_their_own_rows(two: Two) -> None:
    with two.store.write(two.mine) as scope:
        assert scope.update(devices, name="renamed") == 1
        wanted = devices.c.uuid == two.keys[two.theirs]["device"]
        assert scope.update(devices, wanted, name="stolen") == 0
        assert scope.delete(catalogues, catalogues.c.name == "c") == 1
        in_theirs = catalogues.c.uuid.in_(select(groups.c.uuid))
        assert scope.delete(catalogues, in_theirs) == 0
    with two.store.read(two.theirs) as scope:
        assert names(scope, select(devices.c.name)) == {"d"}
        assert scope.scalar(select(func.count()).select_from(catalogues)) == 1


def test_inserted_rows_become_the_organisations(two: Two) -> None:
    key = new()
    with two.store.write(two.mine) as scope:
        scope.insert(devices, {"uuid": key, "name": "x", **TIMES})
        assert there(scope, devices, key).organisation_uuid == two.mine
        with pytest.raises(UnscopedTable):
            row = {"uuid": new(), "name": "x", "organisation_uuid": two.theirs, **TIMES}
            scope.insert(devices, row)
        with pytest.raises(UnscopedTable):
            scope.execute(insert(devices).values(uuid=new(), name="x", **TIMES))


def test_inserting_what_may_be_there(two: Two) -> None:
    key, theirs = new(), two.keys[two.theirs]["device"]
    row = {"uuid": key, "name": "x", **TIMES}
    with two.store.write(two.mine) as scope:
        assert scope.insert_missing(devices, row) == 1
        assert scope.insert_missing(devices, row) == 0
        assert scope.upsert(devices, row, ["uuid"], {"name": "y"}) == 1
        assert there(scope, devices, key).name == "y"
        assert scope.upsert(devices, {**row, "uuid": theirs}, ["uuid"], {"name": "stolen"}) == 0
    with two.store.read(two.theirs) as scope:
        assert there(scope, devices, theirs).name == "d"


def test_inserting_from_a_select(two: Two) -> None:
    columns = ["uuid", "kind", "object_uuid", "at"]
    source = select(devices.c.uuid, literal("seen"), devices.c.uuid, devices.c.inserted_at)
    with two.store.write(two.mine) as scope:
        assert scope.insert_from(events, columns, source) == 1
        assert scope.insert_from(events, columns, source, missing=True) == 0
        found = scope.rows(select(events))
        assert [(row.organisation_uuid, row.at) for row in found] == [(two.mine, NOW)]


def test_tables_of_nobody_and_plain_text_are_refused(two: Two) -> None:
    with two.store.write(two.mine) as scope:
        for statement in (
            select(tables.blobs),
            select(devices).join(tables.blobs, tables.blobs.c.digest == devices.c.name),
            select(devices).where(devices.c.name.in_(select(tables.blobs.c.digest))),
            select(text("1")),
            select(devices).where(text("1 = 1")),
        ):
            with pytest.raises(UnscopedTable):
                scope.rows(statement)
        with pytest.raises(UnscopedTable):
            scope.insert(tables.blobs, {"digest": "d", "size": 1, "inserted_at": NOW})
        with pytest.raises(UnscopedTable):
            scope.delete(tables.blobs)


def test_every_table_of_an_organisation_says_so() -> None:
    owned = {
        table.name for table in tables.metadata.sorted_tables if tables.owner(table) is not None
    }
    assert {table.name for table in tables.metadata.sorted_tables} - owned == {"blobs"}


def test_no_source_file_holds_plain_text_sql() -> None:
    folder = Path(scailable.cloud.__file__).parent
    plain = re.compile(r"sqlalchemy.*\b(text|literal_column)\b|\b(exec_driver_sql|TextClause)\(")
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if plain.search(path.read_text())
    }
    # There it only begins transactions.
    assert found <= {"store/database.py"}


def test_an_error_takes_everything_back(two: Two) -> None:
    done: list[int] = []
    with pytest.raises(IntegrityError), two.store.write(two.mine) as scope:
        scope.after_commit(lambda: done.append(1))
        scope.update(devices, name="half")
        scope.insert(devices, {"uuid": two.keys[two.theirs]["device"], "name": "x", **TIMES})
    with two.store.read(two.mine) as scope:
        assert names(scope, select(devices.c.name)) == {"d"}
    assert done == []
    with two.store.write(two.mine) as scope:
        scope.after_commit(lambda: done.append(2))
        assert done == []
    assert done == [2]


def test_moments_keep_their_microseconds_and_their_order(two: Two) -> None:
    offset = timezone(timedelta(hours=5))
    moments = [
        NOW,
        NOW.replace(microsecond=0),
        (NOW + timedelta(microseconds=1)).astimezone(offset),
    ]
    with two.store.write(two.mine) as scope:
        rows = [{"uuid": new(), "kind": "k", "at": moment} for moment in moments]
        scope.insert(events, *rows)
        found = [row.at for row in scope.rows(select(events.c.at).order_by(events.c.at))]
        assert found == sorted(moments)
        assert all(moment.tzinfo is UTC for moment in found)
        assert scope.scalar(select(func.max(events.c.at))) == moments[2]
        assert scope.scalar(select(func.count()).where(events.c.at > NOW)) == 1


def test_writers_wait_for_each_other(two: Two) -> None:
    key = two.keys[two.mine]["device"]
    errors: list[BaseException] = []

    def count() -> None:
        try:
            for _ in range(20):
                with two.store.write(two.mine) as scope:
                    # Reading first and writing then: the case in which a lock cannot be upgraded.
                    row = scope.first(
                        select(devices).where(devices.c.uuid == key).with_for_update()
                    )
                    assert row is not None
                    revision = row.assignments_revision + 1
                    scope.update(devices, devices.c.uuid == key, assignments_revision=revision)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with two.store.read(two.mine) as scope:
        assert there(scope, devices, key).assignments_revision == 160


def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    store = _open_store(Settings(data=tmp_path))
    with store.connection() as connection:
        raw = connection.connection.cursor()
        found = {
            name: raw.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    store.close()


# --- migrations -----------------------------------------------------------------------------------


def test_the_migrations_make_the_tables(store: Store) -> None:
    with store.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
        assert context.get_current_revision() == migrate.HEAD


def test_a_new_sqlite_database_is_as_the_migrations_make_it(tmp_path: Path) -> None:
    found = []
    for name, prepare in (("made", migrate.migrate), ("migrated", by_alembic)):
        (tmp_path / name).mkdir()
        store = Store(None, tmp_path / name)
        prepare(store)
        with store.connection() as connection:
            found.append(shape(connection))
            assert connection.scalar(select(migrate._version)) == migrate.HEAD
        store.close()
    made, migrated = found
    assert made == migrated
    assert "ix_users_organisation_uuid" in str(made)


def by_alembic(store: Store) -> None:
    with store.connection() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def shape(connection: Connection) -> dict[str, Any]:
    """Everything SQLAlchemy can tell about the tables, in an order of its own."""
    looked = inspect(connection)
    found = {}
    for table in looked.get_table_names():
        parts: list[Any] = [
            looked.get_columns(table),
            [looked.get_pk_constraint(table)],
            looked.get_foreign_keys(table),
            looked.get_unique_constraints(table),
            looked.get_indexes(table),
            looked.get_check_constraints(table),
        ]
        # Where a constraint stands in the statement that made the table means nothing.
        found[table] = [sorted(map(str, part)) for part in parts]
    return found


def test_the_newest_migration_is_the_one_named() -> None:
    script = ScriptDirectory.from_config(migrate._config())
    assert script.get_current_head() == migrate.HEAD


def test_starting_again_changes_nothing(store: Store) -> None:
    key = new()
    with store.unscoped() as scope:
        scope.insert(organisations, {"uuid": key, "name": "kept", **TIMES})
    migrate.migrate(store)
    with store.unscoped(write=False) as scope:
        row = scope.get(organisations, key)
        assert row is not None
        assert row.name == "kept"


def test_servers_that_start_together_migrate_once(
    database: Callable[[], str | None], tmp_path: Path
) -> None:
    url = database()
    stores = [Store(url, tmp_path) for _ in range(4)]
    errors: list[BaseException] = []

    def start(store: Store) -> None:
        try:
            migrate.migrate(store)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=start, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert errors == []


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    store = _open_store(Settings(data=tmp_path))
    with store.connection() as connection:
        connection.connection.cursor().execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigError, match="revision 9999"):
        migrate.migrate(store)
    store.close()


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        ("mysql://x/y", ConfigError, "mysql is not supported"),
        ("no url", ConfigError, "not understood"),
        ("postgresql+nodriver://x/y", ConfigError, "not understood"),
        ("postgresql+psycopg2://x/y", MissingExtraError, "postgresql"),
    ],
)
def test_database_urls(tmp_path: Path, url: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Store(url, tmp_path)


def test_a_database_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://u:hunter2@127.0.0.1:1/x?connect_timeout=2"
    with pytest.raises(ConfigError, match="database cannot be used") as caught:
        _open_store(Settings(data=tmp_path, database=url))
    assert "hunter2" not in str(caught.value)


def test_users_of_two_organisations_cannot_share_an_address(two: Two) -> None:
    row = {
        "email": "A@b.c",
        "email_key": f"{new()}@b.c",
        "password_hash": "!",
        "name": "n",
        "newsletter_opt_in": False,
        **TIMES,
    }
    with two.store.write(two.mine) as scope:
        scope.insert(users, {"uuid": new(), **row})
    with pytest.raises(IntegrityError), two.store.write(two.theirs) as scope:
        scope.insert(users, {"uuid": new(), **row})
