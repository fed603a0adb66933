"""Differences between two documents, in words."""

from collections.abc import Callable
from typing import Any

import pytest

from scripts.regen.diff import compare
from scripts.regen.tree import Tree
from tests.generator import sample
from tests.generator.conftest import Regenerate, write

Change = Callable[[dict[str, Any]], object]


def get(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/thing/{uuid}"]["get"]
    return found


def put(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/things"]["put"]
    return found


def schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def field(document: dict[str, Any], model: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = schema(document, model)["properties"][name]
    return found


def renamed(document: dict[str, Any]) -> None:
    part = schema(document, "Part")
    part["properties"]["Title"] = part["properties"].pop("Name")
    part["required"] = ["Title"]


THING, INPUT, GET = (
    "Thing (in answers): ",
    "ThingInput (in requests): ",
    "getThing (GET /thing/{uuid}): ",
)
BREAKING: dict[str, Change] = {
    GET + "operation removed": lambda d: d["paths"]["/thing/{uuid}"].pop("get"),
    GET + "operation renamed to fetchThing": lambda d: get(d).update(operationId="fetchThing"),
    GET + "moved to GET /thing2/{uuid}": lambda d: d["paths"].update(
        {"/thing2/{uuid}": d["paths"].pop("/thing/{uuid}")}
    ),
    GET + "moved to the tag Other": lambda d: get(d).update(tags=["Other"]),
    GET + "now opened by Admin": lambda d: get(d).update(security=[{"Admin": []}]),
    GET + "parameter Deep (query) removed": lambda d: get(d)["parameters"].pop(0),
    GET + "new required parameter New (query)": lambda d: get(d)["parameters"].append(
        {"name": "New", "in": "query", "required": True, "schema": {"type": "string"}}
    ),
    GET + "parameter Deep: is now required": lambda d: get(d)["parameters"][0].update(
        required=True
    ),
    GET + "parameter Deep: type changed from boolean to string": lambda d: get(d)["parameters"][
        0
    ].update(schema={"type": "string"}),
    GET + "answer 200 removed": lambda d: get(d)["responses"].pop("200"),
    "createThing (PUT /things): request body removed": lambda d: put(d).pop("requestBody"),
    THING + "field Note removed": lambda d: schema(d, "Thing")["properties"].pop("Note"),
    THING + "field Count: type changed from integer to string": lambda d: field(
        d, "Thing", "Count"
    ).update(type="string"),
    THING + "field UUID: type changed from string/uuid to string": lambda d: field(
        d, "Thing", "UUID"
    ).pop("format"),
    THING + "field Name: type changed from string to null or string": lambda d: field(
        d, "Thing", "Name"
    ).update(type=["string", "null"]),
    THING + "field Name: may now be missing": lambda d: schema(d, "Thing")["required"].remove(
        "Name"
    ),
    "Part (in answers): field Name removed; perhaps renamed to Title": renamed,
    "Status (in answers): value 'error' removed": lambda d: schema(d, "Status")["enum"].remove(
        "error"
    ),
    INPUT + "new required field Size": lambda d: (
        schema(d, "ThingInput")["properties"].update(Size={"type": "string"}),
        schema(d, "ThingInput")["required"].append("Size"),
    ),
    INPUT + "field Note: is now required": lambda d: schema(d, "ThingInput")["required"].append(
        "Note"
    ),
    INPUT + "field Note removed": lambda d: schema(d, "ThingInput")["properties"].pop("Note"),
    INPUT + "field Name: maxLength changed from None to 10": lambda d: field(
        d, "ThingInput", "Name"
    ).update(maxLength=10),
}
ADDITIVE: dict[str, Change] = {
    "getExtra (GET /extra): new operation": lambda d: d["paths"].update(
        {"/extra": {"get": sample.operation("getExtra")}}
    ),
    GET + "new optional parameter New (query)": lambda d: get(d)["parameters"].append(
        {"name": "New", "in": "query", "schema": {"type": "string"}}
    ),
    GET + "now opened by nobody's token": lambda d: get(d).update(security=[]),
    THING + "new field Size": lambda d: schema(d, "Thing")["properties"].update(
        Size={"type": "string"}
    ),
    THING + "field Note: is now always present": lambda d: schema(d, "Thing")["required"].append(
        "Note"
    ),
    THING
    + "field Born: type changed from null or string/date-time to string/date-time": lambda d: field(
        d, "Thing", "Born"
    ).update(type="string"),
    INPUT + "new field Size": lambda d: schema(d, "ThingInput")["properties"].update(
        Size={"type": "string"}
    ),
    INPUT + "field Name: is now optional": lambda d: schema(d, "ThingInput")["required"].remove(
        "Name"
    ),
    "Status (in answers): new value 'busy'": lambda d: schema(d, "Status")["enum"].append("busy"),
}


def test_a_document_does_not_differ_from_itself() -> None:
    assert compare(sample.document(), sample.document()) == []


@pytest.mark.parametrize("words", [*BREAKING, *ADDITIVE])
def test_every_kind_of_change_is_told(words: str) -> None:
    new = sample.document()
    breaking = words in BREAKING
    (BREAKING if breaking else ADDITIVE)[words](new)
    found = {str(change) for change in compare(sample.document(), new)}
    assert f"{'breaking' if breaking else 'additive'}: {words}" in found
    if not breaking:
        assert not any(line.startswith("breaking") for line in found)


def test_breaking_changes_come_first_and_decide_the_exit_code(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str]
) -> None:
    new = sample.document()
    ADDITIVE["getExtra (GET /extra): new operation"](new)
    other = Tree(tree.root / "other")
    other.openapi.mkdir(parents=True)
    write(other, "device", new)
    assert regenerate("diff", str(other.document("device"))) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "0 breaking, 1 additive."
    BREAKING[GET + "operation removed"](new)
    write(other, "device", new)
    assert regenerate("diff", str(other.document("device"))) == 1
    first, second, total = capsys.readouterr().out.splitlines()
    assert first.startswith("device: breaking: getThing")
    assert second.startswith("device: additive: getExtra")
    assert total == "1 breaking, 1 additive."


def test_a_file_that_is_named_for_no_service(
    tree: Tree, regenerate: Regenerate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert regenerate("diff", str(tree.root / "pyproject.toml")) == 1
    assert "not named for a service" in capsys.readouterr().err


def test_schemas_that_refer_to_themselves_end() -> None:
    def recursive(kind: str) -> dict[str, Any]:
        document = sample.document()
        fields = schema(document, "Part")["properties"]
        fields["Parts"] = {"type": "array", "items": sample.reference("Part")}
        fields["Name"]["type"] = kind
        return document

    changes = [str(change) for change in compare(recursive("string"), recursive("integer"))]
    assert changes == [
        "breaking: Part (in answers): field Name: type changed from string to integer"
    ]
