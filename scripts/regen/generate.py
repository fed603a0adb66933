"""From a checked document to a formatted package, with nothing lost on the way."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from jinja2.bccache import Bucket, BytecodeCache
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError

from scripts.regen.document import Document, dump, operations, resolve
from scripts.regen.lint import snake
from scripts.regen.problem import Problem
from scripts.regen.tree import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scripts.regen.tree import Tree

PINNED = ("openapi-python-client", "ruff")
# URL and CDNURI are signed links: whoever reads one has the file. `Url`, of a source, is none.
SECRET = re.compile(r"(?i:password|token|secret|credential|apikey)$|^(URL|CDNURI)$")
RUFF = (
    (
        "check",
        "--select",
        "I,F401,F811",
        "--fix-only",
        "--config",
        'lint.isort.known-first-party=["scailable"]',
    ),
    ("format", "--config", "line-length=100"),
)


class _Compiled(BytecodeCache):
    """Templates compiled once for all services: half of the time of a run otherwise."""

    def __init__(self) -> None:
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def tool_versions(tree: Tree) -> dict[str, str]:
    """The tools that decide what the output looks like.

    Raises:
        Problem: an installed one is not the pinned one, so that the output would differ.
    """
    extras = tomllib.loads((tree.root / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    versions = {}
    for name in PINNED:
        pinned = next(line.split("==")[1] for line in extras["dev"] if line.startswith(f"{name}=="))
        if version(name) != pinned:
            raise Problem(
                f"{name} {version(name)} is installed, {pinned} is pinned in pyproject.toml, "
                f"and their output differs. Install the pinned one: "
                f"{sys.executable} -m pip install {name}=={pinned}"
            )
        versions[name] = pinned
    return versions


def generate(tree: Tree, service: str, document: Document, package: Path) -> None:
    """Write the package of a service into the new folder `package`."""
    # The generator's command line cannot hand the templates what it ignores in a document
    # (x-timeout, the names of the security schemes), so it is driven from here. The exact pin of
    # its version covers this as it covers the templates.
    config = Config.from_sources(
        ConfigFile.load_from_path(tree.config),
        MetaType.NONE,
        package,
        "utf-8",
        overwrite=False,
        output_path=package,
    )
    try:
        errors = _run(tree, service, document, config)
    except Exception as error:  # what the generator does not foresee ends in whatever Python raises
        raise Problem(
            f"{service}: the generator breaks on the document: {type(error).__name__}: {error}"
        ) from error
    if errors:
        raise Problem(f"{service}: the generator would leave something out:\n{_words(errors)}")
    # The generator always writes these two; with a shared runtime nothing imports them.
    (package / "client.py").unlink()
    (package / "errors.py").unlink()
    (package / "openapi.json").write_bytes(dump(document))


def _run(tree: Tree, service: str, document: Document, config: Config) -> Sequence[GeneratorError]:
    data = GeneratorData.from_dict(document, config=config)
    if isinstance(data, GeneratorError):
        return [data]
    project = Project(openapi=data, config=config, custom_template_path=tree.templates)
    project.env.bytecode_cache = _COMPILED
    project.env.filters["tight"] = _tight
    project.env.globals.update(
        service=service, operations=_operations(document), is_secret=_is_secret
    )
    with contextlib.redirect_stdout(io.StringIO()):
        return project.build()


def _words(errors: Sequence[GeneratorError]) -> str:
    return "\n".join(f"  {error.header} {error.detail or ''}".rstrip() for error in errors)


def _operations(document: Document) -> dict[str, dict[str, Any]]:
    """What the endpoint template needs and the generator drops, by the name of the module."""
    return {
        snake(operation["operationId"]): {
            "id": operation["operationId"],
            "path": path,
            "path_template": re.sub(
                r"\{(\w+)\}",
                lambda match: f"{{_codec.segment({snake(match[1])}, {snake(match[1])!r})}}",
                path,
            ),
            "timeout": operation["x-timeout"],
            "about": _about(document, document["paths"][path], operation),
            "security": [scheme for requirement in operation["security"] for scheme in requirement],
        }
        for _, path, operation in operations(document)
    }


def _about(document: Document, item: dict[str, Any], operation: dict[str, Any]) -> dict[str, str]:
    parameters = [
        resolve(document, given)
        for given in [*item.get("parameters", []), *operation.get("parameters", [])]
    ]
    return {
        parameter["name"]: parameter.get("description", parameter["name"])
        for parameter in parameters
    }


def _tight(code: str, otherwise: str = "") -> str:
    """Without blank lines; `otherwise` when there is nothing else."""
    return "\n".join(line for line in code.splitlines() if line.strip()) or otherwise


def _is_secret(model: Any, property: Any) -> bool:
    """Whether a field must not stand in a repr."""
    name = property.name.get_untrusted_value()
    schema = (model.data.properties or {}).get(name)
    return bool(SECRET.search(name)) or getattr(schema, "schema_format", None) == "password"


def tidy(folder: Path) -> None:
    """Sort imports and format, with our ruff and no configuration but what stands here."""
    for arguments in RUFF:
        done = _ruff(folder, *arguments)
        if done.returncode:
            raise Problem(
                f"ruff {arguments[0]} fails on the generated code:\n{done.stdout}{done.stderr}"
            )


def _ruff(folder: Path, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # -P: the folder has a types.py, which must not stand in for Python's own.
    base = [sys.executable, "-P", "-m", "ruff", command, "--isolated", "--no-cache", "--quiet"]
    return subprocess.run(
        [*base, "--target-version", "py311", *arguments, "."],
        cwd=folder,
        capture_output=True,
        text=True,
    )


def guard(tree: Tree, documents: dict[str, Document], folder: Path) -> None:
    """Every operation has its module, there is no other, and every module can be imported."""
    for service, document in documents.items():
        expected = {
            f"{snake(operation['tags'][0])}/{snake(operation['operationId'])}.py"
            for _, _, operation in operations(document)
        }
        api = folder / PACKAGE / service / "api"
        found = {
            f"{path.parent.name}/{path.name}"
            for path in api.glob("*/*.py")
            if path.name != "__init__.py"
        }
        if lost := expected - found:
            raise Problem(f"{service}: operations without a module: {', '.join(sorted(lost))}")
        if extra := found - expected:
            raise Problem(f"{service}: modules without an operation: {', '.join(sorted(extra))}")
    unknown = _ruff(folder, "check", "--select", "F821")
    if unknown.returncode:
        raise Problem(f"the generated code uses names that it does not have:\n{unknown.stdout}")
    # In its own process, so that no import stays behind here, whether it fails or not.
    code = (
        "import importlib, pathlib, sys\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "for path in sorted(root.rglob('*.py')):\n"
        "    name = '.'.join(path.relative_to(root.parent).with_suffix('').parts)\n"
        "    try:\n"
        "        importlib.import_module(name.removesuffix('.__init__'))\n"
        "    except Exception as error:\n"
        "        sys.exit(f'{name}: {type(error).__name__}: {error}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, str(folder / PACKAGE)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), _runtime()])},
    )
    if done.returncode:
        raise Problem(f"a generated module cannot be imported: {done.stderr.strip()}")


def _runtime() -> str:
    """The folder that holds the `scailable` package this process itself uses."""
    spec = importlib.util.find_spec("scailable")
    if spec is None or not spec.submodule_search_locations:
        raise Problem("the scailable package is not importable here")
    return os.path.dirname(spec.submodule_search_locations[0])  # noqa: PTH120
