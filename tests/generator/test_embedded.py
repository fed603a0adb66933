"""The whole circle on our own documents: a changed cloud, pull, diff, regenerate, check."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.kernel import Routes
from scailable.cloud.services.edge import routes as edge_routes
from scailable.runtime.services import SERVICES
from scripts.regen.commands import main
from scripts.regen.tree import Tree
from tests.generator import sample
from tests.generator.conftest import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Tree:
    """A copy of the documents and the generated code of this project."""
    tree = Tree(tmp_path)
    shutil.copytree(ROOT / "openapi", tree.openapi)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Tree(ROOT).generated, tree.generated, ignore=ignore)
    shutil.copyfile(ROOT / "pyproject.toml", tree.root / "pyproject.toml")
    return tree


def changed_edge() -> dict[str, Any]:
    """The document of the edge service with one operation more and one field removed."""
    document: dict[str, Any] = json.loads(Tree(ROOT).document("edge").read_text())
    document["paths"]["/extra"] = {"get": sample.operation("getExtra", security=[])}
    heartbeat = document["components"]["schemas"]["HeartbeatReply"]
    removed = next(iter(heartbeat["properties"]))
    del heartbeat["properties"][removed]
    heartbeat["required"].remove(removed)
    return document


def handlers_with_extra() -> Routes:
    routes = Routes("edge")
    routes.handlers |= edge_routes.handlers
    routes.authenticators |= edge_routes.authenticators
    routes.jobs |= edge_routes.jobs
    routes.handles("getExtra")(lambda ctx: {"Message": "more"})
    return routes


@pytest.mark.timeout(300)  # three whole runs of the generator
def test_a_changed_cloud_changes_the_client(
    project: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    def regenerate(*arguments: str) -> int:
        return main([f"--root={project.root}", *arguments], default_root=ROOT)

    documents = {name: json.loads(Tree(ROOT).document(name).read_text()) for name in SERVICES}
    documents["edge"] = changed_edge()
    with EmbeddedCloud(documents=documents, services={"edge": handlers_with_extra()}) as cloud:
        assert regenerate("diff", "--from", cloud.url) == 1
        told = capsys.readouterr().out.splitlines()
        assert regenerate("pull", "--from", cloud.url) == 0
    breaking, additive, total = told
    assert breaking.startswith("edge: breaking: HeartbeatReply (in answers): field ")
    assert additive == "edge: additive: getExtra (GET /extra): new operation"
    assert total == "1 breaking, 1 additive."
    assert json.loads(project.document("edge").read_text()) == documents["edge"]
    assert regenerate("--check") == 1
    assert regenerate() == 0
    assert (project.generated / "edge/api/thing/get_extra.py").is_file()
    assert regenerate("--check") == 0
