"""Commands as processes of their own: Ctrl-C, the cloud, the device."""

import json
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import Shell
from tests.digits import DIGITS, HELDOUT
from tests.edge.small_models import picky

DEADLINE = 60


@contextmanager
def started(shell: Shell, *words: object, **settings: Any) -> Iterator[subprocess.Popen[str]]:
    """A running command, which outlives neither the test nor the deadline."""
    process = shell.start(*words, **settings)
    late = threading.Timer(DEADLINE, process.kill)
    late.start()
    try:
        yield process
    finally:
        late.cancel()
        process.kill()
        process.communicate()


def line_with(stream: Any, words: str) -> str:
    """The next line that has these words; other lines are passed over."""
    passed = []
    for line in stream:
        if words in line:
            return str(line)
        passed.append(line)
    raise AssertionError(f"no line with {words!r} in {passed}")


@contextmanager
def stalled_server() -> Iterator[str]:
    """A server that accepts connections and never reads from them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


# --- Ctrl-C --------------------------------------------------------------------------------------


def test_ctrl_c_during_an_upload(offline: Shell, tmp_path: Path) -> None:
    large = tmp_path / "large.onnx"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    offline.environment["SCAILABLE_TOKEN"] = "token"
    with stalled_server() as url:
        words = ["models", "upload", large, "--no-check", "--progress", "--base-url", url]
        with started(offline, *words) as process:
            line_with(process.stderr, "Uploading")
            process.send_signal(signal.SIGINT)
            out, error = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130
    assert out == ""
    assert error.strip().splitlines()[-1] == "Stopped."
    assert "Traceback" not in error


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_download_that_is_stopped_leaves_no_half_file(
    number: signal.Signals, code: int, shell: Shell, model: str, tmp_path: Path
) -> None:
    document = shell.ok("models", "get", model, "--json").json

    class HalfServer(BaseHTTPRequestHandler):
        """Answers with the model's document, and with half of its file."""

        def do_GET(self) -> None:
            if "/cpt/" in self.path:
                body = json.dumps(document).encode()
                length = len(body)
            else:
                body, length = bytes(1000), document["Downloads"][0]["Size"]
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
            if length > len(body):
                released.wait(DEADLINE)

        def log_message(self, *_arguments: object) -> None:
            pass

    released = threading.Event()
    target = tmp_path / "copy" / "digits.onnx"
    target.parent.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), HalfServer) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        for download in document["Downloads"]:
            download["URL"] = f"{url}/file"
        threading.Thread(target=server.serve_forever).start()
        shell.environment |= {"SCAILABLE_TOKEN": "token", "SCAILABLE_BASE_URL": url}
        with started(shell, "models", "download", model, "-o", target, "--progress") as process:
            line_with(process.stderr, "Downloading")
            process.send_signal(number)
            _, error = process.communicate(timeout=DEADLINE)
        released.set()
        server.shutdown()
    assert process.returncode == code
    assert "Traceback" not in error
    assert ("Stopped." in error) == (number == signal.SIGINT)
    assert list(target.parent.iterdir()) == []


# --- cloud serve ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_cloud_serve_stops_in_good_order(
    number: signal.Signals, offline: Shell, tmp_path: Path
) -> None:
    words = ["cloud", "serve", "--port", "0", "--data", tmp_path / "cloud"]
    with started(offline, *words) as process:
        line = line_with(process.stdout, "ready")
        offline.environment["SCAILABLE_BASE_URL"] = line.split()[-1]
        offline.register()
        process.send_signal(number)
        out, error = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0
    assert out == ""
    assert error.splitlines()[-1].startswith("Stopped")
    # What was acknowledged is there when it starts again.
    with started(offline, *words, "--json") as process:
        assert process.stdout is not None
        offline.environment["SCAILABLE_BASE_URL"] = json.loads(process.stdout.readline())["url"]
        offline.environment["SCAILABLE_PASSWORD"] = "seven-Quiet-otters-41"
        offline.ok("login", "--email", offline.email)


def test_cloud_serve_on_a_port_in_use(offline: Shell, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        words = ["cloud", "serve", "--port", port, "--data", tmp_path / "cloud"]
        assert f"port {port}" in offline.fails(2, *words)


# --- edge run ------------------------------------------------------------------------------------


def edge(tmp_path: Path, *more: object) -> list[object]:
    return [
        *("edge", "run", "--name", "bench", "--input", HELDOUT),
        *("--output", tmp_path / "results.jsonl", "--data", tmp_path / "device"),
        *more,
    ]


def test_a_device_of_a_signed_in_user_registers_itself_and_does_its_work(
    shell: Shell, model: str, tmp_path: Path
) -> None:
    with started(shell, *edge(tmp_path, "--once", "--json")) as process:
        tied = json.loads(line_with(process.stdout, '"tied"'))
        shell.ok("devices", "assign", tied["device"], model)
        out, error = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, error
    events = [json.loads(line) for line in out.splitlines()]
    assert events[-1]["event"] == "finished"
    assert events[-1]["count"] == 360
    assert events[-1]["accuracy"] > 0.95
    [assignment] = shell.ok("devices", "assignments", "bench", "--json").json
    assert assignment["State"] == "running"


def test_a_device_of_nobody_shows_the_command_that_registers_it(
    shell: Shell, model: str, tmp_path: Path
) -> None:
    device = Shell({**shell.environment, "SCAILABLE_CONFIG_DIR": str(tmp_path / "empty")})
    with started(device, *edge(tmp_path)) as process:
        command = line_with(process.stdout, "scailable devices create bench").split()
        shell.ok(*command[1:])
        assert "bench" in line_with(process.stdout, "registered")
        shell.ok("devices", "assign", "bench", model)
        line_with(process.stdout, "running")
        line_with(process.stdout, "results     300")
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0  # without --once this is how it ends
    assert "results written to" in error
    assert "Traceback" not in error


def test_a_model_that_refuses_every_sample_is_talked_about_once(
    shell: Shell, model: str, tmp_path: Path
) -> None:
    path = tmp_path / "picky.onnx"
    path.write_bytes(picky())
    shell.ok("models", "upload", path, "--name", "picky", "--wait", "-q")
    with started(shell, *edge(tmp_path, "--once")) as process:
        assert "bench" in line_with(process.stdout, "registered")
        shell.ok("devices", "assign", "bench", "picky")
        _, error = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, error
    said, told = error.splitlines()
    assert said.startswith("error ")
    assert "Gather" in said
    assert told.startswith("360 results written")
    assert told.endswith("360 errors among the 360 there")


def test_a_device_that_is_interrupted_before_its_work_is_done(
    stranger: Shell, tmp_path: Path
) -> None:
    with started(stranger, *edge(tmp_path, "--once", "-q")) as process:
        assert process.stdout is not None
        token = process.stdout.readline().strip()
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=DEADLINE)
    assert token.isascii()
    assert " " not in token
    assert process.returncode == 130
    assert out == ""
    assert error.strip() == "Stopped."


def test_wrong_input_for_a_device(offline: Shell, tmp_path: Path) -> None:
    words = ["edge", "run", "--name", "x", "--output", tmp_path / "r.jsonl"]
    words += ["--data", tmp_path / "device"]
    assert "--input" in offline.fails(2, *words)
    assert "no input" in offline.fails(2, *words, "--input", tmp_path / "none")
    assert "neither" in offline.fails(2, *words, "--input", DIGITS)
    (tmp_path / "r.jsonl").write_text("something else")
    assert "not results" in offline.fails(2, *words, "--input", HELDOUT)
