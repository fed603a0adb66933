"""Reading 10,000 devices, against what the generator writes by default, made in the same run.

python -m benchmarks.decode [--devices 10000] [--rounds 7]
"""

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scailable_api.device.api.device import list_devices

from benchmarks.loopback import table
from scailable.runtime.call import Reply

DOCUMENT = Path(__file__).parent.parent / "openapi" / "device.json"
MODEL = "DeviceSummary"


def device(number: int) -> dict[str, Any]:
    """A device of a list, as the service writes it."""
    group = {"UUID": str(uuid.UUID(int=number % 20)), "Name": f"site {number % 20}"}
    return {
        "UUID": str(uuid.uuid4()),
        "Name": f"device {number}",
        "Serial": f"SN-{number:06}",
        "Runtime": "linux-x86_64",
        "Type": "gateway",
        "InsertedAt": f"2026-01-01T00:00:00.{number:06}Z",
        "UpdatedAt": f"2026-01-02T00:00:00.{number:06}Z",
        "OnlineStatus": {"Online": True, "OnlineAt": "2026-01-03T00:00:00Z"},
        "FunctionCount": 2,
        "Groups": [group],
        "Licenses": None,
    }


def default_model(folder: Path) -> Any:
    """The class of a device that the generator writes with its own templates."""
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    command += ["--path", str(DOCUMENT), "--output-path", str(folder / "default_api")]
    subprocess.run(command, check=True, capture_output=True)
    sys.path.insert(0, str(folder))
    return getattr(importlib.import_module("default_api.models"), MODEL)


def milliseconds(action: Callable[[], object]) -> float:
    """CPU time, with the collector of garbage running as it does for users."""
    started = time.process_time()
    action()
    return (time.process_time() - started) * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    devices = [device(number) for number in range(options.devices)]
    content = json.dumps(devices).encode()
    reply = Reply(call=list_devices.build_request(), status=200, headers={}, content=content)
    ours = importlib.import_module("scailable_api.device.models").DeviceSummary
    with tempfile.TemporaryDirectory() as folder:
        default = default_model(Path(folder))
    ways: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "from dicts": (
            lambda: [default.from_dict(item) for item in devices],
            lambda: [ours.from_dict(item) for item in devices],
        ),
        "from JSON": (
            lambda: [default.from_dict(item) for item in json.loads(content)],
            lambda: list_devices.parse_response(reply),
        ),
    }
    rows = [("json.loads alone", _shown([milliseconds(lambda: json.loads(content))]), "")]
    for title, (theirs_read, ours_read) in ways.items():
        # In turns, so that other work on the machine falls on both; each at its best.
        rounds = [
            (milliseconds(theirs_read), milliseconds(ours_read)) for _ in range(options.rounds)
        ]
        best = [min(each) for each in zip(*rounds, strict=True)]
        rows += [
            (f"{title}, default output", _shown([best[0]]), ""),
            (f"{title}, ours", _shown([best[1]]), ""),
            (f"{title}, ratio", f"{best[0] / best[1]:.2f} x", ">= 2 x"),
        ]
    table(f"Decode {options.devices} devices, {len(content) / 1e6:.1f} MB, CPU", rows)


def _shown(values: list[float]) -> str:
    return f"{min(values):.0f} ms"


if __name__ == "__main__":
    main()
