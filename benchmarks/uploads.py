"""Uploading a large model: throughput and memory, against the HTTP library's `files=` alone.

python -m benchmarks.uploads [--megabytes 500] [--rounds 5]
"""

import argparse
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.loopback import server, table


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


def peak() -> float:
    """The most memory this process has had, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def measured(way: str, url: str, path: Path) -> tuple[float, float]:
    """(seconds, MB above idle) of one upload in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.uploads", "--child", way, url, str(path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    idle, seconds, most = map(float, said)
    return seconds, most - idle


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        way, url, name = options.child
        upload = upload_raw if way == "raw" else upload_ours
        seconds = upload(url, Path(name))
        print(seconds, peak())
        return
    with server() as url, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        with path.open("wb") as file:
            for _ in range(options.megabytes):
                file.write(os.urandom(1_000_000))
        rounds = [
            (measured("raw", url, path), measured("ours", url, path)) for _ in range(options.rounds)
        ]
    raw = statistics.median(raw[0] for raw, _ in rounds)
    ours = statistics.median(ours[0] for _, ours in rounds)
    ratio = statistics.median(raw[0] / ours[0] for raw, ours in rounds)
    memory = max(ours[1] for _, ours in rounds)
    raw_memory = max(raw[1] for raw, _ in rounds)
    table(
        f"Upload of {options.megabytes} MB, sync, loopback, median of {options.rounds} rounds",
        [
            ("raw files=", f"{options.megabytes / raw:.0f} MB/s", ""),
            ("Transport.send", f"{options.megabytes / ours:.0f} MB/s", ""),
            ("ratio", f"{ratio:.2f} x", ">= 0.95 x"),
            ("raw files=, peak over idle", f"{raw_memory:.1f} MB", ""),
            ("Transport.send, peak over idle", f"{memory:.1f} MB", "<= 40 MB"),
        ],
    )


if __name__ == "__main__":
    main()
