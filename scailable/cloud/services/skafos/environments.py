"""Environments of a model, and what is deployed there."""

import uuid
from typing import Any

from sqlalchemy import Row, func, select

from scailable.cloud.kernel import Answer, Context, Refused
from scailable.cloud.services.lookup import listed
from scailable.cloud.services.skafos import places, shown
from scailable.cloud.services.skafos.routes import routes
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import (
    assignments,
    functions,
    skafos_deployments,
    skafos_versions,
)

# Every model has these; the vendor's had no others.
ENVIRONMENTS = ("dev", "prod")
_SHOWN = 10


@routes.handles("listEnvironments")
def list_environments(ctx: Context) -> Answer:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        of = places.model(ctx, scope)
        items = []
        for name in ENVIRONMENTS:
            deployed = _deployed(scope, of, name)
            item: shown.Shown = {
                "id": str(uuid.uuid5(uuid.UUID(of.uuid), name)),
                "name": name,
                "deployments": [_shown(row) for row in deployed],
            }
            if ctx.params.get("with_device_count"):
                item["device_count"] = _devices(scope, deployed[0]) if deployed else 0
            items.append(item)
    return listed(items, len(items))


@routes.handles("deployVersion")
def deploy_version(ctx: Context) -> shown.Shown:
    # The published client puts these words into a sentence of its own: no stop at the end.
    asked = ctx.body.get("version", places.LATEST)
    environment = ctx.body.get("environment", ENVIRONMENTS[0])
    with ctx.cloud.store.write(ctx.organisation) as scope:
        of = places.model(ctx, scope, lock=True)
        if environment not in ENVIRONMENTS:
            there = " and ".join(ENVIRONMENTS)
            reason = f"There is no environment {environment}, only {there}"
            raise Refused(400, reason, field=("environment", reason))
        row = places.version(scope, of, asked)
        if row is None:
            none = "version yet" if asked == places.LATEST else f"version {asked}"
            reason = f"The model {of.name} has no {none}"
            raise Refused(400, reason, field=("version", reason))
        scope.insert(
            skafos_deployments,
            {
                "uuid": str(uuid.uuid4()),
                "model_uuid": of.uuid,
                "version_uuid": row.uuid,
                "environment": environment,
                "deployed_at": ctx.cloud.clock.now(),
            },
        )
    return {"success": f"Deployed to {environment} is now model version {row.version}"}


def current(scope: Scope, version: str) -> list[str]:
    """The environments in which a version is the current one."""
    newest = (
        select(
            skafos_deployments.c.model_uuid,
            skafos_deployments.c.environment,
            func.max(skafos_deployments.c.deployed_at).label("deployed_at"),
        )
        .group_by(skafos_deployments.c.model_uuid, skafos_deployments.c.environment)
        .subquery()
    )
    rows = scope.rows(
        select(skafos_deployments.c.environment)
        .join_from(
            skafos_deployments,
            newest,
            (newest.c.model_uuid == skafos_deployments.c.model_uuid)
            & (newest.c.environment == skafos_deployments.c.environment)
            & (newest.c.deployed_at == skafos_deployments.c.deployed_at),
        )
        .where(skafos_deployments.c.version_uuid == version)
        .order_by(skafos_deployments.c.environment)
    )
    return [row.environment for row in rows]


def _deployed(scope: Scope, of: Row[Any], environment: str) -> list[Row[Any]]:
    """What was deployed there, newest first."""
    statement = (
        select(skafos_deployments, skafos_versions.c.version)
        .join_from(skafos_deployments, skafos_versions)
        .where(
            skafos_deployments.c.model_uuid == of.uuid,
            skafos_deployments.c.environment == environment,
        )
        .order_by(skafos_deployments.c.deployed_at.desc(), skafos_deployments.c.uuid)
        .limit(_SHOWN)
    )
    return list(scope.rows(statement))


def _shown(row: Row[Any]) -> shown.Shown:
    return {
        "id": row.uuid,
        "model_version_id": row.version_uuid,
        "version": row.version,
        "deployed_at": row.deployed_at,
    }


def _devices(scope: Scope, deployed: Row[Any]) -> int:
    """How many devices hold a model that was made from the deployed version."""
    # What `client.models.upload(from_version=...)` gives as the source of the model.
    source = f"urn:uuid:{deployed.version_uuid}"
    statement = (
        select(func.count(assignments.c.device_uuid.distinct()))
        .join_from(assignments, functions)
        .where(functions.c.source_url == source)
    )
    return int(scope.scalar(statement))
