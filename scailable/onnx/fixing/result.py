"""What was corrected, for people and as JSON."""

import shlex
from dataclasses import asdict, dataclass
from typing import Any

from scailable.errors import ScailableError
from scailable.onnx.report import Report
from scailable.onnx.text import one_line, printable

RENAMED = ("name of input", "name of output")
_MOST_SHOWN = 10
_LONGEST = 120


class FixFailed(ScailableError):
    """A correction cannot be made, or what comes of it is not sound; no file was written."""

    next_step = "Export the model again with what the check asks for."


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was corrected.

    >>> print(Change("IR version", "10", "9"))
    IR version: 10 > 9
    """

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before} > {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What was corrected.

    Attributes:
        path: the source.
        output: the new file; None when there was nothing to correct, and none was written.
        changes: every correction.
        before, after: the check of the source and of the new file.
        weights: how many tensors were compared with those of the source, byte by byte.
        difference: the largest difference of any output value between the source and the new
            file, on three random inputs; None when they were not compared.
        note: how they were compared, or why they were not; may be empty.
    """

    path: str
    output: str | None
    changes: tuple[Change, ...]
    before: Report
    after: Report | None
    weights: int = 0
    difference: float | None = None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-ready values."""
        return {
            "path": self.path,
            "output": self.output,
            "changes": [asdict(each) for each in self.changes],
            "before": self.before.to_dict(),
            "after": None if self.after is None else self.after.to_dict(),
            "weights": self.weights,
            "difference": self.difference,
            "note": self.note,
        }

    def text(self) -> str:
        """The result for people."""
        if self.output is None or self.after is None:
            left = _left(self.before)
            nothing = "nothing that can be corrected here" if left else "nothing to correct"
            lines = [f"{self.path}: {nothing}; no file was written", *left]
            return "\n".join(printable(line) for line in lines)
        count = "one correction" if len(self.changes) == 1 else f"{len(self.changes)} corrections"
        lines = [f"{self.output}: written, {count}"]
        lines += [f"  {change}" for change in self.changes]
        if self.weights:
            lines.append(f"  weights: the same bytes in all {self.weights} tensors")
        if self.difference is None:
            lines.append(f"  not compared: {self.note}")
        else:
            note = f" ({self.note})" if self.note else ""
            apart = f"max abs difference {self.difference} on 3 random inputs"
            lines.append(f"  numerically equal: {apart}{note}")
        lines.append(f"  check: {self.before.verdict} > {self.after.verdict}")
        lines += _left(self.after)
        return "\n".join(printable(line) for line in lines)


def _left(report: Report) -> list[str]:
    """What a person has to see to."""
    found = [*report.errors, *report.warnings]
    lines = [
        f"  left: {each.severity} {each.code} {one_line(each.message, _LONGEST)}"
        for each in found[:_MOST_SHOWN]
    ]
    if len(found) > _MOST_SHOWN:
        lines.append(f"  ... and {len(found) - _MOST_SHOWN} more")
    if found:
        lines.append(f"  More: scailable models check {shlex.quote(report.path)}")
    return lines
