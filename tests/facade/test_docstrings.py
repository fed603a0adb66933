"""Every public docstring of the facade has an example, and the example is true."""

from __future__ import annotations

import doctest
import importlib
import inspect
import io
import sys
from contextlib import redirect_stdout
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.facade.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
_NOUNS = (
    *("account", "catalogues", "devices", "groups", "licenses", "models", "page"),
    *("skafos", "skafos_apps", "skafos_models", "skafos_noun", "skafos_tokens"),
)
_MODULES = {
    "sync": (*(f"scailable.resources._sync.{noun}" for noun in _NOUNS), "scailable.client"),
    "async": (*(f"scailable.resources._async.{noun}" for noun in _NOUNS), "scailable.client"),
    "sclblpy": ("scailable.sclblpy",),
    "skafos": ("scailable.skafos.models", "scailable.skafos.discovery"),
}

# What needs no example: wiring, and names that are shown under another.
_PLAIN = {"close", "session", "transport", "using", "apps", "tokens", *_NOUNS}


def docstrings(module_name: str) -> Iterator[tuple[str, str]]:
    """Name and text of each public docstring of a module."""
    module = importlib.import_module(module_name)
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module_name:
            continue
        if inspect.isfunction(value):
            yield name, inspect.getdoc(value) or ""
        elif inspect.isclass(value) and not name.endswith(("WithResponse", "Fetch")):
            yield name, inspect.getdoc(value) or ""
            for part, member in vars(value).items():
                if part.startswith("_") or part in _PLAIN or not _documented(member):
                    continue
                yield f"{name}.{part}", inspect.getdoc(member) or ""


def _documented(member: Any) -> bool:
    return inspect.isfunction(member) or isinstance(
        member, property | cached_property | classmethod
    )


def examples(style: str) -> list[Any]:
    found = []
    for module in _MODULES[style]:
        for name, text in docstrings(module):
            # The client module holds both clients.
            if module == "scailable.client" and name.startswith("Async") != (style == "async"):
                continue
            short = module.rpartition(".")[2]
            group = pytest.mark.xdist_group(f"examples-{style}")
            found.append(pytest.param(style, text, id=f"{style}-{short}.{name}", marks=group))
    return found


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Stage]]:
    """A cloud for each style: each registers the same users."""
    made: dict[str, Stage] = {}
    yield made
    for stage in made.values():
        stage.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("style", "text"),
    [*examples("sync"), *examples("async"), *examples("sclblpy"), *examples("skafos")],
)
def test_example(
    style: str,
    text: str,
    stages: dict[str, Stage],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed = doctest.DocTestParser().get_examples(text)
    assert parsed, "a public docstring without an example"
    if style not in stages:
        stages[style] = Stage(tmp_path_factory.mktemp(style)).__enter__()
    monkeypatch.setattr(sys, "displayhook", sys.__displayhook__)
    checker = doctest.OutputChecker()
    code = "".join(example.source for example in parsed)
    with stages[style].scene(tmp_path, awaits=style == "async", code=code) as scene:
        for example in parsed:
            written = io.StringIO()
            with redirect_stdout(written):
                scene.run(example.source, "<example>", mode="single")
            if not checker.check_output(example.want, written.getvalue(), 0):
                pytest.fail(checker.output_difference(example, written.getvalue(), 0))


def _other_modules() -> list[str]:
    """The modules whose examples need no cloud."""
    staged = {module for modules in _MODULES.values() for module in modules}
    # Their examples need files: see tests/archive/test_examples.py.
    staged |= {
        f"scailable.archive.{name}" for name in ("packing", "reading", "unpacking", "zipped")
    }
    paths = [path for folder in ("scailable", "scripts") for path in (ROOT / folder).rglob("*.py")]
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in paths
        if ">>> " in path.read_text()
    }
    return sorted(names - staged)


@pytest.mark.parametrize("name", _other_modules())
def test_examples_of_other_modules(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
