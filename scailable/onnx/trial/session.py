"""Opening a model with onnxruntime; used in the processes that run models."""

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from scailable.onnx.report import TensorInfo
from scailable.onnx.sandbox import Missing, Refused

if TYPE_CHECKING:
    import onnxruntime

_DTYPES = {"float": "float32", "double": "float64"}


def open_session(request: dict[str, Any]) -> "onnxruntime.InferenceSession":
    """A session for the model of a request, on the CPU.

    The model is read from the descriptor that was checked. With data in other files it has to be
    opened by its path, beside which the runtime looks for them.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise Missing("run", "Running a model") from error
    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    if request["threads"]:
        options.intra_op_num_threads = request["threads"]
        options.inter_op_num_threads = 1
    model: str | bytes = request["path"]
    if not request["external"]:
        if sys.platform == "linux":
            model = f"/proc/self/fd/{request['descriptor']}"
        else:
            with os.fdopen(request["descriptor"], "rb", closefd=False) as file:
                file.seek(0)
                model = file.read()
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except MemoryError:
        raise
    except Exception as error:  # the bindings raise many kinds
        raise Refused(f"onnxruntime refuses the model: {first_line(error)}") from error


def inputs_of(session: "onnxruntime.InferenceSession") -> list[TensorInfo]:
    """The inputs that have to be fed."""
    return [_tensor(each) for each in session.get_inputs()]


def outputs_of(session: "onnxruntime.InferenceSession") -> list[TensorInfo]:
    """The outputs, as declared."""
    return [_tensor(each) for each in session.get_outputs()]


def first_line(error: Exception) -> str:
    """The words of a failure, on one line."""
    lines = str(error).strip().splitlines()
    said = lines[0] if lines else type(error).__name__
    return re.sub(r"/proc/self/fd/\d+", "the file", said)[:400]


def _tensor(declared: Any) -> TensorInfo:
    kind = str(declared.type).removeprefix("tensor(").removesuffix(")")
    shape = tuple(size if isinstance(size, (int, str)) else None for size in declared.shape)
    return TensorInfo(declared.name, _DTYPES.get(kind, kind), shape)
