"""Records of versions and the archives that they refer to."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, select

from scailable.cloud.store import Scope
from scailable.cloud.store.tables import skafos_versions

if TYPE_CHECKING:
    from scailable.cloud.app import Cloud

_KEPT = timedelta(days=1)


def forget(cloud: "Cloud", scope: Scope, rows: Sequence[Row[Any]]) -> None:
    """Delete versions or uploads; their archives go once the transaction is committed."""
    for row in rows:
        scope.delete(skafos_versions, skafos_versions.c.uuid == row.uuid)
        scope.after_commit(partial(cloud.blobs.discard_upload, row.uuid))
    cloud.blobs.release(scope, *(row.digest for row in rows if row.digest is not None))


def forget_all(cloud: "Cloud", scope: Scope, versions: Select[Any]) -> None:
    """Delete what a select of versions and uploads finds, and what is put to them meanwhile."""
    forget(cloud, scope, scope.rows(versions.with_for_update(of=skafos_versions)))


def forget_abandoned(cloud: "Cloud", scope: Scope) -> None:
    """Delete uploads that nobody completed within a day."""
    abandoned = select(skafos_versions).where(
        skafos_versions.c.completed_at.is_(None),
        skafos_versions.c.updated_at < cloud.clock.now() - _KEPT,
    )
    # Those that somebody else has locked are being forgotten already.
    forget(cloud, scope, scope.rows(abandoned.with_for_update(skip_locked=True)))
