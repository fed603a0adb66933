"""Brings a database to the tables of this version.

To change a table: edit tables.py, then `python -m scailable.cloud.store.migrate MESSAGE` writes
the migration to migrations/versions/; read it before committing it.
"""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import ColumnClause, func, inspect, select
from sqlalchemy.sql import column, table

from scailable.cloud.store.database import Store
from scailable.errors import ConfigError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")
# The newest migration: where a database is there already, Alembic need not even be imported.
HEAD = "0001"
_LOCK = 0x5C1B1


def migrate(store: Store) -> None:
    """Apply the migrations a database lacks; one process at a time.

    Raises:
        ConfigError: the database was made by a newer version.
    """
    with store.connection() as connection:
        if not store.sqlite:  # a SQLite write transaction is exclusive by itself
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        current = None
        if inspect(connection).has_table("alembic_version"):
            number: ColumnClause[str] = column("version_num")
            current = connection.scalar(select(number).select_from(table("alembic_version")))
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
    sys.stdout.write(f"Wrote revision {number}. Set HEAD in {__file__} to it.\n")


if __name__ == "__main__":
    _revise(sys.argv[1])
