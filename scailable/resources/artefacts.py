"""Which file of a model to download, and under which name. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scailable.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scailable.types import Download, Model

_SUFFIXES = {
    "application/x-onnx": ".onnx",
    "application/zip": ".zip",
    "application/x-tensorflow-lite": ".tflite",
}


def media_type(text: str) -> tuple[str, dict[str, str]]:
    """A media type and its parameters.

    >>> media_type("application/x-onnx; source=original")
    ('application/x-onnx', {'source': 'original'})
    """
    kind, *rest = text.split(";")
    parameters = (part.partition("=") for part in rest)
    return kind.strip().lower(), {
        name.strip().lower(): value.strip().strip('"') for name, _, value in parameters
    }


def original(downloads: Sequence[Download]) -> Download | None:
    """The file as it was uploaded."""
    found = (one for one in downloads if media_type(one.mime_type)[1].get("source") == "original")
    return next(found, None)


def choose(model: Model, *, mime_type: str | None, device: str | None) -> Download:
    """The file that was asked for; without wishes the one that was uploaded.

    Raises:
        ValidationError: there is none of that kind; the hint lists what there is.
    """
    for download in model.downloads:
        kind, parameters = media_type(download.mime_type)
        if mime_type is not None:
            wanted, wishes = media_type(mime_type)
            if kind != wanted or wishes.items() - parameters.items():
                continue
        if device is not None and parameters.get("device") != device:
            continue
        if mime_type is None and device is None and parameters.get("source") != "original":
            continue
        return download
    wish = mime_type or (f"device={device}" if device else "source=original")
    there = "; ".join(repr(one.mime_type) for one in model.downloads)
    raise ValidationError(
        f"The model {model.name!r} has no file for {wish}.",
        hint=f"There is {there}."
        if there
        else f"There is no file yet; its status is {model.status!r}.",
    )


def file_name(model: Model, download: Download) -> str:
    """A name for the downloaded file, safe as one part of a path.

    Only letters, digits, `.`, `_`, `-` and blanks are kept of the model's name.
    """
    safe = re.sub(r"[^\w.\- ]", "_", model.name)
    # Most systems take 255 bytes.
    stem = safe.encode()[:200].decode(errors="ignore").strip(" .") or str(model.uuid)
    suffix = _SUFFIXES.get(media_type(download.mime_type)[0], "")
    return stem if stem.lower().endswith(suffix) and suffix else f"{stem}{suffix}"
