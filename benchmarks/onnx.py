"""Checking a model, against only hashing it and against other tools that look at models.

python -m benchmarks.onnx [--sizes 1MB 100MB 1GB 3GB-external] [--rounds 5] [--quick]

The models are image classifiers with random weights; `-external` has the weights in a second
file. Every way runs in a process of its own, the ways in turns, the files in the page cache.

- "time": on the clock, once the process has imported what it needs. The start of a child process,
  and what that imports, counts.
- "with start": on the clock, from the start of the process to its end.
- "CPU": of the process and its children, from start to end.
- "MB": the most that the process has had, and "child" the most that its largest child has had.
  Their sum counts twice what both share, as the interpreter; "at once" is the most that all had
  at one moment, what they share counted once, watched in runs of their own.

A way that takes longer than five seconds is measured once. One that fails is shown with its error.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from compileall import compile_dir
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import scailable
from benchmarks.conv_net import write_model
from benchmarks.loopback import table
from benchmarks.memory import peak_at_once
from benchmarks.peers import python_with

# What runs the ways: `validators` needs only the standard library. sclblonnx refuses every model
# when onnx is newer than 1.17, and does not name all that it imports.
ONNXSLIM = ("onnxslim==0.1.98", f"onnx=={version('onnx')}")
SCLBLONNX = ("sclblonnx==0.3.0", "onnx==1.17.0", "ml_dtypes")

BASE = "sha256"
CHECK = "check, generic"
PROFILE = "check, scailable"
IMPORTS = "imports of check"
WAYS = (
    BASE,
    "onnx.checker",
    "onnx.checker + sha256",
    "onnx.load + checker",
    "onnxslim",
    "sclblonnx.check",
    CHECK,
    PROFILE,
    IMPORTS,
)
QUICK = ("1MB", "100MB")
USUAL = (*QUICK, "1GB")
LONG = 5.0
WATCHED = 3
TIMEOUT = 600

REACH_RATIO = 1.15
REACH_MB = 64
REACH_CPU_MS = 150


@dataclass(frozen=True)
class Size:
    """A model to make: bytes of its weights, and whether they are in a second file."""

    name: str
    size: int
    external: bool

    @classmethod
    def parse(cls, name: str) -> "Size":
        found = re.fullmatch(r"(\d+)(MB|GB)(-external)?", name)
        if found is None:
            raise argparse.ArgumentTypeError(f"{name} is not like 100MB or 3GB-external")
        size = int(found[1]) * (10**6 if found[2] == "MB" else 10**9)
        if size >= 2 * 10**9 and not found[3]:
            raise argparse.ArgumentTypeError(f"{name} does not fit one file, {name}-external does")
        return cls(name, size, bool(found[3]))


@dataclass(frozen=True)
class Run:
    """One run of a way: seconds, MB, and what came of it."""

    seconds: float
    with_start: float
    cpu: float
    own: float
    child: float
    said: str
    failed: bool


@dataclass(frozen=True)
class Result:
    """The runs of a way on one model, and those of the hash in the same rounds.

    Least seconds, most MB.
    """

    runs: tuple[Run, ...]
    bases: tuple[Run, ...]
    at_once: float

    @property
    def failed(self) -> bool:
        return self.runs[-1].failed

    @property
    def seconds(self) -> float:
        return min(run.seconds for run in self.runs)

    @property
    def with_start(self) -> float:
        return min(run.with_start for run in self.runs)

    @property
    def cpu(self) -> float:
        return min(run.cpu for run in self.runs)

    @property
    def own(self) -> float:
        return max(run.own for run in self.runs)

    @property
    def child(self) -> float:
        return max(run.child for run in self.runs)

    @property
    def ratio(self) -> float:
        """Least time to the least time of the hash in the same rounds."""
        return self.seconds / min(base.seconds for base in self.bases)

    @property
    def middle_ratio(self) -> float:
        """The median of the ratios of each round."""
        pairs = zip(self.runs, self.bases, strict=True)
        return statistics.median(run.seconds / base.seconds for run, base in pairs)


def interpreters() -> dict[str, Path]:
    """What runs each way; environments of peers are made when there are none."""
    peers = {"onnxslim": python_with(*ONNXSLIM), "sclblonnx.check": python_with(*SCLBLONNX)}
    return {way: peers.get(way, Path(sys.executable)) for way in WAYS}


def measure(size: Size, rounds: int, pythons: Mapping[str, Path]) -> dict[str, Result]:
    """Every way on one model, which is removed afterwards."""
    runs: dict[str, list[Run]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.onnx"
        write_model(model, size.size, external=size.external)
        for _ in range(rounds):
            for way, done in runs.items():
                if not done or done[0].with_start < LONG:
                    _read(model.parent)
                    done.append(run(pythons[way], way, model))
        at_once = {way: _at_once(done, pythons[way], way, model) for way, done in runs.items()}
    return {
        way: Result(tuple(done), tuple(runs[BASE][: len(done)]), at_once[way])
        for way, done in runs.items()
    }


def run(python: Path, way: str, model: Path) -> Run:
    """Run a way in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    command = _command(python, way, model)
    try:
        said = subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        nothing = float("nan")
        words = type(error).__name__
        return Run(nothing, TIMEOUT, nothing, nothing, nothing, words, True)
    with_start = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(with_start=with_start, cpu=cpu, **json.loads(said.stdout))


def _at_once(done: list[Run], python: Path, way: str, model: Path) -> float:
    if any(run.child for run in done):
        command = _command(python, way, model)
        return max(peak_at_once(command) for _ in range(WATCHED))
    return max(run.own for run in done)  # nothing to add up


def _command(python: Path, way: str, model: Path) -> list[str | Path]:
    return [python, "-P", Path(__file__).with_name("validators.py"), way, model]


def _read(folder: Path) -> None:
    """Read the files, so that whoever is next finds them in the page cache."""
    block = bytearray(1 << 20)
    for path in folder.iterdir():
        with path.open("rb", buffering=0) as file:
            while file.readinto(block):
                pass


# --- the tables -----------------------------------------------------------------------------------


def show_size(size: Size, results: Mapping[str, Result]) -> None:
    """Everything about one model."""
    rows = []
    for way, result in results.items():
        last = result.runs[-1]
        rows.append(
            (
                way,
                _seconds(result.seconds),
                "" if result.failed else f"{result.ratio:.2f} x",
                "" if result.failed else f"{result.middle_ratio:.2f} x",
                _seconds(result.with_start),
                _seconds(result.cpu),
                f"{result.own:.0f}",
                f"{result.child:.0f}",
                f"{result.own + result.child:.0f}",
                f"{result.at_once:.0f}",
                str(len(result.runs)),
                f"failed: {last.said}" if last.failed else last.said,
            )
        )
    head = (
        "",
        "time",
        "/ sha256",
        "median",
        "with start",
        "CPU",
        "MB",
        "child",
        "sum",
        "at once",
        "runs",
        "says",
    )
    table(
        f"{size.name}: least times, their ratio, the median of the rounds' ratios, most memory",
        rows,
        head,
    )


def show_ratios(every: Mapping[Size, Mapping[str, Result]]) -> None:
    """One table of all models."""
    rows = []
    for way in WAYS:
        if way != IMPORTS:
            cells = (_ratio_and_memory(results[way]) for results in every.values())
            rows.append((way, *cells))
    title = "Least time to that of sha256, most MB of the process and of its largest child"
    table(title, rows, ("", *(size.name for size in every)))


def show_reach(every: Mapping[Size, Mapping[str, Result]]) -> None:
    rows = []
    for size, results in every.items():
        check = results[CHECK]
        if size.name == "1MB":
            beyond = (check.cpu - results[IMPORTS].cpu) * 1000
            rows.append(
                (f"{size.name}: CPU beyond imports", f"{beyond:.0f} ms", f"<= {REACH_CPU_MS} ms")
            )
        if size.name == "1GB":
            for name, ratio in (
                ("least times", check.ratio),
                ("median of rounds", check.middle_ratio),
            ):
                rows.append(
                    (f"{size.name}: / sha256, {name}", f"{ratio:.2f} x", f"<= {REACH_RATIO} x")
                )
            for name, peak in (
                ("process", check.own),
                ("child", check.child),
                ("both at once", check.at_once),
            ):
                rows.append((f"{size.name}: peak, {name}", f"{peak:.0f} MB", f"<= {REACH_MB} MB"))
    if rows:
        table(CHECK, rows)


def _seconds(value: float) -> str:
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s"


def _ratio_and_memory(result: Result) -> str:
    if result.failed:
        return f"{result.runs[-1].said}"
    memory = f"{result.own:.0f}"
    if result.child:
        memory += f"+{result.child:.0f}"
    return f"{result.ratio:.2f} x, {memory} MB"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=Size.parse, nargs="+", metavar="SIZE")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="small models, two rounds")
    options = parser.parse_args(arguments)
    rounds = 2 if options.quick else options.rounds
    sizes = options.sizes or [Size.parse(name) for name in (QUICK if options.quick else USUAL)]
    pythons = interpreters()
    compile_dir(str(Path(scailable.__file__).parent), quiet=1)  # as an installed package is
    load = os.getloadavg()[0]
    every = {}
    for size in sizes:
        every[size] = measure(size, rounds, pythons)
        show_size(size, every[size])
        print(flush=True)
    show_ratios(every)
    print()
    show_reach(every)
    print(f"Load when it began {load:.1f}, at its end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
