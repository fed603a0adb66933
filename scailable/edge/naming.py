"""Reading outputs by the naming rules of the platform: `scores-0:Cat;1:Dog`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def parse_name(name: str) -> tuple[str, dict[str, str]]:
    """Split a tensor name into what it is and its options.

    >>> parse_name("scores-0:Cat;1:Dog")
    ('scores', {'0': 'Cat', '1': 'Dog'})
    >>> parse_name("hidden")
    ('hidden', {})
    """
    kind, _, rest = name.partition("-")
    pairs = (piece.split(":", 1) for piece in rest.split(";") if ":" in piece)
    return kind, {pair[0]: pair[1] for pair in pairs}


def readable(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs by name as a person reads them.

    A `scores-` output becomes its best label and that label's score; every other output stays the
    nested list it is. Names are cut to the part before the dash where that stays unique.

    >>> readable({"scores-0:Cat;1:Dog": [[0.2, 0.8]], "hidden": [1.0]})
    {'scores': {'label': 'Dog', 'score': 0.8}, 'hidden': [1.0]}
    """
    kinds = [parse_name(name)[0] for name in outputs]
    result: dict[str, Any] = {}
    for name, values in outputs.items():
        kind, options = parse_name(name)
        key = kind if kind and kinds.count(kind) == 1 else name
        best = _best(values) if kind == "scores" else None
        if best is None:
            result[key] = values
        else:
            place, score = best
            result[key] = {"label": options.get(str(place), str(place)), "score": score}
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
