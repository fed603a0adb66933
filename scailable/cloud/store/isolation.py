"""The second wall between organisations, on PostgreSQL: row-level security.

Each transaction says for whom it is in a setting of its own; policies of the tables show and take
only that organisation's rows, whatever the statement says. Without the setting there are none.
It holds for the owner of the tables as well, but not for superusers of the database.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.sql import column, table

_SETTING = "app.organisation"
_EVERYBODY = "*"


def act_for(connection: Connection, organisation: str | None) -> None:
    """Say for whom the transaction is from here to its end; None is for all organisations."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.set_config(_SETTING, organisation or _EVERYBODY, True)))


def wall(table_name: str, owner: str) -> Sequence[str]:
    """What a migration runs on PostgreSQL for a table whose column `owner` says whose a row is."""
    return (
        f'ALTER TABLE "{table_name}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table_name}" FORCE ROW LEVEL SECURITY',
        # In brackets the setting is looked up once a statement, not once a row.
        f'CREATE POLICY organisation ON "{table_name}" USING '
        f"((SELECT current_setting('{_SETTING}', true)) IN ('{_EVERYBODY}', \"{owner}\"))",
    )


def stands(connection: Connection) -> bool:
    """Whether the role of the connection is held by the policies: superusers are not."""
    exempt = or_(column("rolsuper"), column("rolbypassrls"))
    mine = column("rolname") == func.current_user()
    roles = select(func.count()).select_from(table("pg_roles")).where(and_(mine, exempt))
    return not connection.scalar(roles)
