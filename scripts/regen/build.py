"""The offline pipeline: documents in, generated tree and lock out."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from scailable.runtime.services import SERVICES
from scripts.regen import document, generate, lint, overlay
from scripts.regen.problem import Problem
from scripts.regen.tree import PACKAGE, Tree

INIT = '"""Generated clients, one sub-package a service. Never edited: see openapi/README.md."""\n'


def prepare(tree: Tree) -> tuple[dict[str, document.Document], list[str]]:
    """The final document of each service, checked, and notes for the reader."""
    documents, notes, problems = {}, [], []
    for service in SERVICES:
        try:
            documents[service], more = _prepare(tree, service)
            notes += more
        except Problem as problem:
            problems.append(str(problem))
    if problems:
        raise Problem("\n".join(problems))
    return documents, notes


def _prepare(tree: Tree, service: str) -> tuple[document.Document, list[str]]:
    path = tree.document(service)
    source = str(path.relative_to(tree.root))
    if not path.is_file():
        raise Problem(
            f"{source}: there is no such document. Write it, or fetch it with `regenerate.py pull`."
        )
    content = document.parse(path.read_bytes(), source)
    notes: list[str] = []
    if tree.overlay(service).is_file():
        where = str(tree.overlay(service).relative_to(tree.root))
        content, notes = overlay.apply(content, tree.overlay(service).read_bytes(), where)
        document.vet(content, where)
        source = f"{source} with {where}"
    validate(content, source)
    lint.check(content, source, SERVICES.get(service))
    return content, notes


def validate(content: document.Document, source: str) -> None:
    """Raise when the document is not valid OpenAPI 3.1."""
    try:
        found = list(OpenAPIV31SpecValidator(content).iter_errors())
    except Exception as error:  # the validator raises what its parts raise
        raise Problem(f"{source}: cannot be validated: {str(error)[:150]}") from error
    errors = [
        f"  {'/'.join(map(str, error.absolute_path)) or 'document'}: {_words(error)}"
        for error in found
    ]
    if errors:
        raise Problem(f"{source}: not valid OpenAPI 3.1:\n" + "\n".join(errors[:20]))


def _words(error: Any) -> str:
    instance = json.dumps(error.instance, default=str)[:120]
    return f"{error.message[:200]} (in {instance})"


def build(tree: Tree, folder: Path) -> tuple[dict[str, document.Document], list[str]]:
    """Write the whole generated tree and lock.toml into `folder`."""
    tools = generate.tool_versions(tree)
    documents, notes = prepare(tree)
    package = folder / PACKAGE
    package.mkdir()
    (package / "__init__.py").write_text(INIT)
    (package / "py.typed").touch()
    for service, content in documents.items():
        generate.generate(tree, service, content, package / service)
    generate.tidy(folder)
    generate.guard(tree, documents, folder)
    (folder / "lock.toml").write_text(lock(tree, tools))
    return documents, notes


def lock(tree: Tree, tools: dict[str, str]) -> str:
    """The text of lock.toml: what the generated tree was made from and with."""
    templates = hashlib.sha256()
    for path in sorted(tree.templates.rglob("*.jinja")):
        templates.update(
            f"{path.relative_to(tree.templates).as_posix()} {_digest(path)}\n".encode()
        )
    lines = ["# Written by scripts/regenerate.py.", "", "[tools]"]
    lines += [f'{name} = "{version}"' for name, version in tools.items()]
    lines += [
        "",
        "[generator]",
        f'config = "{_digest(tree.config)}"',
        f'templates = "{templates.hexdigest()}"',
    ]
    for service in SERVICES:
        lines += ["", f"[documents.{service}]", f'document = "{_digest(tree.document(service))}"']
        if tree.overlay(service).is_file():
            lines.append(f'overlay = "{_digest(tree.overlay(service))}"')
    return "\n".join(lines) + "\n"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def regenerate(tree: Tree) -> list[str]:
    """Rebuild and swap in; returns what to tell the reader."""
    tree.generated.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that swapping is a rename on one file system.
    with tempfile.TemporaryDirectory(prefix=".new-", dir=tree.generated.parent) as name:
        folder = Path(name)
        documents, notes = build(tree, folder)
        changes = differences(tree, folder)
        if changes:
            _swap(tree.generated, folder / PACKAGE, folder / "old")
            shutil.copyfile(folder / "lock.toml", tree.lock)
    count = {
        service: len(list(document.operations(content))) for service, content in documents.items()
    }
    made = ", ".join(f"{service} {number}" for service, number in count.items())
    return [*notes, f"Operations: {made}. Files changed: {len(changes)}."]


def _swap(current: Path, new: Path, aside: Path) -> None:
    """Put `new` where `current` is; whatever interrupts it, there is one of the two."""
    if not current.exists():
        new.rename(current)
        return
    current.rename(aside)
    try:
        new.rename(current)
    except BaseException:
        aside.rename(current)
        raise


def check(tree: Tree) -> list[str]:
    """Rebuild aside; raise when the working tree is not the result."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, notes = build(tree, folder)
        changes = differences(tree, folder)
    if changes:
        shown = "\n".join(f"  {line}" for line in changes[:20])
        more = f"\n  and {len(changes) - 20} more" if len(changes) > 20 else ""
        raise Problem(
            f"The generated code is not what the documents give ({len(changes)} files):\n"
            f"{shown}{more}\n"
            "Run scripts/regenerate.py and commit the result."
        )
    uncommitted = _uncommitted(tree)
    if uncommitted:
        notes.append(f"Up to date; not committed yet: {len(uncommitted)} files.")
    return notes or ["Up to date."]


def differences(tree: Tree, folder: Path) -> list[str]:
    """How the working tree differs, byte for byte, from what was built in `folder`."""
    new, old = _files(folder / PACKAGE), _files(tree.generated)
    lines = [f"missing: {path}" for path in sorted(new.keys() - old.keys())]
    lines += [f"left over: {path}" for path in sorted(old.keys() - new.keys())]
    lines += [
        f"different: {path}"
        for path in sorted(new.keys() & old.keys())
        if new[path].read_bytes() != old[path].read_bytes()
    ]
    if not tree.lock.is_file() or tree.lock.read_bytes() != (folder / "lock.toml").read_bytes():
        lines.append("different: openapi/lock.toml")
    return lines


def _files(folder: Path) -> dict[str, Path]:
    return {
        f"generated/{PACKAGE}/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _uncommitted(tree: Tree) -> list[str]:
    """What git would call changed or new, where the tree is a git work tree at all."""
    # `git status`, not `git diff`: only the first sees new files.
    command = [
        "git",
        "status",
        "--porcelain",
        "--untracked-files=all",
        "--",
        "generated",
        "openapi/lock.toml",
    ]
    done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []
