"""The tables of the cloud, one file for what belongs together."""

from scailable.cloud.store.tables.accounts import organisations, sessions, users
from scailable.cloud.store.tables.columns import Identifier, Moment, Structure, metadata, owner
from scailable.cloud.store.tables.devices import (
    announcements,
    assignments,
    device_credentials,
    devices,
    group_devices,
    groups,
    licenses,
)
from scailable.cloud.store.tables.models import (
    artefacts,
    blobs,
    catalogues,
    function_catalogues,
    function_links,
    function_properties,
    functions,
)
from scailable.cloud.store.tables.sites import cameras, servers, systems
from scailable.cloud.store.tables.skafos import (
    api_tokens,
    skafos_apps,
    skafos_deployments,
    skafos_models,
    skafos_versions,
)
from scailable.cloud.store.tables.work import events, jobs

__all__ = [
    "Identifier",
    "Moment",
    "Structure",
    "announcements",
    "api_tokens",
    "artefacts",
    "assignments",
    "blobs",
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
    "metadata",
    "organisations",
    "owner",
    "servers",
    "sessions",
    "skafos_apps",
    "skafos_deployments",
    "skafos_models",
    "skafos_versions",
    "systems",
    "users",
]
