"""Blobs in a bucket of an S3 object store, which signs its own URLs."""

import base64
import hashlib
import io
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from starlette.routing import BaseRoute

from scailable.cloud.answers import Answer, Refused
from scailable.cloud.clock import Clock
from scailable.cloud.store.blobs.place import Arrived
from scailable.errors import ConfigError, MissingExtraError

try:
    import obstore
    from obstore.exceptions import (
        AlreadyExistsError,
        BaseError,
        PermissionDeniedError,
        UnauthenticatedError,
    )
    from obstore.store import S3Store
except ModuleNotFoundError as error:
    raise MissingExtraError("s3", "Keeping blobs in an object store") from error

_log = logging.getLogger("scailable.cloud")

# Parts of this size travel on their own, each with the time-out of a request.
_PART = 8 << 20
# Of one request, its body included. Short ones are also made while a row of the database is
# locked; long ones, which carry a part or are a copy inside the store, never are.
_SHORT = timedelta(seconds=5)
_LONG = timedelta(minutes=5)
_PARTS_AT_ONCE = 4
_DOWNLOAD = timedelta(minutes=15)
# Younger objects may belong to a request that another server is still busy with.
_SETTLED = timedelta(hours=1)
_ABANDONED = timedelta(days=2)
_WAIT = {"Retry-After": "5"}


class Bucket:
    """Blobs as objects: `blobs/aa/bb/<digest>`, and `uploads/<name>` for what was put there.

    The object `owner` says whose they are: a cloud removes what its own database does not know.

    Credentials, region and endpoint come from the usual variables: `AWS_ACCESS_KEY_ID`,
    `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`.

    Args:
        url: `s3://bucket` or `s3://bucket/prefix`.
        incoming: a folder for copies of objects.
        clock: the time.
        owner: names the cloud, the same for all its servers.

    Raises:
        ConfigError: the URL is not one, the bucket cannot be used (it says why), or it holds the
            files of another cloud.
    """

    def __init__(self, url: str, incoming: Path, clock: Clock, owner: str) -> None:
        self._incoming = incoming
        self._clock = clock
        self._store = _store(url, _SHORT)
        self._slow = _store(url, _LONG)
        _insist_on_access(self._store, url, owner)

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
                    self._slow,
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
        source: io.RawIOBase = _Object(self._slow, _key(digest))
        with io.BufferedReader(source, 1 << 16) as reader:
            yield reader

    def _parts(self, key: str) -> Iterator[bytes]:
        source = _Object(self._slow, key)
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
                obstore.copy(self._slow, f"uploads/{name}", taken)
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
                    obstore.copy(self._slow, taken, _key(arrived.digest))
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

    def readinto(self, buffer: Any) -> int:  # the type of any buffer has a name since Python 3.12
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
        _log.error("The object store failed: %s", _first_line(error))
        message = "The object store does not answer as it should; try again later."
        raise Refused(503, message, headers=_WAIT) from error


def _first_line(error: Exception) -> str:
    """What failed; the lines after it only say it again, with the answer of the store."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:500]


def _store(url: str, timeout: timedelta) -> S3Store:
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
            "allow_http": any(
                os.environ.get(name, "").startswith("http://")
                for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")
            ),
            "connect_timeout": _SHORT,
            "timeout": timeout,
        },
        # By default it would go on for three minutes before anybody hears of it.
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=10)},
    )


def _insist_on_access(store: S3Store, url: str, owner: str) -> None:
    """Have somebody who starts a cloud know at once that its store cannot be used."""
    try:
        obstore.put(store, "probe", b"")
        for _ in obstore.list(store, prefix="probe"):
            pass
        obstore.delete(store, "probe")
        found = _claim(store, owner)
    except (BaseError, OSError, ValueError) as error:
        reason, hint = _why_not(error)
        raise ConfigError(f"The object store {url} cannot be used: {reason}.", hint=hint) from error
    if found != owner:
        raise ConfigError(
            f"{url} holds the files of another cloud.",
            hint="Give another prefix. If it is this cloud's, restore the secret.key of its data "
            "folder; without one, remove the object named owner.",
        )


def _claim(store: S3Store, owner: str) -> str:
    """Note whose a bucket is that is nobody's; returns whose it is then."""
    with suppress(FileNotFoundError):
        return _owner(store)
    with suppress(AlreadyExistsError):
        obstore.put(store, "owner", owner.encode(), mode="create")
    return _owner(store)


def _owner(store: S3Store) -> str:
    return bytes(obstore.get(store, "owner").bytes()).decode(errors="replace")


def _why_not(error: Exception) -> tuple[str, str]:
    """What an error of the store means, and what to do about it."""
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return (
            "it does not accept the keys, or they may not list, read, write and delete there",
            "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what they may do.",
        )
    if isinstance(error, FileNotFoundError):
        return "there is no such bucket", "Make the bucket, or give another one with --blobs."
    return (
        "it cannot be reached, or does not answer as S3 does",
        "Check AWS_ENDPOINT_URL and AWS_REGION, and that AWS_ACCESS_KEY_ID is set.",
    )
