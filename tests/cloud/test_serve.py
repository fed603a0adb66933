"""The server as a process of its own: starting, stopping, and being killed."""

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from scailable.cloud.app import Cloud
from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.serve import listen, main
from scailable.cloud.settings import Settings
from scailable.errors import ConfigError, ScailableError
from tests.cloud.conftest import document, running
from tests.cloud.people import Person, connect, get, post, registration, sign_in
from tests.onnx.models import classifier
from tests.waiting import wait_until

READY = re.compile(r"scailable cloud ready at (http://127\.0\.0\.1:\d+)\n")
DATA = {
    "Name": "m",
    "InputDriver": "vision",
    "InputDriverDetails": {},
    "OutputDriver": "raw",
    "OutputDriverDetails": {},
}


def accepts(url: str) -> bool:
    try:
        return get(f"{url}/auth/status").status_code == 200
    except httpx.TransportError:
        return False


class Process:
    """`python -m scailable.cloud` on a data folder."""

    def __init__(self, data: Path, *options: str) -> None:
        command = [sys.executable, "-m", "scailable.cloud", "--port", "0", "--data", str(data)]
        self.process = subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = READY.fullmatch(line)
        assert found, (line, self.process.stderr and self.process.stderr.read())
        self.url = found[1]

    def end(self, number: int) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@contextmanager
def served(data: Path, *options: str) -> Iterator[Process]:
    started = Process(data, *options)
    try:
        yield started
    finally:
        with started.process:  # closes the pipes
            started.process.kill()


@pytest.fixture
def on(database: Callable[[], str | None]) -> list[str]:
    """Options that name the database."""
    url = database()
    return [] if url is None else ["--database", url]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(tmp_path: Path, number: int) -> None:
    with served(tmp_path / "new" / "data") as server:
        assert get(f"{server.url}/auth/status").status_code == 200
        idle = connect(server.url)
        assert idle.get("/cpt/status").status_code == 200
        code, out, err = server.end(number)
        idle.close()
    assert (code, out, err) == (0, "", "")
    left = {path.name for path in (tmp_path / "new" / "data").iterdir()}
    assert "cloud.pid" not in left
    assert "cloud.db-wal" not in left  # folded into the database


def test_a_stop_lets_running_requests_end(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        content = b"\r\n".join(
            [
                b"--b",
                b'Content-Disposition: form-data; name="data"\r\n',
                json.dumps(DATA).encode(),
                b"--b",
                b'Content-Disposition: form-data; name="file"; filename="m.onnx"\r\n',
                classifier().SerializeToString(),
                b"--b--\r\n",
            ]
        )
        sending, go_on = threading.Event(), threading.Event()

        def slowly() -> Iterator[bytes]:
            yield content[:500]
            sending.set()
            go_on.wait(20)
            yield content[500:]

        replies: list[httpx.Response] = []
        with Person.register(server.url) as person:
            headers = {"Content-Type": "multipart/form-data; boundary=b"}

            def upload() -> None:
                replies.append(
                    person.http.post("/cpt/functions", content=slowly(), headers=headers)
                )

            thread = threading.Thread(target=upload)
            thread.start()
            assert sending.wait(10)
            server.process.send_signal(signal.SIGTERM)
            # It no longer accepts, but the upload goes on.
            wait_until(lambda: not accepts(server.url))
            go_on.set()
            thread.join()
        assert server.process.wait(30) == 0
    assert [reply.status_code for reply in replies] == [200]


def test_killed_while_people_register(tmp_path: Path, on: list[str]) -> None:
    acknowledged: list[str] = []

    def register(url: str) -> None:
        while True:
            email = f"{uuid.uuid4().hex}@example.com"
            try:
                reply = post(f"{url}/auth/user", json=registration(email))
            except httpx.TransportError:
                return
            if reply.status_code != 200:
                return
            acknowledged.append(email)

    with served(tmp_path, *on) as server:
        threads = [threading.Thread(target=register, args=(server.url,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(acknowledged) >= 12, seconds=60)
        assert server.end(signal.SIGKILL)[0] == -signal.SIGKILL
        for thread in threads:
            thread.join()
    with served(tmp_path, *on) as server:
        for email in acknowledged:
            assert sign_in(server.url, email).status_code == 200
        assert server.end(signal.SIGTERM)[0] == 0


def test_killed_while_models_arrive(tmp_path: Path, on: list[str]) -> None:
    model = classifier().SerializeToString()
    acknowledged: list[dict[str, Any]] = []
    with served(tmp_path, *on) as server:
        person = Person.register(server.url, email="owner@example.com")

        def upload(number: int) -> None:
            with connect(server.url) as http:
                http.headers.update(person.http.headers)
                while True:
                    data = {**DATA, "Name": f"{number} {uuid.uuid4()}"}
                    try:
                        reply = http.post(
                            "/cpt/functions",
                            data={"data": json.dumps(data)},
                            files={"file": ("m.onnx", model)},
                        )
                    except httpx.TransportError:
                        return
                    assert reply.status_code == 200, reply.text
                    acknowledged.append(reply.json())

        def stall() -> None:
            def forever() -> Iterator[bytes]:
                yield (
                    b'--b\r\nContent-Disposition: form-data; name="file"; filename="m"\r\n\r\n'
                    + b"x" * 200_000
                )
                stalled.wait(30)

            headers = {"Content-Type": "multipart/form-data; boundary=b"}
            with suppress(httpx.TransportError), connect(server.url) as http:
                http.headers.update(person.http.headers)
                http.post("/cpt/functions", content=forever(), headers=headers)

        stalled = threading.Event()
        threads = [threading.Thread(target=upload, args=(number,)) for number in range(3)]
        threads.append(threading.Thread(target=stall))
        for thread in threads:
            thread.start()
        incoming = tmp_path / "blobs" / "incoming"
        wait_until(
            lambda: (
                len(acknowledged) >= 6
                and any(path.name.startswith("upload-") for path in incoming.iterdir())
            ),
            seconds=60,
        )
        server.end(signal.SIGKILL)
        stalled.set()
        for thread in threads:
            thread.join()
        person.http.close()
    assert list(incoming.iterdir()) != []
    with served(tmp_path, *on) as server:
        assert not [path for path in incoming.iterdir() if path.name.startswith("upload-")]
        token = sign_in(server.url, "owner@example.com").json()["AccessToken"]
        with connect(server.url) as http:
            http.headers["Authorization"] = f"Bearer {token}"
            for function in acknowledged:
                found = http.get(f"/cpt/function/{function['UUID']}")
                assert found.status_code == 200
                assert found.json()["Name"] == function["Name"]
                (original,) = {
                    download["URL"]
                    for download in found.json()["Downloads"]
                    if download["SHA256"] == hashlib.sha256(model).hexdigest()
                    and download["MimeType"].startswith("application/x-onnx")
                }
                assert hashlib.sha256(get(original).content).digest() == (
                    hashlib.sha256(model).digest()
                )
        assert server.end(signal.SIGTERM)[0] == 0


def test_a_data_folder_has_one_server(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        with pytest.raises(ConfigError, match=f"in use by process {server.process.pid}"):
            Cloud(Settings(data=tmp_path))
        # The one that was refused changed nothing for the other.
        assert (tmp_path / "cloud.pid").read_text().strip() == str(server.process.pid)
        assert get(f"{server.url}/auth/status").status_code == 200
        server.end(signal.SIGKILL)
    with running(tmp_path):
        assert (tmp_path / "cloud.pid").read_text().strip() == str(os.getpid())


def test_a_port_in_use_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}"):
            EmbeddedCloud(port=port).start()
        assert main(["--port", str(port), "--data", str(tmp_path / "data")]) == 1
    assert f"port {port}" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_an_address_of_elsewhere_is_named(host: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(host)):
        listen(host, 0)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for path in (file, file / "below"):
        with pytest.raises(ConfigError, match="cannot be used"):
            Cloud(Settings(data=path))


def test_a_foreign_secret_is_refused_and_the_folder_released(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(ConfigError, match="secret"):
        Cloud(Settings(data=tmp_path))
    (tmp_path / "secret.key").unlink()
    with running(tmp_path):
        pass


def test_a_temporary_folder_goes_with_its_cloud() -> None:
    cloud = EmbeddedCloud(documents={"auth": document("auth")})
    with pytest.raises(ScailableError, match="not started"):
        cloud.local_session()
    with cloud:
        folder = cloud.cloud.settings.data
        assert folder.is_dir()
        url = cloud.url
    assert not folder.exists()
    with pytest.raises(httpx.ConnectError):
        get(url)
    cloud.stop()
    with cloud:  # and it can be started again
        assert get(f"{cloud.url}/auth/status").status_code == 200


def test_secrets_are_not_logged(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        with Person.register(server.url, email="ada@example.com") as person:
            sign_in(server.url, person.email, "wrong-Password-1")
            get(f"{server.url}/auth/licenses", headers={"Authorization": "Bearer a.b.c"})
            tokens = (person.access, person.refresh)
        _, out, err = server.end(signal.SIGTERM)
    for secret in ("violet-Tram-92-lake", "wrong-Password-1", *tokens):
        assert secret not in out + err
    database = (tmp_path / "cloud.db").read_bytes()
    for secret in ("violet-Tram-92-lake", *tokens):
        assert secret.encode() not in database
