"""CPU time of fresh Python processes, compared in one run."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def compiled() -> Iterator[dict[str, str]]:
    """An environment whose processes find every module compiled, as an installed package is."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        yield {**kept, "PYTHONPYCACHEPREFIX": folder}


def cpu_ms(code: str, environment: Mapping[str, str]) -> float:
    """User and system time of one process that runs the code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", code]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def over_bare(
    codes: Mapping[str, str], rounds: int, environment: Mapping[str, str]
) -> dict[str, float]:
    """CPU milliseconds of each piece of code beyond bare Python, the best of several rounds.

    The pieces take turns, so that other work on the machine falls on all of them.
    """
    every = {"": "pass", **codes}
    for code in every.values():
        cpu_ms(code, environment)  # compiles
    times = [
        {name: cpu_ms(code, environment) for name, code in every.items()} for _ in range(rounds)
    ]
    best = {name: min(time[name] for time in times) for name in every}
    return {name: best[name] - best[""] for name in codes}
