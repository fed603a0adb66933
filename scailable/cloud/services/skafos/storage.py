"""Records of versions and the archives that they refer to."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

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


def forget_abandoned(cloud: "Cloud", scope: Scope) -> None:
    """Delete uploads that nobody completed within a day."""
    abandoned = select(skafos_versions).where(
        skafos_versions.c.completed_at.is_(None),
        skafos_versions.c.updated_at < cloud.clock.now() - _KEPT,
    )
    forget(cloud, scope, scope.rows(abandoned))
