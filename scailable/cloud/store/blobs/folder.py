"""Blobs in a folder, with URLs that the cloud signs itself."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

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
from scailable.cloud.store.blobs.place import Arrived
from scailable.durable import sync_folder


class BlobFolder:
    """Blobs in a folder; a blob is renamed to its place, so that it is there whole or not at all.

    Args:
        folder: where the files are.
        key: signs URLs.
        clock: tells when a URL has expired.
    """

    def __init__(self, folder: Path, key: bytes, clock: Clock) -> None:
        self._folder = folder
        self._key = key
        self._clock = clock
        # For this user alone, also where the data folder was there before and is open to others.
        folder.mkdir(exist_ok=True, mode=0o700)

    def path(self, digest: str) -> Path:
        """Where the blob of a digest (sha256, hexadecimal) lies."""
        return self._folder / digest[:2] / digest[2:4] / digest

    def has(self, digest: str) -> bool:
        return self.path(digest).exists()

    def prepare(self, path: Path, digest: str) -> None:
        """Nothing: renaming takes no time."""

    def add(self, path: Path, digest: str) -> None:
        target = self.path(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        sync_folder(target.parent)
        sync_folder(target.parent.parent)

    def remove(self, digest: str) -> None:
        self.path(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        for path in self._folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            yield path.name

    def tidy(self) -> None:
        """Nothing: what is put is taken at once."""

    @contextmanager
    def file(self, digest: str) -> Iterator[Path]:
        yield self.path(digest)

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        with self.path(digest).open("rb") as file:
            yield file

    def url(
        self, base_url: str, digest: str, filename: str, media_type: str, lifetime: timedelta
    ) -> tuple[str, datetime]:
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

    # --- uploads come through the cloud itself

    def upload_url(self, name: str, address: str, lifetime: timedelta) -> tuple[str, datetime]:
        expires = int((self._clock.now() + lifetime).timestamp())
        query = urlencode(
            {"expires": expires, "signature": self._signature("PUT", name, str(expires))}
        )
        return f"{address}?{query}", datetime.fromtimestamp(expires, self._clock.now().tzinfo)

    def check_upload(self, name: str, expires: int, signature: str) -> None:
        self._check(self._signature("PUT", name, str(expires)), signature, expires)

    def arrive(self, name: str, max_size: int) -> Arrived | None:
        return None

    def discard_upload(self, name: str) -> None:
        pass

    # --- downloads

    def download(self, digest: str, filename: str, media_type: str) -> Download:
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
        return [Route("/blob/{digest:str}", self._serve, methods=["GET"])]

    def _serve(self, request: Request) -> Response:
        digest = request.path_params["digest"]
        query = request.query_params
        filename, media_type = query.get("name", ""), query.get("type", "")
        expires = query.get("expires", "")
        expected = self._signature("GET", digest, filename, media_type, expires)
        request_id = secrets.token_hex(8)
        try:
            self._check(expected, query.get("signature", ""), expires)
            return file_response(self.download(digest, filename, media_type), request_id)
        except Refused as refused:
            return Response(
                encode(refused.body()),
                refused.status,
                {"X-Request-Id": request_id},
                "application/json",
            )

    def _check(self, expected: str, signature: str, expires: int | str) -> None:
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise Refused(403, "The signature of this URL is not valid.")
        if int(expires) <= self._clock.now().timestamp():
            raise Refused(403, "This URL has expired; ask for a new one.")
