"""A cloud whose files are in an object store that checks signatures."""

import hashlib
import json
import os
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import obstore
import pytest
from obstore.store import S3Store

from scailable import Client
from scailable.cloud.answers import Refused
from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.store import tables
from scailable.cloud.store.blobs import bucket as bucket_module
from scailable.edge.clock import SystemClock
from scailable.edge.events import Tied
from scailable.errors import ConfigError, UploadIncomplete
from scailable.runtime import http
from tests.cloud.fleet import DATA
from tests.cloud.people import Person, enrolled
from tests.cloud.process import served
from tests.digits import DIGITS, HELDOUT
from tests.edge.conftest import Device
from tests.s3.conftest import keys
from tests.s3.radosgw import Radosgw
from tests.waiting import wait_until

pytestmark = [pytest.mark.xdist_group("s3"), pytest.mark.timeout(300)]


@pytest.fixture
def cloud(bucket: str, data: Path) -> Iterator[EmbeddedCloud]:
    with EmbeddedCloud(data, blobs=bucket, validate_responses=True) as started:
        yield started
        failures = list(started.cloud.failures)
    assert failures == []


@pytest.fixture
def person(cloud: EmbeddedCloud) -> Iterator[Person]:
    with enrolled(cloud) as somebody:
        yield somebody


@pytest.fixture
def client(cloud: EmbeddedCloud, person: Person) -> Iterator[Client]:
    with Client(base_url=cloud.url, token=person.access) as opened:
        opened.skafos.apps.create("doors")
        opened.skafos.models.create("faces", app="doors")
        yield opened


@pytest.fixture
def place() -> dict[str, Any]:
    return {"app": "doors", "model": "faces"}


def archive(folder: Path, content: bytes = b"weights") -> Path:
    path = folder / "some.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("weights.bin", content)
    return path


def key_of(digest: str) -> str:
    """Where the blob of a digest lies in the bucket."""
    return f"blobs/{digest[:2]}/{digest[2:4]}/{digest}"


# --- the server checks ----------------------------------------------------------------------------


def begun(person: Person) -> dict[str, Any]:
    versions = "/skafos/v2/organizations/Acme/apps/doors/models/faces/model_versions"
    headers = {"X-API-TOKEN": person.access}
    reply = person.http.post(versions, json={"filename": "faces.zip"}, headers=headers)
    assert reply.status_code == 201, reply.text
    found: dict[str, Any] = reply.json()
    return found


@pytest.mark.parametrize("part", ["X-Amz-Signature", "X-Amz-Expires", "X-Amz-Date", "path"])
def test_a_changed_address_is_refused(client: Client, person: Person, part: str) -> None:
    url = begun(person)["presigned_url"]
    if part == "path":
        changed = re.sub(r"uploads/\w", "uploads/0", url, count=1)
        changed = changed if changed != url else re.sub(r"uploads/\w", "uploads/1", url, count=1)
    else:
        changed = re.sub(rf"({part}=.*?)(.)(&|$)", lambda m: m[1] + _other(m[2]) + m[3], url)
    assert changed != url
    assert httpx.put(changed, content=b"x").status_code == 403
    assert httpx.put(url, content=b"x").status_code == 200


def _other(character: str) -> str:
    return "1" if character != "1" else "2"


def test_the_key_of_somebody_else_is_refused(
    bucket: str, store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    obstore.put(store, "there", b"x")
    assert httpx.get(obstore.sign(store, "GET", "there", timedelta(minutes=1))).content == b"x"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    name, _, prefix = bucket.removeprefix("s3://").partition("/")
    other = S3Store(name, prefix=prefix, client_options={"allow_http": True})
    url = obstore.sign(other, "GET", "there", timedelta(minutes=1))
    assert httpx.get(url).status_code == 403


def test_an_expired_address_is_refused(store: S3Store) -> None:
    url = obstore.sign(store, "PUT", "uploads/x", timedelta(seconds=1))

    def refused() -> bool:
        return httpx.put(url, content=b"x").status_code == 403

    wait_until(refused, 30)


# --- archives -------------------------------------------------------------------------------------


def test_an_archive_goes_to_the_bucket_and_back(
    client: Client, person: Person, place: dict[str, Any], store: S3Store, tmp_path: Path
) -> None:
    seen: list[int] = []
    version = client.skafos.upload(DIGITS, on_progress=lambda sent, _: seen.append(sent), **place)
    assert seen[-1] == version.size
    assert keys(store) == [key_of(version.sha256 or "")]
    saved = client.skafos.fetch(version, tmp_path / "out.zip")
    assert hashlib.sha256(saved.read_bytes()).hexdigest() == version.sha256
    unpacked = client.skafos.fetch("latest", tmp_path / "out", unzip=True, **place)
    assert (unpacked / DIGITS.name).read_bytes() == DIGITS.read_bytes()

    # As the published client asks: a redirect, and the bytes behind it.
    path = "/skafos/download/v2/organizations/Acme/apps/doors/models/faces"
    reply = person.http.get(path, headers={"X-API-TOKEN": person.access})
    assert (reply.status_code, reply.content) == (307, b"")
    assert httpx.get(reply.headers["Location"]).content == saved.read_bytes()

    client.skafos.delete(version)
    assert keys(store) == []


Sent = list[tuple[str, dict[str, str]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Where everything went that our own transport sent, and with which headers."""
    found: Sent = []
    request = http._request

    def noted(outgoing: http.Outgoing) -> Any:
        found.append((urlsplit(outgoing.url).netloc, dict(outgoing.headers)))
        return request(outgoing)

    monkeypatch.setattr(http, "_request", noted)
    return found


def test_the_token_stays_away_from_the_store(
    client: Client, person: Person, place: dict[str, Any], tmp_path: Path, sent: Sent
) -> None:
    version = client.skafos.upload(DIGITS, **place)
    client.skafos.fetch(version, tmp_path)
    home = urlsplit(client.settings.base_url.value).netloc
    there = [headers for host, headers in sent if host != home]
    assert len(there) == 2
    assert all(person.access not in repr(headers) for headers in there)
    assert all(person.access in repr(headers) for host, headers in sent if host == home)


def test_bytes_that_lie_about_their_digest_are_refused(
    client: Client, person: Person, store: S3Store, tmp_path: Path
) -> None:
    upload = begun(person)
    content = archive(tmp_path).read_bytes()
    assert httpx.put(upload["presigned_url"], content=content).status_code == 200
    versions = "/skafos/v2/organizations/Acme/apps/doors/models/faces/model_versions"
    url, headers = f"{versions}/{upload['model_version_id']}", {"X-API-TOKEN": person.access}
    body = {"filepath": upload["filepath"]}
    lie = {**body, "sha256": "0" * 64}
    assert person.http.patch(url, json=lie, headers=headers).status_code == 422
    done = person.http.patch(url, json=body, headers=headers)
    assert done.json()["sha256"] == hashlib.sha256(content).hexdigest()
    # What was put later under the same address changes nothing.
    assert httpx.put(upload["presigned_url"], content=b"other").status_code == 200
    path = "/skafos/download/v2/organizations/Acme/apps/doors/models/faces"
    reply = person.http.get(path, headers=headers)
    assert httpx.get(reply.headers["Location"]).content == content


def test_what_is_no_archive_becomes_no_version(client: Client, person: Person) -> None:
    upload = begun(person)
    assert httpx.put(upload["presigned_url"], content=b"no zip").status_code == 200
    versions = "/skafos/v2/organizations/Acme/apps/doors/models/faces/model_versions"
    reply = person.http.patch(
        f"{versions}/{upload['model_version_id']}",
        json={"filepath": upload["filepath"]},
        headers={"X-API-TOKEN": person.access},
    )
    assert reply.status_code == 422
    assert "no zip archive" in reply.json()["error"]


def test_one_archive_of_two_models_stays_until_both_are_gone(
    client: Client, place: dict[str, Any], store: S3Store
) -> None:
    client.skafos.models.create("plates", app="doors")
    first = client.skafos.upload(DIGITS, **place)
    second = client.skafos.upload(DIGITS, app="doors", model="plates")
    assert first.sha256 == second.sha256
    client.skafos.delete(first)
    assert len(keys(store)) == 1
    client.skafos.delete(second)
    assert keys(store) == []


# --- the main job ---------------------------------------------------------------------------------


def test_a_model_goes_to_a_device(
    client: Client, tmp_path: Path, server: Radosgw, sent: Sent
) -> None:
    model = client.models.wait(client.models.upload(DIGITS), timeout=60)
    copy = client.models.download(model, tmp_path / "copy.onnx")
    assert copy.read_bytes() == DIGITS.read_bytes()

    def tie(token: str, name: str) -> None:
        client.devices.create(name, registration_token=token)

    device = Device(tmp_path, client.settings.base_url.value, tie)
    device.clock, device.input = SystemClock(), HELDOUT
    sent.clear()
    try:
        device.start(until_done=True)
        client.devices.assign(device.wait_for(Tied).device, model)
        device.join()
    finally:
        device.stop()
    assert device.error is None
    assert device.count == 360
    # The credential of the device opens the cloud only.
    authorized = {
        host: "authorization" in {name.lower() for name in headers} for host, headers in sent
    }
    assert authorized[urlsplit(server.url).netloc] is False
    assert authorized[urlsplit(client.settings.base_url.value).netloc] is True


# --- trouble --------------------------------------------------------------------------------------


@pytest.fixture
def somebody(bucket: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """A user with a model, in a data folder that no server runs on."""
    monkeypatch.setenv("SCAILABLE_BLOBS", bucket)
    with EmbeddedCloud(data, blobs=bucket) as cloud, enrolled(cloud) as person:
        with Client(base_url=cloud.url, token=person.access) as client:
            client.skafos.apps.create("doors")
            client.skafos.models.create("faces", app="doors")
        cloud.stop()
        yield person


def test_a_cloud_is_killed_between_arrival_and_commit(
    somebody: Person, data: Path, store: S3Store, tmp_path: Path
) -> None:
    content = archive(tmp_path).read_bytes()
    key = key_of(hashlib.sha256(content).hexdigest())
    path = "/skafos/v2/organizations/Acme/apps/doors/models/faces/model_versions"
    database = sqlite3.connect(data / "cloud.db", isolation_level=None)
    with served(data) as process, somebody.at(process.url) as person:
        upload = begun(person)
        url, body = f"{path}/{upload['model_version_id']}", {"filepath": upload["filepath"]}
        headers = {"X-API-TOKEN": person.access}
        assert httpx.put(upload["presigned_url"], content=content).status_code == 200
        database.execute("BEGIN IMMEDIATE")  # nobody commits now
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(person.http.patch, url, json=body, headers=headers)
            uploaded = f"uploads/{upload['model_version_id']}"
            wait_until(lambda: keys(store) == [key, uploaded])
            assert not answer.done()
            process.kill()
            assert isinstance(answer.exception(30), httpx.HTTPError)
        assert database.execute("SELECT count(*) FROM blobs").fetchone() == (0,)
        database.close()
    with served(data) as process, somebody.at(process.url) as person:
        assert person.http.get(path, headers=headers).json() == []
        done = person.http.patch(url, json=body, headers=headers)
        assert (done.json()["version"], done.json()["size"]) == (1, len(content))
        assert keys(store) == [key]


def test_large_files_take_no_memory(
    somebody: Person, data: Path, store: S3Store, tmp_path: Path
) -> None:
    large = tmp_path / "large.onnx"
    with large.open("wb") as file:
        for _ in range(300):
            file.write(os.urandom(1 << 20))
    with served(data) as process, somebody.at(process.url) as person:
        before = process.peak()
        # By an address of the store: the server reads it there.
        with Client(base_url=process.url, token=person.access) as client:
            version = client.skafos.upload(large, app="doors", model="faces", timeout=120)
        assert version.size is not None and version.size > 300 << 20
        # Through the server, which brings it there, and reads it back to convert it.
        with large.open("rb") as file:
            made = person.http.post(
                "/cpt/functions",
                data={"data": json.dumps(DATA)},
                files={"file": ("large.onnx", file)},
                timeout=120,
            )
        assert made.status_code == 200, made.text
        digest = sha256(large)
        assert keys(store) == sorted([key_of(version.sha256 or ""), key_of(digest)])
        function = f"/cpt/function/{made.json()['UUID']}"
        wait_until(lambda: person.http.get(function).json()["Status"] == "error", 120)
        # Four parts of 8 MB on their way at once, and as much again in the sockets of the library.
        assert process.peak() - before < 150 << 20
    assert obstore.head(store, key_of(digest))["size"] == 300 << 20


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def test_what_is_removed_while_it_arrives_is_not_recorded(
    cloud: EmbeddedCloud, client: Client, person: Person, tmp_path: Path
) -> None:
    """Another use of the same file ends between the arrival and the commit."""
    upload = begun(person)
    content = archive(tmp_path).read_bytes()
    assert httpx.put(upload["presigned_url"], content=content).status_code == 200
    blobs = cloud.cloud.blobs
    arrived = blobs.arrive(upload["model_version_id"])
    assert arrived is not None
    blobs.place.remove(arrived.digest)
    with pytest.raises(Refused) as caught, cloud.cloud.store.unscoped() as scope:
        blobs.record(scope, arrived.digest, arrived.size)
    assert caught.value.status == 503
    with cloud.cloud.store.unscoped(write=False) as scope:
        assert scope.rows(tables.blobs.select()) == []
    assert blobs.arrive(upload["model_version_id"]) == arrived
    with cloud.cloud.store.unscoped() as scope:
        blobs.record(scope, arrived.digest, arrived.size)


def test_a_stray_that_gets_a_use_stays(
    cloud: EmbeddedCloud,
    client: Client,
    place: dict[str, Any],
    store: S3Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another server refers to an old object while this one is about to sweep it."""
    first = client.skafos.upload(DIGITS, **place)
    content = client.skafos.fetch(first, tmp_path / "first.zip").read_bytes()
    client.skafos.delete(first)
    obstore.put(store, key_of(first.sha256 or ""), content)
    monkeypatch.setattr(bucket_module, "_SETTLED", timedelta())
    listing = cloud.cloud.blobs.place.digests

    def listed() -> Iterator[str]:
        found = list(listing())
        client.skafos.upload(DIGITS, **place)
        yield from found

    monkeypatch.setattr(cloud.cloud.blobs.place, "digests", listed)
    cloud.cloud.blobs.sweep()
    again = client.skafos.fetch("latest", tmp_path / "again.zip", **place)
    assert again.read_bytes() == content


def test_old_objects_that_nobody_refers_to_are_swept(
    cloud: EmbeddedCloud, client: Client, store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    stray = hashlib.sha256(b"stray").hexdigest()
    obstore.put(store, key_of(stray), b"stray")
    obstore.put(store, "uploads/forgotten", b"stray")
    model = client.models.upload(DIGITS)
    client.models.wait(model, timeout=60)
    cloud.cloud.blobs.sweep()
    assert len(keys(store)) == 3  # they may belong to a request of another server
    monkeypatch.setattr(bucket_module, "_SETTLED", timedelta())
    monkeypatch.setattr(bucket_module, "_ABANDONED", timedelta())
    cloud.cloud.blobs.sweep()
    with cloud.cloud.store.unscoped(write=False) as scope:
        kept = [row.digest for row in scope.rows(tables.blobs.select())]
    assert keys(store) == [key_of(digest) for digest in kept]


def test_a_store_that_stands_still(
    client: Client, place: dict[str, Any], server: Radosgw, store: S3Store
) -> None:
    with Client(
        base_url=client.settings.base_url.value, token=client.settings.token.value
    ) as other:
        server.pause(True)
        try:
            with pytest.raises(UploadIncomplete) as caught:
                other.skafos.upload(DIGITS, timeout=2, **place)
        finally:
            server.pause(False)
    version = client.skafos.upload(DIGITS, resume=caught.value.upload_id, **place)
    assert version.version == 1
    assert [each.version for each in client.skafos.list(**place)] == [1]


def test_a_store_that_stands_still_holds_nobody_up_for_long(
    cloud: EmbeddedCloud,
    client: Client,
    person: Person,
    place: dict[str, Any],
    server: Radosgw,
    store: S3Store,
    caplog: pytest.LogCaptureFixture,
) -> None:
    version = client.skafos.upload(DIGITS, **place)
    path = "/skafos/v2/organizations/Acme/apps/doors/models/faces/model_versions"
    server.pause(True)
    try:
        # It is deleted: that its file could not be is no matter of whoever asked.
        gone = person.http.delete(
            f"{path}/{version.id}", headers={"X-API-TOKEN": person.access}, timeout=60
        )
        assert gone.status_code == 204
        refused = person.http.post(
            "/cpt/functions",
            data={"data": json.dumps(DATA)},
            files={"file": (DIGITS.name, DIGITS.read_bytes())},
            timeout=60,
        )
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert refused.elapsed.total_seconds() < 25
        assert "object store" in refused.json()["Message"]
    finally:
        server.pause(False)
    assert "Files that nothing refers to stay" in caplog.text
    assert "The object store failed" in caplog.text
    assert server.secret not in caplog.text
    assert list(client.skafos.list(**place)) == []
    # The object is there or not: a store that goes on may still do what nobody waits for any more.
    cloud.cloud.blobs.sweep()
    assert keys(store) == []
    client.models.wait(client.models.upload(DIGITS), timeout=60)


# --- settings -------------------------------------------------------------------------------------


def test_what_is_wrong_with_a_store_is_told_at_the_start(
    data: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for url, words in (
        ("s3://tests-none/x", "no such bucket"),
        ("http://127.0.0.1/x", "not given as a bucket"),
        ("s3://key:secret@tests/x", "not given as a bucket"),
    ):
        with pytest.raises(ConfigError, match=words) as caught:
            EmbeddedCloud(data / "a", blobs=url).start()
        assert "secret" not in str(caught.value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
    with pytest.raises(ConfigError, match="does not accept the keys") as caught:
        EmbeddedCloud(data / "b", blobs=bucket).start()
    assert "wrong-secret" not in str(caught.value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(ConfigError, match="cannot be reached"):
        EmbeddedCloud(data / "c", blobs=bucket).start()


def test_a_data_folder_stays_with_its_store(data: Path, bucket: str) -> None:
    with EmbeddedCloud(data, blobs=bucket):
        pass
    with pytest.raises(ConfigError, match="not in this folder"):
        EmbeddedCloud(data).start()
    with EmbeddedCloud(data, blobs=bucket):
        pass
    with EmbeddedCloud(data / "other"):
        pass
    with pytest.raises(ConfigError, match="are in this folder"):
        EmbeddedCloud(data / "other", blobs=bucket).start()


def test_a_bucket_stays_with_its_cloud(data: Path, bucket: str, tmp_path: Path) -> None:
    """Another cloud would sweep away what its own database does not know."""
    with EmbeddedCloud(data, blobs=bucket):
        pass
    with pytest.raises(ConfigError, match="files of another cloud"):
        EmbeddedCloud(tmp_path / "other", blobs=bucket).start()
    with EmbeddedCloud(tmp_path / "other", blobs=f"{bucket}/deeper"):
        pass
    with EmbeddedCloud(data, blobs=bucket):
        pass
