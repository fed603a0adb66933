"""Functions that follow a project on a training platform, played by a local server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.cloud.conftest import running
from tests.cloud.fleet import converted, made, model_file, settled
from tests.cloud.people import Person, enrolled

KEY = "ei_0123456789-secret"


class Platform(ThreadingHTTPServer):
    """Hands out models by project; 9 is refused, 8 elsewhere, 7 too large, 6 breaks off."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = model_file()
        self.seen: list[tuple[str, str | None]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/v1/api/{{project}}/deployment?type=onnx"


class _Handler(BaseHTTPRequestHandler):
    server: Platform

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["x-api-key"]))
        if "/9/" in self.path:
            self.send_error(403)
        elif "/8/" in self.path:
            self.send_response(302)
            self.send_header("Location", "/files/model")
            self.end_headers()
        else:
            self.send_response(200)
            if "/6/" in self.path:
                self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b"x" * 200_000 if "/7/" in self.path else self.server.model)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with Platform() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def owner(platform: Platform) -> Iterator[Person]:
    with (
        running(edge_impulse_url=platform.url, max_upload_size=100_000) as cloud,
        enrolled(cloud) as person,
    ):
        yield person


def linked(person: Person, project: int) -> dict[str, Any]:
    body = {"Name": "Followed", "EdgeImpulse": {"APIKey": KEY, "ProjectID": project}}
    created = made(person, "/cpt/functions/link", body)
    assert (created["Status"], created["Code"]["Size"]) == ("processing", 0)
    return settled(person, created["UUID"])


def test_a_linked_function_gets_its_model(owner: Person, platform: Platform) -> None:
    shown = linked(owner, 5)
    assert (shown["Status"], shown["Code"]["Size"]) == ("ok", len(platform.model))
    assert shown["SyncInformation"]["EdgeImpulse"]["ProjectID"] == 5
    assert ("/v1/api/5/deployment?type=onnx", KEY) in platform.seen
    assert KEY not in json.dumps(shown)

    platform.model = model_file(shape=(1, 3, 10, 10))
    path = f"/cpt/function/{shown['UUID']}/link"
    assert owner.http.patch(path, json={"EdgeImpulse": True}).json()["Status"] == "processing"
    assert settled(owner, shown["UUID"])["NamedInput"][0]["Shape"] == [1, 3, 10, 10]
    refused = owner.http.patch(path, json={"EdgeImpulse": False})
    assert refused.status_code == 422
    assert owner.http.delete(f"/cpt/function/{shown['UUID']}").status_code == 200


def test_the_key_does_not_follow_a_redirect(owner: Person, platform: Platform) -> None:
    assert linked(owner, 8)["Status"] == "ok"
    assert ("/files/model", None) in platform.seen


@pytest.mark.parametrize(
    ("project", "reason"),
    [(9, "status 403"), (7, "more than 100000 bytes"), (6, "only a part")],
)
def test_a_failing_fetch_says_why(owner: Person, project: int, reason: str) -> None:
    shown = linked(owner, project)
    assert (shown["Status"], shown["Code"]["Status"]) == ("error", "error")
    assert reason in shown["Code"]["Message"]
    assert KEY not in json.dumps(shown)


def test_a_platform_that_is_away() -> None:
    with (
        running(edge_impulse_url="http://127.0.0.1:9/{project}") as cloud,
        enrolled(cloud) as person,
    ):
        assert "cannot be reached" in linked(person, 1)["Code"]["Message"]


def test_a_plain_upload_follows_nothing(owner: Person) -> None:
    uuid = converted(owner)["UUID"]
    refused = owner.http.patch(f"/cpt/function/{uuid}/link", json={"EdgeImpulse": True})
    assert refused.status_code == 422
    assert refused.json()["Field"]["Name"] == "EdgeImpulse"
