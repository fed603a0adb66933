"""Skafos: apps, models, versions, what was deployed, and API tokens."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from scailable.cloud.store.tables.columns import (
    Moment,
    metadata,
    organisation_column,
    reference,
    time_columns,
    uuid_column,
)

skafos_apps = Table(
    "skafos_apps",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    *time_columns(),
    UniqueConstraint("organisation_uuid", "name"),
)

skafos_models = Table(
    "skafos_models",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
    reference("skafos_apps", "app_uuid"),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("public", Boolean, nullable=False),
    # The number of the newest version; it never goes back, also when versions are deleted.
    Column("last_version", Integer, nullable=False),
    *time_columns(),
    UniqueConstraint("app_uuid", "name"),
)

skafos_versions = Table(
    "skafos_versions",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
    reference("skafos_models", "model_uuid"),
    # Null until the upload is completed.
    Column("version", Integer),
    Column("completed_at", Moment),
    Column("description", Text),
    Column("filename", Text, nullable=False),
    Column("filepath", Text, nullable=False),
    # Null until the archive has arrived.
    Column("digest", String(64), ForeignKey("blobs.digest"), index=True),
    Column("size", BigInteger),
    *time_columns(),
    UniqueConstraint("model_uuid", "version"),
    Index(None, "completed_at", "updated_at"),
)

skafos_deployments = Table(
    "skafos_deployments",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
    reference("skafos_models", "model_uuid"),
    reference("skafos_versions", "version_uuid", index=True),
    Column("environment", String(16), nullable=False),
    Column("deployed_at", Moment, nullable=False),
    Index(None, "model_uuid", "environment", "deployed_at"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
    reference("users", "user_uuid", index=True),
    Column("name", Text, nullable=False),
    Column("secret_sha256", String(64), nullable=False, unique=True),
    Column("last_used_at", Moment),
    Column("inserted_at", Moment, nullable=False),
)
