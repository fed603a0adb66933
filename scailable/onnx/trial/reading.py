"""What the results of a model say, by the names of its outputs."""

from typing import Any

from scailable.onnx import names


def read_results(name: str, values: Any, most: int) -> dict[str, Any]:
    """An output in short: its type, and what it says by the grammar of its name.

    Args:
        name: of the output.
        values: an array, or what a sequence or map output gives.
        most: results to list.
    """
    import numpy as np

    if not isinstance(values, np.ndarray):
        return {"name": name, "dtype": type(values).__name__, "shape": None, "results": []}
    parsed = names.parse_name(name)
    results: list[dict[str, Any]] = []
    if parsed.prefix == names.SCORES and values.dtype.kind == "f":
        flat = values.reshape(-1)
        for index in np.argsort(flat)[::-1][:most]:
            results.append(_result(parsed, int(index), score=float(flat[index])))
    elif parsed.prefix == names.ALARM and values.dtype == bool:
        for index in np.flatnonzero(values.reshape(-1))[:most]:
            results.append(_result(parsed, int(index), alarm=True))
    elif parsed.prefix == names.BBOXES and values.ndim == 2 and parsed.format == "xyxysc":
        for row in sorted(values.tolist(), key=lambda row: -row[4])[:most]:
            box = [round(number, 2) for number in row[:4]]
            results.append(_result(parsed, int(row[5]), score=row[4], box=box))
    finite = values.size and values.dtype.kind in "fiu"
    return {
        "name": name,
        "dtype": str(values.dtype),
        "shape": list(values.shape),
        "range": [float(np.nanmin(values)), float(np.nanmax(values))] if finite else None,
        "results": results,
    }


def _result(parsed: names.IOName, index: int, **more: Any) -> dict[str, Any]:
    return {"class": index, "label": parsed.labels.get(index, ""), **more}
