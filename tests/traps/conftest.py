"""The sample document, once as the generator writes it by default and once as we do."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.regen import generate
from scripts.regen.tree import Tree
from tests.generator import sample

ROOT = Path(__file__).parents[2]
Module = Callable[[str], Any]


def run_default_generator(document: dict[str, Any], package: Path) -> None:
    """What a user of the generator gets who changes nothing (but for its formatting hooks)."""
    folder = package.parent
    (folder / "document.json").write_text(json.dumps(document))
    (folder / "hooks.yaml").write_text("post_hooks: []\n")
    command = [str(Path(sys.executable).parent / "openapi-python-client"), "generate"]
    command += ["--path", "document.json", "--config", "hooks.yaml", "--meta", "none"]
    command += ["--output-path", str(package), "--fail-on-warning"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder that holds the packages `theirs` and `ours`, on the import path."""
    folder = tmp_path_factory.mktemp("packages")
    run_default_generator(sample.document(), folder / "theirs")
    generate.generate(Tree(ROOT), "auth", sample.document(), folder / "ours")
    generate.tidy(folder / "ours")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture
def theirs(packages: Path) -> Module:
    return lambda name: importlib.import_module(f"theirs.{name}")


@pytest.fixture
def ours(packages: Path) -> Module:
    return lambda name: importlib.import_module(f"ours.{name}")
