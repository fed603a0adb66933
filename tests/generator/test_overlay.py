"""Corrections as data."""

import json

import pytest

from scripts.regen.tree import Tree
from tests.generator import sample
from tests.generator.conftest import Regenerate, write

HEAD = "overlay: 1.0.0\ninfo: {title: Corrections, version: '1'}\nactions:\n"
ACTION = """\
  - target: $.paths['/things'].get
    description: The service waits as long, its document does not say so.
    x-source: measured
    update: {x-timeout: 99}
"""


def test_an_overlay_reaches_the_code_and_the_final_document(
    tree: Tree, regenerate: Regenerate
) -> None:
    tree.overlay("auth").write_text(HEAD + ACTION)
    assert regenerate() == 0
    assert "timeout=99," in (tree.generated / "auth/api/thing/list_things.py").read_text()
    final = json.loads((tree.generated / "auth/openapi.json").read_text())
    assert final["paths"]["/things"]["get"]["x-timeout"] == 99
    kept = json.loads(tree.document("auth").read_text())
    assert kept["paths"]["/things"]["get"]["x-timeout"] == 7
    assert "overlay = " in tree.lock.read_text()


def test_an_overlay_can_make_a_document_obey_our_rules(tree: Tree, regenerate: Regenerate) -> None:
    unruly = sample.document()
    del unruly["paths"]["/things"]["get"]["x-timeout"]
    write(tree, "auth", unruly)
    assert regenerate() == 1
    tree.overlay("auth").write_text(HEAD + ACTION)
    assert regenerate() == 0


@pytest.mark.parametrize("missing", ["description", "x-source"])
def test_an_action_without_reason_or_source_is_refused(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    lines = [line for line in ACTION.splitlines() if missing not in line]
    tree.overlay("auth").write_text(HEAD + "\n".join(lines))
    assert regenerate() == 1
    assert f"no {missing}" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["nothing: here", "a: [", "overlay: 1.0.0\nactions: 3"])
def test_what_is_no_overlay_is_refused(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    tree.overlay("auth").write_text(text)
    assert regenerate() == 1
    assert "openapi/overlays/auth.yaml" in capsys.readouterr().err


def test_an_action_that_does_nothing_any_more_is_told(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.overlay("auth").write_text(HEAD + ACTION.replace("/things", "/gone"))
    assert regenerate() == 0
    assert "action 1 ($.paths['/gone'].get): changes nothing" in capsys.readouterr().out


def test_an_overlay_cannot_bring_in_what_a_document_may_not_have(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.overlay("auth").write_text(
        HEAD + ACTION.replace("x-timeout: 99", "operationId: ../../evil")
    )
    assert regenerate() == 1
    assert "is not a plain name" in capsys.readouterr().err
