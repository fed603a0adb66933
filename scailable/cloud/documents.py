"""The OpenAPI documents as the server sees them: operations, parameters, bodies and validators."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs

from scailable.errors import ConfigError
from scailable.runtime.services import SERVICES

_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
# Shown instead of the value in validation messages: a body may hold a password.
_MASK = "the value"

Documents = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a value does not fit its schema: the place (dotted) and the reason."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema of a document with its compiled validator (formats are asserted)."""

    raw: Mapping[str, Any]
    validator: jsonschema_rs.Draft202012Validator

    def problems(self, value: Any) -> list[Problem]:
        """Every way in which `value` does not fit; empty when it does."""
        if self.validator.is_valid(value):
            return []
        return [_problem(error) for error in self.validator.iter_errors(value)]


def _problem(error: jsonschema_rs.ValidationError) -> Problem:
    where = [str(step) for step in error.instance_path]
    kind = error.kind.as_dict()
    # A missing or an unknown name belongs to the field of that name, not to the object around it.
    if error.kind.name == "required":
        where.append(str(kind.get("property", "")).strip('"'))
    elif error.kind.name == "additionalProperties" and kind.get("unexpected"):
        where.append(str(kind["unexpected"][0]))
    return Problem(".".join(part for part in where if part), error.message)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path, query or header parameter."""

    name: str
    where: str
    required: bool
    schema: Schema
    explode: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart body: binary ones are files, the others hold JSON text."""

    name: str
    binary: bool
    required: bool
    schema: Schema


@dataclass(frozen=True, slots=True)
class Body:
    """The request body of one content type; a binary one is a file as a whole."""

    media_type: str
    schema: Schema
    parts: tuple[Part, ...] = ()
    binary: bool = False


@dataclass(frozen=True, slots=True)
class Scheme:
    """A security scheme: the header that brings the token, and what stands before it there."""

    name: str
    header: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Response:
    """What the document promises for a status: schema by media type, and its headers."""

    schemas: Mapping[str, Schema]
    headers: Mapping[str, tuple[bool, Schema]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document; its URL is the base URL, the prefix and the path."""

    service: str
    prefix: str
    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    bodies: Mapping[str, Body]
    body_required: bool
    security: tuple[Scheme, ...]
    responses: Mapping[str, Response]

    def response_for(self, status: int) -> Response | None:
        """The declared response of a status: exact, then its class (`4XX`), then `default`."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document with its compiled operations."""

    service: str
    prefix: str
    title: str
    content: bytes
    operations: tuple[Operation, ...] = field(repr=False)


def load(source: Documents | Path | str | None = None) -> dict[str, Document]:
    """Load the documents of all services.

    Args:
        source: a mapping from service name to parsed document, or a folder with
            `<service>.json` files; None takes the documents packaged with the generated clients.

    Returns:
        The compiled documents by service name.

    Raises:
        ConfigError: a document is missing, is not JSON, or holds a schema that does not compile.
    """
    raw = source if isinstance(source, Mapping) else _read_all(source)
    unknown = sorted(set(raw) - set(SERVICES))
    if unknown:
        raise ConfigError(f"There is no service named {unknown[0]!r}.")
    return {name: _Compiler(name, document).document() for name, document in raw.items()}


def _read_all(folder: Path | str | None) -> Documents:
    result = {}
    for name in SERVICES:
        try:
            if folder is None:
                text = files("scailable_api").joinpath(name, "openapi.json").read_bytes()
            else:
                text = Path(folder, f"{name}.json").read_bytes()
        except (OSError, ModuleNotFoundError) as error:
            raise ConfigError(
                f"The OpenAPI document of the service {name} cannot be read: {error}.",
                hint="Run scripts/regenerate.py, or install scailable again.",
            ) from error
        try:
            result[name] = json.loads(text)
        except ValueError as error:
            raise ConfigError(
                f"The OpenAPI document of the service {name} is not JSON: {error}."
            ) from error
    return result


class _Compiler:
    """Turns one parsed document into operations; keeps what the steps share."""

    def __init__(self, service: str, raw: Mapping[str, Any]) -> None:
        self._service = service
        self._raw = raw
        self._uri = f"urn:scailable:{service}"
        self._registry = jsonschema_rs.Registry(
            [(self._uri, dict(raw))], draft=jsonschema_rs.Draft202012
        )

    def document(self) -> Document:
        operations = tuple(self._operations())
        seen: set[str] = set()
        for operation in operations:
            if operation.id in seen:
                raise ConfigError(
                    f"The document of {self._service} names the operation {operation.id} twice."
                )
            seen.add(operation.id)
        return Document(
            service=self._service,
            prefix=SERVICES[self._service].prefix,
            title=str(self._raw.get("info", {}).get("title", self._service)),
            content=json.dumps(self._raw, ensure_ascii=False, separators=(",", ":")).encode(),
            operations=operations,
        )

    def _operations(self) -> Iterator[Operation]:
        for path, item in self._raw.get("paths", {}).items():
            for method in _METHODS:
                if method in item:
                    try:
                        yield self._operation(path, method, item)
                    except (KeyError, ValueError, jsonschema_rs.ReferencingError) as error:
                        raise ConfigError(
                            f"{method.upper()} {path} in the document of {self._service} "
                            f"cannot be served: {error}."
                        ) from error

    def _operation(self, path: str, method: str, item: Mapping[str, Any]) -> Operation:
        raw = item[method]
        at = f"/paths/{_escape(path)}"
        parameters: dict[tuple[str, str], Parameter] = {}
        for owner, place in ((item, at), (raw, f"{at}/{method}")):
            for index, entry in enumerate(owner.get("parameters", ())):
                pointer, value = self._follow(f"{place}/parameters/{index}", entry)
                parameter = Parameter(
                    name=value["name"],
                    where=value["in"],
                    required=bool(value.get("required", False)),
                    schema=self._schema(f"{pointer}/schema", value["schema"]),
                    explode=bool(value.get("explode", value.get("style", "form") == "form")),
                )
                parameters[parameter.where, parameter.name] = parameter
        bodies: dict[str, Body] = {}
        body_required = False
        if "requestBody" in raw:
            pointer, value = self._follow(f"{at}/{method}/requestBody", raw["requestBody"])
            body_required = bool(value.get("required", False))
            for media_type, content in value["content"].items():
                place = f"{pointer}/content/{_escape(media_type)}/schema"
                bodies[media_type] = self._body(media_type, place, content.get("schema", {}))
        security = raw.get("security", self._raw.get("security", []))
        return Operation(
            service=self._service,
            prefix=SERVICES[self._service].prefix,
            id=raw["operationId"],
            method=method.upper(),
            path=path,
            parameters=tuple(parameters.values()),
            bodies=bodies,
            body_required=body_required,
            security=tuple(self._schemes(security)),
            responses={
                status.upper() if status != "default" else status: self._response(
                    f"{at}/{method}/responses/{status}", response
                )
                for status, response in raw.get("responses", {}).items()
            },
        )

    def _schemes(self, choices: Sequence[Mapping[str, Any]]) -> Iterator[Scheme]:
        for choice in choices:
            if len(choice) > 1:  # the kernel asks for one token of several, never for several
                raise ValueError(f"it needs {' and '.join(choice)} at once")
            yield from map(self._scheme, choice)

    def _scheme(self, name: str) -> Scheme:
        raw = self._raw.get("components", {}).get("securitySchemes", {}).get(name)
        if raw is None:
            raise ValueError(f"the security scheme {name} is not described")
        if raw["type"] == "http" and raw["scheme"] == "bearer":
            return Scheme(name, "Authorization", "Bearer")
        if raw["type"] == "apiKey" and raw["in"] == "header":
            return Scheme(name, raw["name"], "")
        raise ValueError(f"the security scheme {name} is neither bearer nor a header of its own")

    def _body(self, media_type: str, place: str, raw: Mapping[str, Any]) -> Body:
        schema = self._schema(place, raw)
        if media_type != "multipart/form-data":
            return Body(media_type, schema, binary=schema.raw.get("format") == "binary")
        pointer, form = self._follow(place, raw)
        required = set(form.get("required", ()))
        parts = []
        for name, value in form.get("properties", {}).items():
            _, resolved = self._follow("", value)
            parts.append(
                Part(
                    name=name,
                    binary=resolved.get("format") == "binary",
                    required=name in required,
                    schema=self._schema(f"{pointer}/properties/{_escape(name)}", value),
                )
            )
        return Body(media_type, schema, tuple(parts))

    def _response(self, place: str, raw: Mapping[str, Any]) -> Response:
        pointer, value = self._follow(place, raw)
        schemas = {
            media_type: self._schema(
                f"{pointer}/content/{_escape(media_type)}/schema", content["schema"]
            )
            for media_type, content in value.get("content", {}).items()
            if "schema" in content
        }
        headers: dict[str, tuple[bool, Schema]] = {}
        for name, entry in value.get("headers", {}).items():
            at, header = self._follow(f"{pointer}/headers/{_escape(name)}", entry)
            headers[name.lower()] = (
                bool(header.get("required", False)),
                self._schema(f"{at}/schema", header["schema"]),
            )
        return Response(schemas, headers)

    def _follow(self, place: str, value: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Follow `$ref` of an object of the document to where it is written."""
        for _ in range(16):
            if "$ref" not in value:
                return place, value
            reference = value["$ref"]
            if not reference.startswith("#/"):
                raise ValueError(f"the reference {reference} leaves the document")
            place = reference[1:]
            found: Any = self._raw
            for step in place[1:].split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            value = found
        raise ValueError(f"the reference {place} never ends")

    def _schema(self, pointer: str, raw: Mapping[str, Any]) -> Schema:
        _, resolved = self._follow(pointer, raw)
        validator = jsonschema_rs.Draft202012Validator(
            {"$ref": f"{self._uri}#{_percent(pointer)}"},
            registry=self._registry,
            validate_formats=True,
            mask=_MASK,
        )
        return Schema(resolved, validator)


def _escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _percent(pointer: str) -> str:
    # Path templates hold braces, which a URI fragment may not.
    return pointer.replace("%", "%25").replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")
