"""Looking into two files and telling them apart."""

import os

from scailable.errors import ValidationError
from scailable.onnx.difference.compare import compare
from scailable.onnx.difference.report import Difference
from scailable.onnx.examination import Examination, examine_file


def diff(old: str | os.PathLike[str], new: str | os.PathLike[str]) -> Difference:
    """What differs between two models: inputs and outputs, operators, versions, weights.

    Weights are compared by their digests; they are never held in memory.

    Args:
        old, new: the files.

    Returns:
        the differences.

    Raises:
        UnreadableFile: a file cannot be read.
        ValidationError: a file holds no model.
        MissingExtraError: the onnx package is not installed.
    """
    examined = [_examined(path) for path in (old, new)]
    return compare(examined[0], examined[1], (os.fsdecode(old), os.fsdecode(new)))


def _examined(path: str | os.PathLike[str]) -> Examination:
    seen = examine_file(path, digests=True)
    if seen.model is None or seen.facts is None:
        problem = seen.problems[0] if seen.problems else None
        said = f": {problem.code} {problem.message}" if problem else ""
        raise ValidationError(
            f"{os.fsdecode(path)} holds no model{said}.",
            hint=(problem.fix if problem else None) or "Check it: scailable models check FILE",
        )
    return seen
