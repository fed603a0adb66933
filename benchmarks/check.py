"""Checking a model before its upload, against only hashing it and against only onnx's checker.

python -m benchmarks.check [--megabytes 1 100] [--rounds 3]

Each way runs in a process of its own, as the check does its work in a child: seconds on the
clock, and the most memory that any of its processes had.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.loopback import table

START = "import json, resource, sys, time\npath = sys.argv[1]\n"
WAYS = {
    "sha256": (
        "started = time.perf_counter()\n"
        "import hashlib\n"
        "with open(path, 'rb') as file: hashlib.file_digest(file, 'sha256')\n"
    ),
    "onnx.checker": (
        "started = time.perf_counter()\n"
        "import onnx, onnx.checker\n"
        "onnx.checker.check_model(path, full_check=True)\n"
    ),
    "scailable.onnx.check": (
        "started = time.perf_counter()\n"
        "from scailable.onnx import check\n"
        "report = check(path, 'generic')\n"
        "assert report.ok and report.sha256, report.errors\n"
    ),
}
END = (
    "seconds = time.perf_counter() - started\n"
    "peak = {who: resource.getrusage(getattr(resource, f'RUSAGE_{who}')).ru_maxrss / 1e3\n"
    "        for who in ('SELF', 'CHILDREN')}\n"
    "print(json.dumps([seconds, peak['SELF'], peak['CHILDREN']]))\n"
)


def make_model(path: Path, megabytes: int) -> None:
    """Write a model, in another process: the peak of a child begins with its parent's memory."""
    writer = multiprocessing.get_context("spawn").Process(
        target=_write_model, args=(path, megabytes)
    )
    writer.start()
    writer.join()
    assert path.exists()


def _write_model(path: Path, megabytes: int) -> None:
    """A model of this size: a chain of multiplications with large weights."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper, save_model

    side = 500  # a matrix of 1 MB
    weights = np.random.default_rng(0).random((side, side), dtype=np.float32)
    nodes = [
        helper.make_node("MatMul", [f"x{i}", f"w{i}"], [f"x{i + 1}"]) for i in range(megabytes)
    ]
    graph = helper.make_graph(
        nodes,
        "chain",
        [helper.make_tensor_value_info("x0", TensorProto.FLOAT, [1, side])],
        [helper.make_tensor_value_info(f"x{megabytes}", TensorProto.FLOAT, [1, side])],
        [numpy_helper.from_array(weights, f"w{i}") for i in range(megabytes)],
    )
    opset = [helper.make_opsetid("", 17)]
    save_model(helper.make_model(graph, opset_imports=opset, ir_version=8), str(path))


def measured(way: str, path: Path) -> list[float]:
    """[seconds, MB of the process, MB of its largest child]."""
    command = [sys.executable, "-c", START + WAYS[way] + END, str(path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    values: list[float] = json.loads(said)
    return values


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, nargs="+", default=[1, 100])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for number, megabytes in enumerate(options.megabytes):
        if number:
            print()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            make_model(path, megabytes)
            rounds = [{way: measured(way, path) for way in WAYS} for _ in range(options.rounds)]
        rows = []
        best = {way: min(each[way][0] for each in rounds) for way in WAYS}
        for way, seconds in best.items():
            own, child = (max(each[way][place] for each in rounds) for place in (1, 2))
            rows.append((way, f"{seconds * 1e3:.0f} ms", ""))
            rows.append((f"{way}, peak (its child)", f"{own:.0f} MB ({child:.0f} MB)", ""))
        for peer in ("sha256", "onnx.checker"):
            ratio = best["scailable.onnx.check"] / best[peer]
            rows.append((f"check / {peer}", f"{ratio:.2f} x", ""))
        table(f"Check of {megabytes} MB, best of {options.rounds}", rows)


if __name__ == "__main__":
    main()
