"""The offline pipeline on a tree of its own."""

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.regen import generate
from scripts.regen.problem import Problem
from scripts.regen.tree import Tree
from tests.generator import sample
from tests.generator.conftest import ROOT, Regenerate, snapshot, write


def test_regenerating_writes_one_module_for_each_operation(tree: Tree) -> None:
    things = {path.name for path in (tree.generated / "auth/api/thing").glob("*.py")}
    assert things == {
        "__init__.py",
        "create_thing.py",
        "delete_thing.py",
        "download_thing.py",
        "get_shelf.py",
        "get_status.py",
        "get_thing.py",
        "list_things.py",
        "replace_thing.py",
        "upload_thing.py",
    }
    assert (tree.generated / "py.typed").is_file()
    assert json.loads((tree.generated / "edge/openapi.json").read_text()) == sample.document()
    assert not list(tree.generated.rglob(".ruff_cache"))


def test_the_same_input_gives_the_same_bytes(tree: Tree, regenerate: Regenerate) -> None:
    first = snapshot(tree.root)
    (tree.generated / "compute/models/thing.py").unlink()
    regenerate()
    assert snapshot(tree.root) == first


def test_the_lock_names_what_the_code_was_made_from(tree: Tree, regenerate: Regenerate) -> None:
    lock = tomllib.loads(tree.lock.read_text())
    digest = hashlib.sha256(tree.document("device").read_bytes()).hexdigest()
    assert lock["documents"]["device"] == {"document": digest}
    assert lock["tools"]["openapi-python-client"] == "0.29.1"
    before = lock["generator"]["templates"]
    template = tree.templates / "api_init.py.jinja"
    template.write_text(template.read_text() + "# more\n")
    regenerate()
    assert tomllib.loads(tree.lock.read_text())["generator"]["templates"] != before


def test_check_fails_before_and_passes_after(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = sample.document()
    changed["paths"]["/extra"] = {"get": sample.operation("getExtra")}
    write(tree, "compute", changed)
    committed = snapshot(tree.root)
    assert regenerate("--check") == 1
    assert (
        "missing: generated/scailable_api/compute/api/thing/get_extra.py" in capsys.readouterr().err
    )
    assert snapshot(tree.root) == committed
    assert regenerate() == 0
    assert regenerate("--check") == 0


def test_check_sees_every_kind_of_drift(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = tree.generated / "auth/models/thing.py"
    edited.write_text(edited.read_text() + "\n# by hand\n")
    (tree.generated / "auth/models/old.py").touch()
    (tree.generated / "edge/types.py").unlink()
    tree.lock.write_text(tree.lock.read_text().replace("0.29.1", "0.29.0"))
    assert regenerate("--check") == 1
    assert capsys.readouterr().err.splitlines()[1:-1] == [
        "  missing: generated/scailable_api/edge/types.py",
        "  left over: generated/scailable_api/auth/models/old.py",
        "  different: generated/scailable_api/auth/models/thing.py",
        "  different: openapi/lock.toml",
    ]


def test_check_tells_what_is_not_committed(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str]
) -> None:
    def git(*arguments: str) -> None:
        author = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *author, *arguments], cwd=tree.root, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("rm", "--cached", "generated/scailable_api/auth/models/thing.py")
    git("commit", "-m", "all but one")
    assert regenerate("--check") == 0
    assert capsys.readouterr().out == "Up to date; not committed yet: 1 files.\n"


def test_a_broken_document_changes_nothing(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = sample.document()
    del broken["paths"]["/things"]["get"]["x-timeout"]
    broken["components"]["schemas"]["Thing"]["type"] = "objekt"
    write(tree, "auth", broken)
    unruly = sample.document()
    unruly["paths"]["/things"]["get"]["operationId"] = "get_thing"
    write(tree, "device", unruly)
    before = snapshot(tree.root)
    assert regenerate() == 1
    assert snapshot(tree.root) == before
    told = capsys.readouterr().err
    assert "openapi/auth.json: not valid OpenAPI 3.1" in told
    assert "operationId get_thing is also that of" in told


def test_a_missing_document_is_named(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.document("edge").unlink()
    assert regenerate() == 1
    assert "openapi/edge.json: there is no such document" in capsys.readouterr().err


def test_another_version_of_a_tool_is_refused(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tree.root / "pyproject.toml"
    project.write_text(project.read_text().replace('"ruff==0.17.5"', '"ruff==0.16.0"'))
    assert regenerate() == 1
    assert "0.16.0 is pinned in pyproject.toml" in capsys.readouterr().err


def test_the_guard_sees_a_module_that_cannot_be_imported(tree: Tree, tmp_path: Path) -> None:
    package = tmp_path / "scailable_api"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "bad.py").write_text("import no_such_module\n")
    with pytest.raises(Problem, match=r"scailable_api\.bad: ModuleNotFoundError"):
        generate.guard(tree, {}, tmp_path)


def test_the_guard_sees_an_operation_that_was_lost(tree: Tree, tmp_path: Path) -> None:
    package = tmp_path / "scailable_api"
    generate.generate(tree, "auth", sample.document(), _made(package) / "auth")
    (package / "auth/api/thing/get_thing.py").unlink()
    with pytest.raises(Problem, match=r"operations without a module: thing/get_thing\.py"):
        generate.guard(tree, {"auth": sample.document()}, tmp_path)


def test_what_the_generator_would_drop_is_an_error(tree: Tree, tmp_path: Path) -> None:
    lossy = sample.document()
    query = lossy["paths"]["/thing/{uuid}"]["get"]["parameters"]
    query.append(
        {"name": "When", "in": "header", "schema": {"type": "string", "format": "date-time"}}
    )
    with pytest.raises(Problem, match="would leave something out"):
        generate.generate(tree, "auth", lossy, tmp_path / "auth")


def _made(folder: Path) -> Path:
    folder.mkdir()
    (folder / "__init__.py").touch()
    return folder


def test_the_generated_code_is_strictly_typed(tree: Tree) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(ROOT / ".mypy_cache")]
    done = subprocess.run(
        [*command, "--config-file", "", "-p", "scailable_api"],
        cwd=tree.generated.parent,
        capture_output=True,
        text=True,
        env={"MYPYPATH": str(ROOT), "PATH": ""},
    )
    assert done.returncode == 0, done.stdout


def test_the_command_line_needs_no_network(tree: Tree) -> None:
    """The script itself, as a process of its own, on the documents of the project."""
    script = ROOT / "scripts" / "regenerate.py"
    code = (
        "import runpy, socket, sys\n"
        "def refuse(*_): raise OSError('no network here')\n"
        "socket.socket.connect = refuse\n"
        f"sys.argv = ['regenerate.py', '--root', {str(tree.root)!r}]\n"
        f"runpy.run_path({str(script)!r}, run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "auth 9, compute 9, device 9, edge 9" in done.stdout
