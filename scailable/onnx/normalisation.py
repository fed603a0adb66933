"""The normalisation that a model asks for in the description of its graph.

The vendor's tools write it there as JSON, `{"means": [...], "vars": [...]}`: a device feeds
`(pixel - mean) / var` for every channel.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

_KEYS = ("means", "vars")
_MEANT = re.compile(r"""["']?\b(?:means|vars)\b["']?\s*:""")


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What is subtracted from every pixel, and what it is divided by then.

    Attributes:
        means, vars: one number for all channels, or one for each; empty when not given.
        problem: why it cannot be used; empty when it can.
    """

    means: tuple[int, ...] = ()
    vars: tuple[int, ...] = ()
    problem: str = ""


def read_normalisation(doc_string: str) -> Normalisation | None:
    """The normalisation in the description of a graph; None when it speaks of something else.

    >>> read_normalisation('{"means": [0], "vars": [255]}')
    Normalisation(means=(0,), vars=(255,), problem='')
    >>> read_normalisation("Exported by hand.") is None
    True
    """
    text = doc_string.strip()
    if not text.startswith("{") or not _MEANT.search(text):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Normalisation(problem="is not valid JSON")
    if not isinstance(value, dict):
        return Normalisation(problem="is not a JSON object")
    lists: dict[str, tuple[int, ...]] = {}
    for key in _KEYS:
        numbers = _whole(value.get(key, []))
        if numbers is None:
            return Normalisation(problem=f"has {key} that are not a list of whole numbers")
        lists[key] = numbers
    return Normalisation(lists["means"], lists["vars"])


def _whole(values: Any) -> tuple[int, ...] | None:
    if not isinstance(values, list) or len(values) > 64:
        return None
    if not all(type(each) in (int, float) and each == each // 1 for each in values):
        return None
    return tuple(int(each) for each in values)
