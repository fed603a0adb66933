"""The decisions of an upload: what is refused, what is said of the model, what was really sent."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scailable.errors import IntegrityError, ModelRefused, ValidationError
from scailable.resources.artefacts import original
from scailable.runtime.call import FileSource
from scailable.runtime.types import UNSET

if TYPE_CHECKING:
    from scailable.onnx import Report
    from scailable.runtime.types import Unset
    from scailable.types import DriverDetails, Model

Progress = Callable[[int, int], None]

_COARSEST_STAMP = 0.05
_NORMALISATION = ("means", "vars")


class ModelFile:
    """The one open file that is checked and then sent."""

    def __init__(self, path: str, descriptor: int, on_progress: Progress | None) -> None:
        self.path = path
        self.name = Path(path).name
        self.descriptor = descriptor
        self._on_progress = on_progress
        _settle(os.fstat(descriptor))
        self._identity = _identity(os.fstat(descriptor))
        self.source = FileSource(descriptor, name=self.name, on_progress=self._sent)

    def _sent(self, sent: int, total: int) -> None:
        # Before the last piece goes out: the service cannot keep an upload that never ends.
        if sent == total and _identity(os.fstat(self.descriptor)) != self._identity:
            raise self._changed()
        if self._on_progress is not None:
            self._on_progress(sent, total)

    def _changed(self) -> IntegrityError:
        return IntegrityError(
            f"{self.path} was changed while it was checked and sent; nothing was uploaded.",
            hint="Wait until the program that writes it has finished, and upload it again.",
        )


def _settle(status: os.stat_result) -> None:
    """Wait until a change would show.

    Systems stamp files by a coarse clock (4 ms is usual): a change right after another one may
    leave the stamps as they were.
    """
    age = time.time() - max(status.st_mtime, status.st_ctime)
    if 0 <= age < _COARSEST_STAMP:
        time.sleep(_COARSEST_STAMP - age)


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


@contextmanager
def open_model(
    path: str | os.PathLike[str], on_progress: Progress | None = None
) -> Iterator[ModelFile]:
    """Open a model to check and send it.

    Raises:
        UnreadableFile: the path leads to nothing, to no regular file, or may not be read.
    """
    from scailable.onnx.reading.opening import open_regular

    name = os.fspath(path)
    with open_regular(name) as (descriptor, _):
        file = ModelFile(name, descriptor, on_progress)
        try:
            yield file
        finally:
            file.source.close()


def check_file(file: ModelFile, max_size: int) -> Report:
    """Check the file by the rules of the service, on the descriptor from which it is sent.

    Raises:
        MissingExtraError: the extra onnx is not installed.
    """
    from scailable.onnx import check

    return check(file.path, max_size=max_size, descriptor=file.descriptor)


def insist_on_fit(report: Report, *, force: bool) -> None:
    """Let a model pass, or not.

    Raises:
        ModelRefused: it has errors, and they are not forced, or one is a safety rule.
    """
    if report.ok or (force and report.safe):
        return
    errors = report.errors
    worst = next((finding for finding in errors if finding.safety), errors[0])
    count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
    hint = None
    if force:
        hint = f"{worst.code} is a safety rule, which force does not override: {worst.fix}"
    raise ModelRefused(
        f"{report.path} has {count} and was not uploaded: {worst.code} {worst.message}",
        report=report,
        hint=hint,
    )


def derived_details(report: Report | None) -> dict[str, Any]:
    """The `InputDriverDetails` that the graph gives; empty when it does not give any."""
    if report is None or report.facts is None:
        return {}
    from scailable.onnx import input_driver_details

    try:
        return dict(input_driver_details(report.facts))
    except ValidationError:
        # No image input: there is nothing to describe, and the check has said what it thinks of it.
        return {}


def renewed_details(model: Model, report: Report) -> DriverDetails | Unset:
    """The `InputDriverDetails` of a model that gets a new file; unset when they stay.

    The sizes of the image are those of the file; a normalisation that is there stays, since
    somebody may have chosen it.
    """
    details = model.input_driver_details
    if model.input_driver != "vision":
        return UNSET
    derived = derived_details(report)
    sizes = {key: value for key, value in derived.items() if key not in _NORMALISATION}
    renewed = derived | details.to_dict() | sizes
    return UNSET if renewed == details.to_dict() else type(details).from_dict(renewed)


def confirm_kept(model: Model, report: Report | None) -> None:
    """Compare what the service kept with what was checked, where it says so.

    Raises:
        IntegrityError: the digests differ.
    """
    kept = original(model.downloads)
    if report is None or report.sha256 is None or kept is None or kept.sha256 == report.sha256:
        return
    raise IntegrityError(
        f"The service kept another file than {report.path} as model {model.uuid}.",
        expected=f"sha256 {report.sha256}",
        actual=f"sha256 {kept.sha256}",
        hint="Delete the model there, and upload the file again.",
    )
