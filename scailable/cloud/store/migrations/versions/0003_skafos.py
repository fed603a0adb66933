"""Skafos"""

import sqlalchemy as sa
from alembic import op

from scailable.cloud.store import tables
from scailable.cloud.store.isolation import wall

revision = "0003"
down_revision = "0002"


_OWNED = (
    "api_tokens",
    "skafos_apps",
    "skafos_deployments",
    "skafos_models",
    "skafos_versions",
)


def upgrade() -> None:
    op.create_table(
        "skafos_apps",
        sa.Column("uuid", tables.Identifier(), nullable=False),
        sa.Column("organisation_uuid", tables.Identifier(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("inserted_at", tables.Moment(), nullable=False),
        sa.Column("updated_at", tables.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_uuid"],
            ["organisations.uuid"],
            name=op.f("fk_skafos_apps_organisation_uuid_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_skafos_apps")),
        sa.UniqueConstraint(
            "organisation_uuid", "name", name=op.f("uq_skafos_apps_organisation_uuid_name")
        ),
    )
    with op.batch_alter_table("skafos_apps", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_skafos_apps_organisation_uuid"), ["organisation_uuid"], unique=False
        )

    op.create_table(
        "api_tokens",
        sa.Column("uuid", tables.Identifier(), nullable=False),
        sa.Column("organisation_uuid", tables.Identifier(), nullable=False),
        sa.Column("user_uuid", tables.Identifier(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("last_used_at", tables.Moment(), nullable=True),
        sa.Column("inserted_at", tables.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_uuid"],
            ["organisations.uuid"],
            name=op.f("fk_api_tokens_organisation_uuid_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_uuid"],
            ["users.uuid"],
            name=op.f("fk_api_tokens_user_uuid_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_api_tokens_secret_sha256")),
    )
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_api_tokens_organisation_uuid"), ["organisation_uuid"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_api_tokens_user_uuid"), ["user_uuid"], unique=False)

    op.create_table(
        "skafos_models",
        sa.Column("uuid", tables.Identifier(), nullable=False),
        sa.Column("organisation_uuid", tables.Identifier(), nullable=False),
        sa.Column("app_uuid", tables.Identifier(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("last_version", sa.Integer(), nullable=False),
        sa.Column("inserted_at", tables.Moment(), nullable=False),
        sa.Column("updated_at", tables.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["app_uuid"],
            ["skafos_apps.uuid"],
            name=op.f("fk_skafos_models_app_uuid_skafos_apps"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_uuid"],
            ["organisations.uuid"],
            name=op.f("fk_skafos_models_organisation_uuid_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_skafos_models")),
        sa.UniqueConstraint("app_uuid", "name", name=op.f("uq_skafos_models_app_uuid_name")),
    )
    with op.batch_alter_table("skafos_models", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_skafos_models_organisation_uuid"), ["organisation_uuid"], unique=False
        )

    op.create_table(
        "skafos_versions",
        sa.Column("uuid", tables.Identifier(), nullable=False),
        sa.Column("organisation_uuid", tables.Identifier(), nullable=False),
        sa.Column("model_uuid", tables.Identifier(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("completed_at", tables.Moment(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("filepath", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("inserted_at", tables.Moment(), nullable=False),
        sa.Column("updated_at", tables.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["blobs.digest"], name=op.f("fk_skafos_versions_digest_blobs")
        ),
        sa.ForeignKeyConstraint(
            ["model_uuid"],
            ["skafos_models.uuid"],
            name=op.f("fk_skafos_versions_model_uuid_skafos_models"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_uuid"],
            ["organisations.uuid"],
            name=op.f("fk_skafos_versions_organisation_uuid_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_skafos_versions")),
        sa.UniqueConstraint(
            "model_uuid", "version", name=op.f("uq_skafos_versions_model_uuid_version")
        ),
    )
    with op.batch_alter_table("skafos_versions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_skafos_versions_completed_at_updated_at"),
            ["completed_at", "updated_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_skafos_versions_digest"), ["digest"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_skafos_versions_organisation_uuid"), ["organisation_uuid"], unique=False
        )

    op.create_table(
        "skafos_deployments",
        sa.Column("uuid", tables.Identifier(), nullable=False),
        sa.Column("organisation_uuid", tables.Identifier(), nullable=False),
        sa.Column("model_uuid", tables.Identifier(), nullable=False),
        sa.Column("version_uuid", tables.Identifier(), nullable=False),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("deployed_at", tables.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_uuid"],
            ["skafos_models.uuid"],
            name=op.f("fk_skafos_deployments_model_uuid_skafos_models"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_uuid"],
            ["organisations.uuid"],
            name=op.f("fk_skafos_deployments_organisation_uuid_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_uuid"],
            ["skafos_versions.uuid"],
            name=op.f("fk_skafos_deployments_version_uuid_skafos_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_skafos_deployments")),
    )
    with op.batch_alter_table("skafos_deployments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_skafos_deployments_model_uuid_environment_deployed_at"),
            ["model_uuid", "environment", "deployed_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_skafos_deployments_organisation_uuid"),
            ["organisation_uuid"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_skafos_deployments_version_uuid"), ["version_uuid"], unique=False
        )
    if op.get_bind().dialect.name == "postgresql":
        for table in _OWNED:
            for statement in wall(table, "organisation_uuid"):
                op.execute(statement)
