"""Versions of a model: uploads in three calls, lists, downloads, deletions."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.conftest import running
from tests.cloud.people import TestClock, connect, enrolled
from tests.cloud.skafos.conftest import COMPANY, OCTETS, Maker, archive, blobs, digest, error

UNKNOWN = "6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11"


def head_of_put(path: str, query: str, host: str, size: int) -> bytes:
    """The beginning of a request whose body is still to be sent."""
    lines = (
        f"PUT {path}?{query} HTTP/1.1",
        f"Host: {host}",
        "Content-Type: application/octet-stream",
        f"Content-Length: {size}",
    )
    return "\r\n".join([*lines, "", ""]).encode()


# --- the three calls ------------------------------------------------------------------------------


def test_the_three_calls(maker: Maker) -> None:
    content = archive()
    begun = maker.begin(description="First try.")
    assert begun["filepath"].endswith("/faces.zip")
    assert len(begun["filepath"].split("/")) == 4
    assert maker.http.get(maker.versions).json() == []
    reply = maker.put(begun, content)
    assert (reply.status_code, reply.content) == (200, b"")
    done = maker.complete(begun).json()
    assert done["id"] == begun["model_version_id"]
    assert (done["version"], done["name"], done["description"]) == (1, "faces", "First try.")
    assert (done["sha256"], done["size"]) == (digest(content), len(content))
    assert done["filepath"] == begun["filepath"]
    assert maker.http.get(maker.versions).json() == [done]


@pytest.mark.parametrize("name", ["filename", "file_name"])
def test_both_names_of_the_first_call(maker: Maker, name: str) -> None:
    body = {"model_id": "", name: "my.zip", "description": "x" * 255}
    assert maker.made(maker.versions, **body)["filepath"].endswith("/my.zip")


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"filename": ""}, {"filename": "a/b.zip"}, {"filename": ".."}, {"filename": "a\nb"}),
        *({"filename": "x" * 256}, {"filename": "a.zip", "description": "x" * 256}),
        {"filename": 7},
    ],
)
def test_a_wrong_first_call(maker: Maker, body: dict[str, object]) -> None:
    assert error(maker.http.post(maker.versions, json=body), 422)
    assert maker.http.get(f"{maker.versions}?completed=false").json() == []


def test_calls_out_of_order(maker: Maker) -> None:
    begun = maker.begin()
    assert "not arrived yet" in error(maker.complete(begun), 409)
    assert maker.put(begun, archive()).status_code == 200
    wrong = maker.complete(begun, filepath="elsewhere/faces.zip")
    assert "filepath of this upload" in error(wrong, 422)
    first = maker.complete(begun).json()
    assert maker.complete(begun).json() == first
    assert "is completed" in error(maker.put(begun, archive(b"other")), 409)
    resumed = maker.http.post(f"{maker.versions}/{first['id']}/upload")
    assert "is completed" in error(resumed, 409)
    assert maker.http.get(maker.versions).json() == [first]


def test_what_arrived_is_compared(maker: Maker, each_cloud: EmbeddedCloud) -> None:
    begun, content = maker.begin(), archive(b"compared")
    maker.put(begun, content)
    assert "has the sha256" in error(maker.complete(begun, sha256="0" * 64), 422)
    assert "has the size" in error(maker.complete(begun, size=1), 422)
    assert maker.complete(begun, sha256=digest(content), size=len(content)).status_code == 200
    assert digest(content) in blobs(each_cloud)


def test_only_archives_become_versions(maker: Maker, each_cloud: EmbeddedCloud) -> None:
    begun = maker.begin()
    maker.put(begun, b"no archive")
    assert "no zip archive" in error(maker.complete(begun), 422)
    assert maker.put(begun, archive(b"better")).status_code == 200
    assert digest(b"no archive") not in blobs(each_cloud)  # replaced
    assert maker.complete(begun).json()["version"] == 1


def test_numbers_go_up_by_one_also_at_once(maker: Maker) -> None:
    uploads = [maker.begin() for _ in range(8)]
    for upload in uploads:
        maker.put(upload, archive())
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda upload: maker.complete(upload).json()["version"], uploads))
    assert sorted(done) == list(range(1, 9))
    maker.http.delete(f"{maker.versions}/{uploads[7]['model_version_id']}")
    assert maker.upload()["version"] == 9  # a number is never given twice


# --- the signed address ---------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["signature", "expires", "upload", "nothing"])
def test_an_address_is_signed(maker: Maker, change: str) -> None:
    begun, other = maker.begin(), maker.begin()
    url = str(begun["presigned_url"])
    if change == "signature":
        url = url[:-1] + ("A" if url[-1] != "A" else "B")
    elif change == "expires":
        url = url.replace("expires=1", "expires=2", 1)
    elif change == "upload":
        url = url.replace(begun["model_version_id"], other["model_version_id"])
    reply = maker.put({"presigned_url": url}, archive())
    assert reply.status_code == (200 if change == "nothing" else 403)


def test_an_address_expires_and_is_renewed(maker: Maker, clock: TestClock) -> None:
    begun = maker.begin()
    clock.advance(hours=1, seconds=1)
    assert "expired" in error(maker.put(begun, archive()), 403)
    # The session has ended meanwhile; an API token has not.
    clock.advance(hours=-1, seconds=-1)
    renewed = maker.http.post(f"{maker.versions}/{begun['model_version_id']}/upload").json()
    assert renewed["filepath"] == begun["filepath"]
    assert maker.put(renewed, archive()).status_code == 200


@pytest.mark.parametrize(
    ("case", "status"),
    [("forged", 403), ("expired", 403), ("deleted", 404), ("completed", 409), ("too large", 413)],
)
def test_what_is_refused_is_refused_before_anything_is_sent(
    maker: Maker, clock: TestClock, case: str, status: int
) -> None:
    """The answer comes after the headers: nobody receives 2 GB to throw them away."""
    begun = maker.begin()
    parts = urlsplit(str(begun["presigned_url"]))
    query, size = parts.query, 2_000_000_000
    if case == "forged":
        query = query.replace("signature=", "signature=x")
    elif case == "deleted":
        maker.http.delete(f"{maker.versions}/{begun['model_version_id']}")
    elif case == "completed":
        maker.put(begun, archive())
        maker.complete(begun)
    elif case == "too large":
        size = 10**15
    ahead = 3601 if case == "expired" else 0
    clock.advance(seconds=ahead)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(head_of_put(parts.path, query, parts.netloc, size))
        assert connection.recv(100).startswith(b"HTTP/1.1 %d" % status)
    clock.advance(seconds=-ahead)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("expires=1", 400),
        ("expires=soon&signature=x", 400),
        ("expires=-1&signature=x", 400),
        (f"expires={10**30}&signature=x", 400),
        ("expires=1&signature=%C3%A4", 403),
        ("expires=1&signature=", 400),
    ],
)
def test_half_an_address(maker: Maker, query: str, status: int) -> None:
    url = str(maker.begin()["presigned_url"]).partition("?")[0]
    reply = maker.put({"presigned_url": f"{url}?{query}"}, archive())
    assert error(reply, status)


def test_an_upload_that_is_cut_leaves_nothing(maker: Maker, each_cloud: EmbeddedCloud) -> None:
    begun = maker.begin()
    before = blobs(each_cloud)
    parts = urlsplit(str(begun["presigned_url"]))
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(head_of_put(parts.path, parts.query, parts.netloc, 5_000_000))
        connection.sendall(bytes(3_000_000))
    assert "not arrived yet" in error(maker.complete(begun), 409)
    assert maker.put(begun, archive()).status_code == 200
    assert blobs(each_cloud) - before <= {digest(archive())}


def test_other_content_types_are_refused(maker: Maker) -> None:
    begun = maker.begin()
    with connect() as storage:
        reply = storage.put(begun["presigned_url"], json={})
        assert "application/octet-stream" in error(reply, 415)
        assert error(storage.put(begun["presigned_url"], headers=OCTETS), 400)


# --- lists and downloads --------------------------------------------------------------------------


def test_lists(maker: Maker) -> None:
    for number in range(3):
        maker.upload(description=str(number))
    begun = maker.begin()
    assert [each["version"] for each in maker.http.get(maker.versions).json()] == [1, 2, 3]
    listed = maker.http.get(f"{maker.versions}?order_by=-version&limit=2")
    assert [each["version"] for each in listed.json()] == [3, 2]
    assert listed.headers["X-Pagination-Records"] == "3"
    [pending] = maker.http.get(f"{maker.versions}?completed=false").json()
    assert (pending["id"], pending["version"], pending["filepath"]) == (
        begun["model_version_id"],
        None,
        None,
    )


def test_one_version(maker: Maker) -> None:
    assert "no version yet" in error(maker.http.get(f"{maker.versions}/latest"), 404)
    first, second = maker.upload(), maker.upload()
    for named, found in (
        *(("1", first), ("latest", second), ("2", second)),
        *((first["id"], first), (first["id"].upper(), first)),
    ):
        shown = maker.http.get(f"{maker.versions}/{named}").json()
        # The model of the first one has changed since: it got the second.
        assert {**shown, "model": None} == {**found, "model": None}
    for named in ("3", "0", "-1", "x", "99999999999999999999", "1.0"):
        assert "no version" in error(maker.http.get(f"{maker.versions}/{named}"), 404)
    assert UNKNOWN in error(maker.http.get(f"{maker.versions}/{UNKNOWN}"), 404)


def test_downloads(maker: Maker) -> None:
    path = f"/download{maker.model}"
    assert "no version yet" in error(maker.http.get(path), 404)
    contents = [archive(b"one"), archive(b"two")]
    uploaded = [maker.upload(content) for content in contents]
    assert maker.http.get(path).content == contents[1]
    reply = maker.http.get(f"{path}?version=1")
    assert reply.content == contents[0]
    assert reply.headers["ETag"] == f'"{uploaded[0]["sha256"]}"'
    assert "faces.zip" in reply.headers["Content-Disposition"]
    part = maker.http.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, contents[1][10:20])
    beyond = maker.http.get(path, headers={"Range": "bytes=9000-"})
    assert "beyond the end" in error(beyond, 416)
    assert "no version 3" in error(maker.http.get(f"{path}?version=3"), 404)
    for wrong in ("0", "True", "x"):
        assert error(maker.http.get(f"{path}?version={wrong}"), 400)
    # The path of the first published notes: one `app`, and a slash at the end.
    singular = maker.versions.replace("/apps/", "/app/")
    assert maker.http.get(f"{singular}/{uploaded[0]['id']}/").content == contents[0]
    assert error(maker.http.get(f"{singular}/{uploaded[0]['id']}"), 404)
    begun = maker.begin()
    reply = maker.http.get(f"{singular}/{begun['model_version_id']}/")
    assert "not completed" in error(reply, 404)


# --- what goes ------------------------------------------------------------------------------------


def test_a_file_goes_with_its_last_version(maker: Maker, each_cloud: EmbeddedCloud) -> None:
    content = archive(b"shared")
    first, second = maker.upload(content), maker.upload(content)
    third = maker.begin()
    maker.put(third, archive(b"pending"))
    assert {digest(content), digest(archive(b"pending"))} <= blobs(each_cloud)
    for each in (first, third):
        identifier = each.get("id") or each["model_version_id"]
        assert maker.http.delete(f"{maker.versions}/{identifier}").status_code == 204
    assert digest(archive(b"pending")) not in blobs(each_cloud)
    assert digest(content) in blobs(each_cloud)
    assert maker.http.delete(f"{maker.versions}/{second['id']}").status_code == 204
    assert digest(content) not in blobs(each_cloud)
    assert "no model version" in error(maker.http.delete(f"{maker.versions}/{second['id']}"), 404)


@pytest.fixture
def later() -> Iterator[tuple[EmbeddedCloud, TestClock]]:
    """A cloud with a clock of its own, which is moved by days."""
    clock = TestClock()
    with running(clock=clock) as cloud:
        yield cloud, clock


def test_uploads_that_nobody_completes_are_forgotten(
    later: tuple[EmbeddedCloud, TestClock],
) -> None:
    cloud, clock = later
    with enrolled(cloud, COMPANY) as person:
        token = person.http.post(
            "/skafos/v2/api_tokens", json={"name": "t"}, headers={"X-API-TOKEN": person.access}
        ).json()["token"]
    maker = Maker(cloud.url, token)
    maker.prepare()
    done, begun = maker.upload(archive(b"done")), maker.begin()
    maker.put(begun, archive(b"abandoned"))
    clock.advance(hours=23)
    kept = maker.begin()
    assert len(maker.http.get(f"{maker.versions}?completed=false").json()) == 2
    clock.advance(hours=2)
    latest = maker.begin()
    pending = maker.http.get(f"{maker.versions}?completed=false").json()
    assert {each["id"] for each in pending} == {
        kept["model_version_id"],
        latest["model_version_id"],
    }
    assert blobs(cloud) == {done["sha256"]}
    assert "no model version" in error(maker.complete(begun), 404)
    maker.http.close()


def test_put_and_delete_at_once(maker: Maker, each_cloud: EmbeddedCloud) -> None:
    """Whatever comes first: no file stays that nothing refers to."""
    contents = [archive(b"%d" % number) for number in range(6)]

    def put(upload: dict[str, Any], content: bytes, both: threading.Barrier) -> int:
        both.wait()
        return maker.put(upload, content).status_code

    with ThreadPoolExecutor(1) as pool:
        for content in contents:
            begun, both = maker.begin(), threading.Barrier(2)
            putting = pool.submit(put, begun, content, both)
            both.wait()
            gone = maker.http.delete(f"{maker.versions}/{begun['model_version_id']}")
            assert gone.status_code == 204
            assert putting.result() in (200, 404)
    assert blobs(each_cloud).isdisjoint(map(digest, contents))
