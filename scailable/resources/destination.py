"""Where a download goes, and whether it is there already."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from scailable.errors import ValidationError

if TYPE_CHECKING:
    import os


def place(path: str | os.PathLike[str] | None, name: str) -> Path:
    """The file to write: the one that was named, or one of this name in a folder."""
    given = Path() if path is None else Path(path)
    return given / name if given.is_dir() else given


def already_there(
    destination: Path, path: str | os.PathLike[str] | None, sha256: str | None
) -> bool:
    """Whether a file under a name that we chose is there and is the one wanted.

    Raises:
        ValidationError: it is another one, perhaps the user's own original.
    """
    if not destination.exists() or (path is not None and destination == Path(path)):
        return False
    with destination.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
            return True
    raise ValidationError(
        f"{destination} is there already and is another file.",
        hint="Give the path of the file to write; a file that is named is replaced.",
    )
