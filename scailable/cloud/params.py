"""From the text of a path, a query or a header to the typed values a document asks for."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from scailable.cloud.documents import Operation, Parameter, Problem

_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")


def parse(
    operation: Operation,
    path: Mapping[str, str],
    query: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
) -> tuple[dict[str, Any], list[Problem]]:
    """Coerce and validate the parameters of a request.

    Names of the query which the document does not know are ignored, as the service does.

    Returns:
        The values by the documents' names (absent ones that have a `default` get it, others are
        left out), and every problem found.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for parameter in operation.parameters:
        found = _texts(parameter, path, query, headers)
        schema = parameter.schema.raw
        if not found:
            if parameter.required:
                problems.append(Problem(parameter.name, "is required"))
            elif "default" in schema:
                values[parameter.name] = schema["default"]
            continue
        try:
            value = _coerce(found, schema, explode=parameter.explode)
        except ValueError as error:
            problems.append(Problem(parameter.name, str(error)))
            continue
        wrong = parameter.schema.problems(value)
        if wrong:
            problems.extend(Problem(parameter.name, problem.why) for problem in wrong)
        else:
            values[parameter.name] = value
    return values, problems


def _texts(
    parameter: Parameter,
    path: Mapping[str, str],
    query: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
) -> list[str]:
    if parameter.where == "query":
        return [value for name, value in query if name == parameter.name]
    source = path if parameter.where == "path" else headers
    value = source.get(parameter.name if parameter.where == "path" else parameter.name.lower())
    return [] if value is None else [value]


def _types(schema: Mapping[str, Any]) -> set[str]:
    kind = schema.get("type")
    if kind is None:
        # `anyOf: [{type: string}, {type: "null"}]` is a nullable string.
        return {name for option in schema.get("anyOf", ()) for name in _types(option)}
    return {kind} if isinstance(kind, str) else set(kind)


def _coerce(found: list[str], schema: Mapping[str, Any], *, explode: bool) -> Any:
    if "array" in _types(schema):
        items = found if explode else [item for text in found for item in text.split(",")]
        inner = schema.get("items", {})
        return [_scalar(item, inner) for item in items]
    if len(found) > 1:
        raise ValueError("is given more than once")
    return _scalar(found[0], schema)


def _scalar(text: str, schema: Mapping[str, Any]) -> Any:
    if "\x00" in text:
        raise ValueError("holds a NUL character")  # PostgreSQL cannot store or compare one
    kinds = _types(schema)
    if "integer" in kinds:
        if not _INTEGER.fullmatch(text):
            raise ValueError("is not an integer")
        return int(text)
    if "number" in kinds:
        if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
            raise ValueError("is not a number")
        return float(text)
    if "boolean" in kinds:
        if text not in ("true", "false"):
            raise ValueError("is neither true nor false")
        return text == "true"
    if schema.get("format") == "uuid":
        return text.lower()
    return text
