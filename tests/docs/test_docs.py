"""Every block of the documents that is marked as runnable runs.

A block that begins with ```python run is executed; the blocks of one file follow each other in one
session that has `client` (signed in, as `Client()` also is), `password`, a file `digits.onnx` in
the current folder and, in the cloud, one of each: `model`, `device`, `group`, `catalogue`.
"""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.facade.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

_BLOCK = re.compile(r"^```python run\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.xdist_group("documents")


def blocks(text: str) -> list[tuple[int, str]]:
    """The runnable blocks, each with the line it begins at."""
    return [(text[: found.start(1)].count("\n") + 1, found[1]) for found in _BLOCK.finditer(text)]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("documents")) as stage:
        yield stage


@pytest.mark.parametrize(
    "document",
    [pytest.param(path, id=path.name) for path in DOCUMENTS if blocks(path.read_text())],
)
def test_document(document: Path, stage: Stage, tmp_path: Path) -> None:
    with stage.scene(tmp_path, awaits=False) as scene, redirect_stdout(io.StringIO()):
        (tmp_path / "examples").symlink_to(ROOT / "examples")  # as in a clone
        for line, source in blocks(document.read_text()):
            scene.run(source, str(document.relative_to(ROOT)), line=line)


def test_a_block_is_found_with_its_line() -> None:
    text = "# Title\n\n```python run\nprint(1)\n```\n\n```python\nno\n```\n"
    assert blocks(text) == [(4, "print(1)\n")]


def test_a_block_that_fails_names_its_line(stage: Stage, tmp_path: Path) -> None:
    with stage.scene(tmp_path, awaits=False) as scene, pytest.raises(ZeroDivisionError) as failed:
        scene.run("1\n1 / 0", "guide.md", line=10)
    assert failed.traceback[-1].lineno + 1 == 11
