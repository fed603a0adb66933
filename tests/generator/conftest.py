import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scailable.runtime.services import SERVICES
from scripts.regen import build
from scripts.regen.commands import main
from scripts.regen.tree import Tree
from tests.generator import sample

ROOT = Path(__file__).parents[2]
Regenerate = Callable[..., int]


@pytest.fixture(scope="session")
def current(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A tree with our templates, the sample document for each service, and the code made of it."""
    tree = Tree(tmp_path_factory.mktemp("current"))
    shutil.copytree(ROOT / "openapi" / "templates", tree.templates)
    for name in ("pyproject.toml", "openapi/generator.yaml"):
        shutil.copyfile(ROOT / name, tree.root / name)
    (tree.openapi / "overlays").mkdir()
    for service in SERVICES:
        write(tree, service, sample.document(service))
    build.regenerate(tree)
    return tree


@pytest.fixture
def tree(current: Tree, tmp_path: Path) -> Tree:
    """The same, to be changed at will."""
    shutil.copytree(current.root, tmp_path / "tree", ignore=shutil.ignore_patterns("__pycache__"))
    return Tree(tmp_path / "tree")


@pytest.fixture
def regenerate(tree: Tree) -> Regenerate:
    """Run scripts/regenerate.py on the tree; returns its exit code."""
    return lambda *arguments: main([f"--root={tree.root}", *arguments], default_root=ROOT)


def write(tree: Tree, service: str, document: dict[str, Any]) -> None:
    tree.document(service).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file and what is in it."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
