"""The child process that runs a model with onnxruntime.

The runtime is native code that works on a file from elsewhere: it may crash, hang or take all
memory. Here it can, without harm to the agent. Run as a plain script, so that it starts without
the rest of the package:

    python -P worker.py MODEL.onnx

It answers messages on stdin with messages on stdout: first, unasked, what the model takes and
gives, then one answer for each request. A message is two lengths (8 bytes each, big endian), a
JSON object and bytes. Results travel as JSON: the agent must not unpickle what a model made.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import math
import os
import signal
import struct
import sys
import time
from typing import IO, Any

_LENGTHS = struct.Struct(">QQ")

# What onnxruntime calls an element type, and numpy's name for it.
DTYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(bool)": "bool",
    **{
        f"tensor({kind}{bits})": f"{kind}{bits}"
        for kind in ("int", "uint")
        for bits in (8, 16, 32, 64)
    },
}


def send(stream: IO[bytes], header: dict[str, Any], payload: bytes = b"") -> None:
    """Write one message."""
    text = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(text), len(payload)) + text)
    stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Read one message; EOFError when the other side has gone."""
    header_size, payload_size = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    header = json.loads(_exactly(stream, header_size))
    return header, _exactly(stream, payload_size)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _plain(values: Any) -> Any:
    """Nested lists that JSON can hold: seven digits are all a float32 has; no NaN, no infinity."""
    if isinstance(values, list):
        return [_plain(value) for value in values]
    if isinstance(values, float):
        return float(f"{values:.7g}") if math.isfinite(values) else None
    return values


def _facts(tensors: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": tensor.name,
            "dtype": DTYPES.get(tensor.type),
            "shape": [size if isinstance(size, int) else None for size in tensor.shape],
        }
        for tensor in tensors
    ]


def _warm_up(session: Any, inputs: list[dict[str, Any]]) -> None:
    """One run on zeros: a model that kills the runtime shall do so before it is put to work."""
    import numpy as np

    if any(fact["dtype"] is None for fact in inputs):
        return
    zeros = {
        fact["name"]: np.zeros(
            [size if size is not None else 1 for size in fact["shape"]], fact["dtype"]
        )
        for fact in inputs
    }
    # An exception says no more than that zeros do not suit the model.
    with contextlib.suppress(Exception):
        session.run(None, zeros)


def _tensors(header: dict[str, Any], payload: bytes) -> dict[str, Any]:
    import numpy as np

    tensors = {}
    offset = 0
    for fact in header["tensors"]:
        shape, dtype = fact["shape"], np.dtype(fact["dtype"])
        count = math.prod(shape)
        tensors[fact["name"]] = np.frombuffer(payload, dtype, count, offset).reshape(shape)
        offset += count * dtype.itemsize
    return tensors


def _tie_to_parent() -> None:
    """Die with the agent, and before it when memory runs out (Linux)."""
    if sys.platform != "linux":
        return
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123
        score.write("1000")


def serve(model: str, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Load the model and answer until the agent closes the pipe."""
    # Official builds report usage to their vendor by default, which is not ours to agree to.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Spinning threads would heat a small device between two inputs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
        inputs = _facts(session.get_inputs())
        _warm_up(session, inputs)
    except Exception as error:
        send(answers, {"error": f"{type(error).__name__}: {error}"})
        return
    names = [output.name for output in session.get_outputs()]
    send(answers, {"inputs": inputs, "outputs": _facts(session.get_outputs())})
    while True:
        try:
            header, payload = receive(requests)
        except EOFError:
            return
        try:
            tensors = _tensors(header, payload)
            start = time.perf_counter()
            values = session.run(names, tensors)
            seconds = time.perf_counter() - start
            outputs = {
                name: _plain(value.tolist()) for name, value in zip(names, values, strict=True)
            }
            send(answers, {"outputs": outputs, "latency_ms": round(seconds * 1000, 3)})
        except Exception as error:
            send(answers, {"error": f"{type(error).__name__}: {error}"})


def main() -> None:
    """Keep stdout for messages alone: whatever the runtime prints goes to stderr."""
    _tie_to_parent()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(BrokenPipeError):
        serve(sys.argv[1], sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
