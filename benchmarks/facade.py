"""What a call of the facade costs, against the HTTP library and json alone in the same run.

python -m benchmarks.facade [--rounds 10] [--calls 60]

The answers come from an embedded cloud; a small server then repeats them.
"""

import argparse
import importlib
import json
import statistics
import time
from collections.abc import Callable

from benchmarks.answers import hundred_models, one_model
from benchmarks.loopback import server, table
from scailable import Client
from scailable.runtime.http import LIBRARY


def per_call(action: Callable[[], object], calls: int) -> float:
    """CPU microseconds."""
    started = time.process_time()
    for _ in range(calls):
        action()
    return (time.process_time() - started) / calls * 1e6


def compare(
    body: bytes, path: str, ask: Callable[[Client], object], rounds: int, calls: int
) -> tuple[float, float, float]:
    """(raw, ours, ratio) of one answer."""
    with (
        server(body) as url,
        importlib.import_module(LIBRARY).Client(timeout=5) as raw,
        Client(base_url=url, token="t") as client,
    ):
        headers = {"Authorization": "Bearer t"}

        def raw_call() -> object:
            return raw.get(f"{url}{path}", headers=headers).raise_for_status().json()

        # In turns, so that other work on the machine falls on both.
        pairs = [
            (per_call(raw_call, calls), per_call(lambda: ask(client), calls))
            for _ in range(rounds + 1)
        ][1:]
    ratio = statistics.median(ours / theirs for theirs, ours in pairs)
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs), ratio


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--calls", type=int, default=60)
    options = parser.parse_args()
    one, hundred = one_model(), hundred_models()
    uuid = json.loads(one)["UUID"]
    rows = []
    for title, body, path, ask in (
        ("models.get", one, f"/cpt/function/{uuid}", lambda client: client.models.get(uuid)),
        (
            "models.list of 100",
            hundred,
            "/cpt/functions",
            lambda client: list(client.models.list(limit=100)),
        ),
    ):
        raw, ours, ratio = compare(body, path, ask, options.rounds, options.calls)
        rows += [
            (f"{title}, {LIBRARY} and json", f"{raw:.0f} us", ""),
            (f"{title}, ours", f"{ours:.0f} us", ""),
            (f"{title}, ratio", f"{ratio:.2f} x", ""),
        ]
    table(f"One call of the facade, CPU, best of {options.rounds} rounds", rows)


if __name__ == "__main__":
    main()
