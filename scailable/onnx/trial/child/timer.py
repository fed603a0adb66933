"""The process that measures how fast a model runs."""

import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

from scailable.onnx.report import TensorInfo
from scailable.onnx.sandbox import Output, Refused, serve
from scailable.onnx.trial.child.arrays import is_number
from scailable.onnx.trial.child.session import (
    MEMORY_HINT,
    import_runtime,
    inputs_of,
    open_session,
    refusal,
)
from scailable.onnx.trial.child.usage import MemoryGauge

_SEED = 20_261_121
_REPORT_SECONDS = 0.25


def work(request: dict[str, Any], output: Output) -> dict[str, Any]:
    """Run the model of a request on random input until runs or seconds are reached."""
    runtime = import_runtime()
    import numpy as np

    gauge = MemoryGauge()
    started = time.perf_counter()
    session = open_session(request)
    loading = time.perf_counter() - started
    generator = np.random.default_rng(_SEED)
    wanted = inputs_of(session)
    feeds = {each.name: _random(generator, each) for each in wanted}
    about = {
        "load_seconds": loading,
        "runtime": f"onnxruntime {runtime.__version__}",
        "provider": session.get_providers()[0],
        "processor": _processor(),
        "cores": _cores(),
        "inputs": [
            {"name": name, "dtype": str(values.dtype), "shape": list(values.shape)}
            for name, values in feeds.items()
        ],
        "notes": _taken_as_one(wanted),
    }
    output.emit("progress", about=about)
    try:
        _measure(session, feeds, request, output)
    except MemoryError:
        raise
    except Exception as error:
        raise refusal("The model fails on random input", error) from error
    return {"memory": gauge.read()}


def _measure(session: Any, feeds: dict[str, Any], request: dict[str, Any], output: Output) -> None:
    """Run and tell the times, some at a time: what was told counts when this is broken off."""
    limit = request["seconds"] or float("inf")
    begun = time.perf_counter()
    for _ in range(request["warmup"]):
        session.run(None, feeds)
        if time.perf_counter() - begun >= limit:
            break  # a run takes so long that the first one warmed everything up
    done, times = 0, []
    begun = told = time.perf_counter()
    while done < request["runs"]:
        before = time.perf_counter()
        session.run(None, feeds)
        after = time.perf_counter()
        times.append(after - before)
        done += 1
        if after - told > _REPORT_SECONDS:
            output.emit("progress", times=times)
            times = []
            told = time.perf_counter()
        if after - begun >= limit:
            break
    output.emit("progress", times=times)


def _random(generator: Any, wanted: TensorInfo) -> Any:
    """Random values: floats from 0 to 1, bytes from 0 to 255. A size that is open is 1.

    Other integers are 0, as they may be indices, and that is one that every table has.
    """
    import numpy as np

    shape = [size if isinstance(size, int) else 1 for size in wanted.shape or ()]
    if not is_number(wanted.dtype):
        raise Refused(
            f"The input {wanted.name} takes {wanted.dtype}, for which there is no random value.",
            "Try the model on input of yours: scailable models run FILE --input INPUT",
        )
    if wanted.dtype == "uint8":
        return generator.integers(0, 256, shape, "uint8")
    if "int" in wanted.dtype:
        return np.zeros(shape, wanted.dtype)
    values = generator.random(shape, dtype="float32")
    return values > 0.5 if wanted.dtype == "bool" else values.astype(wanted.dtype)


def _taken_as_one(wanted: list[TensorInfo]) -> list[str]:
    notes = []
    for each in wanted:
        if each.shape is None:
            notes.append(f"{each.name} declares no shape: fed as a scalar")
        elif not all(isinstance(size, int) for size in each.shape):
            notes.append(f"{each.name} is {each}: open sizes are 1")
    return notes


def _cores() -> int:
    """Processor cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    serve(work, cores=64, memory_hint=MEMORY_HINT)
