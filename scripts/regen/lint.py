"""The rules for our documents, most because the generator would lose something silently. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from openapi_python_client.strings import PythonIdentifier

from scripts.regen.document import Document, operations, resolve
from scripts.regen.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scailable.runtime.services import Service

SOURCES = {"published", "published client", "inferred", "ours"}
BODIES = {"application/json", "multipart/form-data", "application/octet-stream"}
# Keywords that the generator ignores, so that the code would not do what they say.
IGNORED_IN_OPERATION = {"callbacks": "callbacks", "servers": "servers"}
IGNORED_IN_SCHEMA = {
    "discriminator": "is ignored: the first variant that fits is taken",
    "not": "is ignored",
    "if": "is ignored",
    "then": "is ignored",
    "else": "is ignored",
    "patternProperties": "is ignored",
    "dependentSchemas": "is ignored",
    "prefixItems": "becomes a list of any of its types",
    "nullable": "is not OpenAPI 3.1: use a list of types",
    "allOf": "merges or drops: write the fields out",
}
# What generated functions and models call their own arguments, methods and attributes.
ARGUMENTS = {"client", "body", "timeout", "url"}
CLASSES = {"Any", "AsyncCaller", "BytesBody", "Call", "Caller", "File", "FileSource", "Final"}
CLASSES |= {"JsonBody", "Literal", "MultipartBody", "Reply", "Response", "UNSET", "UUID", "Unset"}
ATTRIBUTES = {"additional_properties", "to_dict", "from_dict", "to_parts"}


def lint(document: Document) -> list[str]:
    """Everything that breaks a rule, in words."""
    return list(dict.fromkeys(_lint(document)))


def snake(name: str) -> str:
    """The name that the generator makes of it."""
    return str(PythonIdentifier(name, prefix="field_"))


def _lint(document: Document) -> Iterator[str]:
    if "security" in document:
        yield "document: global security is ignored; write it in each operation"
    if "webhooks" in document:
        yield "document: webhooks are ignored"
    schemes = document.get("components", {}).get("securitySchemes", {})
    modules: dict[tuple[str, str], str] = {}
    identifiers: dict[str, str] = {}
    for method, path, operation in operations(document):
        here = f"{method.upper()} {path}"
        identifier = operation.get("operationId")
        if not identifier:
            yield f"{here}: no operationId"
            continue
        tags = operation.get("tags", [])
        if len(tags) != 1:
            yield f"{here}: exactly one tag is needed, it is the folder of the module"
        module = (snake(tags[0]) if tags else "", snake(identifier))
        if snake(identifier) in identifiers:
            other = identifiers[snake(identifier)]
            yield f"{here}: operationId {identifier} is also that of {other}"
        identifiers[snake(identifier)] = here
        modules[module] = here
        here = f"{here} ({identifier})"
        yield from _operation(document, here, operation, schemes)
        yield from _parameters(document, here, document["paths"][path], operation)
        yield from _request(document, here, operation)
        yield from _responses(document, here, operation)
    for name, parameter in document.get("components", {}).get("parameters", {}).items():
        if "enum" in parameter.get("schema", {}):
            yield (
                f"parameter {name}: an enum in a shared parameter makes one class for each "
                "operation; name its schema"
            )
    classes: dict[str, str] = {}
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        if name in CLASSES:
            yield f"schema {name}: generated modules use the name themselves"
        if snake(name) in classes:
            yield f"schema {name}: the same class name as {classes[snake(name)]}"
        classes[snake(name)] = name
        yield from _schema(document, f"schema {name}", schema)


def _operation(
    document: Document, here: str, operation: dict[str, Any], schemes: dict[str, Any]
) -> Iterator[str]:
    if not operation.get("summary"):
        yield f"{here}: no summary"
    timeout = operation.get("x-timeout")
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= 3600:
        yield f"{here}: x-timeout must be a number of seconds above 0"
    if operation.get("x-source") not in SOURCES:
        yield f"{here}: x-source must be one of {', '.join(sorted(SOURCES))}"
    if "security" not in operation:
        yield f"{here}: no security of its own; write `security: []` when anyone may call it"
    for requirement in operation.get("security", []):
        if len(requirement) != 1:
            yield f"{here}: a security requirement names exactly one scheme"
        for scheme in requirement:
            if scheme not in schemes:
                yield f"{here}: the security scheme {scheme} is not described"
            elif _header(schemes[scheme]) is None:
                yield (
                    f"{here}: the security scheme {scheme} is neither a bearer token nor a token "
                    "in a header of its own"
                )
    for key, meaning in IGNORED_IN_OPERATION.items():
        if key in operation:
            yield f"{here}: {meaning} are ignored"


def lint_tokens(document: Document, service: Service) -> Iterator[str]:
    """Where the document takes a token in another way than the client would send it."""
    sent = (service.auth_header, service.auth_prefix)
    for name, scheme in document.get("components", {}).get("securitySchemes", {}).items():
        if (_header(scheme) or sent) != sent:
            yield (
                f"security scheme {name}: the table of services (scailable/runtime/services.py) "
                f"sends its token as {service.auth_header}: {service.auth_prefix}..."
            )


def _header(scheme: dict[str, Any]) -> tuple[str, str] | None:
    if scheme.get("type") == "http" and scheme.get("scheme") == "bearer":
        return "Authorization", "Bearer "
    if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
        return str(scheme.get("name")), ""
    return None


def _parameters(
    document: Document, here: str, item: dict[str, Any], operation: dict[str, Any]
) -> Iterator[str]:
    names: dict[str, str] = {}
    for given in [*operation.get("parameters", []), *item.get("parameters", [])]:
        parameter = resolve(document, given)
        if (
            "$ref" in given
            and "$ref" in document["components"]["parameters"][given["$ref"].rsplit("/", 1)[1]]
        ):
            yield f"{here}: {given['$ref']} refers to a reference; the operation would be dropped"
        name, place = parameter.get("name", ""), parameter.get("in")
        where = f"{here}: parameter {name}"
        if "schema" not in parameter:
            yield f"{where}: no schema (with `content` it would be dropped)"
            continue
        if place == "cookie":
            yield f"{where}: cookies are not sent"
        if snake(name) in ARGUMENTS:
            yield f"{where}: {snake(name)} is an argument of every generated function"
        if snake(name) in names:
            yield f"{where}: the same argument as {names[snake(name)]}"
        names[snake(name)] = name
        schema = resolve(document, parameter["schema"])
        if place == "query" and parameter.get("explode") is False:
            yield f"{where}: explode false is ignored; lists are sent as repeated keys"
        if place == "query" and parameter.get("style", "form") != "form":
            yield f"{where}: style {parameter['style']} is ignored"
        if schema.get("type") == "object":
            yield f"{where}: objects in parameters are flattened"
        if schema.get("type") == "array" and place != "query":
            yield f"{where}: a list works in the query alone"
        if parameter.get("allowEmptyValue") or parameter.get("allowReserved"):
            yield f"{where}: allowEmptyValue and allowReserved are ignored"
        yield from _schema(document, where, parameter["schema"])


def _request(document: Document, here: str, operation: dict[str, Any]) -> Iterator[str]:
    if "requestBody" not in operation:
        return
    body = resolve(document, operation["requestBody"])
    content = body.get("content", {})
    if len(content) != 1:
        yield f"{here}: exactly one content type a request body"
    for media_type, media in content.items():
        where = f"{here}: request body"
        if media_type not in BODIES:
            yield f"{where}: {media_type} is not one of {', '.join(sorted(BODIES))}"
        if "schema" not in media:
            yield f"{where}: no schema"
            continue
        schema = resolve(document, media["schema"])
        if media_type == "multipart/form-data":
            if schema.get("type") != "object" or not schema.get("properties"):
                yield f"{where}: a multipart body is an object with properties"
            elif "$ref" in media["schema"]:
                yield f"{where}: write the multipart schema in place, not as a reference"
        if media_type == "application/octet-stream" and schema.get("format") != "binary":
            yield f"{where}: an octet-stream is `type: string, format: binary`"
        yield from _schema(document, where, media["schema"])


def _responses(document: Document, here: str, operation: dict[str, Any]) -> Iterator[str]:
    responses = operation.get("responses", {})
    if not any(re.fullmatch(r"2\d\d", status) for status in responses):
        yield f"{here}: no success status is described"
    for status, given in responses.items():
        where = f"{here}: response {status}"
        if status == "default":
            yield f"{where}: `default` is taken for a success by the generator; use 4XX and 5XX"
        elif not re.fullmatch(r"[1-5](\d\d|XX)", status):
            yield f"{where}: not a status"
        response = resolve(document, given)
        content = response.get("content", {})
        if len(content) > 1:
            yield f"{where}: exactly one content type a response"
        for media_type, media in content.items():
            if "schema" not in media:
                yield f"{where}: no schema"
                continue
            if media_type not in (
                "application/json",
                "application/octet-stream",
            ) and not media_type.startswith("text/"):
                yield f"{where}: {media_type} would be dropped"
            if media_type == "application/json":
                yield from _required(document, where, media["schema"], set())
            yield from _schema(document, where, media["schema"])


def _required(document: Document, where: str, schema: Any, seen: set[str]) -> Iterator[str]:
    """What users read has no field that may be missing, unless the document says that it may."""
    if isinstance(schema, dict) and "$ref" in schema:
        if schema["$ref"] in seen:
            return
        seen.add(schema["$ref"])
        where = f"schema {schema['$ref'].rsplit('/', 1)[1]}"
        schema = resolve(document, schema)
    if not isinstance(schema, dict):
        return
    if schema.get("properties") and "required" not in schema:
        yield f"{where}: an answer must say which fields are required (`required: []` if none)"
    wires = [
        _wire(document, variant) for variant in schema.get("oneOf") or schema.get("anyOf") or ()
    ]
    if len(set(wires)) != len(wires):
        yield f"{where}: variants of an answer cannot be told apart by their JSON type"
    for part in _parts(schema):
        yield from _required(document, where, part, seen)


def _parts(schema: dict[str, Any]) -> Iterator[Any]:
    yield from schema.get("properties", {}).values()
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield schema[key]
    for key in ("oneOf", "anyOf", "allOf"):
        yield from schema.get(key, [])


def _schema(document: Document, where: str, schema: Any) -> Iterator[str]:
    if not isinstance(schema, dict):
        yield f"{where}: a schema must be an object"
        return
    if "$ref" in schema:
        resolve(document, schema)
        if set(schema) - {"$ref", "description"}:
            yield f"{where}: what stands beside a $ref is ignored"
        return
    for key, why in IGNORED_IN_SCHEMA.items():
        if key in schema:
            yield f"{where}: `{key}` {why}"
    kinds = schema.get("type")
    variants = schema.get("oneOf") or schema.get("anyOf")
    if kinds is None and not variants and "const" not in schema:
        yield f"{where}: no type, so anything would be taken"
    members = kinds if isinstance(kinds, list) else [kinds]
    bounds = (
        {"minimum", "exclusiveMinimum"} & set(schema),
        {"maximum", "exclusiveMaximum"} & set(schema),
    )
    if "integer" in members and "enum" not in schema and not all(bounds):
        yield f"{where}: an integer needs a minimum and a maximum"
    if "array" in members and "items" not in schema:
        yield f"{where}: a list without items is dropped"
    if "enum" in schema:
        if len({type(value) for value in schema["enum"] if value is not None}) > 1:
            yield f"{where}: an enum of several types is dropped"
        if isinstance(kinds, list):
            yield f"{where}: a nullable enum makes three classes; use anyOf of a name and null"
    for name in schema.get("properties", {}):
        if snake(name) in ATTRIBUTES:
            yield f"{where}: the field {name} would hide {snake(name)} of the model"
    names: dict[str, str] = {}
    for name in schema.get("properties", {}):
        if snake(name) in names:
            yield f"{where}: the fields {names[snake(name)]} and {name} get the same name"
        names[snake(name)] = name
    for name in schema.get("required", []):
        if name not in schema.get("properties", {}):
            yield f"{where}: the required field {name} is not described"
    for name, part in schema.get("properties", {}).items():
        yield from _schema(document, f"{where}.{name}", part)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _schema(document, f"{where}.*", schema["additionalProperties"])
    if "items" in schema:
        yield from _schema(document, f"{where}[]", schema["items"])
    for variant in variants or []:
        yield from _schema(document, where, variant)


def _wire(document: Document, schema: Any) -> str:
    schema = resolve(document, schema)
    kind = schema.get("type")
    return "number" if kind == "integer" else str(kind)


def check(document: Document, source: str, service: Service | None = None) -> None:
    """Raise when a rule is broken, with everything that is."""
    broken = lint(document)
    if service is not None:
        broken += lint_tokens(document, service)
    if broken:
        raise Problem(
            f"{source}: breaks {len(broken)} of our rules:\n"
            + "\n".join(f"  {line}" for line in broken)
        )
