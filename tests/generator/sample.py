"""A small document with one of everything that our templates write."""

import copy
from typing import Any

from scailable.runtime.services import SERVICES

UUID = "0d6b1a3c-9f0e-4b5c-8a6d-1f2e3d4c5b6a"
INTEGER = {"type": "integer", "minimum": 0, "maximum": 1000}
THING: dict[str, Any] = {
    "UUID": UUID,
    "Name": "lamp",
    "Status": "ok",
    "Seen": "2026-01-31T12:00:00+00:00",
    "Born": None,
    "Count": 3,
    "Ratio": 1,
    "Tags": ["a", "b"],
    "Parts": [{"Name": "bulb"}],
    "Labels": {"room": "hall"},
    "AccessToken": "s3cr3t-token-value",
    "URL": "https://cdn.test/lamp?signature=s3cr3t-link",
}


def document(service: str = "compute") -> dict[str, Any]:
    """A fresh copy, to be changed at will, which takes tokens as the service does."""
    copied = copy.deepcopy(_DOCUMENT)
    header = SERVICES[service].auth_header
    if header != "Authorization":
        scheme = {"type": "apiKey", "in": "header", "name": header}
        copied["components"]["securitySchemes"]["User"] = scheme
    return copied


def operation(identifier: str, **parts: Any) -> dict[str, Any]:
    """An operation with all that our rules ask for."""
    return {
        "operationId": identifier,
        "tags": ["Thing"],
        "summary": f"Do {identifier}",
        "x-timeout": 7,
        "x-source": "ours",
        "security": [{"User": []}],
        "responses": {
            "200": {"description": "Done.", **json_content(reference("Message"))},
            **ERRORS,
        },
    } | parts


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def json_content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


ERRORS = {
    "4XX": {"description": "Refused.", **json_content(reference("Message"))},
    "5XX": {"description": "Failed.", **json_content(reference("Message"))},
}


def _answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "Done.", **json_content(schema)}, **ERRORS}


_IN_PATH = {"name": "uuid", "in": "path", "required": True, "schema": {"type": "string"}}
_PARTS = {
    "type": "object",
    "properties": {
        "data": reference("ThingInput"),
        "file": {"type": "string", "format": "binary"},
        "keep": {"type": "boolean"},
    },
    "required": ["data", "file"],
}
_DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Sample", "version": "1"},
    "paths": {
        "/thing/{uuid}": {
            "parameters": [_IN_PATH],
            "get": operation(
                "getThing",
                responses=_answer(reference("Thing")),
                parameters=[
                    {"name": "Deep", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "text", "in": "query", "schema": {"type": "string"}},
                    {
                        "name": "Kinds",
                        "in": "query",
                        "schema": {"type": "array", "items": reference("Status")},
                    },
                    {
                        "name": "X-Trace",
                        "in": "header",
                        "schema": {"type": "string", "format": "uuid"},
                    },
                ],
            ),
            "delete": operation(
                "deleteThing", responses={"204": {"description": "Gone."}, **ERRORS}
            ),
        },
        "/things": {
            "get": operation(
                "listThings", responses=_answer({"type": "array", "items": reference("Thing")})
            ),
            "post": operation(
                "uploadThing",
                requestBody={
                    "required": True,
                    "content": {"multipart/form-data": {"schema": _PARTS}},
                },
            ),
            "put": operation(
                "createThing",
                requestBody={"required": True, **json_content(reference("ThingInput"))},
            ),
        },
        "/things/{uuid}/file": {
            "parameters": [_IN_PATH],
            "get": operation(
                "downloadThing",
                responses={
                    "200": {
                        "description": "The file.",
                        "content": {
                            "application/octet-stream": {
                                "schema": {"type": "string", "format": "binary"}
                            }
                        },
                    },
                    **ERRORS,
                },
            ),
            "put": operation(
                "replaceThing",
                requestBody={
                    "required": True,
                    "content": {
                        "application/octet-stream": {
                            "schema": {"type": "string", "format": "binary"}
                        }
                    },
                },
            ),
        },
        "/shelf/{uuid}/": {"parameters": [_IN_PATH], "get": operation("getShelf")},
        "/status": {
            "get": operation(
                "getStatus",
                security=[],
                responses={
                    "200": {
                        "description": "A word.",
                        "content": {"text/plain": {"schema": {"type": "string"}}},
                    },
                    **ERRORS,
                },
            )
        },
    },
    "components": {
        "securitySchemes": {"User": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Status": {"type": "string", "enum": ["ok", "error"]},
            "Part": {
                "type": "object",
                "properties": {"Name": {"type": "string"}},
                "required": ["Name"],
            },
            "Message": {
                "type": "object",
                "properties": {"Message": {"type": "string"}},
                "required": ["Message"],
            },
            "Thing": {
                "type": "object",
                "description": "A thing.",
                "properties": {
                    "UUID": {"type": "string", "format": "uuid"},
                    "Name": {"type": "string"},
                    "Status": reference("Status"),
                    "Seen": {"type": "string", "format": "date-time"},
                    "Born": {"type": ["string", "null"], "format": "date-time"},
                    "Count": INTEGER,
                    "Ratio": {"type": "number"},
                    "Tags": {"type": "array", "items": {"type": "string"}},
                    "Parts": {"type": "array", "items": reference("Part")},
                    "Labels": {"type": "object", "additionalProperties": {"type": "string"}},
                    "AccessToken": {"type": "string"},
                    "URL": {"type": "string"},
                    "Note": {"type": "string"},
                },
                "required": list(THING),
            },
            "ThingInput": {
                "type": "object",
                "properties": {
                    "Name": {"type": "string"},
                    "Note": {"type": ["string", "null"]},
                    "d": {"type": "string", "format": "date"},
                    "cls": {"type": "string", "format": "date"},
                },
                "required": ["Name"],
            },
        },
    },
}
