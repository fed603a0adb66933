"""Which models should run: a decision without any I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class ModelKey(NamedTuple):
    """One version of one model."""

    function: str
    digest: str


def choose(
    assigned: Sequence[ModelKey], good: Sequence[ModelKey], usable: Callable[[ModelKey], bool]
) -> list[ModelKey]:
    """The models that should run.

    `good` are those that have run before, oldest first. `usable` says whether a model is on the
    disk and has not failed. An assigned model that is not usable is stood in for by its last good
    version. When that leaves nothing to run, the last good model of all goes on: a device does not
    stop working because its new model is broken. When nothing is assigned, nothing runs.

    >>> old, new = ModelKey("f", "1"), ModelKey("f", "2")
    >>> choose([new], [old], lambda key: key == old)
    [ModelKey(function='f', digest='1')]
    """
    fallbacks = [key for key in reversed(good) if usable(key)]
    chosen: list[ModelKey] = []
    for key in assigned:
        if not usable(key):
            earlier = (other for other in fallbacks if other.function == key.function)
            key = next(earlier, key)
        if usable(key) and key not in chosen:
            chosen.append(key)
    if assigned and not chosen:
        return fallbacks[:1]
    return chosen


def keep(
    assigned: Sequence[ModelKey], running: Sequence[ModelKey], good: Sequence[ModelKey]
) -> list[ModelKey]:
    """The good models to remember, oldest first: what runs, and one step back for each function.

    >>> versions = [ModelKey("f", digest) for digest in "123"]
    >>> [key.digest for key in keep([versions[2]], [versions[2]], versions)]
    ['2', '3']
    """
    remembered: list[ModelKey] = []
    for key in reversed(good):
        others = sum(1 for other in remembered if other.function == key.function)
        known = any(other.function == key.function for other in (*assigned, *running))
        if key in running or (known and others < 2) or not remembered:
            remembered.append(key)
    return remembered[::-1]
