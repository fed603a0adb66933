"""Files by digest: kept once however often they are uploaded, removed with the last use."""

import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import ColumnElement, and_, exists, select
from starlette.routing import BaseRoute

from scailable.cloud.answers import Answer, Download, Refused
from scailable.cloud.clock import Clock
from scailable.cloud.store.blobs.place import Arrived, Place
from scailable.cloud.store.database import Store
from scailable.cloud.store.scope import Scope
from scailable.cloud.store.tables import blobs
from scailable.cloud.uploads import StoredUpload

_log = logging.getLogger("scailable.cloud")


class Blobs:
    """The blobs of a cloud: which there are, who refers to them, and where they lie.

    A file is first received into `incoming` and brought to the disk. It gets to its place while
    the row that refers to it is written: a reader never sees half of one.

    Args:
        place: where the bytes are.
        incoming: a folder for files that are being received.
        store: the database that knows who refers to them.
        clock: the time.
        max_size: largest file that may arrive on its own, in bytes.
    """

    def __init__(
        self, place: Place, incoming: Path, store: Store, clock: Clock, max_size: int
    ) -> None:
        self.place = place
        self.incoming = incoming
        self._store = store
        self._clock = clock
        self._max_size = max_size
        incoming.mkdir(exist_ok=True, mode=0o700)

    # --- what comes

    def new_file(self) -> Path:
        """A fresh path in `incoming` for a file that a job is about to write."""
        return self.incoming / f"made-{secrets.token_hex(12)}"

    def prepare(self, upload: StoredUpload) -> None:
        """Bring an upload to a place that is far away, before the transaction that keeps it.

        The transaction would hold up others while the bytes travel.
        """
        self.place.prepare(upload.path, upload.sha256)

    def keep(self, scope: Scope, upload: StoredUpload) -> None:
        """Keep an upload: to be called in the transaction that writes the row referring to it."""
        self._note(scope, upload.sha256, upload.size)
        if self.place.has(upload.sha256):
            upload.path.unlink()
        else:
            self.place.add(upload.path, upload.sha256)

    def record(self, scope: Scope, digest: str, size: int) -> None:
        """Note a blob that arrived, in the transaction of the row referring to it.

        Raises:
            Refused: 503 when it was removed meanwhile, with the last other use of the same file;
                it arrives again when the request is repeated.
        """
        self._note(scope, digest, size)
        if not self.place.has(digest):
            message = "The same file was being removed just now; try again."
            raise Refused(503, message, headers={"Retry-After": "1"})

    def _note(self, scope: Scope, digest: str, size: int) -> None:
        with scope.lifted() as everybody:
            # The row is locked until the commit, so that no collection takes the file meanwhile.
            everybody.upsert(
                blobs,
                {"digest": digest, "size": size, "inserted_at": self._clock.now()},
                keys=["digest"],
                changes={"size": size},
            )

    def upload_url(self, name: str, address: str, lifetime: timedelta) -> tuple[str, datetime]:
        """Where one object can be put, and until when; see `Place.upload_url`."""
        return self.place.upload_url(name, address, lifetime)

    def check_upload(self, name: str, expires: int, signature: str) -> None:
        """Let an object pass that is put to this cloud; see `Place.check_upload`."""
        self.place.check_upload(name, expires, signature)

    def arrive(self, name: str) -> Arrived | None:
        """What was put under a name elsewhere; see `Place.arrive`.

        To be called outside transactions: it takes as long as reading the object. Then `record`
        it.
        """
        return self.place.arrive(name, self._max_size)

    def discard_upload(self, name: str) -> None:
        """Forget what was put under a name; a failure is left to `sweep`, as in `release`."""
        _at_leisure(lambda: self.place.discard_upload(name))

    # --- what is there

    def file(self, digest: str) -> AbstractContextManager[Path]:
        """A blob as a file of this machine."""
        return self.place.file(digest)

    def open(self, digest: str) -> AbstractContextManager[BinaryIO]:
        """A blob to look into, seekable."""
        return self.place.open(digest)

    def download(self, digest: str, filename: str, media_type: str) -> Download | Answer:
        """The answer that sends a blob with its digest, or says where it is.

        Raises:
            Refused: 404 when the blob is not there.
        """
        return self.place.download(digest, filename, media_type)

    def signed_url(
        self, base_url: str, digest: str, filename: str, media_type: str, lifetime: timedelta
    ) -> tuple[str, datetime]:
        """A URL that opens this one blob for a while, without a token.

        Returns:
            The URL and the moment it stops working.
        """
        return self.place.url(base_url, digest, filename, media_type, lifetime)

    def routes(self) -> list[BaseRoute]:
        """The routes that the URLs lead to."""
        return self.place.routes()

    # --- what goes

    def release(self, scope: Scope, *digests: str) -> None:
        """Remove the blobs nobody refers to any more, once `scope` is committed.

        What was asked for is done then: when a blob cannot be removed, that is left to `sweep`.
        """
        if digests:
            scope.after_commit(lambda: _at_leisure(lambda: self.collect(*digests)))

    def collect(self, *digests: str) -> None:
        """Remove those of the blobs that nothing refers to; without arguments, look at all."""
        with self._store.unscoped() as scope:
            unused = select(blobs.c.digest).where(_unused())
            if digests:
                unused = unused.where(blobs.c.digest.in_(digests))
            # Locked first and looked at again: on PostgreSQL a statement that had to wait for
            # the lock still sees the references of before. A row that somebody else has locked
            # is being referred to right now.
            for row in scope.rows(unused.with_for_update(skip_locked=True)):
                # The row stays locked until the commit: who stores the same file meanwhile
                # waits, then finds it gone. After a crash in between the row is left, harmless.
                if scope.delete(blobs, blobs.c.digest == row.digest, _unused()):
                    self.place.remove(row.digest)

    def sweep(self) -> None:
        """At start-up: remove what a killed process left behind."""
        for path in self.incoming.iterdir():
            path.unlink()
        with self._store.unscoped(write=False) as scope:
            known = {row.digest for row in scope.rows(select(blobs.c.digest))}
        strays = [digest for digest in self.place.digests() if digest not in known]
        # Removed by their row, as all others: another server may be about to refer to one.
        with self._store.unscoped() as scope:
            now = self._clock.now()
            rows = [{"digest": digest, "size": 0, "inserted_at": now} for digest in strays]
            scope.insert_missing(blobs, *rows)
        self.collect()
        self.place.tidy()


def _at_leisure(action: Callable[[], None]) -> None:
    """Remove something that is in nobody's way; a failure is only logged."""
    try:
        action()
    except (Refused, OSError) as error:
        _log.warning("Files that nothing refers to stay until the next start: %s", error)


def _unused() -> ColumnElement[bool]:
    """That no row of any table refers to a blob."""
    return and_(*(~exists().where(column == blobs.c.digest) for column in _references()))


def _references() -> Sequence[ColumnElement[str]]:
    """The columns of all tables that refer to blobs."""
    return [
        key.parent
        for table in blobs.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is blobs.c.digest
    ]
