"""Opening a model with onnxruntime, and what its failures say."""

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from scailable.onnx.report import TensorInfo
from scailable.onnx.sandbox import Missing, Refused
from scailable.onnx.text import one_line

if TYPE_CHECKING:
    import onnxruntime

MEMORY_HINT = "Allow more, if there is more: --memory MIB (memory=BYTES in Python)."

_DTYPES = {"float": "float32", "double": "float64"}
_OUT_OF_MEMORY = re.compile(r"allocate memory|failed to map segment|bad[ _]alloc", re.IGNORECASE)
_PACKAGES = ("onnxruntime", "numpy")


def import_runtime() -> Any:
    """The module onnxruntime, silent and without reports to its vendor.

    Raises:
        Missing: it, or numpy, is not installed.
    """
    # Before the import: official builds report usage from their first moment on.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        import onnxruntime
    except ImportError as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise MemoryError(str(error)) from error
        broken = error.name is not None and error.name.partition(".")[0] not in _PACKAGES
        hint = f"onnxruntime is there, but cannot be imported: {error}" if broken else None
        raise Missing("run", "Running a model", hint) from error
    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(4)
    return onnxruntime


def open_session(request: dict[str, Any]) -> "onnxruntime.InferenceSession":
    """A session for the model of a request, on the CPU; no library of custom operators is loaded.

    The model is read from the descriptor that was checked. Data in other files is found by the
    runtime, in the folder of the model.

    Raises:
        Missing: the runtime is not installed.
        Refused: it does not take the model.
    """
    onnxruntime = import_runtime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    if request["threads"]:
        options.intra_op_num_threads = request["threads"]
        options.inter_op_num_threads = 1
    model: str | bytes
    if request["folder"] is not None:
        key = "session.model_external_initializers_file_folder_path"
        options.add_session_config_entry(key, request["folder"])
        model = _content(request["descriptor"])
    elif sys.platform == "linux":  # there the runtime can read it piece by piece
        model = f"/proc/self/fd/{request['descriptor']}"
    else:
        model = _content(request["descriptor"])
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except MemoryError:
        raise
    except Exception as error:  # the bindings raise many kinds
        raise refusal("onnxruntime refuses the model", error) from error


def inputs_of(session: "onnxruntime.InferenceSession") -> list[TensorInfo]:
    """The inputs that have to be fed."""
    return [_tensor(each) for each in session.get_inputs()]


def refusal(what: str, error: Exception) -> Exception:
    """What to raise for a failure of the runtime: its words on one line, or a lack of memory."""
    said = str(error)
    if _OUT_OF_MEMORY.search(said):
        return MemoryError(said)
    words = one_line(said, 400) or type(error).__name__
    return Refused(f"{what}: {re.sub(r'/proc/self/fd/[0-9]+', 'the file', words)}")


def _content(descriptor: int) -> bytes:
    """All bytes of an open file."""
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read()


def _tensor(declared: Any) -> TensorInfo:
    kind = str(declared.type).removeprefix("tensor(").removesuffix(")")
    shape = tuple(size if isinstance(size, (int, str)) else None for size in declared.shape)
    return TensorInfo(declared.name, _DTYPES.get(kind, kind), shape)
