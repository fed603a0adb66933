"""Fuzz the reading of models: `python -m tests.onnx.fuzz [--minutes 10]`, or `make fuzz`.

To look at one input again: python -m tests.onnx.fuzz FILE...
"""

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scailable.onnx import check
from tests.onnx.fuzz.seeds import CORPUS
from tests.onnx.fuzz.target import Target

SECONDS_AN_INPUT = 5
MEGABYTES = 256
LONGEST = 16_384
FOUND = Path(".fuzz")  # crashes, and the inputs that reach new code
_END_TO_END = 0.1  # of the time


def fuzz(minutes: float) -> int:
    """Fuzz, check a sample of the inputs end to end, and print the figures."""
    inputs = FOUND / "inputs"
    inputs.mkdir(parents=True, exist_ok=True)
    figures = FOUND / "figures.json"
    seconds = minutes * 60
    command = [
        *(sys.executable, "-m", "tests.onnx.fuzz.worker", str(figures)),
        f"-max_total_time={seconds * (1 - _END_TO_END):.0f}",
        f"-timeout={SECONDS_AN_INPUT}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={FOUND}{os.sep}",
        "-print_final_stats=1",
        "-verbosity=0",
        *(str(inputs), str(CORPUS)),
    ]
    result = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace")
    said = result.stderr
    stats = dict(re.findall(r"stat::(\w+):\s+(\d+)", said))
    sampled, slow = _end_to_end(inputs, seconds * _END_TO_END)
    slowest = json.loads(figures.read_text())
    print(f"executions            {stats.get('number_of_executed_units', 'unknown')}")
    print(f"slowest input         {slowest['slowest'] * 1000:.0f} ms, {slowest['bytes']} bytes")
    print(f"peak memory           {stats.get('peak_rss_mb', 'unknown')} MB, onnx and all")
    print(f"inputs kept           {sum(1 for _ in inputs.iterdir())}")
    print(f"checked end to end    {sampled}, the slowest in {slow:.2f} s")
    if result.returncode:
        print(said[-3000:], file=sys.stderr)
        print(f"Crash saved in {FOUND}; again: python -m tests.onnx.fuzz FILE", file=sys.stderr)
    return result.returncode


def _end_to_end(inputs: Path, seconds: float) -> tuple[int, float]:
    """Check as many inputs as there is time for; how many, and how long the slowest took."""
    waiting = sorted(inputs.iterdir())
    random.Random(0).shuffle(waiting)
    end = time.monotonic() + seconds
    count, slowest = 0, 0.0
    for path in waiting:
        start = time.monotonic()
        if start > end:
            break
        check(path).text()
        slowest = max(slowest, time.monotonic() - start)
        count += 1
    return count, slowest


def again(paths: list[Path]) -> int:
    """Look at single inputs, as the fuzzer does."""
    with tempfile.TemporaryDirectory() as folder, Target(Path(folder)) as target:
        for path in paths:
            start = time.perf_counter()
            target(path.read_bytes())
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{path}: {(time.perf_counter() - start) * 1000:.0f} ms, peak {peak} MB")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.onnx.fuzz")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    options = parser.parse_args()
    sys.exit(again(options.files) if options.files else fuzz(options.minutes))
