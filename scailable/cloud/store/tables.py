"""The tables of the cloud.

Every table whose rows belong to an organisation has the column `organisation_uuid` (the
organisations themselves are owned by their own `uuid`). A `Scope` refuses the others.
Times are UTC; identifiers are lower-case UUID text.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
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


def _uuid(name: str = "uuid", **options: Any) -> Column[str]:
    return Column(name, Identifier, **options)


def _owned(*, nullable: bool = False) -> Column[str]:
    return Column(
        "organisation_uuid",
        Identifier,
        ForeignKey("organisations.uuid", ondelete="CASCADE"),
        nullable=nullable,
        index=True,
    )


def _times() -> Sequence[Column[datetime]]:
    return (
        Column("inserted_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=False),
    )


def _to(table: str, name: str, **options: Any) -> Column[str]:
    """A reference to the row of another table; goes with it."""
    return Column(
        name, Identifier, ForeignKey(f"{table}.uuid", ondelete="CASCADE"), nullable=False, **options
    )


# --- accounts -------------------------------------------------------------------------------------

organisations = Table(
    "organisations",
    metadata,
    _uuid(primary_key=True),
    Column("name", Text, nullable=False),
    *_times(),
    info={"owner": "uuid"},
)

users = Table(
    "users",
    metadata,
    _uuid(primary_key=True),
    _owned(),
    # As the user wrote it, and folded for looking it up.
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("phone_number", Text),
    Column("job_title", Text),
    Column("newsletter_opt_in", Boolean, nullable=False),
    # A temporary password sent by mail, good for one sign-in.
    Column("reset_hash", Text),
    Column("reset_expires_at", Moment),
    *_times(),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(16), primary_key=True),
    _owned(),
    _to("users", "user_uuid", index=True),
    # Sessions of the 2023 body never rotate: their client does not keep a renewed token.
    Column("rotates", Boolean, nullable=False),
    Column("keep", Boolean, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("rotated_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    # Set when the session began with a temporary password, which may then change the real one.
    Column("reset_hash", Text),
    Column("inserted_at", Moment, nullable=False),
)

# --- models ---------------------------------------------------------------------------------------

functions = Table(
    "functions",
    metadata,
    _uuid(primary_key=True),
    _owned(),
    Column("name", Text, nullable=False),
    Column("alias", Text, nullable=False),
    Column("documentation", Text, nullable=False),
    Column("status", String(16), nullable=False),
    # The state of the conversion of the newest file, and the reason when it failed.
    Column("code_status", String(16), nullable=False),
    Column("code_message", Text),
    # Counts uploads, so that a conversion of an older file cannot overwrite a newer result.
    Column("revision", Integer, nullable=False),
    Column("input_driver", Text, nullable=False),
    Column("input_driver_details", Structure, nullable=False),
    Column("output_driver", Text, nullable=False),
    Column("output_driver_details", Structure, nullable=False),
    Column("named_input", Structure),
    Column("named_output", Structure),
    Column("source_name", Text),
    Column("source_url", Text),
    Column("sync_information", Structure, nullable=False),
    # Of the first input, for the Width and Height filters.
    Column("width", Integer),
    Column("height", Integer),
    *_times(),
    Index(None, "organisation_uuid", "updated_at"),
    Index(None, "organisation_uuid", "name"),
)

catalogues = Table(
    "catalogues",
    metadata,
    _uuid(primary_key=True),
    _owned(),
    Column("name", Text, nullable=False),
    *_times(),
)

function_catalogues = Table(
    "function_catalogues",
    metadata,
    _to("functions", "function_uuid", primary_key=True),
    Column(
        "catalogue_uuid",
        Identifier,
        ForeignKey("catalogues.uuid"),  # no cascade: only an empty catalogue can be deleted
        primary_key=True,
        index=True,
    ),
    _owned(),
)

blobs = Table(
    "blobs",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("inserted_at", Moment, nullable=False),
)

artefacts = Table(
    "artefacts",
    metadata,
    _uuid(primary_key=True),
    _owned(),
    _to("functions", "function_uuid", index=True),
    Column("mime_type", Text, nullable=False),
    Column("runtime_arch", Text),
    Column("filename", Text, nullable=False),
    Column("digest", String(64), ForeignKey("blobs.digest"), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("inserted_at", Moment, nullable=False),
    UniqueConstraint("function_uuid", "mime_type"),
)

# What the inputs and outputs of a function are, for the filters of the list.
function_properties = Table(
    "function_properties",
    metadata,
    _to("functions", "function_uuid", primary_key=True),
    Column("direction", String(8), primary_key=True),  # input or output
    Column("property", Text, primary_key=True),
    _owned(),
)

# Where a function that follows a training platform gets its model.
function_links = Table(
    "function_links",
    metadata,
    _to("functions", "function_uuid", primary_key=True),
    _owned(),
    Column("project_id", BigInteger, nullable=False),
    Column("api_key", Text, nullable=False),
)

# --- devices --------------------------------------------------------------------------------------

devices = Table(
    "devices",
    metadata,
    _uuid(primary_key=True),
    _owned(),
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
    *_times(),
    Index(None, "organisation_uuid", "updated_at"),
    Index(None, "organisation_uuid", "name"),
)

device_credentials = Table(
    "device_credentials",
    metadata,
    Column("secret_sha256", String(64), primary_key=True),
    _owned(),
    _to("devices", "device_uuid", index=True),
    Column("inserted_at", Moment, nullable=False),
)

# Made by a device that nobody has tied to an organisation yet.
announcements = Table(
    "announcements",
    metadata,
    _uuid(primary_key=True),
    _owned(nullable=True),
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
    _uuid(primary_key=True),
    _owned(),
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
    _uuid(primary_key=True),
    _owned(),
    Column("name", Text, nullable=False),
    *_times(),
)

group_devices = Table(
    "group_devices",
    metadata,
    _to("groups", "group_uuid", primary_key=True),
    _to("devices", "device_uuid", primary_key=True, index=True),
    _owned(),
    Column("inserted_at", Moment, nullable=False),
)

assignments = Table(
    "assignments",
    metadata,
    _to("devices", "device_uuid", primary_key=True),
    _to("functions", "function_uuid", primary_key=True, index=True),
    _owned(),
    # What the device reported of this model.
    Column("state", String(16), nullable=False),
    Column("digest", String(64)),
    Column("message", Text),
    Column("assigned_at", Moment, nullable=False),
    Column("reported_at", Moment),
)

# --- sites with cameras (Nx) ----------------------------------------------------------------------

# A site registers itself without an account; a license key ties it to an organisation.
systems = Table(
    "systems",
    metadata,
    _uuid(primary_key=True),
    _owned(nullable=True),
    *_times(),
)

servers = Table(
    "servers",
    metadata,
    _uuid(primary_key=True),
    _to("systems", "system_uuid", primary_key=True, index=True),
    _owned(nullable=True),
    Column("name", Text, nullable=False),
    Column("plugin_version", Text),
    Column("source", Structure),
    Column("seen_at", Moment, nullable=False),
    *_times(),
)

cameras = Table(
    "cameras",
    metadata,
    Column("nx_id", String(64), primary_key=True),
    _to("systems", "system_uuid", primary_key=True, index=True),
    Column("server_uuid", Identifier, nullable=False),
    _owned(nullable=True),
    Column("name", Text, nullable=False),
    Column("pipelines", Structure, nullable=False),
    *_times(),
    ForeignKeyConstraint(
        ["server_uuid", "system_uuid"],
        ["servers.uuid", "servers.system_uuid"],
        ondelete="CASCADE",
    ),
)

# --- work and history -----------------------------------------------------------------------------

jobs = Table(
    "jobs",
    metadata,
    _uuid(primary_key=True),
    _owned(nullable=True),
    Column("kind", String(64), nullable=False),
    Column("payload", Structure, nullable=False),
    # queued, running, done or failed
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("runner", String(64)),
    Column("lease_until", Moment),
    Column("run_at", Moment, nullable=False),
    Column("error", Text),
    *_times(),
    Index(None, "state", "run_at"),
)

events = Table(
    "events",
    metadata,
    _uuid(primary_key=True),
    _owned(),
    Column("kind", String(64), nullable=False),
    Column("object_uuid", Identifier),
    Column("at", Moment, nullable=False),
    Index(None, "organisation_uuid", "kind", "at"),
)


def owner(table: Table) -> Column[Any] | None:
    """The column that holds the organisation of a row; None when the rows belong to nobody."""
    return table.columns.get(table.info.get("owner", "organisation_uuid"))
