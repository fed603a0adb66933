"""Reading outputs by the naming rules of the platform: `scores-0:Cat;1:Dog`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scailable.onnx.names import SCORES, parse_name

if TYPE_CHECKING:
    from collections.abc import Mapping


def readable(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs by name as a person reads them.

    A `scores-` output becomes its best label and that label's score; every other output stays the
    nested list it is. Names are cut to the part before the dash where that stays unique.

    >>> readable({"scores-0:Cat;1:Dog": [[0.2, 0.8]], "hidden": [1.0]})
    {'scores': {'label': 'Dog', 'score': 0.8}, 'hidden': [1.0]}
    """
    parsed = {name: parse_name(name) for name in outputs}
    prefixes = [each.prefix for each in parsed.values()]
    result: dict[str, Any] = {}
    for name, values in outputs.items():
        prefix, labels = parsed[name].prefix, parsed[name].labels
        key = prefix if prefix and prefixes.count(prefix) == 1 else name
        best = _best(values) if prefix == SCORES else None
        if best is None:
            result[key] = values
        else:
            place, score = best
            result[key] = {"label": labels.get(place, str(place)), "score": score}
    return result


def _best(values: Any) -> tuple[int, float] | None:
    """Place and value of the highest of (N,) or (1, N) scores; None for anything else."""
    if isinstance(values, list) and len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    if not isinstance(values, list):
        return None
    numbers = [(value, place) for place, value in enumerate(values) if isinstance(value, float)]
    if not numbers:
        return None
    score, place = max(numbers, key=lambda pair: (pair[0], -pair[1]))
    return place, score
