"""What changes for users between two documents of a service, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.regen.document import Document, operations, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER, REQUEST = "in answers", "in requests"
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


@dataclass(frozen=True)
class Change:
    """One difference. `breaking`: code that works with the old document may fail with the new."""

    breaking: bool
    where: str
    what: str

    def __str__(self) -> str:
        return f"{'breaking' if self.breaking else 'additive'}: {self.where}: {self.what}"


def compare(old: Document, new: Document) -> list[Change]:
    """Every difference that users can notice, breaking ones first."""
    changes = list(dict.fromkeys(_Comparison(old, new).run()))
    return sorted(changes, key=lambda change: not change.breaking)


class _Comparison:
    def __init__(self, old: Document, new: Document) -> None:
        self.old = old
        self.new = new
        self.seen: set[tuple[str, str, str]] = set()

    def run(self) -> Iterator[Change]:
        old = {(method, path): operation for method, path, operation in operations(self.old)}
        new = {(method, path): operation for method, path, operation in operations(self.new)}
        named = {
            operation["operationId"]: key
            for key, operation in new.items()
            if "operationId" in operation
        }
        for key, operation in old.items():
            where = _where(key, operation)
            if key in new:
                yield from self.operation(where, key, operation, new[key])
            elif operation.get("operationId") in named:
                moved = named[operation["operationId"]]
                yield Change(True, where, f"moved to {moved[0].upper()} {moved[1]}")
                yield from self.operation(where, key, operation, new[moved])
            else:
                yield Change(True, where, "operation removed")
        kept = {operation.get("operationId") for operation in old.values()}
        for key in new.keys() - old.keys():
            if new[key].get("operationId") not in kept:
                yield Change(False, _where(key, new[key]), "new operation")

    def operation(
        self, where: str, key: tuple[str, str], old: dict[str, Any], new: dict[str, Any]
    ) -> Iterator[Change]:
        if old.get("operationId") != new.get("operationId"):
            yield Change(True, where, f"operation renamed to {new.get('operationId')}")
        if old.get("tags", [])[:1] != new.get("tags", [])[:1]:
            yield Change(True, where, f"moved to the tag {new.get('tags', ['none'])[0]}")
        yield from self.security(where, old, new)
        yield from self.parameters(where, key, old, new)
        yield from self.request(where, old, new)
        yield from self.answers(where, old, new)

    def security(self, where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
        before = [sorted(requirement) for requirement in old.get("security", [])]
        after = [sorted(requirement) for requirement in new.get("security", [])]
        if before != after:
            words = " or ".join("+".join(names) for names in after) or "nobody's token"
            yield Change(bool(after) and not _opens(before, after), where, f"now opened by {words}")

    def parameters(
        self, where: str, key: tuple[str, str], old: dict[str, Any], new: dict[str, Any]
    ) -> Iterator[Change]:
        before = self._parameters(self.old, key[1], old)
        after = self._parameters(self.new, _path_of(self.new, new), new)
        gone = [name for name in before if name not in after]
        come = [name for name in after if name not in before]
        for name in gone:
            yield Change(True, where, f"parameter {name[1]} ({name[0]}) removed")
        for name in come:
            required = bool(after[name].get("required"))
            words = "new required parameter" if required else "new optional parameter"
            yield Change(required, where, f"{words} {name[1]} ({name[0]})")
        for name in before.keys() & after.keys():
            place = f"{where}: parameter {name[1]}"
            yield from _obligation(place, before[name].get("required"), after[name].get("required"))
            if "schema" in before[name] and "schema" in after[name]:
                yield from self.schema(
                    place, before[name]["schema"], after[name]["schema"], REQUEST
                )

    def _parameters(
        self, document: Document, path: str, operation: dict[str, Any]
    ) -> dict[tuple[str, str], dict[str, Any]]:
        given = [*document["paths"][path].get("parameters", []), *operation.get("parameters", [])]
        resolved = [resolve(document, parameter) for parameter in given]
        return {(parameter["in"], parameter["name"]): parameter for parameter in resolved}

    def request(self, where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
        before = resolve(self.old, old.get("requestBody"))
        after = resolve(self.new, new.get("requestBody"))
        if before is None and after is None:
            return
        if before is None:
            required = bool(after.get("required"))
            yield Change(
                required, where, f"new {'required' if required else 'optional'} request body"
            )
            return
        if after is None:
            yield Change(True, where, "request body removed")
            return
        yield from _obligation(
            f"{where}: request body", before.get("required"), after.get("required")
        )
        yield from self.content(f"{where}: request body", before, after, REQUEST)

    def answers(self, where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
        before, after = old.get("responses", {}), new.get("responses", {})
        for status in before.keys() - after.keys():
            yield Change(status < "4", where, f"answer {status} removed")
        for status in after.keys() - before.keys():
            # An undocumented success is an error to the generated code, a documented one is not.
            yield Change(False, where, f"new answer {status}")
        for status in before.keys() & after.keys():
            pair = resolve(self.old, before[status]), resolve(self.new, after[status])
            yield from self.content(f"{where}: answer {status}", *pair, ANSWER)

    def content(
        self, where: str, old: dict[str, Any], new: dict[str, Any], side: str
    ) -> Iterator[Change]:
        before, after = old.get("content", {}), new.get("content", {})
        for media_type in before.keys() - after.keys():
            yield Change(True, where, f"content type {media_type} removed")
        for media_type in after.keys() - before.keys():
            yield Change(not before, where, f"new content type {media_type}")
        for media_type in before.keys() & after.keys():
            if "schema" in before[media_type] and "schema" in after[media_type]:
                pair = before[media_type]["schema"], after[media_type]["schema"]
                yield from self.schema(where, *pair, side)

    def schema(self, where: str, old: Any, new: Any, side: str) -> Iterator[Change]:
        """Named schemas are compared once for each side and reported under their own name."""
        names = old.get("$ref", ""), new.get("$ref", "")
        if all(names):
            if (*names, side) in self.seen:
                return
            self.seen.add((*names, side))
            where = f"{_name(names[0])} ({side})"
            if names[0] != names[1]:
                where = f"{_name(names[0])}, now {_name(names[1])} ({side})"
        old, new = resolve(self.old, old), resolve(self.new, new)
        yield from _kinds(where, old, new, side)
        yield from _values(where, old, new, side)
        if side == REQUEST:
            yield from _limits(where, old, new)
        yield from self.fields(where, old, new, side)
        for key in ("items", "additionalProperties"):
            if isinstance(old.get(key), dict) and isinstance(new.get(key), dict):
                yield from self.schema(f"{where}[]", old[key], new[key], side)
        for key in ("oneOf", "anyOf", "allOf"):
            yield from self.variants(where, old.get(key, []), new.get(key, []), side)

    def fields(
        self, where: str, old: dict[str, Any], new: dict[str, Any], side: str
    ) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed_before, needed = set(old.get("required", [])), set(new.get("required", []))
        come = [name for name in after if name not in before]
        for name in before:
            if name in after:
                continue
            twins = [other for other in come if after[other] == before[name]]
            if len(twins) == 1:
                come.remove(twins[0])
                yield Change(True, where, f"field {name} removed; perhaps renamed to {twins[0]}")
                if side == REQUEST and twins[0] in needed:
                    yield Change(True, where, f"new required field {twins[0]}")
            else:
                yield Change(True, where, f"field {name} removed")
        for name in come:
            required = side == REQUEST and name in needed
            yield Change(required, where, f"new {'required ' if required else ''}field {name}")
        for name in [name for name in before if name in after]:
            place = f"{where}: field {name}"
            if side == REQUEST:
                yield from _obligation(place, name in needed_before, name in needed)
            elif (name in needed_before) != (name in needed):
                missing = name in needed_before
                yield Change(
                    missing, place, "may now be missing" if missing else "is now always present"
                )
            yield from self.schema(place, before[name], after[name], side)

    def variants(self, where: str, old: list[Any], new: list[Any], side: str) -> Iterator[Change]:
        if len(old) != len(new):
            fewer = len(new) < len(old)
            breaking = fewer if side == REQUEST else True
            yield Change(breaking, where, f"now {len(new)} variants instead of {len(old)}")
            return
        for before, after in zip(old, new, strict=True):
            yield from self.schema(where, before, after, side)


def _where(key: tuple[str, str], operation: dict[str, Any]) -> str:
    return f"{operation.get('operationId', 'unnamed')} ({key[0].upper()} {key[1]})"


def _path_of(document: Document, wanted: dict[str, Any]) -> str:
    return next(path for _, path, operation in operations(document) if operation is wanted)


def _name(reference: str) -> str:
    return reference.rsplit("/", 1)[1]


def _opens(before: list[list[str]], after: list[list[str]]) -> bool:
    """Whether every token that was good before still is."""
    return bool(before) and all(requirement in after for requirement in before)


def _obligation(where: str, before: object, after: object) -> Iterator[Change]:
    if bool(before) != bool(after):
        yield Change(bool(after), where, "is now required" if after else "is now optional")


def _types(schema: dict[str, Any]) -> set[str]:
    kinds = schema.get("type")
    found = set(kinds) if isinstance(kinds, list) else {kinds} if kinds else set()
    return {
        f"{kind}/{schema['format']}" if "format" in schema and kind == "string" else kind
        for kind in found
    }


def _kinds(where: str, old: dict[str, Any], new: dict[str, Any], side: str) -> Iterator[Change]:
    before, after = _types(old), _types(new)
    if before == after:
        return
    words = f"type changed from {_list(before)} to {_list(after)}"
    # A request that takes more, or an answer that gives less, hurts nobody.
    safe = before <= after if side == REQUEST else after <= before
    yield Change(not (safe and before and after), where, words)


def _list(names: set[str]) -> str:
    return " or ".join(sorted(names)) or "anything"


def _values(where: str, old: dict[str, Any], new: dict[str, Any], side: str) -> Iterator[Change]:
    before, after = old.get("enum"), new.get("enum")
    if before is None and after is None:
        return
    if before is None or after is None:
        words = "now one of a list of values" if before is None else "now any value"
        yield Change((before is None) == (side == REQUEST), where, words)
        return
    for value in before:
        if value not in after:
            yield Change(True, where, f"value {value!r} removed")
    for value in after:
        if value not in before:
            yield Change(False, where, f"new value {value!r}")


def _limits(where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for key in (*LOWER, *UPPER):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        narrow = after is not None and (
            before is None or (after > before if key in LOWER else after < before)
        )
        yield Change(narrow, where, f"{key} changed from {before} to {after}")
    if old.get("pattern") != new.get("pattern"):
        words = f"pattern changed from {old.get('pattern')} to {new.get('pattern')}"
        yield Change(new.get("pattern") is not None, where, words)
