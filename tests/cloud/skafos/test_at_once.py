"""Calls that meet: each is answered in words, one number each, and no file stays for nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.skafos.conftest import Maker, archive, blobs, digest, error


def test_one_upload_completed_by_many_is_one_version(maker: Maker) -> None:
    begun = maker.begin()
    maker.put(begun, archive())
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda _: maker.complete(begun), range(6)))
    assert {reply.status_code for reply in replies} == {200}
    assert {reply.json()["version"] for reply in replies} == {1}
    assert maker.upload()["version"] == 2


def test_replaced_while_it_is_completed(maker: Maker) -> None:
    """What is looked at may be replaced meanwhile; it is no archive, so no call completes it."""
    begun = maker.begin()
    maker.put(begun, b"0")
    done = threading.Event()

    def complete() -> list[httpx.Response]:
        replies = []
        while not done.is_set():
            replies.append(maker.complete(begun))
        return replies

    with ThreadPoolExecutor(2) as pool:
        completing = [pool.submit(complete) for _ in range(2)]
        for number in range(40):
            assert maker.put(begun, b"%d" % number).status_code == 200
        done.set()
    for reply in [each for future in completing for each in future.result()]:
        assert reply.status_code in (409, 422), reply.text
    assert maker.put(begun, archive()).status_code == 200
    assert maker.complete(begun).json()["version"] == 1


def test_deleted_while_it_is_completed(maker: Maker, each_cloud: EmbeddedCloud) -> None:
    contents = [archive(b"c%d" % number) for number in range(8)]
    with ThreadPoolExecutor(1) as pool:
        for content in contents:
            begun = maker.begin()
            maker.put(begun, content)
            completing = pool.submit(maker.complete, begun)
            path = f"{maker.versions}/{begun['model_version_id']}"
            assert maker.http.delete(path).status_code == 204
            assert completing.result().status_code in (200, 404, 409)
            assert error(maker.http.get(path), 404)
    assert blobs(each_cloud).isdisjoint(map(digest, contents))


@pytest.mark.parametrize("what", ["model", "app"])
def test_put_while_what_holds_it_is_deleted(
    maker: Maker, each_cloud: EmbeddedCloud, what: str
) -> None:
    """Whatever comes first: no file stays that nothing refers to."""
    contents = [archive(b"%s %d" % (what.encode(), number)) for number in range(32)]
    waiting = iter(contents)
    path = f"{maker.organization}/apps/doors" if what == "app" else maker.model
    with ThreadPoolExecutor(4) as pool:
        for _ in range(8):
            uploads = [maker.begin() for _ in range(4)]
            putting = [pool.submit(maker.put, each, next(waiting)) for each in uploads]
            assert maker.http.delete(f"{path}?force=true").status_code == 204
            assert {each.result().status_code for each in putting} <= {200, 404}
            maker.prepare_again()
    assert blobs(each_cloud).isdisjoint(map(digest, contents))


@pytest.mark.parametrize("what", ["model", "app"])
def test_calls_while_what_holds_them_is_deleted(maker: Maker, what: str) -> None:
    """They come before or after: what is not there any more is told, and nothing fails."""
    path = f"{maker.organization}/apps/doors" if what == "app" else maker.model
    with ThreadPoolExecutor(4) as pool:
        for _ in range(8):
            maker.upload()
            begun = maker.begin()
            maker.put(begun, archive())
            calls = [
                pool.submit(maker.http.post, maker.versions, json={"filename": "a.zip"}),
                pool.submit(maker.http.post, f"{maker.model}/deploy", json={}),
                pool.submit(maker.complete, begun),
                pool.submit(maker.http.post, f"{path}/models", json={"name": "more"}),
            ]
            assert maker.http.delete(f"{path}?force=true").status_code == 204
            assert {each.result().status_code for each in calls} <= {200, 201, 404, 409}
            maker.prepare_again()


def test_deployed_while_it_is_deleted(maker: Maker) -> None:
    with ThreadPoolExecutor(1) as pool:
        for _ in range(8):
            version = maker.upload()
            body = {"version": version["version"]}
            deploying = pool.submit(maker.http.post, f"{maker.model}/deploy", json=body)
            deleted = maker.http.delete(f"{maker.versions}/{version['id']}")
            # It was deployed first and is kept, or deleted first and cannot be deployed.
            statuses = (deploying.result().status_code, deleted.status_code)
            assert statuses in ((200, 409), (400, 204))


def test_downloaded_while_it_is_deleted(maker: Maker) -> None:
    """It comes whole, or is told not to be there."""
    path = f"/download{maker.model}"
    with ThreadPoolExecutor(3) as pool:
        for number in range(8):
            content = archive(b"%d" % number * 1_000_000)
            version = maker.upload(content)
            getting = [pool.submit(maker.http.get, path) for _ in range(3)]
            maker.http.delete(f"{maker.versions}/{version['id']}")
            for reply in [each.result() for each in getting]:
                assert reply.status_code in (200, 404), reply.text
                assert reply.status_code == 404 or reply.content == content
