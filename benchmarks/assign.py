"""Assigning one model to many devices of an embedded cloud: what the client itself spends.

A group takes one call for all; one call a device is compared with the HTTP library alone.

python -m benchmarks.assign [--devices 300] [--threads 8]
"""

import argparse
import importlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks.answers import MODEL
from benchmarks.loopback import table
from benchmarks.served import cloud
from scailable import Client
from scailable.runtime.http import LIBRARY
from scailable.types import Device

REACH_MS = 0.5
RAW = f"{LIBRARY}, in threads"
OURS = "devices.assign, in threads"


def cost(action: Callable[[], object]) -> tuple[float, float]:
    """(seconds on the clock, CPU seconds of this process)."""
    started, cpu = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - started, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=300)
    parser.add_argument("--threads", type=int, default=8)
    options = parser.parse_args()
    with (
        cloud() as (url, token),
        Client(base_url=url, token=token, timeout=300) as client,
        importlib.import_module(LIBRARY).Client(timeout=300) as raw,
        ThreadPoolExecutor(options.threads) as threads,
    ):
        model = client.models.wait(client.models.upload(MODEL))
        names = [f"device {number}" for number in range(options.devices)]
        devices = list(threads.map(client.devices.create, names))
        group = client.groups.create("all")
        headers = {"Authorization": f"Bearer {token}"}
        body = [{"FunctionUUID": str(model.uuid)}]

        def raw_assign(device: Device) -> object:
            address = f"{url}/dev/device/{device.uuid}/functions"
            return raw.post(address, json=body, headers=headers).raise_for_status().json()

        def assign(device: Device) -> object:
            return client.devices.assign(device, model)

        costs: dict[str, float] = {}
        rows = []
        for title, action in (
            ("groups.add, one call", lambda: client.groups.add(group, *devices)),
            ("groups.assign, one call", lambda: client.groups.assign(group, model)),
            (RAW, lambda: list(threads.map(raw_assign, devices))),
            (OURS, lambda: list(threads.map(assign, devices))),
            (
                "devices.list, all pages",
                lambda: list(client.devices.list(page_size=1000)),
            ),
        ):
            seconds, costs[title] = cost(action)
            count = len(devices)
            reach = f"<= {REACH_MS} ms" if title.startswith("groups.assign") else ""
            rows.append((f"{title}, CPU a device", f"{costs[title] / count * 1e3:.3f} ms", reach))
            rows.append((f"{title}, clock", f"{seconds:.2f} s", ""))
        rows.append((f"{OURS} / {RAW}", f"{costs[OURS] / costs[RAW]:.2f} x", ""))
    table(f"Assign one model to {options.devices} devices", rows)


if __name__ == "__main__":
    main()
