"""The examples in the modules, on real files."""

import doctest
import importlib
from pathlib import Path

import pytest

from scailable.archive.packing import plan
from scailable.archive.zipped import ZipSource


@pytest.mark.parametrize("name", ["packing", "reading", "unpacking", "zipped"])
def test_examples(name: str, folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "model.zip"
    archive.write_bytes(b"".join(ZipSource(plan([folder]), name="model.zip")))
    module = importlib.import_module(f"scailable.archive.{name}")
    outcome = doctest.testmod(
        module, extraglobs={"folder": folder, "archive": archive, "plan": plan}
    )
    assert outcome.attempted
    assert not outcome.failed
