"""The model that is tried: checked, and handed to the process that runs it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scailable.errors import ValidationError
from scailable.onnx.checking import check
from scailable.onnx.reading.opening import open_regular
from scailable.onnx.report import Report

# More than this is meant as no limit, and a year suffices for that.
MOST_SECONDS = 365 * 86_400.0

_MEMORY = 4 << 30
# Less than this, and the runtime itself cannot be loaded.
_LEAST_MEMORY = 512 << 20
_MOST_MEMORY = 1 << 50
_MEMORY_PER_BYTE = 8
# The stack of a thread of the runtime, and the part of the heap that is set aside for it.
_MEMORY_PER_CORE = 256 << 20


@contextmanager
def checked_model(path: str | os.PathLike[str]) -> Iterator[tuple[int, Report]]:
    """A descriptor of a model that breaks no safety rule, with its check.

    Other errors are left to the runtime, which may be less strict than the specification.

    Raises:
        UnreadableFile: it cannot be read.
        ValidationError: it breaks a safety rule.
    """
    name = os.fsdecode(path)
    with open_regular(name) as (descriptor, _):
        report = check(name, "generic", descriptor=descriptor)
        worst = next((each for each in report.errors if each.safety), None)
        if worst is not None:
            raise ValidationError(
                f"{name} is not run: {worst.code} {worst.message}",
                hint=worst.fix or "Check it: scailable models check FILE",
            )
        yield descriptor, report


def model_request(report: Report, descriptor: int, *, threads: int) -> dict[str, Any]:
    """What a process has to know to open the model."""
    folder = str(Path(report.path).absolute().parent)
    return {
        "descriptor": descriptor,
        "folder": folder if report.external else None,
        "threads": threads,
    }


def memory_for(report: Report, asked: int | None) -> int:
    """Bytes of address space that running a model may take.

    Args:
        report: of the model.
        asked: what the user allows; None for what a model of its size needs.

    Raises:
        ValidationError: `asked` is less than the runtime itself needs.
    """
    if asked is None:
        together = report.size + sum(each.size for each in report.external)
        cores = os.cpu_count() or 1
        return _MEMORY + _MEMORY_PER_BYTE * together + _MEMORY_PER_CORE * cores
    if asked < _LEAST_MEMORY:
        raise ValidationError(f"The memory has to be at least {_LEAST_MEMORY >> 20} MiB.")
    return min(asked, _MOST_MEMORY)
