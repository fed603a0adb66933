"""Finding one object, or a page of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, Table, func, or_, select

from scailable.cloud.kernel import Answer, Context, Refused
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import organisations

_LIMIT = 1000


def found(scope: Scope, table: Table, uuid: str, noun: str) -> Row[Any]:
    """The row of an object of the caller's organisation.

    Raises:
        Refused: 404 when there is none; another organisation's objects do not exist here.
    """
    row = scope.get(table, uuid)
    if row is None:
        raise Refused(404, f"There is no {noun} {uuid}.")
    return row


def all_found(scope: Scope, table: Table, uuids: Sequence[str], field: str, noun: str) -> list[str]:
    """The objects that a request field names, each once, in lower case.

    Raises:
        Refused: 422 when one does not exist.
    """
    wanted = list(dict.fromkeys(uuid.lower() for uuid in uuids))
    rows = scope.rows(select(table.c.uuid).where(table.c.uuid.in_(wanted))) if wanted else []
    missing = set(wanted) - {row.uuid for row in rows}
    if missing:
        reason = f"There is no {noun} {min(missing)}."
        raise Refused(422, reason, field=(field, reason))
    return wanted


def containing(text: str | None, *columns: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """The condition that one of the columns holds a text, whatever the case; none without text."""
    return [or_(*(column.icontains(text, autoescape=True) for column in columns))] if text else []


def ordered(text: str | None, table: Table) -> list[ColumnElement[Any]]:
    """What `OrderBy` asks for; the UUID at the end makes pages fit together."""
    columns = {
        "Name": table.c.name,
        "UpdatedAt": table.c.updated_at,
        "InsertedAt": table.c.inserted_at,
    }
    result: list[ColumnElement[Any]] = []
    for field in (text or "InsertedAt").split(","):
        column = columns[field.removeprefix("-")]
        result.append(column.desc() if field.startswith("-") else column.asc())
    return [*result, table.c.uuid]


def page(
    ctx: Context, scope: Scope, table: Table, conditions: Sequence[ColumnElement[bool]]
) -> tuple[Sequence[Row[Any]], int]:
    """The rows of the page that a request asks for, and how many there are on all pages."""
    total = scope.scalar(select(func.count()).select_from(table).where(*conditions))
    statement: Select[Any] = select(table).where(*conditions)
    statement = statement.order_by(*ordered(ctx.params.get("OrderBy"), table))
    statement = statement.limit(ctx.params.get("Limit", _LIMIT)).offset(ctx.params.get("Offset", 0))
    return scope.rows(statement), total


def listed(items: Sequence[Mapping[str, Any]], total: int) -> Answer:
    """A list with the number of items on all pages."""
    return Answer(list(items), headers={"X-Pagination-Records": str(total)})


def organisation(scope: Scope) -> dict[str, Any]:
    """The caller's organisation as objects show it."""
    row = scope.rows(select(organisations.c.uuid, organisations.c.name))[0]
    return {"UUID": row.uuid, "Name": row.name}


def counted(scope: Scope, owner: Column[str], uuids: Sequence[str]) -> Mapping[str, int]:
    """How many rows each of the objects has, where `owner` names the object of a row."""
    statement = select(owner, func.count()).where(owner.in_(uuids)).group_by(owner)
    return {row[0]: row[1] for row in scope.rows(statement)}


def named_by(
    scope: Scope, named: Table, link: Table, owner: Column[str], uuids: Sequence[str]
) -> Mapping[str, list[dict[str, Any]]]:
    """UUIDs and names of what each of the objects is linked to, by name.

    Args:
        named: the table of what is linked to.
        link: the table of the links.
        owner: the column of `link` that names the object.
        uuids: the objects.
    """
    statement = (
        select(owner, named.c.uuid, named.c.name)
        .join_from(link, named)
        .where(owner.in_(uuids))
        .order_by(named.c.name, named.c.uuid)
    )
    result: dict[str, list[dict[str, Any]]] = {}
    for object_uuid, key, name in scope.rows(statement):
        result.setdefault(object_uuid, []).append({"UUID": key, "Name": name})
    return result
