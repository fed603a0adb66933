"""Models, which the Compute API calls functions, and their files."""

from sqlalchemy import (
    BigInteger,
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
    Identifier,
    Moment,
    Structure,
    metadata,
    organisation_column,
    reference,
    time_columns,
    uuid_column,
)

functions = Table(
    "functions",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
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
    *time_columns(),
    Index(None, "organisation_uuid", "updated_at"),
    Index(None, "organisation_uuid", "name"),
)

catalogues = Table(
    "catalogues",
    metadata,
    uuid_column(primary_key=True),
    organisation_column(),
    Column("name", Text, nullable=False),
    *time_columns(),
)

function_catalogues = Table(
    "function_catalogues",
    metadata,
    reference("functions", "function_uuid", primary_key=True),
    Column(
        "catalogue_uuid",
        Identifier,
        ForeignKey("catalogues.uuid"),  # no cascade: only an empty catalogue can be deleted
        primary_key=True,
        index=True,
    ),
    organisation_column(),
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
    uuid_column(primary_key=True),
    organisation_column(),
    reference("functions", "function_uuid", index=True),
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
    reference("functions", "function_uuid", primary_key=True),
    Column("direction", String(8), primary_key=True),  # input or output
    Column("property", Text, primary_key=True),
    organisation_column(),
)

# Where a function that follows a training platform gets its model.
function_links = Table(
    "function_links",
    metadata,
    reference("functions", "function_uuid", primary_key=True),
    organisation_column(),
    Column("project_id", BigInteger, nullable=False),
    Column("api_key", Text, nullable=False),
)
