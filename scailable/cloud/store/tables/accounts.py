"""Accounts: organisations, their users, sessions."""

from sqlalchemy import Boolean, Column, Integer, String, Table, Text

from scailable.cloud.store.tables.columns import (
    Moment,
    metadata,
    organisation_column,
    reference,
    time_columns,
    uuid_column,
)

organisations = Table(
    "organisations",
    metadata,
    uuid_column(primary_key=True),
    Column("name", Text, nullable=False),
    *time_columns(),
    info={"owner": "uuid"},
)

users = Table(
    "users",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
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
    *time_columns(),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(16), primary_key=True),
    organisation_column(),
    reference("users", "user_uuid", index=True),
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
