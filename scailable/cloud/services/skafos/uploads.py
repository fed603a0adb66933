"""An upload in three calls: begin it, put the archive, complete it.

The archive may arrive here or, where the cloud keeps its files in an object store, there; only
the third call makes a version of it. Each call can be repeated after a broken connection.
"""

import uuid
import zipfile
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from scailable.cloud.kernel import Answer, Context, Refused
from scailable.cloud.services.skafos import places, shown, storage
from scailable.cloud.services.skafos.routes import routes
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import skafos_models, skafos_versions

if TYPE_CHECKING:
    from scailable.cloud.app import Cloud

_LIFETIME = timedelta(hours=1)


@routes.handles("createVersion")
def create_version(ctx: Context) -> Answer:
    now = ctx.cloud.clock.now()
    with ctx.cloud.store.write(ctx.organisation) as scope:
        of = places.model(ctx, scope, lock=True)
        storage.forget_abandoned(ctx.cloud, scope)
        filename = _filename(ctx.body)
        row = {
            "uuid": str(uuid.uuid4()),
            "model_uuid": of.uuid,
            "description": ctx.body.get("description"),
            "filename": filename,
            "filepath": f"{of.organisation_uuid}/{of.app_uuid}/{of.uuid}/{filename}",
            "inserted_at": now,
            "updated_at": now,
        }
        scope.insert(skafos_versions, row)
    return Answer(_address(ctx, str(row["uuid"]), str(row["filepath"])), 201)


def _filename(body: dict[str, Any]) -> str:
    """The name of the archive, under either of the published names.

    Raises:
        Refused: 422 when there is none, or it is more than the name of a file.
    """
    name = str(body.get("filename") or body.get("file_name") or "")
    reason = None
    if not name:
        reason = "is required"
    elif name in (".", "..") or any(c in "/\\" or not c.isprintable() for c in name):
        reason = "has to be the name of a file, without folders"
    if reason:
        raise Refused(422, f"The filename {reason}.", field=("filename", reason))
    return name


@routes.handles("resumeVersion")
def resume_version(ctx: Context) -> shown.Shown:
    with ctx.cloud.store.write(ctx.organisation) as scope:
        row = places.upload(ctx, scope, places.model(ctx, scope, lock=True), lock=True)
        if row.completed_at is not None:
            raise Refused(409, f"The upload {row.uuid} is completed: version {row.version}.")
        mine = skafos_versions.c.uuid == row.uuid
        scope.update(skafos_versions, mine, updated_at=ctx.cloud.clock.now())
    return _address(ctx, row.uuid, row.filepath)


def _address(ctx: Context, key: str, filepath: str) -> shown.Shown:
    url, expires = ctx.cloud.blobs.upload_url(
        key, f"{ctx.base_url}{ctx.operation.prefix}/v2/uploads/{key}", _LIFETIME
    )
    return {
        "model_version_id": key,
        "filepath": filepath,
        "presigned_url": url,
        "expires_at": expires,
    }


def signed(ctx: Context) -> None:
    """Let a put pass before its body is read.

    Raises:
        Refused: 403 for a wrong or expired signature; 404 or 409 when nothing is to be put there.
    """
    key = ctx.params["upload"].lower()
    ctx.cloud.blobs.check_upload(key, ctx.params["expires"], ctx.params["signature"])
    with ctx.cloud.store.unscoped(write=False) as scope:
        _pending(scope, key)


def _pending(scope: Scope, key: str) -> Row[Any]:
    statement = select(skafos_versions).where(skafos_versions.c.uuid == key)
    row = scope.first(statement.with_for_update())
    if row is None:
        raise Refused(404, f"There is no upload {key}; it may have been deleted.")
    if row.completed_at is not None:
        raise Refused(409, f"The upload {key} is completed: version {row.version}.")
    return row


@routes.handles("putArchive", before_body=signed)
def put_archive(ctx: Context) -> Answer:
    archive = ctx.form.file
    assert archive is not None  # the document requires it
    with ctx.cloud.store.unscoped() as scope:
        row = _pending(scope, ctx.params["upload"].lower())
        ctx.cloud.blobs.keep(scope, archive)
        scope.update(
            skafos_versions,
            skafos_versions.c.uuid == row.uuid,
            digest=archive.sha256,
            size=archive.size,
            updated_at=ctx.cloud.clock.now(),
        )
        if row.digest is not None:
            ctx.cloud.blobs.release(scope, row.digest)
    return Answer(None)


@routes.handles("completeVersion")
def complete_version(ctx: Context) -> shown.Shown:
    cloud = ctx.cloud
    with cloud.store.read(ctx.organisation) as scope:
        row = places.upload(ctx, scope, places.model(ctx, scope))
    if ctx.body["filepath"] != row.filepath:
        reason = f"The filepath of this upload is {row.filepath}."
        raise Refused(422, reason, field=("filepath", reason))
    # Outside a transaction: in an object store, the archive is read to know its digest.
    arrived = cloud.blobs.arrive(row.uuid) if row.completed_at is None else None
    digest, size = (row.digest, row.size) if arrived is None else (arrived.digest, arrived.size)
    if digest is None:
        raise Refused(409, "The archive has not arrived yet: put it to the address given for it.")
    _compare(ctx.body, digest, size)
    _check_archive(cloud, digest)
    now = cloud.clock.now()
    with cloud.store.write(ctx.organisation) as scope:
        of = places.model(ctx, scope, lock=True)
        locked = places.upload(ctx, scope, of, lock=True)
        if locked.completed_at is not None:
            return shown.version(locked, of)
        if locked.digest != row.digest:
            raise _replaced()
        if arrived is not None:
            cloud.blobs.record(scope, digest, size)
            scope.after_commit(lambda: cloud.blobs.discard_upload(locked.uuid))
        return _number(ctx, scope, of, digest, size, now)


def _compare(body: dict[str, Any], digest: str, size: int) -> None:
    for name, kept in (("size", size), ("sha256", digest)):
        if name in body and body[name] != kept:
            reason = f"The archive that arrived has the {name} {kept}, not {body[name]}."
            raise Refused(422, f"{reason} Put it again.", field=(name, reason))


def _check_archive(cloud: "Cloud", digest: str) -> None:
    try:
        with cloud.blobs.open(digest) as file:
            if zipfile.is_zipfile(file):
                return
    except FileNotFoundError as error:
        raise _replaced() from error
    raise Refused(422, "What was put is no zip archive; put one, and complete it then.")


def _replaced() -> Refused:
    return Refused(409, "The archive was replaced or deleted meanwhile; complete the upload again.")


def _number(
    ctx: Context, scope: Scope, of: Row[Any], digest: str, size: int, now: datetime
) -> shown.Shown:
    """Give an upload the next number of its model."""
    # The app is locked, so that two uploads do not get the same number.
    mine = skafos_models.c.uuid == of.uuid
    scope.update(skafos_models, mine, last_version=skafos_models.c.last_version + 1, updated_at=now)
    number = scope.scalar(select(skafos_models.c.last_version).where(mine))
    key = ctx.params["version"].lower()
    scope.update(
        skafos_versions,
        skafos_versions.c.uuid == key,
        version=number,
        completed_at=now,
        updated_at=now,
        digest=digest,
        size=size,
    )
    of = places.model(ctx, scope)
    return shown.version(places.upload(ctx, scope, of), of)
