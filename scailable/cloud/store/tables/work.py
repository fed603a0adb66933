"""Jobs, and what happened to objects."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from scailable.cloud.store.tables.columns import (
    Identifier,
    Moment,
    Structure,
    metadata,
    organisation_column,
    time_columns,
    uuid_column,
)

jobs = Table(
    "jobs",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(nullable=True),
    Column("kind", String(64), nullable=False),
    Column("payload", Structure, nullable=False),
    # queued, running, done or failed
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("runner", String(64)),
    Column("lease_until", Moment),
    Column("run_at", Moment, nullable=False),
    Column("error", Text),
    *time_columns(),
    Index(None, "state", "run_at"),
)

events = Table(
    "events",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
    Column("kind", String(64), nullable=False),
    Column("object_uuid", Identifier),
    Column("at", Moment, nullable=False),
    Index(None, "organisation_uuid", "kind", "at"),
)
