"""Replace the committed documents by those of a running service, each whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scailable.runtime.services import SERVICES
from scripts.regen import build, document, fetch
from scripts.regen.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.regen.tree import Tree


def documents(base_url: str) -> tuple[dict[str, document.Document], list[str], list[str]]:
    """What every service publishes now: documents, what was unreachable, what was refused."""
    base_url = fetch.base_url(base_url)
    found: dict[str, document.Document] = {}
    unreachable, refused = [], []
    for service in SERVICES.values():
        url = f"{base_url}{service.prefix}/openapi.json"
        try:
            content = document.parse(fetch.fetch(url), url)
            build.validate(content, url)
            found[service.name] = content
        except fetch.Unreachable as problem:
            unreachable.append(str(problem))
        except Problem as problem:
            refused.append(str(problem))
    return found, unreachable, refused


def pull(tree: Tree, base_url: str) -> list[str]:
    """Fetch and replace; returns what happened, one line a service.

    Raises:
        Problem: something was refused, or nothing could be fetched. Documents that were good have
            been replaced all the same; each is whole or untouched.
    """
    found, unreachable, refused = documents(base_url)
    lines = []
    for service, content in found.items():
        path = tree.document(service)
        new = document.dump(content)
        if path.is_file() and path.read_bytes() == new:
            lines.append(f"{service}: unchanged")
        else:
            _replace(path, new)
            lines.append(f"{service}: replaced {path.relative_to(tree.root)}")
    lines += [f"{line} The committed document stays." for line in [*unreachable, *refused]]
    if refused or not found:
        raise Problem("\n".join(lines))
    return lines


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".json.new")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
