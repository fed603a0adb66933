"""The process that runs the onnx package on a model: `python -m scailable.onnx.examiner`.

Standard input is a line of JSON with the limits, then the model without its large data. Standard
output is JSON lines, read by `checker`, which knows the rules: this process loads little. It runs
in an empty folder, with limits on time and memory, because what it parses is not to be trusted.
"""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scailable.onnx.reading.stand_in import STAND_IN
from scailable.onnx.sandbox import Output, limit
from scailable.onnx.text import one_line

if TYPE_CHECKING:
    import onnx

_AGAIN = "export the model again"
_TYPES_A_LINE = 1000


def main() -> None:
    """Check the model on standard input."""
    output = Output()
    _stage(output, "loading the onnx package")
    onnx_is_there = _import_onnx(output)
    limits = json.loads(sys.stdin.buffer.readline() or "{}")
    if not onnx_is_there or not limits:
        return  # without limits: nobody asks any more
    _stage(output, "reading the model")
    out_of_memory = False
    try:
        limit(limits["seconds"], limits["memory"])
        _examine(output, sys.stdin.buffer.read())
    except MemoryError:
        out_of_memory = True  # said below, where the exception no longer holds on to the model
    except Exception as error:  # a model is refused, whatever it made onnx stumble over
        _problem(output, "unexpected", f"{type(error).__name__}: {error}", fix=_AGAIN)
    if out_of_memory:
        _problem(
            output,
            "memory",
            f"needs more than {limits['memory'] >> 20} MiB to check",
            fix="make the model simpler, or its constants smaller",
        )
    output.emit("done")


def _stage(output: Output, name: str) -> None:
    output.emit("stage", name=name)


def _problem(output: Output, kind: str, message: str, *, fix: str = "") -> None:
    output.emit("problem", rule=kind, message=one_line(message), fix=fix)


def _import_onnx(output: Output) -> bool:
    try:
        import onnx
        import onnx.checker
        import onnx.shape_inference
    except ImportError as error:
        hint = (
            None
            if error.name == "onnx"
            else one_line(f"onnx is installed, but cannot be imported: {error}")
        )
        output.emit("missing", hint=hint)
        return False
    newest = onnx.defs.onnx_opset_version()
    onnx.defs.has("Add")  # registers all operators, while the file is still being read
    output.emit("onnx", version=onnx.__version__, newest_opset=newest)
    return True


def _examine(output: Output, skeleton: bytes) -> None:
    import onnx

    from scailable.onnx import opset_stamp

    Path(STAND_IN).write_bytes(b"\0")  # the checker insists on a file behind replaced data
    _stage(output, "running the onnx checker")
    inferred, refusal = opset_stamp.ask(skeleton, lambda name: _stage(output, name))
    if refusal is not None:
        kind, words = refusal
        _stage(output, "looking for an opset that fits")
        model = onnx.load_model_from_string(skeleton)
        accepted = opset_stamp.accepted_opset(model)
        fix = _AGAIN
        if accepted is not None:
            fix = "see the finding about its opset"
            _problem(output, "stamp", **opset_stamp.diagnosis(model, accepted))
            inferred = opset_stamp.inferred_with(model, accepted)
        _problem(output, kind, words, fix=fix)
    _stage(output, "reporting the inferred types")
    _report_types(output, (inferred or onnx.load_model_from_string(skeleton)).graph)


def _report_types(output: Output, graph: "onnx.GraphProto") -> None:
    """The types of the values of a graph, and of the graphs in its nodes."""
    from scailable.onnx.inferred import types_of

    types = types_of(graph)
    for start in range(0, len(types), _TYPES_A_LINE):
        output.emit("types", types=types[start : start + _TYPES_A_LINE])


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # taking a large model apart object by object would only cost time
