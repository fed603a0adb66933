"""Blobs in a bucket of an S3 object store, which signs its own URLs."""

import base64
import hashlib
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from starlette.routing import BaseRoute

from scailable.cloud.answers import Answer, Refused
from scailable.cloud.clock import Clock
from scailable.cloud.store.blobs.place import Arrived
from scailable.errors import ConfigError, MissingExtraError

try:
    import obstore
    from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
    from obstore.store import S3Store
except ModuleNotFoundError as error:
    raise MissingExtraError("s3", "Keeping blobs in an object store") from error

# Parts of this size travel on their own, each with the time-out of a request.
_PART = 8 << 20
_PARTS_AT_ONCE = 4
_DOWNLOAD = timedelta(minutes=15)
# Younger objects may belong to a request that another server is still busy with.
_SETTLED = timedelta(hours=1)
_ABANDONED = timedelta(days=2)
_WAIT = {"Retry-After": "5"}


class Bucket:
    """Blobs as objects: `blobs/aa/bb/<digest>`, and `uploads/<name>` for what was put there.

    Credentials, region and endpoint come from the usual variables: `AWS_ACCESS_KEY_ID`,
    `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`.

    Args:
        url: `s3://bucket` or `s3://bucket/prefix`.
        incoming: a folder for copies of objects.
        clock: the time.

    Raises:
        ConfigError: the URL is not one, or the bucket cannot be used; it says why.
    """

    def __init__(self, url: str, incoming: Path, clock: Clock) -> None:
        self._incoming = incoming
        self._clock = clock
        self._store = _store(url)
        _insist_on_access(self._store, url)

    # --- bytes

    def has(self, digest: str) -> bool:
        try:
            with _reaching():
                obstore.head(self._store, _key(digest))
        except FileNotFoundError:
            return False
        return True

    def prepare(self, path: Path, digest: str) -> None:
        if not self.has(digest):
            with _reaching():
                obstore.put(
                    self._store,
                    _key(digest),
                    path,
                    chunk_size=_PART,
                    max_concurrency=_PARTS_AT_ONCE,
                )

    def add(self, path: Path, digest: str) -> None:
        self.prepare(path, digest)
        path.unlink()

    def remove(self, digest: str) -> None:
        self._delete(_key(digest))

    def digests(self) -> Iterator[str]:
        for key, modified in self._list("blobs"):
            if modified < datetime.now(UTC) - _SETTLED:
                yield key.rsplit("/", 1)[-1]

    def tidy(self) -> None:
        for folder in ("uploads", "taken"):
            for key, modified in self._list(folder):
                if modified < datetime.now(UTC) - _ABANDONED:
                    self._delete(key)

    @contextmanager
    def file(self, digest: str) -> Iterator[Path]:
        path = self._incoming / f"copy-{secrets.token_hex(12)}"
        try:
            with path.open("xb") as file:
                for part in self._parts(_key(digest)):
                    file.write(part)
            yield path
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        source: io.RawIOBase = _Object(self._store, _key(digest))
        with io.BufferedReader(source, 1 << 16) as reader:
            yield reader

    def _parts(self, key: str) -> Iterator[bytes]:
        source = _Object(self._store, key)
        while part := source.read(_PART):
            yield part

    def _list(self, folder: str) -> Iterator[tuple[str, datetime]]:
        with _reaching():
            for batch in obstore.list(self._store, prefix=f"{folder}/"):
                for item in batch:
                    yield item["path"], item["last_modified"]

    def _delete(self, key: str) -> None:
        with _reaching(), suppress(FileNotFoundError):
            obstore.delete(self._store, key)

    # --- signed URLs

    def download(self, digest: str, filename: str, media_type: str) -> Answer:
        url = obstore.sign(self._store, "GET", _key(digest), _DOWNLOAD)
        encoded = base64.b64encode(bytes.fromhex(digest)).decode()
        headers = {
            "Location": url,
            "ETag": f'"{digest}"',
            "Repr-Digest": f"sha-256=:{encoded}:",
        }
        return Answer(None, 307, headers)

    def url(
        self, base_url: str, digest: str, filename: str, media_type: str, lifetime: timedelta
    ) -> tuple[str, datetime]:
        url = obstore.sign(self._store, "GET", _key(digest), lifetime)
        return url, self._clock.now() + lifetime

    def upload_url(self, name: str, address: str, lifetime: timedelta) -> tuple[str, datetime]:
        url = obstore.sign(self._store, "PUT", f"uploads/{name}", lifetime)
        return url, self._clock.now() + lifetime

    def check_upload(self, name: str, expires: int, signature: str) -> None:
        raise Refused(403, "Archives are put to the object store, not here.")

    def arrive(self, name: str, max_size: int) -> Arrived | None:
        # First out of reach of the address, which can still be put to: what is read below is
        # then what is kept, under the digest of just these bytes.
        taken = f"taken/{secrets.token_hex(16)}"
        try:
            with _reaching():
                size = int(obstore.head(self._store, f"uploads/{name}")["size"])
                if size > max_size:
                    raise Refused(413, f"The file is larger than {max_size} bytes.")
                obstore.copy(self._store, f"uploads/{name}", taken)
        except FileNotFoundError:
            return None
        try:
            digest, size = hashlib.sha256(), 0
            for part in self._parts(taken):
                digest.update(part)
                size += len(part)
            arrived = Arrived(digest.hexdigest(), size)
            if not self.has(arrived.digest):
                with _reaching():
                    obstore.copy(self._store, taken, _key(arrived.digest))
        finally:
            self._delete(taken)
        return arrived

    def discard_upload(self, name: str) -> None:
        self._delete(f"uploads/{name}")

    def routes(self) -> list[BaseRoute]:
        return []


class _Object(io.RawIOBase):
    """An object as a seekable file; each read is a request."""

    def __init__(self, store: S3Store, key: str) -> None:
        self._store, self._key, self._position = store, key, 0
        with _reaching():
            self._size = int(obstore.head(store, key)["size"])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        end = min(self._position + len(buffer), self._size)
        if end <= self._position:
            return 0
        with _reaching():
            data = obstore.get_range(self._store, self._key, start=self._position, end=end)
        buffer[: len(data)] = memoryview(data)
        self._position += len(data)
        return len(data)


def _key(digest: str) -> str:
    return f"blobs/{digest[:2]}/{digest[2:4]}/{digest}"


@contextmanager
def _reaching() -> Iterator[None]:
    """Turn failures of the store into an answer; what is not there stays a FileNotFoundError."""
    try:
        yield
    except (BaseError, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        message = "The object store does not answer as it should; try again later."
        raise Refused(503, message, headers=_WAIT) from error


def _store(url: str) -> S3Store:
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname or parts.username or parts.query:
        raise ConfigError(
            "The object store is not given as a bucket.",
            hint="Give it like s3://bucket/prefix; keys and endpoint come from AWS_* variables.",
        )
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        client_options={
            # A store of one's own, named by its endpoint, may well be without TLS.
            "allow_http": os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            # Of one request, its body included: a part, or a copy inside the store.
            "timeout": timedelta(minutes=5),
        },
        # By default it would go on for three minutes before anybody hears of it.
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=15)},
    )


def _insist_on_access(store: S3Store, url: str) -> None:
    """Have somebody who starts a cloud know at once that its store cannot be used."""
    probe = f"probe/{secrets.token_hex(8)}"
    try:
        obstore.put(store, probe, b"")
        obstore.delete(store, probe)
    except (BaseError, OSError, ValueError) as error:
        reason, hint = _why_not(error)
        raise ConfigError(f"The object store {url} cannot be used: {reason}.", hint=hint) from error


def _why_not(error: Exception) -> tuple[str, str]:
    """What an error of the store means, and what to do about it."""
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return (
            "it does not accept the keys, or they may not write there",
            "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
    if isinstance(error, FileNotFoundError):
        return "there is no such bucket", "Make the bucket, or give another one with --blobs."
    return (
        "it cannot be reached, or does not answer as S3 does",
        "Check AWS_ENDPOINT_URL and AWS_REGION.",
    )
