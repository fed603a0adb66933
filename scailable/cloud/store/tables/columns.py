"""What the tables are made of.

Every table whose rows belong to an organisation has the column `organisation_uuid` (the
organisations themselves are owned by their own `uuid`). A `Scope` refuses the others.
Times are UTC; identifiers are lower-case UUID text.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    MetaData,
    String,
    Table,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime with microseconds; text of fixed width on SQLite, so that it sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(26))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return moment.replace(tzinfo=None).isoformat(timespec="microseconds")
        return moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        moment: datetime = value
        return moment.astimezone(UTC)


class Identifier(TypeDecorator[str]):
    """A UUID as lower-case text with hyphens."""

    impl = String(36)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value).lower()


class Structure(TypeDecorator[Any]):
    """A JSON value; None is stored as NULL and not as the JSON text `null`."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            # Importing the dialect takes a tenth of the start, which SQLite need not wait for.
            from sqlalchemy.dialects.postgresql import JSONB

            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(JSON(none_as_null=True))


def uuid_column(name: str = "uuid", **options: Any) -> Column[str]:
    return Column(name, Identifier, **options)


def organisation_column(*, nullable: bool = False) -> Column[str]:
    return Column(
        "organisation_uuid",
        Identifier,
        ForeignKey("organisations.uuid", ondelete="CASCADE"),
        nullable=nullable,
        index=True,
    )


def time_columns() -> Sequence[Column[datetime]]:
    return (
        Column("inserted_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=False),
    )


def reference(table: str, name: str, **options: Any) -> Column[str]:
    """A reference to the row of another table; goes with it."""
    return Column(
        name, Identifier, ForeignKey(f"{table}.uuid", ondelete="CASCADE"), nullable=False, **options
    )


def owner(table: Table) -> Column[Any] | None:
    """The column that holds the organisation of a row; None when the rows belong to nobody."""
    return table.columns.get(table.info.get("owner", "organisation_uuid"))
