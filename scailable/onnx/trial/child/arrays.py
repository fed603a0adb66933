"""Arrays from .npy and .npz files, and in the form that an input takes."""

import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scailable.onnx.report import Dimension, TensorInfo
from scailable.onnx.sandbox import Refused
from scailable.onnx.text import one_line

if TYPE_CHECKING:
    from numpy.typing import NDArray


_CHECK_PATH = "Check the path of the input."
_NUMBERS = re.compile(r"bool|u?int(8|16|32|64)|float(16|32|64)")


def is_number(dtype: str) -> bool:
    """Whether numpy knows an element type by this name, as numbers or truth values."""
    return _NUMBERS.fullmatch(dtype) is not None


def insist_on_regular(path: Path) -> None:
    """Refuse what is no regular file: a pipe would be waited for.

    Raises:
        Refused: it is none.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise Refused(f"Cannot read {path}: {error.strerror}.", _CHECK_PATH) from error
    if not stat.S_ISREG(mode):
        raise Refused(f"Cannot read {path}: it is no regular file.", _CHECK_PATH)


def load_arrays(path: Path) -> dict[str, "NDArray[Any]"]:
    """The arrays of an .npz file by name, or that of an .npy file under the empty name.

    Raises:
        Refused: it cannot be read. Python objects in it are not unpickled.
    """
    import numpy as np

    insist_on_regular(path)
    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return {"": loaded}
            return {key: loaded[key] for key in loaded.files}
    except MemoryError:
        raise
    except Exception as error:  # damaged archives raise many kinds
        words = one_line(str(error), 200) or type(error).__name__
        raise Refused(
            f"Cannot read {path}: {words}", "Write it with numpy.save or numpy.savez."
        ) from error


def one_sample(
    values: "NDArray[Any]", shape: Sequence[Dimension] | None, sample: int | None
) -> tuple["NDArray[Any]", int] | None:
    """The values in the shape of an input, and of how many samples they are one.

    Args:
        values: one sample, with or without its batch of 1, or many along a first axis.
        shape: of the input; None when it is not declared.
        sample: which of many, counted from 0; None for the first, or for all of them where the
            batch of the input is open.

    Returns:
        None when the values do not have the shape.

    Raises:
        Refused: there are fewer samples.
    """
    if shape is None:
        return values, 1
    open_batch = len(shape) > 0 and not isinstance(shape[0], int)
    one_batch = len(shape) > 0 and shape[0] == 1
    if _matches(values.shape, shape):
        many = open_batch and sample is not None
        return (_row(values, sample, keep=True), len(values)) if many else (values, 1)
    if (open_batch or one_batch) and _matches(values.shape, shape[1:]):
        return values[None], 1
    if values.ndim > 0 and _matches(values.shape[1:], shape):
        return _row(values, sample, keep=False), len(values)
    if values.ndim > 0 and one_batch and _matches(values.shape[1:], shape[1:]):
        return _row(values, sample, keep=True), len(values)
    return None


def converted(values: "NDArray[Any]", tensor: TensorInfo, wanted: str) -> "NDArray[Any]":
    """The values in the element type of an input: floats may be rounded, nothing else changes.

    Args:
        values: in the shape of the input.
        tensor: the input.
        wanted: what the model takes, for the error.

    Raises:
        Refused: a value would become another one, or there is no such type.
    """
    import numpy as np

    if tensor.dtype == "string" and values.dtype.kind == "U":
        return values.astype(object)
    if values.dtype.kind not in "biuf" or not is_number(tensor.dtype):
        raise Refused(f"{tensor.name} takes {tensor.dtype}, not {values.dtype}.", wanted)
    dtype = np.dtype(tensor.dtype)
    if values.dtype == dtype:
        return np.asarray(values, order="C")
    with np.errstate(all="ignore"):
        result = values.astype(dtype, order="C")
        if values.dtype.kind == dtype.kind == "f":
            same = bool((np.isfinite(result) | ~np.isfinite(values)).all())
        else:
            same = bool((result == values).all())
    if not same:
        text = f"{tensor.name} takes {tensor.dtype}: values of {values.dtype} would change."
        raise Refused(text, wanted)
    return result


def _matches(given: Sequence[int], wanted: Sequence[Dimension]) -> bool:
    return len(given) == len(wanted) and all(
        not isinstance(fixed, int) or fixed == size
        for size, fixed in zip(given, wanted, strict=True)
    )


def _row(values: "NDArray[Any]", sample: int | None, *, keep: bool) -> "NDArray[Any]":
    at = sample or 0
    if at >= len(values):
        raise Refused(f"There is no sample {at}: the last of {len(values)} is {len(values) - 1}.")
    return values[at : at + 1] if keep else values[at]
