"""Run as a process: makes calls from 16 threads at the same moment, once told to."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scailable.credentials import SessionAuth
from scailable.runtime._sync.transport import Transport
from scailable.runtime.call import Call
from tests.credentials.issuer import settings_for

THREADS = 16
CALL = Call(service="compute", operation="x", method="GET", path="/functions", security=("User",))


def calls_at_once(folder: Path, url: str) -> int:
    """Make a call from each thread; returns how many succeeded, raises what failed."""
    settings = settings_for(folder, url)
    together = threading.Barrier(THREADS)
    with Transport(url, auth=SessionAuth(settings)) as transport:

        def one(_: int) -> int:
            together.wait(30)
            return transport.send(CALL).status

        with ThreadPoolExecutor(THREADS) as pool:
            return sum(status == 200 for status in pool.map(one, range(THREADS)))


if __name__ == "__main__":
    print("ready", flush=True)
    sys.stdin.readline()
    print(calls_at_once(Path(sys.argv[1]), sys.argv[2]), flush=True)
