"""Uploads when the disk is full or away, and when clients stall."""

import contextlib
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.fleet import model_file, send, uploaded
from tests.cloud.people import Person, enrolled, get
from tests.cloud.process import served
from tests.waiting import wait_until

MB = 1 << 20


def files(data: Path) -> list[Path]:
    return [path for path in (data / "blobs").rglob("*") if path.is_file()]


@pytest.mark.parametrize("closes", [False, True])
def test_a_full_disk_is_said_and_nothing_is_kept(tmp_path: Path, closes: bool) -> None:
    with served(tmp_path, largest_file=4 * MB) as cloud, Person.register(cloud.url) as person:
        if closes:
            person.http.headers["Connection"] = "close"
        reply = send(person, b"x" * 12 * MB)
        assert reply.status_code == 507
        assert "no room left" in reply.json()["Message"]
        assert files(tmp_path) == []
        assert person.http.get("/cpt/functions").json() == []
        # It goes on, with what still fits.
        uploaded(person, model_file())
        assert len(files(tmp_path)) == 1
        assert cloud.terminate() == 0


def test_a_folder_that_went_away_is_a_failure_of_the_service(tmp_path: Path) -> None:
    with EmbeddedCloud(tmp_path) as cloud, enrolled(cloud) as person:
        incoming = cloud.cloud.blobs.incoming
        shutil.rmtree(incoming)
        reply = send(person, b"x" * 3 * MB)
        assert reply.status_code == 500
        assert reply.json()["Message"].startswith("The service failed")
        assert person.http.get("/cpt/functions").json() == []
        incoming.mkdir()
        uploaded(person, model_file())
        assert len(cloud.cloud.failures) == 1


def test_stalled_uploads_hold_nobody_up(cloud: EmbeddedCloud) -> None:
    count = 60  # more than the server has threads
    incoming = cloud.cloud.blobs.incoming
    address = urlsplit(cloud.url)
    with enrolled(cloud) as person, contextlib.ExitStack() as stalled:
        head = (
            "POST /cpt/functions HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n"
            f"Authorization: Bearer {person.access}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
            'Content-Disposition: form-data; name="file"; filename="m.onnx"\r\n\r\n'
        )
        for _ in range(count):
            client = socket.create_connection((address.hostname, address.port), timeout=30)
            stalled.enter_context(client)
            client.sendall(head.encode() + b"x" * (MB + 200_000))
        wait_until(lambda: len(list(incoming.iterdir())) == count)
        assert get(f"{cloud.url}/cpt/status").status_code == 200
        uploaded(person, model_file())
    wait_until(lambda: list(incoming.iterdir()) == [])
