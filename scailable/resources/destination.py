"""Where a download goes, and whether it is there already."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from scailable.errors import ValidationError
from scailable.resources.artefacts import file_name

if TYPE_CHECKING:
    import os

    from scailable.types import Download, Model


def place(path: str | os.PathLike[str] | None, model: Model, download: Download) -> Path:
    """The file to write: the one that was named, or one named after the model in a folder."""
    given = Path() if path is None else Path(path)
    return given / file_name(model, download) if given.is_dir() else given


def already_there(
    destination: Path, path: str | os.PathLike[str] | None, download: Download
) -> bool:
    """Whether a file under a name that we chose is there and is the one wanted.

    Raises:
        ValidationError: it is another one, perhaps the user's own original.
    """
    if not destination.exists() or (path is not None and destination == Path(path)):
        return False
    with destination.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() == download.sha256:
            return True
    raise ValidationError(
        f"{destination} is there already and is another file.",
        hint="Give the path of the file to write; a file that is named is replaced.",
    )
