"""A cloud that is killed during an upload: nothing half stays, and the upload goes on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.people import connect, enrolled
from tests.cloud.process import ServedCloud, served
from tests.cloud.skafos.conftest import COMPANY, OCTETS, Maker, archive

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def token(tmp_path: Path) -> str:
    """An API token of a data folder with an app and a model; sessions end with their clock."""
    with EmbeddedCloud(tmp_path / "data") as cloud, enrolled(cloud, COMPANY) as person:
        maker = Maker(cloud.url, person.access)
        maker.prepare()
        token: str = maker.made("/v2/api_tokens", name="t")["token"]
        maker.http.close()
    return token


@contextmanager
def on(process: ServedCloud, token: str) -> Iterator[Maker]:
    maker = Maker(process.url, token)
    yield maker
    maker.http.close()


def moved(upload: dict[str, Any], url: str) -> dict[str, Any]:
    """The same upload at a server on another port; its signature does not name one."""
    path = upload["presigned_url"].split("/", 3)[3]
    return {**upload, "presigned_url": f"{url}/{path}"}


def files(data: Path) -> list[str]:
    """What lies in the folders of the files."""
    return sorted(path.name for path in (data / "blobs").rglob("*") if path.is_file())


def hammered(call: Any, process: ServedCloud) -> list[Any]:
    """Repeat a call until the server is killed in the middle; what was acknowledged."""
    acknowledged: list[Any] = []
    enough = threading.Event()

    def work() -> None:
        try:
            while True:
                acknowledged.append(call())
                if len(acknowledged) == 5:
                    enough.set()
        except httpx.HTTPError:
            return

    worker = threading.Thread(target=work)
    worker.start()
    assert enough.wait(60)
    process.kill()
    worker.join(60)
    return acknowledged


def test_during_the_first_call(tmp_path: Path, token: str) -> None:
    with served(tmp_path / "data") as process, on(process, token) as maker:
        begun = hammered(lambda: maker.begin()["model_version_id"], process)
    with served(tmp_path / "data") as process, on(process, token) as maker:
        assert maker.http.get(maker.versions).json() == []
        pending = maker.http.get(f"{maker.versions}?completed=false").json()
        there = {each["id"] for each in pending}
        assert set(begun) <= there
        assert len(there - set(begun)) <= 1  # one may not have been acknowledged any more
        resumed = maker.http.post(f"{maker.versions}/{begun[0]}/upload").json()
        assert maker.put(resumed, archive()).status_code == 200
        assert maker.complete(resumed).json()["version"] == 1


def test_during_the_second_call(tmp_path: Path, token: str) -> None:
    with served(tmp_path / "data") as process, on(process, token) as maker:
        begun = maker.begin()
        killed = threading.Event()

        def slowly() -> Iterator[bytes]:
            yield archive() + bytes(3 << 20)
            process.kill()
            killed.set()
            yield bytes(1 << 20)

        with pytest.raises(httpx.HTTPError), connect() as storage:
            storage.put(begun["presigned_url"], content=slowly(), headers=OCTETS)
        assert killed.is_set()
    with served(tmp_path / "data") as process, on(process, token) as maker:
        assert files(tmp_path / "data") == []
        assert maker.complete(begun).status_code == 409
        assert maker.put(moved(begun, process.url), archive()).status_code == 200
        assert maker.complete(begun).json()["version"] == 1


def test_during_the_third_call(tmp_path: Path, token: str) -> None:
    with served(tmp_path / "data") as process, on(process, token) as maker:
        uploads = [maker.begin() for _ in range(100)]
        for upload in uploads:
            assert maker.put(upload, archive()).status_code == 200
        waiting = iter(uploads)
        done = hammered(lambda: maker.complete(next(waiting)).json()["version"], process)
    with served(tmp_path / "data") as process, on(process, token) as maker:
        listed = [each["version"] for each in maker.http.get(maker.versions).json()]
        assert listed[: len(done)] == done
        assert listed == list(range(1, len(listed) + 1))
        assert len(listed) - len(done) <= 1
        # Whichever was cut off: completing it again gives it its number, and no second one.
        again = [maker.complete(upload).json()["version"] for upload in uploads]
        assert again == list(range(1, 101))
        assert len(files(tmp_path / "data")) == 1
