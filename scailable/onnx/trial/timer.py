"""The process that measures how fast a model runs."""

import platform
import resource
import time
from pathlib import Path
from typing import Any

from scailable.onnx.report import TensorInfo
from scailable.onnx.sandbox import Output, Refused, serve
from scailable.onnx.trial.session import first_line, inputs_of, open_session

_SEED = 20_261_121
_REPORT_SECONDS = 0.25


def work(request: dict[str, Any], output: Output) -> dict[str, Any]:
    """Run the model of a request on random input until runs or seconds are reached."""
    import numpy as np
    import onnxruntime

    idle = _peak()
    started = time.perf_counter()
    session = open_session(request)
    loading = time.perf_counter() - started
    generator = np.random.default_rng(_SEED)
    feeds = {each.name: _random(generator, each) for each in inputs_of(session)}
    about = {
        "load_seconds": loading,
        "runtime": f"onnxruntime {onnxruntime.__version__}",
        "provider": session.get_providers()[0],
        "processor": _processor(),
        "inputs": [
            {"name": name, "dtype": str(values.dtype), "shape": list(values.shape)}
            for name, values in feeds.items()
        ],
    }
    output.emit("progress", about=about)
    try:
        for _ in range(request["warmup"]):
            session.run(None, feeds)
        times: list[float] = []
        told = first = time.perf_counter()
        while len(times) < request["runs"]:
            before = time.perf_counter()
            session.run(None, feeds)
            after = time.perf_counter()
            times.append(after - before)
            if after - told > _REPORT_SECONDS:
                output.emit("progress", times=times, total=request["runs"])
                told = after
            if request["seconds"] and after - first >= request["seconds"]:
                break
    except MemoryError:
        raise
    except Exception as error:
        raise Refused(f"The model fails on random input: {first_line(error)}") from error
    return {"about": about, "times": times, "memory": max(0, _peak() - idle)}


def _random(generator: Any, wanted: TensorInfo) -> Any:
    """Values from 0 to 1 for numbers; a size that is open is 1."""
    shape = [size if isinstance(size, int) else 1 for size in wanted.shape or ()]
    values = generator.random(shape, dtype="float32")
    if wanted.dtype == "bool":
        return values > 0.5
    try:
        return values.astype(wanted.dtype)
    except TypeError as error:
        raise Refused(f"The input {wanted.name} takes {wanted.dtype}: give it with run.") from error


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    serve(work, cores=64)
