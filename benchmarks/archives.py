"""A folder to Skafos and back: time and memory, against the published client and a plain PUT.

python -m benchmarks.archives [--megabytes 500] [--rounds 2]

The folder holds what does not compress, as weights do not. All send to the same embedded cloud, in
a process of its own, and each runs in a process of its own. "raw PUT" is the HTTP library alone
with an archive that is there already; it ends before the version is made.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.loopback import table
from benchmarks.peers import python_with
from benchmarks.served import cloud
from benchmarks.uploads import peak

_FILES = 40
_PUBLISHED = """
import json, os, sys, time
import skafos.models as models, skafos.utilities as utilities

def peak():
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) * 1024 / 1e6

url, folder = sys.argv[1:]
models.API_BASE_URL = utilities.API_BASE_URL = url + "/skafos/v2"
models.DOWNLOAD_BASE_URL = url + "/skafos/download/v2"
os.chdir(folder)
models.list_versions()
idle, started = peak(), time.perf_counter()
models.upload_version("model", verbose=False)
sent, most = time.perf_counter() - started, peak()
started = time.perf_counter()
models.fetch_version()
print(json.dumps([sent, most - idle, time.perf_counter() - started, peak() - idle]))
"""


def ours(url: str, folder: Path) -> list[float]:
    """Seconds and MB over idle, of an upload and of a download."""
    from scailable import Client

    with Client(base_url=url, timeout=300) as client:
        client.skafos.list().to_list()
        idle, started = peak(), time.perf_counter()
        version = client.skafos.upload(folder / "model", on_progress=lambda sent, total: None)
        sent, most = time.perf_counter() - started, peak()
        started = time.perf_counter()
        client.skafos.fetch(version, folder / "back.zip")
        return [sent, most - idle, time.perf_counter() - started, peak() - idle]


def raw(url: str, folder: Path) -> list[float]:
    """The same of the HTTP library alone, without a digest and without a version."""
    import importlib

    from scailable import Client
    from scailable.runtime.http import LIBRARY

    def chunks() -> Iterator[bytes]:
        with (folder / "ready.zip").open("rb") as file:
            while block := file.read(1 << 18):
                yield block

    with Client(base_url=url) as client:
        begun = client.request(
            "POST",
            "/skafos/v2/organizations/Local/apps/a/models/m/model_versions",
            json={"filename": "m.zip"},
        )
    target = json.loads(begun.content)["presigned_url"]
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Length": str((folder / "ready.zip").stat().st_size),
    }
    with importlib.import_module(LIBRARY).Client(timeout=300) as http:
        http.get(url)
        idle, started = peak(), time.perf_counter()
        http.put(target, content=chunks(), headers=headers).raise_for_status()
        return [time.perf_counter() - started, peak() - idle, 0, 0]


WAYS = {"raw PUT": raw, "client.skafos": ours}


def measured(way: str, url: str, folder: Path, environment: dict[str, str]) -> list[float]:
    """One run in a process of its own."""
    if way == "skafos 0.3.0":
        command = [str(python_with("skafos==0.3.0")), "-c", _PUBLISHED, url, str(folder)]
    else:
        command = [sys.executable, "-m", "benchmarks.archives", "--child", way, url, str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    for name in ("m.zip", "back.zip"):
        (folder / name).unlink(missing_ok=True)
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def prepare(folder: Path, megabytes: int) -> None:
    """A folder of files, and an archive of them."""
    (folder / "model").mkdir()
    with zipfile.ZipFile(folder / "ready.zip", "w") as archive:
        for number in range(_FILES):
            path = folder / "model" / f"layer-{number:02}.bin"
            with path.open("wb") as file:
                for _ in range(10):
                    file.write(os.urandom(megabytes * 10**6 // _FILES // 10))
            archive.write(path, f"model/{path.name}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        way, url, name = options.child
        print(json.dumps(WAYS[way](url, Path(name))))
        return
    with cloud() as (url, token), tempfile.TemporaryDirectory() as name:
        from scailable import Client

        with Client(base_url=url, token=token) as client:
            client.skafos.models.create("m", app=client.skafos.apps.create("a"))
            made = client.skafos.tokens.create("benchmark").token
        environment = {
            **os.environ,
            **{"SKAFOS_API_TOKEN": made, "SKAFOS_ORG_NAME": "Local"},
            **{"SKAFOS_APP_NAME": "a", "SKAFOS_MODEL_NAME": "m", "SCAILABLE_TOKEN": ""},
        }
        folder = Path(name)
        prepare(folder, options.megabytes)
        ways = [*WAYS, "skafos 0.3.0"]
        rounds = [
            {way: measured(way, url, folder, environment) for way in ways}
            for _ in range(options.rounds)
        ]
    rows = []
    least = {way: [min(each[way][i] for each in rounds) for i in range(4)] for way in ways}
    for way in ways:
        sent, most, fetched, more = least[way]
        rows.append((f"{way}: upload", f"{options.megabytes / sent:.0f} MB/s", ""))
        reach = "<= 40 MB" if way == "client.skafos" else ""
        rows.append((f"{way}: upload, peak over idle", f"{most:.1f} MB", reach))
        if fetched:
            rows.append((f"{way}: download", f"{options.megabytes / fetched:.0f} MB/s", ""))
            rows.append((f"{way}: download, peak over idle", f"{more:.1f} MB", reach))
    for peer in ("raw PUT", "skafos 0.3.0"):
        ratio = least[peer][0] / least["client.skafos"][0]
        rows.append((f"upload, {peer} / client.skafos, time", f"{ratio:.2f} x", ""))
    title = f"A folder of {options.megabytes} MB to Skafos, loopback, {options.rounds} rounds"
    table(title, rows)


if __name__ == "__main__":
    main()
