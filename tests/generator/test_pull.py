"""Documents over HTTP, from a server that may be anyone."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scailable.runtime.services import SERVICES
from scripts.regen.document import vet
from scripts.regen.tree import Tree
from tests.generator import sample
from tests.generator.conftest import Regenerate, snapshot
from tests.generator.source import Source

Told = pytest.CaptureFixture[str]


@pytest.fixture
def source() -> Iterator[Source]:
    """A server with the sample document of every service."""
    with Source() as source:
        for service in SERVICES.values():
            source.publish(service.prefix, sample.document(service.name))
        yield source


def with_new_operation() -> dict[str, Any]:
    changed = sample.document()
    changed["paths"]["/extra"] = {"get": sample.operation("getExtra")}
    return changed


def test_pull_replaces_what_changed_and_regenerating_follows(
    tree: Tree, regenerate: Regenerate, source: Source, capsys: Told
) -> None:
    changed = with_new_operation()
    del changed["components"]["schemas"]["Thing"]["properties"]["Note"]
    source.publish("/cpt", changed)
    assert regenerate("diff", "--from", source.url) == 1
    told = capsys.readouterr().out
    assert "compute: breaking: Thing (in answers): field Note removed" in told
    assert "compute: additive: getExtra (GET /extra): new operation" in told
    assert regenerate("pull", "--from", source.url) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"{name}: replaced openapi/compute.json" if name == "compute" else f"{name}: unchanged"
        for name in SERVICES
    ]
    assert json.loads(tree.document("compute").read_text()) == changed
    assert regenerate("--check") == 1
    assert regenerate() == 0
    assert (tree.generated / "compute/api/thing/get_extra.py").is_file()
    assert regenerate("--check") == 0


def test_a_service_that_cannot_be_reached_keeps_its_document(
    tree: Tree, regenerate: Regenerate, source: Source, capsys: Told
) -> None:
    del source.pages["/dev/openapi.json"]
    source.publish("/cpt", with_new_operation())
    before = tree.document("device").read_bytes()
    assert regenerate("pull", "--from", source.url + "/") == 0
    told = capsys.readouterr().out
    assert (
        "/dev/openapi.json: the server answers 404 Not Found. The committed document stays." in told
    )
    assert tree.document("device").read_bytes() == before
    assert "getExtra" in tree.document("compute").read_text()


def test_when_nothing_can_be_reached_it_fails(
    tree: Tree, regenerate: Regenerate, source: Source, capsys: Told
) -> None:
    source.pages.clear()
    before = snapshot(tree.root)
    assert regenerate("pull", "--from", source.url) == 1
    assert capsys.readouterr().err.count("The committed document stays.") == len(SERVICES)
    assert snapshot(tree.root) == before


def test_a_port_that_nobody_listens_on(tree: Tree, regenerate: Regenerate, capsys: Told) -> None:
    with Source() as gone:
        url = gone.url
    assert regenerate("pull", "--from", url) == 1
    assert "cannot be fetched: [Errno 111] Connection refused" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["file:///etc", "127.0.0.1:8008", "http://", "http://a/?b"])
def test_what_is_no_base_url(regenerate: Regenerate, capsys: Told, url: str) -> None:
    assert regenerate("pull", "--from", url) == 1
    assert "not the base URL of a server" in capsys.readouterr().err


def named(change: Callable[[dict[str, Any]], None]) -> bytes:
    document = sample.document()
    change(document)
    return json.dumps(document).encode()


def _operation(document: dict[str, Any]) -> Any:
    return document["paths"]["/things"]["get"]


def _schemas(document: dict[str, Any]) -> Any:
    return document["components"]["schemas"]


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not JSON"),
    "not JSON": (b"{openapi: 3.1.0}", "not JSON"),
    "cut off": (json.dumps(sample.document()).encode()[:-40], "not JSON"),
    "a list": (b"[]", "not an OpenAPI document"),
    "HTML error page": (b"<!DOCTYPE html><html>502</html>", "a web page"),
    "50 MB": (b'{"openapi": "' + b"3" * 50_000_000 + b'"}', "larger than 5 MB"),
    "nested without end": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
    "deep": (
        named(lambda d: d["info"].update(x=json.loads("[" * 90 + "]" * 90))),
        "nested too deeply",
    ),
    "Swagger 2": (b'{"swagger": "2.0", "paths": {}}', 'expected, not "2.0"'),
    "OpenAPI 3.0": (b'{"openapi": "3.0.3", "paths": {}}', 'expected, not "3.0.3"'),
    "no paths": (b'{"openapi": "3.1.0"}', "no paths"),
    "twice the same key": (
        b'{"openapi": "3.1.0", "openapi": "3.1.0", "paths": {}}',
        "stands twice",
    ),
    "not valid": (named(lambda d: d["info"].pop("title")), "not valid OpenAPI 3.1"),
    "traversal in a schema": (
        named(lambda d: _schemas(d).update({"../../evil": {}})),
        "not a plain name",
    ),
    "traversal in a tag": (
        named(lambda d: _operation(d).update(tags=["../../evil"])),
        "not a plain name",
    ),
    "traversal in an operation": (
        named(lambda d: _operation(d).update(operationId="../evil")),
        'operationId "../evil" is not a plain name',
    ),
    "traversal in a path": (
        named(lambda d: d["paths"].update({"/a/../b": {}})),
        "not a plain path",
    ),
    "code in a path": (
        named(lambda d: d["paths"].update({"/a\"+__import__('os').system('id')+\"": {}})),
        "not a plain path",
    ),
    "code in an operation": (
        named(lambda d: _operation(d).update(operationId="x(): import os #")),
        "not a plain name",
    ),
    "code in a field": (
        named(lambda d: _schemas(d)["Part"]["properties"].update({'a"] = exec("1")#': {}})),
        "not a plain name",
    ),
    "code in a parameter": (
        named(
            lambda d: _operation(d).update(
                parameters=[{"name": 'a"b', "in": "query", "schema": {}}]
            )
        ),
        "not a plain name",
    ),
    "code in a shared parameter": (
        named(lambda d: d["components"].update(parameters={"P": {"name": 'a"b', "in": "query"}})),
        "not a plain name",
    ),
    "code in the name of a value": (
        named(lambda d: _schemas(d)["Status"].update({"x-enum-varnames": ["A = 1\n", "B"]})),
        "names that are not plain",
    ),
    "tags that are no list": (named(lambda d: _operation(d).update(tags=3)), "not shaped like"),
    "an enum that is no list": (
        named(lambda d: _schemas(d)["Status"].update(enum=3)),
        "not shaped like",
    ),
    "a reference to nothing": (
        named(lambda d: _schemas(d).update(Part=sample.reference("Gone"))),
        "'/components/schemas/Gone' does not exist",
    ),
    "a reference to a file in a field named example": (
        named(lambda d: _schemas(d)["Part"]["properties"].update(example={"$ref": "file:///x"})),
        "not a plain reference",
    ),
    "code in an enum": (
        named(lambda d: _schemas(d)["Status"]["enum"].append('"\nimport os\n"')),
        "has quotes or control characters",
    ),
    "code in a title": (
        named(lambda d: _schemas(d)["Part"].update(title="X:\n  import os")),
        "not a plain name",
    ),
    "a reference to a file": (
        named(lambda d: _schemas(d).update(Part={"$ref": "file:///etc/passwd"})),
        "not a plain reference",
    ),
    "a reference to a server": (
        named(lambda d: _schemas(d).update(Part={"$ref": "http://127.0.0.1/x"})),
        "not a plain reference",
    ),
    "code in a content type": (
        named(lambda d: _operation(d)["responses"]["200"]["content"].update({'a/b"+x': {}})),
        "not a plain content type",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_document_is_refused_and_changes_nothing(
    tree: Tree, regenerate: Regenerate, source: Source, capsys: Told, case: str
) -> None:
    content, reason = HOSTILE[case]
    source.publish("/cpt", content)
    before = snapshot(tree.root)
    assert regenerate("pull", "--from", source.url) == 1
    told = capsys.readouterr().err
    refusal = next(line for line in told.splitlines() if "/cpt/openapi.json" in line)
    assert reason in told
    assert len(refusal) < 400
    assert snapshot(tree.root) == before


def test_fields_may_have_the_names_of_keywords() -> None:
    source = sample.document()
    fields = ("content", "title", "enum", "properties", "default", "in", "name", "parameters")
    _schemas(source)["Part"]["properties"] |= {name: {"type": "string"} for name in fields}
    vet(source, "sample")


def test_the_same_document_is_refused_offline(
    tree: Tree, regenerate: Regenerate, capsys: Told
) -> None:
    tree.document("compute").write_bytes(HOSTILE["code in a path"][0])
    before = snapshot(tree.root)
    assert regenerate() == 1
    assert "openapi/compute.json: paths" in capsys.readouterr().err
    assert snapshot(tree.root) == before


def test_a_redirect_to_another_host_is_not_followed(
    tree: Tree, regenerate: Regenerate, source: Source, capsys: Told
) -> None:
    with Source() as elsewhere:
        elsewhere.publish("/cpt", with_new_operation())
        target = f"{elsewhere.url}/cpt/openapi.json"
        source.pages["/cpt/openapi.json"] = (302, {"Location": target}, b"")
        before = snapshot(tree.root)
        assert regenerate("pull", "--from", source.url) == 1
        assert "redirects to another host" in capsys.readouterr().err
        assert elsewhere.asked == []
    assert snapshot(tree.root) == before


def test_a_redirect_on_the_same_host_is_followed(
    tree: Tree, regenerate: Regenerate, source: Source
) -> None:
    source.pages["/new"] = source.pages["/cpt/openapi.json"]
    source.pages["/cpt/openapi.json"] = (302, {"Location": "/new"}, b"")
    assert regenerate("pull", "--from", source.url) == 0


def test_one_refused_document_does_not_hold_up_the_others(
    tree: Tree, regenerate: Regenerate, source: Source, capsys: Told
) -> None:
    source.publish("/cpt", b"[]")
    source.publish("/dev", with_new_operation())
    before = tree.document("compute").read_bytes()
    assert regenerate("pull", "--from", source.url) == 1
    assert "getExtra" in tree.document("device").read_text()
    assert tree.document("compute").read_bytes() == before
    assert not list(tree.openapi.glob("*.new"))
