"""What the results of a model say, by the names of its outputs."""

import math
from typing import TYPE_CHECKING, Any

from scailable.onnx import names

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIRST_VALUES = 8
_BOXES = names.LEGACY_BBOXES | {names.BBOXES}
_CORNERS = "xyxy"


def read_results(name: str, values: Any, most: int, threshold: float) -> dict[str, Any]:
    """An output in short: its type, and what it says by the grammar of its name. All numbers are
    finite: what is not is None.

    Args:
        name: of the output.
        values: an array, or what a sequence or map output gives.
        most: results to list.
        threshold: score that a box has at least.
    """
    import numpy as np

    about: dict[str, Any] = {"name": name, "dtype": "", "shape": None, "results": [], "found": None}
    if not isinstance(values, np.ndarray):
        kind = {list: "sequence", dict: "map", type(None): "nothing"}
        about["dtype"] = kind.get(type(values), type(values).__name__)
        about["results"] = _mapped(values, most)
        return about
    about["dtype"] = "string" if values.dtype == object else str(values.dtype)
    about["shape"] = list(values.shape)
    about["values"] = [_plain(each) for each in values.reshape(-1)[:_FIRST_VALUES].tolist()]
    if values.dtype.kind in "fiub":
        about.update(_spread(values))
        parsed = names.parse_name(name)
        if parsed.prefix == names.SCORES and values.dtype.kind == "f":
            about["results"] = _scores(parsed, values, most)
        elif parsed.prefix == names.ALARM:
            on = np.flatnonzero(values.reshape(-1))
            about["results"] = [_class(parsed, int(each), alarm=True) for each in on[:most]]
            about["found"] = len(on)
        elif parsed.prefix in _BOXES:
            _boxes(parsed, values, most, threshold, about)
    return about


def _spread(values: "NDArray[Any]") -> dict[str, Any]:
    """The least and the largest value, and how many are neither."""
    import numpy as np

    finite = values[np.isfinite(values)]
    low_high = [_plain(finite.min().item()), _plain(finite.max().item())] if finite.size else None
    return {"range": low_high, "not_finite": int(values.size - finite.size)}


def _scores(parsed: names.IOName, values: "NDArray[Any]", most: int) -> list[dict[str, Any]]:
    """The top classes of one sample, or the top class of each of many."""
    import numpy as np

    one = values.ndim < 2 or values.size == values.shape[-1]
    if one:
        flat = values.reshape(-1)
        order = np.argsort(np.where(np.isnan(flat), -np.inf, flat))[::-1]
        return [_class(parsed, int(at), score=_plain(float(flat[at]))) for at in order[:most]]
    rows = values.reshape(-1, values.shape[-1]) if values.shape[-1] else values[:0, :0]
    tops = [
        (at, int(np.argmax(np.where(np.isnan(row), -np.inf, row))), row)
        for at, row in enumerate(rows[:most])
    ]
    return [_class(parsed, top, score=_plain(float(row[top])), row=at) for at, top, row in tops]


def _boxes(
    parsed: names.IOName,
    values: "NDArray[Any]",
    most: int,
    threshold: float,
    about: dict[str, Any],
) -> None:
    """Boxes by their format: corners, then a score (s) and a class (c) where it has them."""
    import numpy as np

    letters = parsed.format or ""
    if not letters.startswith(_CORNERS) or values.ndim < 2 or values.shape[-1] != len(letters):
        return
    rows = values.reshape(-1, len(letters)).astype(np.float64)
    score, kind = letters.find("s"), letters.find("c")
    if score >= 0:
        rows = rows[rows[:, score] >= threshold]
        rows = rows[np.argsort(-rows[:, score], kind="stable")]
    about["found"] = len(rows)
    for row in rows[:most].tolist():
        index = int(row[kind]) if kind >= 0 and math.isfinite(row[kind]) else None
        more = {"score": _plain(row[score])} if score >= 0 else {}
        about["results"].append(_class(parsed, index, **more, box=[_plain(e) for e in row[:4]]))


def _mapped(values: Any, most: int) -> list[dict[str, Any]]:
    """Of the first map of label to score, as classifiers of tables give it, the top labels."""
    first = values[0] if isinstance(values, list) and values else values
    if not isinstance(first, dict) or not all(isinstance(e, float) for e in first.values()):
        return []
    order = sorted(first.items(), key=lambda item: (not math.isnan(item[1]), item[1]), reverse=True)
    return [
        {"class": None, "label": str(label), "score": _plain(score)}
        for label, score in order[:most]
    ]


def _class(parsed: names.IOName, index: int | None, **more: Any) -> dict[str, Any]:
    label = "" if index is None else parsed.labels.get(index, "")
    return {"class": index, "label": label, **more}


def _plain(value: Any) -> Any:
    """A value that JSON can hold; seven digits are all that a float32 has."""
    if isinstance(value, float):
        return float(f"{value:.7g}") if math.isfinite(value) else None
    return value if isinstance(value, (bool, int)) else str(value)
