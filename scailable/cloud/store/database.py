"""Connections and transactions, on SQLite or PostgreSQL."""

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from scailable.cloud.store import isolation
from scailable.cloud.store.scope import Scope
from scailable.errors import ConfigError, MissingExtraError

_BUSY_MS = 10_000


class Store:
    """The database of a cloud.

    SQLite runs in WAL mode with `synchronous=FULL`: a commit is on the disk before it is
    acknowledged, so that neither a killed process nor a power cut takes back an answer.
    (`NORMAL` would be safe against the former only; it saves one fsync a commit.)

    Args:
        url: SQLAlchemy URL of a PostgreSQL database; None keeps a SQLite file in `data`.
        data: the data folder.

    Raises:
        ConfigError: the URL is not understood.
        MissingExtraError: the driver is not installed.
    """

    def __init__(self, url: str | None, data: Path) -> None:
        self._engine = _engine(url, data)
        self.sqlite = self._engine.dialect.name == "sqlite"
        self._write_engine = self._engine.execution_options(write=True)
        # SQLite has one writer: waiting here is fair, waiting in the library is polling.
        self._writer: AbstractContextManager[Any] = (
            threading.RLock() if self.sqlite else nullcontext()
        )

    @contextmanager
    def read(self, organisation: str) -> Iterator[Scope]:
        """A consistent read on behalf of an organisation."""
        with self._transaction(self._engine, organisation) as connection:
            yield Scope(connection, organisation)

    @contextmanager
    def write(self, organisation: str) -> Iterator[Scope]:
        """A transaction on behalf of an organisation: all of it on success, nothing on error."""
        with self._writing(organisation) as scope:
            yield scope

    @contextmanager
    def unscoped(self, *, write: bool = True) -> Iterator[Scope]:
        """A transaction over all organisations: for sign-in, announcements and jobs only."""
        if write:
            with self._writing(None) as scope:
                yield scope
        else:
            with self._transaction(self._engine, None) as connection:
                yield Scope(connection, None)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A bare connection in a write transaction, for migrations."""
        with self._writer, self._transaction(self._write_engine, None) as connection:
            yield connection

    def close(self) -> None:
        """Close the connections. On SQLite the last one folds the log into the file."""
        self._engine.dispose()

    @contextmanager
    def _writing(self, organisation: str | None) -> Iterator[Scope]:
        with self._writer, self._transaction(self._write_engine, organisation) as connection:
            scope = Scope(connection, organisation)
            yield scope
        for action in scope.committed:
            action()

    @contextmanager
    def _transaction(self, engine: Engine, organisation: str | None) -> Iterator[Connection]:
        with engine.begin() as connection:
            isolation.act_for(connection, organisation)
            yield connection


def _engine(url: str | None, data: Path) -> Engine:
    # Errors of SQLAlchemy quote the values of a statement: hashes, keys, names. Not in our log.
    options: dict[str, Any] = {"pool_size": 16, "max_overflow": 64, "hide_parameters": True}
    if url is None:
        path = data / "cloud.db"
        # Made here for this user alone; SQLite gives its log the mode of the database.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        engine = create_engine(
            f"sqlite+pysqlite:///{path}",
            **options,
            connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "postgresql":
            raise ConfigError(
                f"The database {parsed.get_backend_name()} is not supported.",
                hint="Give a URL such as postgresql+psycopg://user@host/name, or none for SQLite.",
            )
        return create_engine(parsed, **options, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigError("The database URL is not understood.") from error
    except ModuleNotFoundError as error:
        raise MissingExtraError("postgresql", "A PostgreSQL database") from error


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver must not open transactions of its own; `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_MS}",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A write that begins as a read cannot wait for its lock: it fails at once with "locked".
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


__all__ = ["SQLAlchemyError", "Store"]
