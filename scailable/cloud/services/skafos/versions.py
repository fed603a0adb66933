"""Versions of a model: list, get, download, delete."""

from sqlalchemy import func, select

from scailable.cloud.kernel import Answer, Context, Download, Refused
from scailable.cloud.services.lookup import listed
from scailable.cloud.services.skafos import places, shown, storage
from scailable.cloud.services.skafos.environments import current
from scailable.cloud.services.skafos.routes import routes
from scailable.cloud.store.tables import skafos_versions

_MEDIA_TYPE = "application/octet-stream"


@routes.handles("listVersions")
def list_versions(ctx: Context) -> Answer:
    asked = ctx.params.get("order_by", "version")
    column = skafos_versions.c[asked.removeprefix("-")]
    order = column.desc() if asked.startswith("-") else column.asc()
    completed = skafos_versions.c.completed_at.is_not(None)
    with ctx.cloud.store.read(ctx.organisation) as scope:
        of = places.model(ctx, scope)
        wanted = (
            skafos_versions.c.model_uuid == of.uuid,
            completed if ctx.params.get("completed", True) else ~completed,
        )
        statement = select(skafos_versions).where(*wanted).order_by(order, skafos_versions.c.uuid)
        rows = scope.rows(places.part(ctx, statement))
        total = scope.scalar(select(func.count()).select_from(skafos_versions).where(*wanted))
    return listed([shown.version(row, of) for row in rows], total)


@routes.handles("getVersion")
def get_version(ctx: Context) -> shown.Shown:
    named = ctx.params["version"]
    with ctx.cloud.store.read(ctx.organisation) as scope:
        of = places.model(ctx, scope)
        if places.is_id(named):
            return shown.version(places.upload(ctx, scope, of), of)
        row = places.version(scope, of, named)
    if row is None:
        raise _none(named, of.name)
    return shown.version(row, of)


@routes.handles("downloadVersion")
def download_version(ctx: Context) -> Download | Answer:
    number = ctx.params.get("version")
    with ctx.cloud.store.read(ctx.organisation) as scope:
        of = places.model(ctx, scope)
        row = places.version(scope, of, number)
    if row is None:
        raise _none(places.LATEST if number is None else str(number), of.name)
    return ctx.cloud.blobs.download(row.digest, row.filename, _MEDIA_TYPE)


@routes.handles("downloadVersionByID")
def download_version_by_id(ctx: Context) -> Download | Answer:
    with ctx.cloud.store.read(ctx.organisation) as scope:
        of = places.model(ctx, scope)
        row = places.upload(ctx, scope, of)
    if row.completed_at is None:
        raise Refused(404, f"The upload {row.uuid} was not completed, so there is no archive.")
    return ctx.cloud.blobs.download(row.digest, row.filename, _MEDIA_TYPE)


@routes.handles("deleteVersion")
def delete_version(ctx: Context) -> Answer:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        of = places.model(ctx, scope, lock=True)
        row = places.upload(ctx, scope, of, lock=True)
        environments = current(scope, row.uuid)
        if environments and not ctx.params.get("force"):
            raise Refused(
                409,
                f"Version {row.version} of the model {of.name} is deployed to "
                f"{' and '.join(environments)}; deploy another one there first, or use force.",
            )
        storage.forget(ctx.cloud, scope, [row])
    return Answer(None, 204)


def _none(named: str, model: str) -> Refused:
    if named == places.LATEST:
        return Refused(404, f"The model {model} has no version yet.")
    return Refused(404, f"The model {model} has no version {named}.")
