"""What happened to objects, and the statistics over it."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, func, select

from scailable.cloud.store import Scope
from scailable.cloud.store.tables import events

_LATELY = timedelta(days=30)


def record(scope: Scope, kind: str, object_uuid: str, now: datetime) -> None:
    """Note a change; `kind` is the noun and what was done, such as `function.created`."""
    scope.insert(
        events, {"uuid": str(uuid.uuid4()), "kind": kind, "object_uuid": object_uuid, "at": now}
    )


def statistics(scope: Scope, table: Table, noun: str, now: datetime) -> dict[str, Any]:
    """Counts and dates over the organisation's objects of one table."""
    inserted, updated = table.c.inserted_at, table.c.updated_at
    row = scope.rows(
        select(
            func.count().label("total"),
            func.min(inserted).label("first_inserted"),
            func.max(inserted).label("last_inserted"),
            func.min(updated).label("first_updated"),
            func.max(updated).label("last_updated"),
        ).select_from(table)
    )[0]
    changes = select(func.count()).where(events.c.kind.startswith(f"{noun}."))
    return {
        "FirstInsertedAt": row.first_inserted,
        "FirstUpdatedAt": row.first_updated,
        "LastInsertedAt": row.last_inserted,
        "LastUpdatedAt": row.last_updated,
        "NumberOfEvents": scope.scalar(changes),
        "NumberOfEventsLast30": scope.scalar(changes.where(events.c.at > now - _LATELY)),
        "Total": row.total,
    }
