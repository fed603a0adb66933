"""Sites with cameras (Nx)."""

from sqlalchemy import Column, ForeignKeyConstraint, String, Table, Text

from scailable.cloud.store.tables.columns import (
    Identifier,
    Moment,
    Structure,
    metadata,
    organisation_column,
    reference,
    time_columns,
    uuid_column,
)

# A site registers itself without an account; a license key ties it to an organisation.
systems = Table(
    "systems",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(nullable=True),
    *time_columns(),
)

servers = Table(
    "servers",
    metadata,
    uuid_column(primary_key=True),
    reference("systems", "system_uuid", primary_key=True, index=True),
    organisation_column(nullable=True),
    Column("name", Text, nullable=False),
    Column("plugin_version", Text),
    Column("source", Structure),
    Column("seen_at", Moment, nullable=False),
    *time_columns(),
)

cameras = Table(
    "cameras",
    metadata,
    Column("nx_id", String(64), primary_key=True),
    reference("systems", "system_uuid", primary_key=True, index=True),
    Column("server_uuid", Identifier, nullable=False),
    organisation_column(nullable=True),
    Column("name", Text, nullable=False),
    Column("pipelines", Structure, nullable=False),
    *time_columns(),
    ForeignKeyConstraint(
        ["server_uuid", "system_uuid"],
        ["servers.uuid", "servers.system_uuid"],
        ondelete="CASCADE",
    ),
)
