"""The process that corrects a model: `python -m scailable.onnx.fixing.editor`."""

import hashlib
import os
from pathlib import Path
from typing import Any

import onnx
from google.protobuf.message import EncodeError  # type: ignore[import-untyped,unused-ignore]

from scailable.onnx import opset_stamp
from scailable.onnx.fixing import edits
from scailable.onnx.fixing.inlining import inline
from scailable.onnx.sandbox import Output, Refused, serve

_BLOCK = 1 << 24


def work(request: dict[str, Any], output: Output) -> dict[str, Any]:
    """Correct the model on one open file, and write it to another."""
    plan = request["plan"]
    model = _read(request["source"], request["sha256"])
    changes: list[edits.Change] = []
    # The stamp is looked for while large data may still be elsewhere: the search copies the model.
    if plan["opset_stamp"] is not None:
        changes += edits.stamp_opset(model, _stamp(model, plan["opset_stamp"]))
    if plan["inline"]:
        changes.append(inline(model, Path(request["folder"]), request["external"]))
    if plan["drop_initializer_inputs"]:
        changes += edits.drop_initializer_inputs(model)
    if plan["batch"] is not None:
        changes += edits.set_batch(model, request["image"], plan["batch"])
    changes += edits.rename(model, plan["renames"], optional=plan["automatic"])
    if plan["ir"] is not None:
        changes += edits.lower_ir(model, plan["ir"], optional=plan["automatic"])
    if changes:
        _write(model, request["target"])
    return {"changes": changes}


def _read(source: int, sha256: str) -> onnx.ModelProto:
    with os.fdopen(source, "rb", closefd=False) as file:
        file.seek(0)
        content = file.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Refused(
            "The model has changed while it was being read.",
            "Wait until the program that writes it has finished.",
        )
    return onnx.load_model_from_string(content)


def _stamp(model: onnx.ModelProto, wanted: int | str) -> int:
    if isinstance(wanted, int):
        return wanted
    with edits.without_data(model):
        accepted = opset_stamp.accepted_opset(model)
    if accepted is None:
        raise Refused(
            "No opset from 7 to 17 makes this model valid.", "Export it again from the original."
        )
    return accepted


def _write(model: onnx.ModelProto, target: int) -> None:
    try:
        content = memoryview(model.SerializeToString())
    except (EncodeError, ValueError) as error:
        raise Refused(
            f"The new model is larger than the 2 GiB that one file can have: {error}."
        ) from error
    try:
        while content:
            content = content[os.write(target, content[:_BLOCK]) :]
        os.fsync(target)
    except OSError as error:
        raise Refused(
            f"The new model cannot be written: {error.strerror}.",
            "Make room on the disk, or write it to another.",
        ) from error


if __name__ == "__main__":
    serve(work)
