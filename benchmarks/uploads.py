"""Uploading a large model: throughput and memory, against the HTTP library's `files=` alone.

python -m benchmarks.uploads [--megabytes 500] [--rounds 3]

All send to the same server, which throws the file away. "Checked" is the upload as users call it:
the file is first looked into, by a child process whose memory is shown by itself.
"""

import argparse
import functools
import importlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answers import one_model
from benchmarks.conv_net import write_model
from benchmarks.loopback import server, table

# Also what the service accepts, so that one answer fits every question of an upload.
ACCEPTS = {"MaxUploadSize": 1 << 40, "SupportedFileTypes": ["onnx"], "Features": {}}


def upload_raw(url: str, path: Path) -> float:
    """Seconds the HTTP library alone takes."""
    from scailable.runtime.http import LIBRARY

    with importlib.import_module(LIBRARY).Client(timeout=300) as client:
        client.get(url)
        print(json.dumps(peak()), flush=True)
        started = time.perf_counter()
        with path.open("rb") as file:
            files = [
                ("data", (None, b'{"Name": "m"}')),
                ("file", (path.name, file, "application/octet-stream")),
            ]
            client.post(f"{url}/cpt/functions", files=files).raise_for_status()
        return time.perf_counter() - started


def upload_ours(url: str, path: Path) -> float:
    """Seconds our transport takes, with a progress callback."""
    from scailable.runtime._sync.transport import Transport
    from scailable.runtime.call import Call, FileSource, MultipartBody, Part

    ping = Call(service="compute", operation="ping", method="GET", path="/")
    with Transport(url) as transport:
        transport.send(ping)
        print(json.dumps(peak()), flush=True)
        started = time.perf_counter()
        with FileSource(path, on_progress=lambda sent, total: None) as source:
            parts = (
                Part("data", b'{"Name": "m"}'),
                Part("file", source, path.name, "application/octet-stream"),
            )
            call = Call(
                service="compute",
                operation="addFunction",
                method="POST",
                path="/functions",
                body=MultipartBody(parts),
                timeout=300,
            )
            transport.send(call)
        return time.perf_counter() - started


def upload_facade(url: str, path: Path, *, check: bool) -> float:
    """Seconds that `client.models.upload` takes, with a progress callback."""
    from scailable import Client

    with Client(base_url=url, token="t", timeout=300) as client:
        client.models.get(client.models.configuration().additional_properties["UUID"])
        print(json.dumps(peak()), flush=True)
        started = time.perf_counter()
        # Forced, as this model is none for our devices; it is checked all the same.
        client.models.upload(path, check=check, force=True, on_progress=lambda sent, total: None)
        return time.perf_counter() - started


WAYS: dict[str, Callable[[str, Path], float]] = {
    "raw files=": upload_raw,
    "Transport.send": upload_ours,
    "models.upload": functools.partial(upload_facade, check=False),
    "models.upload, checked": functools.partial(upload_facade, check=True),
}


def peak() -> float:
    """The most memory this process has had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss begins with the memory of the parent there
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024 / 1e6
    return _most(resource.RUSAGE_SELF)


def _most(who: int) -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(who).ru_maxrss * unit / 1e6


@dataclass(frozen=True)
class Measured:
    """One upload in a process of its own: seconds, MB above idle, MB of its largest child."""

    seconds: float
    memory: float
    child: float


def measured(way: str, url: str, path: Path) -> Measured:
    command = [sys.executable, "-m", "benchmarks.uploads", "--child", way, url, str(path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    idle, seconds, most, child = map(float, said)
    return Measured(seconds, most - idle, child)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        way, url, name = options.child
        seconds = WAYS[way](url, Path(name))
        print(seconds, peak(), _most(resource.RUSAGE_CHILDREN))
        return
    answer = json.loads(one_model()) | ACCEPTS | {"Downloads": []}
    with server(json.dumps(answer).encode()) as url, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        write_model(path, options.megabytes * 10**6)
        rounds = [{way: measured(way, url, path) for way in WAYS} for _ in range(options.rounds)]
    rows = []
    for way in WAYS:
        best = min(each[way].seconds for each in rounds)
        memory = max(each[way].memory for each in rounds)
        ratio = statistics.median(each["raw files="].seconds / each[way].seconds for each in rounds)
        checked = way.endswith("checked")
        rows.append((way, f"{options.megabytes / best:.0f} MB/s", ""))
        if way != "raw files=":
            rows.append((f"{way}, ratio", f"{ratio:.2f} x", "" if checked else ">= 0.95 x"))
        reach = "" if way == "raw files=" else "<= 40 MB"
        rows.append((f"{way}, peak over idle", f"{memory:.1f} MB", reach))
        if checked:
            child = max(each[way].child for each in rounds)
            rows.append((f"{way}, peak of the child", f"{child:.0f} MB", ""))
    table(f"Upload of {options.megabytes} MB, sync, loopback, {options.rounds} rounds", rows)


if __name__ == "__main__":
    main()
