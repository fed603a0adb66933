"""Each rule for documents: what breaks it is named."""

from collections.abc import Callable
from typing import Any

import pytest

from scailable.runtime.services import SERVICES, Service
from scripts.regen.lint import lint, lint_tokens
from tests.generator import sample

Change = Callable[[dict[str, Any]], object]
TEXT = {"type": "string"}


def get(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/things"]["get"]
    return found


def put(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/things"]["put"]
    return found


def thing(document: dict[str, Any], **fields: Any) -> None:
    document["components"]["schemas"]["Thing"]["properties"].update(fields)


def parameter(document: dict[str, Any], *names: str, **parts: Any) -> None:
    given = [{"name": name, "in": "query", "schema": TEXT} | parts for name in names or ["P"]]
    get(document)["parameters"] = given


MEDIA = {"schema": sample.reference("ThingInput")}
RULES: dict[str, Change] = {
    "no operationId": lambda d: get(d).pop("operationId"),
    "is also that of": lambda d: (
        get(d).update(operationId="put_thing") or put(d).update(operationId="putThing")
    ),
    "exactly one tag": lambda d: get(d).update(tags=["A", "B"]),
    "no summary": lambda d: get(d).pop("summary"),
    "x-timeout must be": lambda d: get(d).update({"x-timeout": 0}),
    "x-source must be": lambda d: get(d).update({"x-source": "somewhere"}),
    "no security of its own": lambda d: get(d).pop("security"),
    "exactly one scheme": lambda d: get(d).update(security=[{}]),
    "the security scheme Nobody is not described": lambda d: get(d).update(
        security=[{"Nobody": []}]
    ),
    "neither a bearer token": lambda d: d["components"]["securitySchemes"].update(
        User={"type": "apiKey"}
    ),
    "global security is ignored": lambda d: d.update(security=[]),
    "webhooks are ignored": lambda d: d.update(webhooks={}),
    "callbacks are ignored": lambda d: get(d).update(callbacks={}),
    "servers are ignored": lambda d: get(d).update(servers=[]),
    "one content type a request body": lambda d: put(d)["requestBody"]["content"].update(
        {"a/b": MEDIA}
    ),
    "text/csv is not one of": lambda d: put(d)["requestBody"].update(content={"text/csv": MEDIA}),
    "a multipart body is an object": lambda d: put(d)["requestBody"].update(
        content={"multipart/form-data": {"schema": {"type": "array", "items": TEXT}}}
    ),
    "write the multipart schema in place": lambda d: put(d)["requestBody"].update(
        content={"multipart/form-data": MEDIA}
    ),
    "an octet-stream is": lambda d: put(d)["requestBody"].update(
        content={"application/octet-stream": {"schema": TEXT}}
    ),
    "no success status": lambda d: get(d)["responses"].pop("200"),
    "`default` is taken for a success": lambda d: get(d)["responses"].update(default={}),
    "image/png would be dropped": lambda d: get(d)["responses"]["200"].update(
        content={"image/png": {"schema": TEXT}}
    ),
    "one content type a response": lambda d: get(d)["responses"]["200"]["content"].update(
        {"text/a": MEDIA}
    ),
    "must say which fields are required": lambda d: d["components"]["schemas"]["Part"].pop(
        "required"
    ),
    "no type, so anything": lambda d: thing(d, Free={}),
    "an integer needs": lambda d: thing(d, N={"type": "integer", "minimum": 0}),
    "a list without items": lambda d: thing(d, L={"type": "array"}),
    "an enum of several types": lambda d: thing(d, E={"type": "string", "enum": ["a", 1]}),
    "a nullable enum": lambda d: thing(d, E={"type": ["string", "null"], "enum": ["a", None]}),
    "cannot be told apart": lambda d: thing(
        d, V={"oneOf": [sample.reference("Part"), sample.reference("Message")]}
    ),
    "`discriminator` is ignored": lambda d: thing(d, V={"type": "object", "discriminator": {}}),
    "`allOf` merges": lambda d: thing(d, V={"type": "object", "allOf": []}),
    "`prefixItems` becomes": lambda d: thing(
        d, V={"type": "array", "items": TEXT, "prefixItems": []}
    ),
    "what stands beside a $ref": lambda d: thing(d, V={**sample.reference("Part"), "title": "X"}),
    "would hide additional_properties": lambda d: thing(d, AdditionalProperties=TEXT),
    "get the same name": lambda d: thing(d, name=TEXT),
    "the required field Gone": lambda d: d["components"]["schemas"]["Part"].update(
        required=["Gone"]
    ),
    "generated modules use the name": lambda d: d["components"]["schemas"].update(
        Response={"type": "object"}
    ),
    "the same class name": lambda d: d["components"]["schemas"].update(thing={"type": "object"}),
    "with `content` it would be dropped": lambda d: get(d).update(
        parameters=[{"name": "P", "in": "query", "content": {}}]
    ),
    "cookies are not sent": lambda d: parameter(d, **{"in": "cookie"}),
    "explode false is ignored": lambda d: parameter(d, explode=False),
    "style deepObject is ignored": lambda d: parameter(d, style="deepObject"),
    "objects in parameters": lambda d: parameter(d, schema={"type": "object"}),
    "a list works in the query alone": lambda d: parameter(
        d, **{"in": "header", "schema": {"type": "array", "items": TEXT}}
    ),
    "timeout is an argument of every": lambda d: parameter(d, "Timeout"),
    "the same argument as": lambda d: parameter(d, "a-b", "a_b"),
    "an enum in a shared parameter": lambda d: d["components"].update(
        parameters={"P": {"name": "P", "in": "query", "schema": {"type": "string", "enum": ["a"]}}}
    ),
}


def test_the_sample_breaks_no_rule() -> None:
    assert lint(sample.document()) == []


@pytest.mark.parametrize("words", RULES)
def test_every_rule_is_told_when_it_is_broken(words: str) -> None:
    document = sample.document()
    RULES[words](document)
    broken = lint(document)
    assert any(words in line for line in broken), broken
    assert all(":" in line for line in broken)


def test_the_table_of_services_says_how_a_token_is_sent() -> None:
    for service in SERVICES.values():
        document = sample.document(service.name)
        assert list(lint_tokens(document, service)) == []
        other = Service(service.name, service.prefix, "X-Other", "")
        (told,) = lint_tokens(document, other)
        assert "X-Other" in told
