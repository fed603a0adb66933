"""Checking many files: one that cannot be read keeps none of the others from being judged."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scailable.errors import MissingExtraError
from scailable.onnx.report import SCHEMA_VERSION, Profile, Report
from scailable.onnx.text import printable

if TYPE_CHECKING:
    from scailable.onnx.reading.source import Progress

FIT, UNFIT, CANNOT_READ = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be checked.

    Attributes:
        path: the file, as it was given.
        error: why, one sentence.
        hint: what to do about it.
    """

    path: str
    error: str
    hint: str

    def text(self) -> str:
        """The result for people, as `Report.text`."""
        return printable(f"{self.path}: cannot be read") + f"\n{printable(self.error)}"

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-ready values, as described in `report.schema.json`."""
        return {
            "schema_version": SCHEMA_VERSION,
            "path": self.path,
            "ok": False,
            "error": self.error,
            "hint": self.hint,
        }


Result = Report | Unreadable


def check_one(
    path: str,
    profile: Profile = "scailable",
    max_size: int | None = None,
    *,
    on_progress: "Progress | None" = None,
) -> Result:
    """As `check`, but a file that cannot be read is a result too.

    Raises:
        ValidationError: there is no such profile.
    """
    from scailable.onnx.checking import check
    from scailable.onnx.reading.opening import UnreadableFile

    try:
        return check(path, profile, max_size, on_progress=on_progress)
    except (UnreadableFile, MissingExtraError) as error:
        return Unreadable(path, error.message, error.hint or "")
    except OSError as error:  # a disk or a network share that gives up meanwhile
        reason = error.strerror or str(error)
        return Unreadable(path, f"Cannot read {path}: {reason}.", "Try again.")


def exit_code(results: Iterable[Result], *, strict: bool = False) -> int:
    """0 when every file is fit, 1 when one has errors, 2 when one cannot be read.

    Args:
        results: of any number of files.
        strict: warnings count as errors.
    """
    codes = {FIT}
    for result in results:
        if isinstance(result, Unreadable):
            codes.add(CANNOT_READ)
        elif not result.ok or (strict and result.warnings):
            codes.add(UNFIT)
    return max(codes)


def as_json(value: Any) -> str:
    """JSON that every reader takes, and that steers no terminal.

    Bytes of a file name that are no text become `�`.

    >>> print(as_json(["mod\\udcffl", "\\u202e"]))
    [
      "mod�l",
      "\\u202e"
    ]
    """
    written = json.dumps(value, indent=2, ensure_ascii=False)
    return "".join(ch if ch == "\n" or ch.isprintable() else _escaped(ch) for ch in written)


def _escaped(letter: str) -> str:
    return "\ufffd" if "\ud800" <= letter <= "\udfff" else json.dumps(letter)[1:-1]


def schema() -> str:
    """The JSON Schema (draft 2020-12) of `Report.to_dict()` and of lists of results."""
    from importlib.resources import files

    return files(__package__).joinpath("report.schema.json").read_text("utf-8")
