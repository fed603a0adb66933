"""What our transport costs a call, against the HTTP library alone in the same run.

python -m benchmarks.calls [--rounds 30] [--calls 200]
"""

import argparse
import importlib
import statistics
import time
from collections.abc import Callable

from benchmarks.loopback import server, table
from scailable.runtime._sync.transport import Transport
from scailable.runtime.auth import StaticToken
from scailable.runtime.call import Call
from scailable.runtime.http import LIBRARY

CALL = Call(
    service="compute",
    operation="getFunction",
    method="GET",
    path="/function/5b1b5e7e-4c6b-4d7c-9d9a-2f1d3f0b7a10",
    timeout=5,
    security=("User",),
)


def per_call(action: Callable[[], object], calls: int) -> float:
    started = time.perf_counter()
    for _ in range(calls):
        action()
    return (time.perf_counter() - started) / calls * 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--calls", type=int, default=200)
    options = parser.parse_args()
    with (
        server() as url,
        importlib.import_module(LIBRARY).Client(
            headers={"Authorization": "Bearer t"}, timeout=5
        ) as raw,
        Transport(url, auth=StaticToken("t")) as ours,
    ):
        full_url = ours.url(CALL)

        def raw_call() -> object:
            return raw.get(full_url).raise_for_status().content

        def our_call() -> bytes:
            return ours.send(CALL).content

        assert raw_call() == our_call()
        # In turns, so that other work on the machine falls on both.
        pairs = [
            (per_call(raw_call, options.calls), per_call(our_call, options.calls))
            for _ in range(options.rounds)
        ]
    raw_us = statistics.median(pair[0] for pair in pairs)
    our_us = statistics.median(pair[1] for pair in pairs)
    ratio = statistics.median(ours / raw for raw, ours in pairs)
    table(
        f"One call, sync, keep-alive, loopback, median of {options.rounds} rounds",
        [
            (f"{LIBRARY}.Client.get", f"{raw_us:.0f} us", ""),
            ("Transport.send", f"{our_us:.0f} us", ""),
            ("ratio", f"{ratio:.2f} x", "<= 1.10 x"),
        ],
    )


if __name__ == "__main__":
    main()
