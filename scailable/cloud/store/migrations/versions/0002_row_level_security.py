"""Row-level security"""

from alembic import op

from scailable.cloud.store.isolation import wall

revision = "0002"
down_revision = "0001"

_OWNED = (
    "announcements",
    "artefacts",
    "assignments",
    "cameras",
    "catalogues",
    "device_credentials",
    "devices",
    "events",
    "function_catalogues",
    "function_links",
    "function_properties",
    "functions",
    "group_devices",
    "groups",
    "jobs",
    "licenses",
    "servers",
    "sessions",
    "systems",
    "users",
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for statement in wall("organisations", "uuid"):
        op.execute(statement)
    for table in _OWNED:
        for statement in wall(table, "organisation_uuid"):
            op.execute(statement)
