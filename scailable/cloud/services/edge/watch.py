"""Sees changes that another process made to what devices wait for."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import anyio.to_thread
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from scailable.cloud.bells import Bells
from scailable.cloud.services import revisions
from scailable.cloud.store import Store
from scailable.cloud.store.tables import devices

_log = logging.getLogger("scailable.cloud.edge")

_SECONDS = 1.0
# Databases limit how many values a statement may hold.
_AT_ONCE = 500


class Watch:
    """Rings for devices whose revision changed: one look a second, however many wait.

    Changes made in this process ring by themselves, at once. Used from the event loop only.
    """

    def __init__(self, store: Store, bells: Bells) -> None:
        self._store = store
        self._bells = bells
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def watching(self, device: str, revision: str) -> Iterator[None]:
        """Watch a device that has this revision, for the length of the block."""
        self._waiting[device, revision] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look_again_and_again())
        try:
            yield
        finally:
            self._waiting[device, revision] -= 1
            if not self._waiting[device, revision]:
                del self._waiting[device, revision]

    async def _look_again_and_again(self) -> None:
        while self._waiting:
            await asyncio.sleep(_SECONDS)
            waiting = list(self._waiting)
            try:
                for start in range(0, len(waiting), _AT_ONCE):
                    await anyio.to_thread.run_sync(self._look, waiting[start : start + _AT_ONCE])
            except SQLAlchemyError:
                # The database may be away for a moment; the next look may find it again.
                _log.exception("looking for changes of assignments failed")

    def _look(self, waiting: list[tuple[str, str]]) -> None:
        chosen = select(devices.c.uuid, devices.c.assignments_revision).where(
            devices.c.uuid.in_([device for device, _ in waiting])
        )
        # The devices of all organisations wait side by side; nothing but their revision is read.
        with self._store.unscoped(write=False) as scope:
            current = {row.uuid: revisions.text(row) for row in scope.rows(chosen)}
        for device, revision in waiting:
            if current.get(device) != revision:
                self._bells.ring(revisions.topic(device))
