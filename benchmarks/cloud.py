"""The embedded cloud as a server, against a bare Starlette application in the same run.

python -m benchmarks.cloud [--megabytes 500] [--rounds 3] [--calls 300]

The bare application stores what it receives with its sha256, sends a file, and sends a list that
was encoded before: what the same web server does without documents, accounts and a database.
CPU time and memory of a server are read where Linux tells them.
"""

import argparse
import hashlib
import http.client
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.loopback import table

FUNCTIONS = 100
_BOUNDARY = "benchmark-of-the-cloud"
_DETAILS = (
    '{"Name":"m","InputDriver":"vision","InputDriverDetails":{},'
    '"OutputDriver":"vision","OutputDriverDetails":{}}'
)
_HEAD = (
    f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="data"\r\n\r\n{_DETAILS}\r\n'
    f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="m.onnx"\r\n\r\n'
).encode()
_TAIL = f"\r\n--{_BOUNDARY}--\r\n".encode()


# --- the servers ----------------------------------------------------------------------------------


class Server:
    """A server in a process of its own."""

    def __init__(self, command: list[str]) -> None:
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        found = re.search(r"http://\S+", self._process.stdout.readline())
        assert found, f"{command[0]} did not start"
        self.seconds = time.perf_counter() - started
        self.address = urlsplit(found[0]).netloc

    def cpu(self) -> float:
        """Seconds of CPU time since the start."""
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text()
        except FileNotFoundError:
            return float("nan")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """MB in use."""
        return self._status("VmRSS")

    def forget_peak(self) -> None:
        """Start to watch the peak again."""
        reset = Path(f"/proc/{self._process.pid}/clear_refs")
        if reset.exists():
            reset.write_text("5")

    def peak(self) -> float:
        """The most MB in use since `forget_peak`."""
        return self._status("VmHWM")

    def _status(self, name: str) -> float:
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except FileNotFoundError:
            return float("nan")
        return int(status.partition(f"{name}:")[2].split()[0]) * 1024 / 1e6

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


@contextmanager
def running(*command: str) -> Iterator[Server]:
    server = Server(list(command))
    try:
        yield server
    finally:
        server.stop()


def bare(folder: Path, answer: Path) -> None:
    """Serve the bare application until the process is ended."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import FileResponse, Response
    from starlette.routing import Route

    from scailable.cloud.serve import listen, url_of

    content = answer.read_bytes()

    async def receive(request: Request) -> Response:
        digest = hashlib.sha256()
        with (folder / "received").open("wb") as file:
            async for chunk in request.stream():
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        return Response(digest.hexdigest())

    async def send(request: Request) -> Response:
        return FileResponse(folder / "received")

    async def listed(request: Request) -> Response:
        return Response(content, media_type="application/json")

    app = Starlette(
        routes=[
            Route("/cpt/functions", receive, methods=["POST"]),
            Route("/cpt/functions", listed),
            Route("/received", send),
        ]
    )
    listener = listen("127.0.0.1", 0)
    print(url_of(listener), flush=True)
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


def prepare(data: Path) -> str:
    """Fill a data folder with an account and its functions; returns a token."""
    from sqlalchemy import select

    from scailable.cloud.embedded import EmbeddedCloud
    from scailable.cloud.store.tables import functions, organisations

    with EmbeddedCloud(data) as cloud:
        session = cloud.local_session()
        with cloud.cloud.store.unscoped() as everybody:
            organisation = everybody.scalar(select(organisations.c.uuid))
        now = cloud.cloud.clock.now()
        rows = [
            {
                "uuid": str(uuid.uuid4()),
                "name": f"Model {number}",
                "alias": "",
                "documentation": "",
                "status": "ok",
                "code_status": "ok",
                "revision": 1,
                "input_driver": "vision",
                "input_driver_details": {},
                "output_driver": "vision",
                "output_driver_details": {},
                "sync_information": {},
                "inserted_at": now,
                "updated_at": now,
            }
            for number in range(FUNCTIONS)
        ]
        with cloud.cloud.store.write(organisation) as scope:
            scope.insert(functions, *rows)
        return session.refresh


# --- what is measured -----------------------------------------------------------------------------


@contextmanager
def connect(address: str) -> Iterator[http.client.HTTPConnection]:
    client = http.client.HTTPConnection(address, timeout=600)
    try:
        yield client
    finally:
        client.close()


def request(
    client: http.client.HTTPConnection, method: str, path: str, token: str, body: str | None = None
) -> bytes:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    client.request(method, path, body, headers)
    reply = client.getresponse()
    content = reply.read()
    assert reply.status == 200, content[:500]
    return content


def upload(address: str, token: str, path: Path) -> tuple[float, bytes]:
    """Send a model; the seconds until the answer, and the answer."""
    with connect(address) as client, path.open("rb") as file:
        started = time.perf_counter()
        client.putrequest("POST", "/cpt/functions")
        client.putheader("Authorization", f"Bearer {token}")
        client.putheader("Content-Type", f"multipart/form-data; boundary={_BOUNDARY}")
        client.putheader("Content-Length", str(len(_HEAD) + path.stat().st_size + len(_TAIL)))
        client.endheaders(_HEAD)
        client.sock.sendfile(file)
        client.send(_TAIL)
        reply = client.getresponse()
        content = reply.read()
        assert reply.status == 200, content[:500]
        return time.perf_counter() - started, content


def download(address: str, path: str) -> float:
    """Seconds to fetch a file."""
    block = bytearray(1 << 20)
    with connect(address) as client:
        started = time.perf_counter()
        client.request("GET", path)
        reply = client.getresponse()
        assert reply.status == 200
        while reply.readinto(block):
            pass
        return time.perf_counter() - started


def listing(address: str, token: str, calls: int) -> tuple[float, bytes]:
    """Calls a second over one connection, and an answer."""
    with connect(address) as client:
        path = f"/cpt/functions?Limit={FUNCTIONS}"
        content = request(client, "GET", path, token)
        started = time.perf_counter()
        for _ in range(calls):
            request(client, "GET", path, token)
        return calls / (time.perf_counter() - started), content


def wait_for_jobs(address: str, token: str) -> None:
    """Wait until the files that were sent are looked into, which takes a core."""
    with connect(address) as client:
        path = "/cpt/functions?Status=processing"
        while request(client, "GET", path, token) != b"[]":
            time.sleep(0.1)


def starts(folder: Path, rounds: int) -> list[tuple[str, str, str]]:
    rows = []
    for name in ("new folder", "again"):
        seconds, cpu = [], []
        for number in range(rounds):
            data = str(folder / f"start{number}")
            with running("scailable.cloud", "--port", "0", "--data", data) as server:
                seconds.append(server.seconds)
                cpu.append(server.cpu())
        what = f"{statistics.median(seconds):.2f} s, {statistics.median(cpu):.2f} s CPU"
        rows.append((f"start, {name}", what, "<= 1 s on a quiet machine"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--bare", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        bare(*options.bare)
        return
    folder = Path(tempfile.mkdtemp())
    try:
        table(
            f"Embedded cloud, SQLite, median of {options.rounds} rounds; bare: Starlette alone",
            [*starts(folder, options.rounds), *against_bare(folder, options)],
        )
    finally:
        shutil.rmtree(folder)


def against_bare(folder: Path, options: argparse.Namespace) -> list[tuple[str, str, str]]:
    refresh = prepare(folder / "data")
    model = folder / "model"
    with model.open("wb") as file:
        for _ in range(options.megabytes):
            file.write(os.urandom(1_000_000))
    answer = folder / "answer"
    with running("scailable.cloud", "--port", "0", "--data", str(folder / "data")) as cloud:

        def token() -> str:
            with connect(cloud.address) as client:
                path = "/auth/authenticate/refresh-token"
                content = request(client, "POST", path, refresh, '{"GrantType":"AccessToken"}')
            found = re.search(rb'"AccessToken":"([^"]+)"', content)
            assert found
            return found[1].decode()

        answer.write_bytes(listing(cloud.address, token(), 1)[1])
        module = "benchmarks.cloud"
        with running(module, "--bare", str(folder), str(answer)) as plain:
            uploads, downloads, lists = [], [], []
            # In turns, so that other work on the machine falls on both.
            for _ in range(options.rounds):
                lists.append(
                    (
                        1 / listing(cloud.address, token(), options.calls)[0],
                        1 / listing(plain.address, "", options.calls)[0],
                    )
                )
            idle = cloud.memory()
            cloud.forget_peak()
            for number in range(options.rounds):
                with model.open("r+b") as begin:
                    begin.write(b"%8d" % number)  # a file that is there already is not kept twice
                wait_for_jobs(cloud.address, token())
                theirs = upload(plain.address, "", model)[0]
                ours, content = upload(cloud.address, token(), model)
                uploads.append((ours, theirs))
                url = re.search(rb'"URL":"http://[^/]+([^"]+)"', content)
                assert url, content[:500]
                downloads.append(
                    (
                        download(cloud.address, url[1].decode()),
                        download(plain.address, "/received"),
                    )
                )
            peak = cloud.peak() - idle
    return [
        compared("upload", uploads, options.megabytes, "MB/s"),
        ("upload and download, peak over idle", f"{peak:.1f} MB", "<= 40 MB"),
        compared("download", downloads, options.megabytes, "MB/s"),
        compared(f"list of {FUNCTIONS} functions", lists, 1, "calls/s"),
    ]


def compared(
    what: str, pairs: list[tuple[float, float]], amount: float, unit: str
) -> tuple[str, str, str]:
    """A row from pairs of seconds: ours and of the bare application."""
    ours = amount / statistics.median(pair[0] for pair in pairs)
    theirs = amount / statistics.median(pair[1] for pair in pairs)
    ratio = statistics.median(theirs / ours for ours, theirs in pairs)
    return what, f"{ours:.0f} {unit}, bare {theirs:.0f}: {ratio:.2f} x", ""


if __name__ == "__main__":
    main()
