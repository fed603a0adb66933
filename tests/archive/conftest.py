"""Folders to put into archives."""

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder `model` with a file of weights and one of labels."""
    made = tmp_path / "model"
    made.mkdir()
    (made / "weights.bin").write_bytes(bytes(range(256)) * 5000)
    (made / "labels.txt").write_text("cat\ndog\n")
    return made
