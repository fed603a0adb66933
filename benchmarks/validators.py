"""One way to look at a model, measured: what `benchmarks.onnx` runs in a process of its own.

python -P benchmarks/validators.py WAY MODEL

It needs nothing but what the way imports, as most run in environments without this package. `-P`
keeps this folder, with its own `onnx`, off the path.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

BLOCK = 1 << 20
Work = Callable[[], str]


def sha256(model: Path) -> Work:
    def work() -> str:
        _hash(model)
        return ""

    return work


def checker(model: Path) -> Work:
    import onnx.checker

    def work() -> str:
        onnx.checker.check_model(str(model), full_check=True)
        return "fit"

    return work


def checker_and_sha256(model: Path) -> Work:
    check = checker(model)

    def work() -> str:
        _hash(model)
        return check()

    return work


def load_and_checker(model: Path) -> Work:
    import onnx.checker

    def work() -> str:
        onnx.checker.check_model(onnx.load(str(model)), full_check=True)
        return "fit"

    return work


def onnxslim(model: Path) -> Work:
    slim = import_module("onnxslim").slim

    def work() -> str:
        slim(str(model))
        return "fit"

    return work


def sclblonnx(model: Path) -> Work:
    package = import_module("sclblonnx")

    def work() -> str:
        return "fit" if package.check(package.graph_from_file(str(model))) else "unfit"

    return work


def scailable(model: Path, profile: str) -> Work:
    from scailable.onnx import check

    def work() -> str:
        report = check(model, profile)  # type: ignore[arg-type]
        assert report.sha256
        codes = sorted({each.code for each in report.errors})
        return ", ".join(codes) or "fit"

    return work


def scailable_imports(model: Path) -> Work:
    """What a check imports, here and in its child, which is told that there is nothing to check."""
    import scailable.onnx.checking  # noqa: F401

    child = [sys.executable, "-P", "-B", "-m", "scailable.onnx.examiner"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

    def work() -> str:
        subprocess.run(child, env=environment, stdin=subprocess.DEVNULL, check=True)
        return ""

    return work


WAYS: dict[str, Callable[[Path], Work]] = {
    "sha256": sha256,
    "onnx.checker": checker,
    "onnx.checker + sha256": checker_and_sha256,
    "onnx.load + checker": load_and_checker,
    "onnxslim": onnxslim,
    "sclblonnx.check": sclblonnx,
    "check, generic": lambda model: scailable(model, "generic"),
    "check, scailable": lambda model: scailable(model, "scailable"),
    "imports of check": scailable_imports,
}


def _hash(model: Path) -> None:
    """Hash the model, and its data when that is beside it."""
    digest = hashlib.sha256()
    for path in sorted(model.parent.iterdir()):
        with path.open("rb", buffering=0) as file:
            # Reading into a buffer of our own takes a third longer here.
            while block := file.read(BLOCK):
                digest.update(block)


def _peak() -> float:
    """The most memory this process has had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss begins with the memory of the parent there
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024 / 1e6
    return _most(resource.RUSAGE_SELF)


def _most(who: int) -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(who).ru_maxrss * unit / 1e6


def _limit_memory() -> None:
    """A process that asks for more than there is fails, and the machine goes on."""
    known = Path("/proc/meminfo")
    if known.exists():
        available = known.read_text().partition("MemAvailable:")[2].split()[0]
        resource.setrlimit(resource.RLIMIT_AS, (int(available) * 1024,) * 2)


def main() -> None:
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the tools print is no answer
    _limit_memory()
    way, model = sys.argv[1], Path(sys.argv[2])
    work = WAYS[way](model)
    started = time.perf_counter()
    try:
        said, failed = work(), False
    except Exception as error:
        said, failed = type(error).__name__, True
    seconds = time.perf_counter() - started
    child = _most(resource.RUSAGE_CHILDREN)
    json.dump(
        {"seconds": seconds, "own": _peak(), "child": child, "said": said, "failed": failed},
        answer,
    )


if __name__ == "__main__":
    main()
