"""Read a document that may come from anyone, and refuse what could harm us. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from scripts.regen.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

Document: TypeAlias = dict[str, Any]

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 60
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# Names become file names, classes, functions and arguments. Nothing else is allowed in them,
# although the generator escapes them too: GHSA-5293-mq8x-g3xj was an escape that did not hold.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")
TAG = re.compile(r"[A-Za-z][A-Za-z0-9 _-]{0,59}")
PATH = re.compile(r"(?:/|(?:/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*|\{[A-Za-z][A-Za-z0-9_]*\}))+/?)")
REFERENCE = re.compile(
    r"#/components/(?:schemas|parameters|responses|requestBodies|headers)/[A-Za-z][A-Za-z0-9_]*"
)
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(?:; ?charset=[a-zA-Z0-9-]+)?")
QUOTES = re.compile(r"[\"'\\\x00-\x1f]")
# Keywords whose value is an object with names of the document's own choice.
NAMING = {"properties", "patternProperties", "$defs", "schemas", "parameters", "responses"}
NAMING |= {"requestBodies", "headers", "securitySchemes", "paths", "content", "mapping", "scopes"}
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def parse(content: bytes, source: str) -> Document:
    """The document in `content`; `source` names it in errors."""
    if len(content) > MAX_BYTES:
        raise Problem(
            f"{source}: larger than {MAX_BYTES // 1024 // 1024} MB; documents are far smaller."
        )
    start = content[:200].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        raise Problem(
            f"{source}: a web page, not a JSON document. Is this the address of the service itself?"
        )
    try:
        document = json.loads(content, object_pairs_hook=_no_duplicates)
    except RecursionError:
        raise Problem(f"{source}: nested too deeply.") from None
    except ValueError as error:
        raise Problem(f"{source}: not JSON: {error}.") from None
    vet(document, source)
    return document  # type: ignore[no-any-return]


def dump(document: Document) -> bytes:
    """The one way we write documents, so that changes are readable line by line."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation: (method, path, operation)."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


def resolve(document: Document, node: Any) -> Any:
    """Follow references until there is none."""
    seen = set()
    while isinstance(node, dict) and "$ref" in node:
        reference = node["$ref"]
        if reference in seen:
            raise Problem(f"{reference} refers to itself.")
        seen.add(reference)
        target: Any = document
        for key in reference.removeprefix("#/").split("/"):
            if key not in target:
                raise Problem(f"{reference} refers to nothing.")
            target = target[key]
        node = target
    return node


def vet(document: Any, source: str) -> None:
    """Refuse a document that is no OpenAPI 3.1, or has names that could become code or paths."""
    if not isinstance(document, dict):
        raise Problem(f"{source}: not an OpenAPI document (the JSON is not an object).")
    version = document.get("openapi")
    if not isinstance(version, str) or not re.fullmatch(r"3\.1\.\d+", version):
        raise Problem(
            f"{source}: OpenAPI 3.1 is expected, not {_shown(version or document.get('swagger'))}."
        )
    if not isinstance(document.get("paths"), dict):
        raise Problem(f"{source}: no paths.")
    try:
        unsafe = next(_unsafe(document), None)
    except (TypeError, AttributeError, KeyError) as error:
        raise Problem(f"{source}: not shaped like an OpenAPI document: {error}.") from error
    if unsafe is not None:
        raise Problem(f"{source}: {unsafe[0]}: {unsafe[1]}. The document is refused.")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise ValueError(f"the key {_shown(twice[0])} stands twice in one object")
    return result


def _shown(value: object) -> str:
    shown = json.dumps(value, default=str)
    return shown if len(shown) <= 80 else shown[:77] + "..."


def _is_name(value: object, pattern: re.Pattern[str] = NAME) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _unsafe(document: Document) -> Iterator[tuple[str, str]]:
    """Every (place, problem) of a document whose shape is not known to be right."""
    yield from _unsafe_parts(document, "document")
    for path, item in document["paths"].items():
        if not PATH.fullmatch(path) or "//" in path:
            yield "paths", f"{_shown(path)} is not a plain path"
        if not isinstance(item, dict):
            yield path, "not an object"
            continue
        if "$ref" in item:
            yield path, "a path that is a reference is dropped silently by the generator"
        for method, operation in item.items():
            if method not in METHODS:
                continue
            if not isinstance(operation, dict):
                yield f"{method.upper()} {path}", "not an object"
                continue
            identifier = operation.get("operationId", "unnamed")
            if not _is_name(identifier):
                yield (
                    f"{method.upper()} {path}",
                    f"operationId {_shown(identifier)} is not a plain name",
                )
            for tag in operation.get("tags", []):
                if not _is_name(tag, TAG):
                    yield f"{method.upper()} {path}", f"tag {_shown(tag)} is not a plain name"
    components = document.get("components", {})
    for kind, named in components.items() if isinstance(components, dict) else ():
        for name in named if isinstance(named, dict) else ():
            if not NAME.fullmatch(name):
                yield f"components/{kind}", f"{_shown(name)} is not a plain name"


def _unsafe_parts(
    node: Any, where: str, depth: int = 0, *, named: bool = False
) -> Iterator[tuple[str, str]]:
    """`named`: the keys of the node are names that the document gives, not keywords."""
    if depth > MAX_DEPTH:
        yield where[:80], "nested too deeply"
    elif isinstance(node, list):
        for item in node:
            yield from _unsafe_parts(item, where, depth + 1)
    elif isinstance(node, dict):
        if not named and isinstance(node.get("in"), str) and not _is_name(node.get("name"), FIELD):
            yield where, f"the parameter {_shown(node.get('name'))} is not a plain name"
        for key, value in node.items():
            place = f"{where}/{key}"
            if UNPRINTABLE.search(key):
                yield where, f"the key {_shown(key)} has control characters"
            if not named and key in ("example", "examples"):
                continue  # data, never a part of the code
            if not named:
                yield from _unsafe_keyword(key, value, place)
            inner = not named and key in NAMING and isinstance(value, dict)
            yield from _unsafe_parts(value, place, depth + 1, named=inner)


def _unsafe_keyword(key: str, value: Any, place: str) -> Iterator[tuple[str, str]]:
    if key == "$ref" and not _is_name(value, REFERENCE):
        yield place, f"{_shown(value)} is not a plain reference inside this document"
    elif key == "properties":
        for name in value:
            if not _is_name(name, FIELD):
                yield place, f"the field {_shown(name)} is not a plain name"
    elif key == "content":
        for media_type in value:
            if not _is_name(media_type, MEDIA_TYPE):
                yield place, f"{_shown(media_type)} is not a plain content type"
    elif key == "enum":
        for member in value:
            if isinstance(member, str) and QUOTES.search(member):
                yield place, f"the value {_shown(member)} has quotes or control characters"
    elif key == "x-enum-varnames" and not all(_is_name(name) for name in value):
        yield place, "has names that are not plain"
    elif key == "title" and place != "document/info/title" and not _is_name(value):
        yield place, f"{_shown(value)} would name a class and is not a plain name"
    elif key in ("default", "const") and isinstance(value, str) and UNPRINTABLE.search(value):
        yield place, "has control characters"
