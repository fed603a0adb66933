"""Looking into two files and telling them apart."""

import os

from scailable.onnx.difference.compare import compare
from scailable.onnx.difference.report import Difference
from scailable.onnx.difference.side import read_side


def diff(old: str | os.PathLike[str], new: str | os.PathLike[str]) -> Difference:
    """What differs between two models: inputs and outputs, operators, versions, weights.

    Weights are compared by their digests; they are never held in memory.

    Args:
        old, new: the files.

    Returns:
        the differences.

    Raises:
        UnreadableFile: a file cannot be read.
        ValidationError: a file holds no model, or a damaged one.
        MissingExtraError: the onnx package is not installed.
    """
    return compare(read_side(old), read_side(new))
