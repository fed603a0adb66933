"""Looks into an uploaded model, in a process of its own: its content is not to be trusted."""

import json
import subprocess
import sys
import time
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from scailable.cloud.jobs import Interrupted

if TYPE_CHECKING:
    from scailable.onnx.report import ModelFacts

_UNREADABLE = 2
_LOOK_SECONDS = 0.2


class InspectionFailed(Exception):
    """The model cannot be converted; the text says why, for its owner."""


def inspect_model(path: Path, *, timeout: float, stopping: Event) -> "ModelFacts":
    """What the validator found in a model file.

    Args:
        path: the file.
        timeout: longest time the process may take, in seconds.
        stopping: breaks the inspection off when it is set.

    Returns:
        What the model says about itself.

    Raises:
        InspectionFailed: the file is no model, has errors, or took too long to check.
        Interrupted: `stopping` was set.
    """
    # The validator takes a while to load, which a start need not wait for.
    from scailable.onnx.report import Report

    command = [sys.executable, "-m", "scailable.onnx", str(path), "--profile", "generic"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        output, words = _outcome(process, time.monotonic() + timeout, stopping)
    except TimeoutError as error:
        raise InspectionFailed(f"The check of the model took more than {timeout:g} s.") from error
    finally:
        process.kill()
        process.communicate()
    try:
        report = Report.from_dict(json.loads(output))
    except (ValueError, KeyError, TypeError) as error:
        raise InspectionFailed(_ending(process.returncode, words)) from error
    if report.errors:
        raise InspectionFailed(" ".join(f"{each.code}: {each.message}" for each in report.errors))
    if report.facts is None:
        raise InspectionFailed("The file holds no model.")
    return report.facts


def _outcome(
    process: subprocess.Popen[bytes], deadline: float, stopping: Event
) -> tuple[bytes, bytes]:
    """What the process wrote until it ended."""
    while True:
        try:
            return process.communicate(timeout=_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if stopping.is_set():
                raise Interrupted from None
            if time.monotonic() > deadline:
                raise TimeoutError from None


def _ending(status: int, words: bytes) -> str:
    """Why a check without a report ended."""
    if status == _UNREADABLE:
        lines = words.decode(errors="replace").strip().splitlines()
        return lines[-1][:500] if lines else "The file cannot be read."
    if status < 0:
        return f"The check of the model was stopped by signal {-status}."
    return "The check of the model broke off."
