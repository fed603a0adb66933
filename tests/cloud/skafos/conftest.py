"""An organization with an app and a model, and somebody who talks plain HTTP about it."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.store.blobs.folder import BlobFolder
from tests.cloud.people import Person, connect, enrolled

COMPANY = "Acme Ltd"


class Maker:
    """Somebody with a token for Skafos, and the paths of a model.

    Attributes:
        model: the path of the model `faces` in the app `doors`.
    """

    def __init__(self, url: str, token: str, company: str = COMPANY) -> None:
        self.url = url
        self.http = connect(f"{url}/skafos")
        self.http.headers["X-API-TOKEN"] = token
        self.organization = f"/v2/organizations/{company}"
        self.model = f"{self.organization}/apps/doors/models/faces"
        self.versions = f"{self.model}/model_versions"

    def prepare(self) -> None:
        """Make the app and the model."""
        self.made(f"{self.organization}/apps", name="doors")
        self.made(f"{self.organization}/apps/doors/models", name="faces")

    def prepare_again(self) -> None:
        """Make the app and the model where they were deleted."""
        apps = f"{self.organization}/apps"
        for path, name in ((apps, "doors"), (f"{apps}/doors/models", "faces")):
            assert self.http.post(path, json={"name": name}).status_code in (201, 409)

    def made(self, path: str, **body: Any) -> dict[str, Any]:
        reply = self.http.post(path, json=body)
        assert reply.status_code == 201, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def begin(self, **body: Any) -> dict[str, Any]:
        return self.made(self.versions, **({"filename": "faces.zip"} | body))

    def put(self, upload: dict[str, Any], content: bytes) -> httpx.Response:
        """What the storage says; no token goes along."""
        with connect() as storage:
            return storage.put(upload["presigned_url"], content=content, headers=OCTETS)

    def complete(self, upload: dict[str, Any], **body: Any) -> httpx.Response:
        where = f"{self.versions}/{upload['model_version_id']}"
        return self.http.patch(where, json={"filepath": upload["filepath"]} | body)

    def upload(self, content: bytes | None = None, **body: Any) -> dict[str, Any]:
        """A version, by all three calls."""
        begun = self.begin(**body)
        assert self.put(begun, archive() if content is None else content).status_code == 200
        reply = self.complete(begun)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found


OCTETS = {"Content-Type": "application/octet-stream"}


def archive(content: bytes = b"weights") -> bytes:
    """A small archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(zipfile.ZipInfo("weights.bin"), content)
    return file.getvalue()


def blobs(cloud: EmbeddedCloud) -> set[str]:
    """The digests of the files that are kept."""
    place = cloud.cloud.blobs.place
    assert isinstance(place, BlobFolder)
    assert list(cloud.cloud.blobs.incoming.iterdir()) == []
    return set(place.digests())


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def error(reply: httpx.Response, status: int) -> str:
    """The words of a refusal."""
    assert reply.status_code == status, reply.text
    words: str = reply.json()["error"]
    return words


@pytest.fixture
def maker(each_cloud: EmbeddedCloud) -> Iterator[Maker]:
    """Somebody with an app, a model and no versions, on each database."""
    with enrolled(each_cloud, COMPANY) as person:
        made = Maker(each_cloud.url, person.access)
        made.prepare()
        yield made
        made.http.close()


@pytest.fixture
def person(each_cloud: EmbeddedCloud) -> Iterator[Person]:
    with enrolled(each_cloud, COMPANY) as somebody:
        yield somebody
