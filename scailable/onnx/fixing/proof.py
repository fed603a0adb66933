"""Showing that a corrected model still is the model it was made of."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from scailable.errors import MissingExtraError
from scailable.onnx.children import ModelFailed, run_child
from scailable.onnx.difference.compare import function_changes, initializer_changes, node_changes
from scailable.onnx.difference.side import Side
from scailable.onnx.fixing.result import FixFailed
from scailable.onnx.reading.model import tensors_of
from scailable.onnx.report import Finding, Report
from scailable.onnx.rules import external, structure
from scailable.onnx.text import printable, short

_SEED = 20_261_121
_MEMORY = 4 << 30
_SECONDS = 60.0
_BYTES_PER_SECOND = 20_000_000


class Outcome(NamedTuple):
    """How two models compare on random input.

    Attributes:
        difference: the largest of any output value; None when they were not compared.
        note: how they were compared, or why not.
    """

    difference: float | None
    note: str


def insist_on_sound(before: Report, after: Report) -> None:
    """Refuse a new model that is worse than the source.

    Raises:
        FixFailed: it is.
    """
    known = {each.code for each in before.errors}
    # What a wrong stamp makes onnx say has to be gone; else what was the case before may stay.
    gone = {structure.INFERENCE.code} - (set() if structure.WRONG_STAMP.code in known else known)
    broken = [each for each in after.errors if each.safety or each.code in gone]
    if broken:
        raise FixFailed(f"The corrected model is not sound: {said(broken[0])}")
    added = [each for each in after.errors if each.code not in known]
    if added and len(after.errors) > len(before.errors):
        raise FixFailed(
            f"The corrections would add an error: {said(added[0])}",
            hint=printable(added[0].fix) or "Correct what was asked for.",
        )
    if any(each.code == external.OUTSIDE_THE_FILE.code for each in after.errors):
        raise FixFailed("The corrected model still has its data in other files.")


def said(finding: Finding) -> str:
    """A finding as a sentence."""
    place = f"{finding.where}: " if finding.where else ""
    return printable(f"{finding.code} {place}{finding.message.rstrip('.')}.")


def insist_on_same_parts(old: Side, new: Side, renames: Mapping[str, str]) -> int:
    """Refuse a new model whose operators or weights are not those of the source.

    Returns:
        how many tensors were compared, byte by byte.

    Raises:
        FixFailed: they are not the same.
    """
    changes = [
        *node_changes(old, new, renames),
        *function_changes(old, new),
        *(change for change in initializer_changes(old, new, renames) if change.what != "stored"),
    ]
    if changes:
        first = printable(short(str(changes[0])))
        raise FixFailed(f"The corrections would change more than was asked for: {first}.")
    return sum(1 for _ in tensors_of(new.model))


def compare_numerically(
    old: Side,
    new: Side,
    descriptors: tuple[int, int],
    new_path: Path,
    *,
    stamps: Mapping[str, int],
    rows: int | None,
    image: str | None,
) -> Outcome:
    """Run both on the same random input.

    Args:
        old, new: the source and the new model.
        descriptors: both files, open.
        new_path: of the new file, as it can be opened now.
        stamps: what the source may be stamped with where it does not run as it is.
        rows: the fixed batch of the source, when it becomes 1; each image is then fed by itself.
        image: name of the image input of the source.

    Raises:
        FixFailed: the outputs differ.
    """
    # External data is found beside the file only under its own name.
    by_descriptor = sys.platform == "linux" and not old.seen.external
    source = f"/proc/self/fd/{descriptors[0]}" if by_descriptor else str(Path(old.path).absolute())
    together = old.seen.size + sum(each.size for each in old.seen.external) + new.seen.size
    request: dict[str, Any] = {
        "old": source,
        "new": str(new_path.absolute()),
        "seed": _SEED,
        "stamps": {} if old.seen.external else dict(stamps),
        "rows": rows,
        "image": image,
    }
    try:
        answer = run_child(
            "scailable.onnx.fixing.comparison",
            request,
            purpose="Comparing the models",
            seconds=_SECONDS + together / _BYTES_PER_SECOND,
            memory=_MEMORY + 8 * together,
            descriptors=descriptors,
        )
    except MissingExtraError:
        return Outcome(None, "onnxruntime is not installed")
    except ModelFailed as failed:
        return Outcome(None, failed.message)
    if not answer["compared"]:
        return Outcome(None, printable(answer["reason"]))
    difference = answer["difference"]
    if not answer["equal"]:
        apart = "of another shape or kind" if difference is None else f"up to {difference:g} apart"
        raise FixFailed(f"The corrected model computes something else: outputs are {apart}.")
    return Outcome(difference, answer["note"])
