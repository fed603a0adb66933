"""Devices, groups, licenses and assignments."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

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

devices = Table(
    "devices",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
    Column("name", Text, nullable=False),
    Column("serial", Text),
    Column("runtime", Text),
    Column("type", Text),
    # What the device itself last said.
    Column("reported_runtime", Text),
    Column("architecture", Text),
    Column("version", Text),
    Column("online_at", Moment),
    # Changes whenever the assignments or an assigned model change; the ETag of its poll.
    Column("assignments_revision", BigInteger, nullable=False, server_default="0"),
    *time_columns(),
    Index(None, "organisation_uuid", "updated_at"),
    Index(None, "organisation_uuid", "name"),
)

device_credentials = Table(
    "device_credentials",
    metadata,
    Column("secret_sha256", String(64), primary_key=True),
    organisation_column(),
    reference("devices", "device_uuid", index=True),
    Column("inserted_at", Moment, nullable=False),
)

# Made by a device that nobody has tied to an organisation yet.
announcements = Table(
    "announcements",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(nullable=True),
    Column("device_uuid", Identifier, ForeignKey("devices.uuid", ondelete="CASCADE"), index=True),
    Column("token_key", String(64), nullable=False, unique=True),
    Column("secret_sha256", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("serial", Text),
    Column("type", Text),
    Column("runtime", Text, nullable=False),
    Column("architecture", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("collected_at", Moment),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("inserted_at", Moment, nullable=False),
)

licenses = Table(
    "licenses",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
    Column("device_uuid", Identifier, ForeignKey("devices.uuid", ondelete="CASCADE"), index=True),
    Column("license_key", Identifier, nullable=False, unique=True),
    Column("agreement_kind", Text, nullable=False),
    Column("agreement_name", Text, nullable=False),
    Column("agreement_provides", Structure, nullable=False),
    Column("agreement_published_at", Moment, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("inserted_at", Moment, nullable=False),
)

groups = Table(
    "groups",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
    Column("name", Text, nullable=False),
    *time_columns(),
)

group_devices = Table(
    "group_devices",
    metadata,
    reference("groups", "group_uuid", primary_key=True),
    reference("devices", "device_uuid", primary_key=True, index=True),
    organisation_column(),
    Column("inserted_at", Moment, nullable=False),
)

assignments = Table(
    "assignments",
    metadata,
    reference("devices", "device_uuid", primary_key=True),
    reference("functions", "function_uuid", primary_key=True, index=True),
    organisation_column(),
    # What the device reported of this model.
    Column("state", String(16), nullable=False),
    Column("digest", String(64)),
    Column("message", Text),
    Column("assigned_at", Moment, nullable=False),
    Column("reported_at", Moment),
)
