"""What a zip archive is, from the names of what it holds."""

import shlex
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from scailable.onnx.text import printable, short

_EXPORT = "export the model as ONNX (torch.onnx.export, tf2onnx, skl2onnx) and check that file"
_FROM_TORCH = "load it in PyTorch and export it: torch.onnx.export(model, example, 'model.onnx')"
_FROM_KERAS = "load it in Keras and export it: model.export('model.onnx', format='onnx')"
_FROM_TF = (
    "unpack it and convert it: python -m tf2onnx.convert --opset 17 --saved-model FOLDER "
    "--output model.onnx"
)
_TEACHABLE = (
    "the vendor's cloud converts it itself: scailable models upload FILE --no-check; "
    "or unpack it and convert the .tflite file with tf2onnx"
)
_TEACHABLE_AGAIN = (
    "export it from Teachable Machine as TensorFlow Lite: the vendor's cloud converts that itself"
)

Names = frozenset[str]


def _ending(names: Names, suffix: str) -> bool:
    return any(name.endswith(suffix) for name in names)


# The first that fits counts. Names are the last parts of the members' paths, in lower case.
_KINDS: tuple[tuple[Callable[[Names], bool], str, str], ...] = (
    (
        lambda names: "labels.txt" in names and _ending(names, ".tflite"),
        "a Teachable Machine model (TensorFlow Lite in a zip archive)",
        _TEACHABLE,
    ),
    (
        lambda names: "labels.txt" in names and bool({"keras_model.h5", "saved_model.pb"} & names),
        "a Teachable Machine model (Keras or SavedModel in a zip archive)",
        _TEACHABLE_AGAIN,
    ),
    (
        lambda names: {"model.json", "metadata.json", "weights.bin"} <= names,
        "a Teachable Machine model (TensorFlow.js in a zip archive)",
        _TEACHABLE_AGAIN,
    ),
    (
        lambda names: "data.pkl" in names and "constants.pkl" in names,
        "a TorchScript model (a PyTorch zip archive)",
        _FROM_TORCH,
    ),
    (
        lambda names: "data.pkl" in names,
        "a PyTorch file (a zip archive)",
        _FROM_TORCH,
    ),
    (
        lambda names: bool({"archive_format", "serialized_exported_program.json"} & names),
        "an exported program of PyTorch (.pt2)",
        "load it and export it: torch.onnx.export(torch.export.load(path), (), 'model.onnx')",
    ),
    (
        lambda names: {"config.json", "model.weights.h5"} <= names,
        "a Keras model (a zip archive)",
        _FROM_KERAS,
    ),
    (
        lambda names: "saved_model.pb" in names,
        "a TensorFlow SavedModel in a zip archive",
        _FROM_TF,
    ),
    (
        lambda names: _ending(names, ".mlmodel"),
        "a Core ML package in a zip archive",
        _EXPORT,
    ),
    (
        lambda names: _ending(names, ".tflite"),
        "a zip archive with a TensorFlow Lite model",
        "unpack it; the vendor's cloud converts a .tflite file itself",
    ),
    (
        lambda names: bool(names) and all(name.endswith(".npy") for name in names),
        "NumPy arrays in a zip archive (.npz): weights without a graph",
        _EXPORT,
    ),
)


def contents(members: Sequence[str]) -> tuple[str, str]:
    """What the archive is, and what to do with it.

    Args:
        members: the names in the archive.

    >>> contents(["a/model.onnx"])
    ("a zip archive with the ONNX model 'a/model.onnx'", 'unpack it and check a/model.onnx')
    """
    models = [name for name in members if name.lower().endswith(".onnx")]
    if models:
        return _with_onnx(members, models)
    names = frozenset(PurePosixPath(name).name.lower() for name in members)
    for fits, what, fix in _KINDS:
        if fits(names):
            return what, fix
    if not members:
        return "a zip archive without a file", "export or download the model again"
    return "a zip archive", "unpack it and check the .onnx file inside"


def _with_onnx(members: Sequence[str], models: list[str]) -> tuple[str, str]:
    first = printable(short(models[0]))
    if len(models) > 1:
        what = f"a zip archive with {len(models)} ONNX models, the first '{first}'"
        return what, "unpack it and check each of them"
    if any(name.lower().endswith(".json") for name in members):
        what = f"a bundle for an accelerator's toolchain: '{first}' with its settings as JSON"
        fix = f"check the model before it is bundled: unpack it and check {shlex.quote(first)}"
        return what, fix
    what = f"a zip archive with the ONNX model '{first}'"
    return what, f"unpack it and check {shlex.quote(first)}"
