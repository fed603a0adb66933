"""Brings a database to the tables of this version.

To change a table: edit tables.py, then `python -m scailable.cloud.store.migrate MESSAGE` writes
the migration to migrations/versions/; read it before committing it. A new table of organisations
also needs `isolation.wall` there.
"""

import logging
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
)

from scailable.cloud.store import isolation
from scailable.cloud.store.database import Store
from scailable.cloud.store.tables import metadata
from scailable.errors import ConfigError

if TYPE_CHECKING:
    from alembic.config import Config

_log = logging.getLogger("scailable.cloud.store")

MIGRATIONS = Path(__file__).with_name("migrations")
# The newest migration: where a database is there already, Alembic need not even be imported.
HEAD = max(path.name[:4] for path in MIGRATIONS.glob("versions/[0-9]*.py"))
_LOCK = 0x5C1B1
# Where Alembic keeps the number of the newest migration that was applied.
_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def migrate(store: Store) -> None:
    """Apply the migrations a database lacks; one process at a time.

    Raises:
        ConfigError: the database was made by a newer version.
    """
    with store.connection() as connection:
        if not store.sqlite:  # a SQLite write transaction is exclusive by itself
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            if not isolation.stands(connection):
                _log.warning(
                    "The database role is a superuser or bypasses row-level security, so that the "
                    "database does not keep organisations apart by itself; use a plain role."
                )
        current = None
        if inspect(connection).has_table(_version.name):
            current = connection.scalar(select(_version.c.version_num))
        elif store.sqlite:
            _create(connection)
            return
        if current == HEAD:
            return
        from alembic import command
        from alembic.util import CommandError

        config = _config()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise ConfigError(
                f"The database is at revision {current}, which this version does not know.",
                hint="Start it with the newer version of scailable that made it.",
            ) from error


def _create(connection: Connection) -> None:
    """Make the tables of a new SQLite database, as all migrations together would."""
    metadata.create_all(connection)
    _version.create(connection)
    connection.execute(insert(_version).values(version_num=HEAD))


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _revise(message: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    config = _config()
    head = ScriptDirectory.from_config(config).get_current_head()
    number = f"{int(head or 0) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        store = Store(None, Path(folder))
        with store.connection() as connection:
            config.attributes["connection"] = connection
            if head:
                command.upgrade(config, "head")
            command.revision(config, message, autogenerate=True, rev_id=number)
        store.close()
    sys.stdout.write(f"Wrote revision {number}.\n")


if __name__ == "__main__":
    _revise(sys.argv[1])
