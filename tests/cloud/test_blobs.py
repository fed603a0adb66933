"""Model files: kept once, collected with their last use, downloadable by signed URLs."""

import hashlib
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.store import tables
from scailable.cloud.store.blobs import Blobs
from scailable.cloud.store.blobs.folder import BlobFolder
from scailable.cloud.uploads import StoredUpload
from tests.cloud.conftest import document, running
from tests.cloud.people import TestClock, get

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TIMES = {"inserted_at": NOW, "updated_at": NOW}


@pytest.fixture(scope="module")
def server(database: Callable[[], str | None], clock: TestClock) -> Iterator[EmbeddedCloud]:
    documents = {"auth": document("auth")}
    with running(documents=documents, clock=clock, database=database()) as started:
        yield started


@pytest.fixture
def blobs(server: EmbeddedCloud) -> Blobs:
    return server.cloud.blobs


def path(blobs: Blobs, digest: str) -> Path:
    assert isinstance(blobs.place, BlobFolder)
    return blobs.place.path(digest)


def received(blobs: Blobs, content: bytes) -> StoredUpload:
    path = blobs.new_file()
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return StoredUpload(path, "m.onnx", len(content), digest, "application/octet-stream")


class Shelf:
    """An organisation with one function, whose artefacts refer to blobs."""

    def __init__(self, server: EmbeddedCloud) -> None:
        self.cloud = server.cloud
        self.organisation, self.function = str(uuid.uuid4()), str(uuid.uuid4())
        row = {"uuid": self.organisation, "name": "o", **TIMES}
        with self.cloud.store.unscoped() as scope:
            scope.insert(tables.organisations, row)
        with self.cloud.store.write(self.organisation) as scope:
            scope.insert(
                tables.functions,
                {
                    "uuid": self.function,
                    "name": "f",
                    "alias": "",
                    "documentation": "",
                    "status": "ok",
                    "code_status": "ok",
                    "revision": 1,
                    "input_driver": "",
                    "input_driver_details": {},
                    "output_driver": "",
                    "output_driver_details": {},
                    "sync_information": {},
                    **TIMES,
                },
            )

    def keep(self, content: bytes, *, fail: bool = False) -> tuple[str, str]:
        upload = received(self.cloud.blobs, content)
        key = str(uuid.uuid4())
        try:
            with self.cloud.store.write(self.organisation) as scope:
                self.cloud.blobs.keep(scope, upload)
                scope.insert(
                    tables.artefacts,
                    {
                        "uuid": key,
                        "function_uuid": self.function,
                        "mime_type": key,
                        "filename": "m.onnx",
                        "digest": upload.sha256,
                        "size": upload.size,
                        "inserted_at": NOW,
                    },
                )
                if fail:
                    raise RuntimeError("no")
        finally:
            upload.discard()
        return key, upload.sha256

    def drop(self, key: str, digest: str) -> None:
        with self.cloud.store.write(self.organisation) as scope:
            scope.delete(tables.artefacts, tables.artefacts.c.uuid == key)
            self.cloud.blobs.release(scope, digest)


def test_the_same_file_is_kept_once_and_goes_with_its_last_use(
    server: EmbeddedCloud, blobs: Blobs
) -> None:
    one, other = Shelf(server), Shelf(server)
    content = uuid.uuid4().bytes * 100
    first, digest = one.keep(content)
    second, same = other.keep(content)
    assert digest == same == hashlib.sha256(content).hexdigest()
    assert path(blobs, digest).read_bytes() == content
    assert list(blobs.incoming.iterdir()) == []
    one.drop(first, digest)
    assert path(blobs, digest).exists()
    other.drop(second, digest)
    assert not path(blobs, digest).exists()
    third, _ = one.keep(content)
    assert path(blobs, digest).read_bytes() == content
    one.drop(third, digest)


def test_a_failed_transaction_keeps_no_row(server: EmbeddedCloud, blobs: Blobs) -> None:
    content = uuid.uuid4().bytes
    with pytest.raises(RuntimeError):
        Shelf(server).keep(content, fail=True)
    blobs.sweep()
    assert not path(blobs, hashlib.sha256(content).hexdigest()).exists()


def test_storing_while_collecting_loses_nothing(server: EmbeddedCloud, blobs: Blobs) -> None:
    content = uuid.uuid4().bytes
    errors: list[BaseException] = []

    def churn(shelf: Shelf) -> None:
        try:
            for _ in range(10):
                key, digest = shelf.keep(content)
                assert path(blobs, digest).read_bytes() == content
                shelf.drop(key, digest)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=churn, args=(Shelf(server),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert not path(blobs, hashlib.sha256(content).hexdigest()).exists()


def test_sweeping_removes_what_nobody_refers_to(server: EmbeddedCloud, blobs: Blobs) -> None:
    shelf = Shelf(server)
    _, digest = shelf.keep(uuid.uuid4().bytes)
    stray = path(blobs, "ab" * 32)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    half = blobs.new_file()
    half.write_bytes(b"x")
    blobs.sweep()
    assert not stray.exists()
    assert not half.exists()
    assert path(blobs, digest).exists()


# --- signed URLs ----------------------------------------------------------------------------------


@pytest.fixture
def signed(server: EmbeddedCloud, blobs: Blobs) -> tuple[str, str]:
    _, digest = Shelf(server).keep(uuid.uuid4().bytes + b"0123456789")
    name = 'mo"del é.onnx'
    url, expires = blobs.signed_url(
        server.url, digest, name, "application/x-onnx", timedelta(minutes=5)
    )
    assert timedelta(minutes=4) < expires - server.cloud.clock.now() <= timedelta(minutes=5)
    return url, digest


def test_a_signed_url_opens_one_blob(signed: tuple[str, str]) -> None:
    url, digest = signed
    reply = get(url)
    assert reply.status_code == 200
    assert hashlib.sha256(reply.content).hexdigest() == digest
    assert reply.headers["ETag"] == f'"{digest}"'
    assert reply.headers["Repr-Digest"].startswith("sha-256=:")
    assert reply.headers["Content-Type"] == "application/x-onnx"
    assert "filename*=UTF-8''mo%22del%20%C3%A9.onnx" in reply.headers["Content-Disposition"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    part = get(url, headers={"Range": "bytes=16-18", "If-Range": f'"{digest}"'})
    assert (part.status_code, part.content) == (206, b"012")
    assert part.headers["Content-Range"] == "bytes 16-18/26"
    rest = get(url, headers={"Range": "bytes=-3"})
    assert (rest.status_code, rest.content) == (206, b"789")


def changed(url: str, **change: str) -> str:
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), **change}
    return parts._replace(query=urlencode(query)).geturl()


def test_a_changed_url_opens_nothing(server: EmbeddedCloud, signed: tuple[str, str]) -> None:
    url, digest = signed
    _, other = Shelf(server).keep(uuid.uuid4().bytes)
    query = dict(parse_qsl(urlsplit(url).query))
    later = str(int(query["expires"]) + 1)
    for forged in (
        changed(url, name="other.onnx"),
        changed(url, type="text/html"),
        changed(url, expires=later),
        changed(url, expires="x"),
        changed(url, signature=""),
        changed(url, signature="é"),
        changed(url, signature=query["signature"][:-2] + "AA"),
        # The end of one part moved to the beginning of the next.
        changed(url, name=query["name"] + query["type"][0], type=query["type"][1:]),
        url.replace(digest, other),
        url.replace(digest, "../../cloud.db"),
        url.split("?")[0],
    ):
        reply = get(forged)
        assert reply.status_code in (403, 404), forged
        assert reply.json()["Message"]
    assert get(url).status_code == 200


def test_a_signed_url_expires(signed: tuple[str, str], clock: TestClock) -> None:
    url, _ = signed
    clock.advance(minutes=6)
    reply = get(url)
    assert reply.status_code == 403
    assert "expired" in reply.json()["Message"]


def test_a_signed_url_of_a_removed_file(server: EmbeddedCloud, blobs: Blobs) -> None:
    shelf = Shelf(server)
    key, digest = shelf.keep(uuid.uuid4().bytes)
    url, _ = blobs.signed_url(server.url, digest, "m", "text/plain", timedelta(minutes=5))
    shelf.drop(key, digest)
    assert get(url).status_code == 404


def test_another_cloud_signs_differently(signed: tuple[str, str], tmp_path: Path) -> None:
    url, _ = signed
    with running(tmp_path, documents={"auth": document("auth")}) as other:
        parts = urlsplit(url)
        assert get(f"{other.url}{parts.path}?{parts.query}").status_code == 403
        assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
