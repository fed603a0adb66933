"""Model files, by digest: kept once however often they are uploaded, removed with the last use."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import exists, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from scailable.cloud.answers import (
    Download,
    Refused,
    content_disposition,
    encode,
    file_response,
)
from scailable.cloud.clock import Clock
from scailable.cloud.multipart import StoredUpload
from scailable.cloud.store.database import Store
from scailable.cloud.store.scope import Scope
from scailable.cloud.store.tables import artefacts, blobs
from scailable.durable import sync_folder


class BlobFolder:
    """Blobs in a folder, and the signed URLs under which they can be downloaded.

    A blob is first received into `incoming`, brought to the disk, and renamed to its place while
    the row that refers to it is written: a reader never sees half of one.

    Args:
        folder: where the files are.
        store: the database that knows who refers to them.
        key: signs URLs.
        clock: tells when a URL has expired.
    """

    def __init__(self, folder: Path, store: Store, key: bytes, clock: Clock) -> None:
        self._folder = folder
        self._store = store
        self._key = key
        self._clock = clock
        self.incoming = folder / "incoming"
        # For this user alone, also where the data folder was there before and is open to others.
        folder.mkdir(exist_ok=True, mode=0o700)
        self.incoming.mkdir(exist_ok=True)

    def keep(self, scope: Scope, upload: StoredUpload) -> None:
        """Keep an upload: to be called in the transaction that writes the row referring to it."""
        self.adopt(scope, upload.path, upload.sha256, upload.size)

    def adopt(self, scope: Scope, path: Path, digest: str, size: int) -> None:
        """Keep a finished, synced file (moved, not copied) in the transaction of its row."""
        with scope.lifted() as everybody:
            # The row is locked until the commit, so that no collection takes the file meanwhile.
            everybody.upsert(
                blobs,
                {"digest": digest, "size": size, "inserted_at": self._clock.now()},
                keys=["digest"],
                changes={"size": size},
            )
        target = self.path(digest)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
            sync_folder(target.parent)
            sync_folder(target.parent.parent)
        else:
            path.unlink()

    def new_file(self) -> Path:
        """A fresh path in `incoming` for a file that a job is about to write."""
        return self.incoming / f"made-{secrets.token_hex(12)}"

    def path(self, digest: str) -> Path:
        """Where the blob of a digest (sha256, hexadecimal) lies."""
        return self._folder / digest[:2] / digest[2:4] / digest

    def release(self, scope: Scope, *digests: str) -> None:
        """Remove the blobs nobody refers to any more, once `scope` is committed."""
        scope.after_commit(lambda: self.collect(*digests))

    def collect(self, *digests: str) -> None:
        """Remove those of the blobs that nothing refers to; without arguments, look at all."""
        with self._store.unscoped() as scope:
            unused = select(blobs.c.digest).where(
                ~exists().where(artefacts.c.digest == blobs.c.digest)
            )
            if digests:
                unused = unused.where(blobs.c.digest.in_(digests))
            # Locked first and looked at again: on PostgreSQL a statement that had to wait for
            # the lock still sees the references of before. A row that somebody else has locked
            # is being referred to right now.
            for row in scope.rows(unused.with_for_update(skip_locked=True)):
                # The row stays locked until the commit: who stores the same file meanwhile
                # waits, then finds it gone. After a crash in between the row is left, harmless.
                if scope.delete(
                    blobs,
                    blobs.c.digest == row.digest,
                    ~exists().where(artefacts.c.digest == blobs.c.digest),
                ):
                    self.path(row.digest).unlink(missing_ok=True)

    def sweep(self) -> None:
        """At start-up: remove what a killed process left behind."""
        for path in self.incoming.iterdir():
            path.unlink()
        self.collect()
        with self._store.unscoped(write=False) as scope:
            known = {row.digest for row in scope.rows(select(blobs.c.digest))}
        for path in self._files():
            if path.name not in known:
                path.unlink()

    def _files(self) -> Iterator[Path]:
        yield from self._folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")

    # --- signed URLs

    def signed_url(
        self, base_url: str, digest: str, filename: str, media_type: str, lifetime: timedelta
    ) -> tuple[str, datetime]:
        """A URL that opens this one blob for a while, without a token.

        Returns:
            The URL and the moment it stops working.
        """
        expires = int((self._clock.now() + lifetime).timestamp())
        query = urlencode(
            {
                "name": filename,
                "type": media_type,
                "expires": expires,
                "signature": self._signature("GET", digest, filename, media_type, str(expires)),
            }
        )
        moment = datetime.fromtimestamp(expires, self._clock.now().tzinfo)
        return f"{base_url}/blob/{digest}?{query}", moment

    def _signature(self, *parts: str) -> str:
        # Length before each part: no two lists of parts give the same text.
        text = "".join(f"{len(part.encode())}:{part}" for part in parts)
        mac = hmac.digest(self._key, text.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def download(self, digest: str, filename: str, media_type: str) -> Download:
        """The answer that sends a blob, with its digest.

        Raises:
            Refused: 404 when the blob is not there.
        """
        path = self.path(digest)
        try:
            size = path.stat().st_size
        except FileNotFoundError as error:
            raise Refused(404, "The file is not there any more.") from error
        return Download(
            path,
            size,
            media_type,
            {
                "ETag": f'"{digest}"',
                "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:",
                "Content-Disposition": content_disposition(filename),
            },
        )

    def routes(self) -> list[BaseRoute]:
        """The routes of the signed URLs."""
        return [Route("/blob/{digest:str}", self._serve, methods=["GET"])]

    def _serve(self, request: Request) -> Response:
        digest = request.path_params["digest"]
        query = request.query_params
        filename, media_type = query.get("name", ""), query.get("type", "")
        expires = query.get("expires", "")
        expected = self._signature("GET", digest, filename, media_type, expires)
        request_id = secrets.token_hex(8)
        try:
            if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()):
                raise Refused(403, "The signature of this URL is not valid.")
            if int(expires) <= self._clock.now().timestamp():
                raise Refused(403, "This URL has expired; ask for a new one.")
            return file_response(self.download(digest, filename, media_type), request_id)
        except Refused as refused:
            return Response(
                encode(refused.body()),
                refused.status,
                {"X-Request-Id": request_id},
                "application/json",
            )
