"""The results file: one line of JSON for each input and model."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scailable.edge.choose import ModelKey
from scailable.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scailable.edge.inputs import InputFile

# Every line begins like this: what does not is no file of ours, and must not be cut.
_BEGINNING = b'{"time": '


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over a results file; `labelled` are those with a known label and a best label."""

    results: int
    errors: int
    labelled: int
    right: int

    @property
    def accuracy(self) -> float | None:
        """The share of labelled results that are right, None when there are none."""
        return self.right / self.labelled if self.labelled else None


class ResultsFile:
    """Appends results, and knows which inputs each model has been run on.

    A line is written with one call and never kept back. A half line, left by a crash in the middle
    of one, is cut off when the file is opened again, so that its input is processed again.

    Raises:
        ConfigError: the file holds something that is not results.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._done: defaultdict[tuple[ModelKey, str, str], set[int]] = defaultdict(set)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            _repair(path)
            for line in read_lines(path):
                key = ModelKey(line["model"], line["digest"])
                self._done[key, line["input"], line["input_digest"]].add(line["index"])
        self._file = path.open("ab", buffering=0)

    def done(self, model: ModelKey, file: InputFile) -> set[int]:
        """The indices of the samples of a file that this model has been run on."""
        return self._done[model, file.name, file.digest]

    def append(
        self,
        *,
        time: str,
        model: ModelKey,
        file: InputFile,
        index: int,
        expected: str | None = None,
        outputs: dict[str, Any] | None = None,
        latency_ms: float | None = None,
        error: str | None = None,
    ) -> None:
        """Write one result, or the reason why there is none."""
        line: dict[str, Any] = {
            "time": time,
            "model": model.function,
            "digest": model.digest,
            "input": file.name,
            "input_digest": file.digest,
            "index": index,
        }
        if expected is not None:
            line["expected"] = expected
        if error is None:
            line |= {"outputs": outputs, "latency_ms": latency_ms}
        else:
            line["error"] = error
        self._write(json.dumps(line, allow_nan=False).encode() + b"\n")
        self.done(model, file).add(index)

    def _write(self, content: bytes) -> None:
        try:
            # A disk that is nearly full takes a part, and says so only at the next write.
            while content:
                content = content[self._file.write(content) :]
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error

    def close(self) -> None:
        """Close the file; what was appended is there already."""
        self._file.close()


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The results in a file; a half last line is left out.

    Raises:
        ConfigError: a line is not a result.
    """
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            if not text.endswith(b"\n"):
                return
            try:
                line = json.loads(text)
                line["model"], line["digest"], line["input"], line["input_digest"], line["index"]
            except (ValueError, TypeError, KeyError):
                raise ConfigError(
                    f"Line {number} of {path} is not a result.",
                    hint="Name another file for the results, or move this one away.",
                ) from None
            yield line


def summarize(path: Path) -> Summary:
    """Count the results in a file, and how many best labels are the expected ones."""
    results = errors = labelled = right = 0
    for line in read_lines(path):
        results += 1
        if "error" in line:
            errors += 1
            continue
        scores = line["outputs"].get("scores")
        if "expected" in line and isinstance(scores, dict):
            labelled += 1
            right += scores["label"] == line["expected"]
    return Summary(results, errors, labelled, right)


def _repair(path: Path) -> None:
    """Cut off a half last line, of a file that is ours."""
    with path.open("r+b") as file:
        beginning = file.read(len(_BEGINNING))
        if not _BEGINNING.startswith(beginning):
            raise ConfigError(
                f"{path} holds something that is not results.",
                hint="Name another file for the results.",
            )
        end = file.seek(0, os.SEEK_END)
        tail = b""
        start = end
        while start > 0 and b"\n" not in tail:
            step = min(start, 1 << 16)
            start = file.seek(start - step)
            tail = file.read(step) + tail
        whole = start + tail.rfind(b"\n") + 1
        if whole < end:
            file.truncate(whole)
