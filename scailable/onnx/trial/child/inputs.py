"""What is fed to a model: arrays and pictures from files, and values for what is not given."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scailable.onnx import names
from scailable.onnx.report import TensorInfo
from scailable.onnx.sandbox import Refused
from scailable.onnx.trial.child import pictures
from scailable.onnx.trial.child.arrays import converted, load_arrays, one_sample
from scailable.onnx.trial.child.pictures import Normalisation, load_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]

_SENSITIVITY = 0.5
_ARRAYS = frozenset({".npy", ".npz"})
# Beside the samples of a test set their labels are kept; see also scailable.edge.inputs.
_LABELS = "labels"


def read_inputs(
    wanted: Sequence[TensorInfo],
    given: Mapping[str, str],
    normalisation: Normalisation,
    sample: int | None = None,
) -> tuple["Arrays", list[str]]:
    """The arrays to feed, by input, and notes on what was made up or changed.

    Args:
        wanted: the inputs of the model.
        given: path by the name of the input, whole or up to its first `-`; under the empty name a
            file that finds its inputs by itself: an .npz by its keys, a picture or .npy as the
            only or the image input.
        normalisation: for pictures.
        sample: which of many samples in the files to take.

    Raises:
        Refused: a file does not fit.
    """
    notes: list[str] = []
    found: Arrays = {}
    labels: list[NDArray[Any]] = []
    for name, path in given.items():
        for target, values in _from_file(
            wanted, name, Path(path), normalisation, labels, notes
        ).items():
            if target in found:
                raise Refused(f"The input {target} is given twice.")
            found[target] = values
    fed: Arrays = {}
    most = 1
    for tensor in wanted:
        if tensor.name in found:
            fed[tensor.name], count = _fitted(found[tensor.name], tensor, wanted, sample, notes)
            most = max(most, count)
    if sample is not None and sample >= most:
        raise Refused(f"There is no sample {sample}: only one is given.")
    if most > 1:
        at = sample or 0
        known = [str(each[at]) for each in labels if each.ndim == 1 and len(each) == most]
        said = "".join(f", labelled {label}" for label in known)
        notes.append(f"sample {at} of {most} (0 to {most - 1}) is fed{said}")
    for tensor in wanted:
        if tensor.name not in fed:
            fed[tensor.name] = _made_up(tensor, wanted, fed, notes)
    return fed, notes


def _from_file(
    wanted: Sequence[TensorInfo],
    name: str,
    path: Path,
    normalisation: Normalisation,
    labels: list["NDArray[Any]"],
    notes: list[str],
) -> "Arrays":
    """What a file gives, by input; labels in it are added to `labels`."""
    suffix = path.suffix.lower()
    if suffix in pictures.SUFFIXES:
        target = _target(wanted, name, path)
        return {target.name: load_picture(path, target, normalisation, notes)}
    if suffix not in _ARRAYS:
        kinds = ", ".join(sorted(_ARRAYS | pictures.SUFFIXES))
        raise Refused(f"{path} is of no kind that can be fed.", f"Give one of: {kinds}")
    arrays = load_arrays(path)
    if "" in arrays:
        return {_target(wanted, name, path).name: arrays[""]}
    if _LABELS not in {tensor.name for tensor in wanted} and _LABELS in arrays:
        labels.append(arrays.pop(_LABELS))
    return _by_key(wanted, name, path, arrays, notes)


def _by_key(
    wanted: Sequence[TensorInfo], name: str, path: Path, arrays: "Arrays", notes: list[str]
) -> "Arrays":
    """The arrays of an .npz by input: under its full name, or the part before its first `-`."""
    if name:
        if len(arrays) != 1:
            raise Refused(f"{path} holds {len(arrays)} arrays, where {name} takes one.")
        return {_target(wanted, name, path).name: next(iter(arrays.values()))}
    if len(arrays) == 1 and len(wanted) == 1:
        return {wanted[0].name: next(iter(arrays.values()))}
    found: Arrays = {}
    unused = []
    for key, values in arrays.items():
        target = _called(wanted, key) or _called(wanted, names.parse_name(key).prefix)
        if target is None:
            unused.append(key)
        elif target.name in found:
            raise Refused(f"{path} holds the input {target.name} twice.")
        else:
            found[target.name] = values
    if not found:
        raise Refused(f"{path} holds {', '.join(unused) or 'nothing'}.", _takes(wanted))
    if unused:
        notes.append(f"{path.name}: {', '.join(unused)} not used")
    return found


def _called(wanted: Sequence[TensorInfo], name: str) -> TensorInfo | None:
    """The input of that name, or else the only one whose name begins with it before a `-`."""
    for tensor in wanted:
        if tensor.name == name:
            return tensor
    alike = [tensor for tensor in wanted if names.parse_name(tensor.name).prefix == name]
    return alike[0] if len(alike) == 1 else None


def _target(wanted: Sequence[TensorInfo], name: str, path: Path) -> TensorInfo:
    """The input that a file is for."""
    if name:
        target = _called(wanted, name)
        if target is None:
            raise Refused(f"There is no input {name}, or more than one.", _takes(wanted))
        return target
    if len(wanted) == 1:
        return wanted[0]
    target = _called(wanted, names.IMAGE)
    if target is None:
        raise Refused(f"Which input is {path} for?", f"Give --input NAME={path}. {_takes(wanted)}")
    return target


def _fitted(
    values: "NDArray[Any]",
    tensor: TensorInfo,
    wanted: Sequence[TensorInfo],
    sample: int | None,
    notes: list[str],
) -> tuple["NDArray[Any]", int]:
    """One sample in the shape and the element type of its input, and of how many it is one."""
    picked = one_sample(values, tensor.shape, sample)
    if picked is None:
        listed = ",".join(map(str, values.shape))
        text = f"{tensor.name} takes {tensor}, not {values.dtype}[{listed}]."
        raise Refused(text, _takes(wanted))
    one, count = picked
    fed = converted(one, tensor, _takes(wanted))
    if fed.dtype != one.dtype and one.dtype.kind != "U":
        notes.append(f"{tensor.name}: {one.dtype} converted to {fed.dtype}")
    return fed, count


def _made_up(
    tensor: TensorInfo, wanted: Sequence[TensorInfo], fed: "Arrays", notes: list[str]
) -> "NDArray[Any]":
    """The value of an input that was not given, for those that have one by their meaning."""
    import numpy as np

    sizes = _sizes(wanted, fed)
    shape = [each if isinstance(each, int) else sizes.get(each) for each in tensor.shape or (None,)]
    prefix = names.parse_name(tensor.name).prefix
    known = [size for size in shape if size is not None]
    if prefix == names.NMS_SENSITIVITY and tensor.dtype.startswith("float"):
        notes.append(f"{tensor.name} was not given: {_SENSITIVITY}")
        return np.full([size or 1 for size in shape], _SENSITIVITY, tensor.dtype)
    if prefix == names.MASK and tensor.dtype == "bool" and len(known) == len(shape):
        notes.append(f"{tensor.name} was not given: nothing is masked")
        return np.ones(known, bool)
    raise Refused(f"The input {tensor.name} ({tensor}) is missing.", _takes(wanted))


def _sizes(wanted: Sequence[TensorInfo], fed: "Arrays") -> dict[str | None, int]:
    """The sizes that dynamic axes have in what is fed, by the name of the axis."""
    sizes: dict[str | None, int] = {}
    for tensor in wanted:
        if tensor.name in fed and tensor.shape is not None:
            for axis, size in zip(tensor.shape, fed[tensor.name].shape, strict=True):
                if isinstance(axis, str):
                    sizes[axis] = size
    return sizes


def _takes(wanted: Sequence[TensorInfo]) -> str:
    listed = "; ".join(f"{tensor.name} {tensor}" for tensor in wanted)
    return f"The model takes: {listed or 'nothing'}"
