"""The one door to the database: every statement is held to an organisation."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import (
    Alias,
    BinaryExpression,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Delete,
    Executable,
    FromClause,
    Insert,
    Join,
    Row,
    Select,
    Table,
    TextClause,
    Update,
    and_,
    delete,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors

from scailable.cloud.store import isolation
from scailable.cloud.store.tables import owner

# Knows no statement: it is only asked how one would be put together.
_compiler = DefaultDialect().statement_compiler(DefaultDialect(), None)

Where = ColumnElement[bool]
Query = Select[*tuple[Any, ...]]


class UnscopedTable(Exception):
    """A statement touches rows that belong to no organisation; use `Store.unscoped()`."""


class Scope:
    """A transaction on behalf of one organisation.

    Statements are written as if the organisation were alone: on execution every table in them,
    also in joins and subqueries, is narrowed to the organisation's rows, and inserted rows
    become its own. Tables without an owner, plain text SQL and bare inserts are refused.
    With `organisation=None` (`Store.unscoped()`) nothing is added.
    """

    def __init__(self, connection: Connection, organisation: str | None) -> None:
        self._connection = connection
        self.organisation = organisation
        self.committed: list[Callable[[], None]] = []

    # --- reading

    def rows(self, statement: Query) -> Sequence[Row[*tuple[Any, ...]]]:
        """All rows of a select."""
        found: Sequence[Row[*tuple[Any, ...]]] = self.execute(statement).all()
        return found

    def first(self, statement: Query) -> Row[*tuple[Any, ...]] | None:
        """The first row of a select, or None."""
        found: Row[*tuple[Any, ...]] | None = self.execute(statement.limit(1)).first()
        return found

    def scalar(self, statement: Query) -> Any:
        """The first column of the first row, or None."""
        return self.execute(statement).scalar()

    def get(self, table: Table, key: str) -> Row[*tuple[Any, ...]] | None:
        """The row of a table by its `uuid`, or None when it does not exist in this scope."""
        return self.first(select(table).where(table.c.uuid == key))

    # --- writing

    def insert(self, table: Table, *rows: Mapping[str, Any]) -> None:
        """Add rows; they become the organisation's."""
        if rows:
            self._connection.execute(insert(table), [self._own(table, row) for row in rows])

    def insert_missing(self, table: Table, *rows: Mapping[str, Any]) -> int:
        """Add the rows whose key does not exist yet; returns how many were added."""
        added = 0
        for row in rows:
            statement = self._dialect_insert(table).values(self._own(table, row))
            added += self._changed(statement.on_conflict_do_nothing())
        return added

    def upsert(
        self, table: Table, row: Mapping[str, Any], keys: Sequence[str], changes: Mapping[str, Any]
    ) -> int:
        """Add a row, or apply `changes` to the one that has the same `keys`.

        Returns:
            1, or 0 when the existing row belongs to another organisation.
        """
        statement = self._dialect_insert(table).values(self._own(table, row))
        column = self._owner(table)
        mine = None if column is None or self.organisation is None else column == self.organisation
        return self._changed(
            statement.on_conflict_do_update(
                index_elements=list(keys), set_=dict(changes), where=mine
            )
        )

    def insert_from(
        self, table: Table, columns: Sequence[str], source: Query, *, missing: bool = False
    ) -> int:
        """Add the rows of a select (its columns in the order of `columns`).

        Args:
            missing: True leaves rows whose key exists already as they are.
        """
        names = list(columns)
        column = self._owner(table)
        if column is not None and self.organisation is not None:
            names.append(column.name)
            source = self._scoped(source).add_columns(literal(self.organisation))
        statement = self._dialect_insert(table).from_select(names, source)
        if missing:
            statement = statement.on_conflict_do_nothing()
        return self._changed(statement)

    def update(self, table: Table, *where: Where, **values: Any) -> int:
        """Change the matching rows; returns how many there were."""
        return int(self.execute(update(table).where(*where).values(**values)).rowcount)

    def delete(self, table: Table, *where: Where) -> int:
        """Remove the matching rows; returns how many there were."""
        return int(self.execute(delete(table).where(*where)).rowcount)

    def execute(self, statement: Executable) -> Any:
        """Run a select, update or delete built with SQLAlchemy."""
        return self._connection.execute(self._scoped(statement))

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the transaction is committed; never when it is rolled back."""
        self.committed.append(action)

    @contextmanager
    def lifted(self) -> Iterator["Scope"]:
        """The same transaction over all organisations; for the store's own bookkeeping."""
        isolation.act_for(self._connection, None)
        try:
            yield Scope(self._connection, None)
        finally:
            # After an error of the database the transaction is over, and takes no statement.
            with suppress(DBAPIError):
                isolation.act_for(self._connection, self.organisation)

    # --- inner

    def _own(self, table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
        column = self._owner(table)
        if column is None or self.organisation is None:
            return dict(row)
        if row.get(column.name, self.organisation) != self.organisation:
            raise UnscopedTable(f"A row of {table.name} for another organisation.")
        return {**row, column.name: self.organisation}

    def _owner(self, table: Table) -> Column[Any] | None:
        column = owner(table)
        if column is None and self.organisation is not None:
            raise UnscopedTable(f"The rows of {table.name} belong to no organisation.")
        return column

    def _changed(self, statement: Any) -> int:
        """Run an insert; returns how many rows there were, which SQLAlchemy has to be asked for."""
        options = {"preserve_rowcount": True}
        return self._connection.execute(statement, execution_options=options).rowcount

    def _dialect_insert(self, table: Table) -> Any:
        if self._connection.dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql

            return postgresql.insert(table)
        return sqlite.insert(table)

    def _scoped(self, statement: Any) -> Any:
        for element in visitors.iterate(statement):
            if isinstance(element, TextClause):
                raise UnscopedTable("Plain text SQL cannot be held to an organisation.")
        if self.organisation is None:
            return statement
        if isinstance(statement, Insert):
            raise UnscopedTable("Rows are added with Scope.insert().")
        return visitors.cloned_traverse(
            statement,
            {},
            {
                "select": self._narrow_select,
                "join": self._narrow_join,
                "update": self._narrow_change,
                "delete": self._narrow_change,
            },
        )

    def _narrow_select(self, statement: Query) -> None:
        for source in _sources(statement):
            for condition in self._conditions(source):
                Select.where.non_generative(statement, condition)  # type: ignore[attr-defined]

    def _narrow_join(self, join: Join) -> None:
        # A WHERE on the optional side of an outer join would drop the rows without a partner.
        if join.isouter:
            assert join.onclause is not None
            join.onclause = and_(join.onclause, *self._conditions(join.right))

    def _check_outer(self, join: Join) -> None:
        """Refuse an outer join that `_narrow_join` did not meet.

        `select(a).outerjoin(b)` becomes a Join only when it is compiled, too late to narrow it.
        """
        narrowed = {
            element.left
            for element in visitors.iterate(join.onclause)
            if isinstance(element, BinaryExpression)
            and isinstance(element.right, BindParameter)
            and element.right.value == self.organisation
        }
        for condition in self._conditions(join.right):
            if not isinstance(condition, BinaryExpression) or condition.left not in narrowed:
                raise UnscopedTable("Write an outer join as select_from(a.outerjoin(b, on)).")

    def _narrow_change(self, statement: Update | Delete) -> None:
        table = statement.table
        if not isinstance(table, Table):
            raise UnscopedTable("Only tables can be changed.")
        for condition in self._conditions(table):
            type(statement).where.non_generative(statement, condition)  # type: ignore[attr-defined]

    def _conditions(self, source: FromClause) -> Iterator[Where]:
        if isinstance(source, Join):
            if source.full:
                raise UnscopedTable("A full outer join cannot be held to an organisation.")
            yield from self._conditions(source.left)
            if source.isouter:
                self._check_outer(source)
            else:
                yield from self._conditions(source.right)
            return
        table = source.element if isinstance(source, Alias) else source
        if isinstance(table, Table):
            column = self._owner(table)
            assert column is not None
            yield source.c[column.name] == self.organisation
        # Subqueries and CTEs are selects of their own, visited by themselves.


def _sources(statement: Query) -> Sequence[FromClause]:
    """What a select reads from, joins put together.

    The same as `get_final_froms()`, which compiles the whole statement on the way and takes
    ten times as long.
    """
    state: Any = statement._compile_state_factory(statement, _compiler)
    sources: Sequence[FromClause] = state._get_display_froms()
    return sources
