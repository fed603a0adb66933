"""The process that corrects a model: `python -m scailable.onnx.fixing.editor`."""

import os
from typing import Any

import onnx
from google.protobuf.message import EncodeError  # type: ignore[import-untyped,unused-ignore]
from onnx.external_data_helper import load_external_data_for_model

from scailable.onnx import opset_stamp
from scailable.onnx.fixing import edits
from scailable.onnx.sandbox import Output, Refused, serve

_BLOCK = 1 << 24


def work(request: dict[str, Any], output: Output) -> dict[str, Any]:
    """Correct the model on one open file, and write it to another."""
    plan = request["plan"]
    with os.fdopen(request["source"], "rb", closefd=False) as file:
        file.seek(0)
        model = onnx.load_model_from_string(file.read())
    changes: list[edits.Change] = []
    if plan["inline"]:
        # The places of the data were judged before, by rules of our own.
        load_external_data_for_model(model, request["folder"])
        changes.append({"what": "external data", "before": "other files", "after": "in the file"})
    if plan["opset_stamp"] is not None:
        changes += edits.stamp_opset(model, _stamp(model, plan["opset_stamp"]))
    if plan["drop_initializer_inputs"]:
        changes += edits.drop_initializer_inputs(model)
    if plan["batch"] is not None:
        changes += edits.set_batch(model, request["image"], plan["batch"])
    changes += edits.rename(model, plan["renames"])
    if plan["ir"] is not None:
        changes += edits.stamp_ir(model, plan["ir"])
    _write(model, request["target"])
    return {"changes": changes}


def _stamp(model: onnx.ModelProto, wanted: int | str) -> int:
    if isinstance(wanted, int):
        return wanted
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
        raise Refused(f"The new model is too large for one file: {error}.") from error
    try:
        while content:
            content = content[os.write(target, content[:_BLOCK]) :]
        os.fsync(target)
    except OSError as error:
        raise Refused(f"The new model cannot be written: {error.strerror}.") from error


if __name__ == "__main__":
    serve(work)
