"""The device's own folder and the JSON in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scailable.durable import write_private

if TYPE_CHECKING:
    from pathlib import Path


def private_folder(folder: Path) -> Path:
    """Make a folder that only this user can enter; one that exists is left as it is."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def write_json(path: Path, value: Any) -> None:
    """Replace a file by this JSON; see `write_private`."""
    write_private(path, json.dumps(value, indent=2).encode())


def read_json(path: Path) -> Any:
    """The JSON of a file, or None when there is no such file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return json.loads(text)
