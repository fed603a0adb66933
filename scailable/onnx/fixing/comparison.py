"""The process that runs two models on the same input: `python -m scailable.onnx.fixing.comparison`.

Both run without optimisation, operator by operator: what is the same then gives the same bits.
"""

from collections.abc import Mapping
from typing import Any

from scailable.onnx.sandbox import Missing, Output, serve
from scailable.onnx.text import one_line

ROUNDS = 3
_DYNAMIC = 1
_LARGEST_INPUT = 1 << 28  # elements
_DTYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(bool)": "bool",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
    "tensor(uint16)": "uint16",
    "tensor(int16)": "int16",
    "tensor(uint32)": "uint32",
    "tensor(int32)": "int32",
    "tensor(uint64)": "uint64",
    "tensor(int64)": "int64",
}
# One image at a time takes other ways through the arithmetic than many at once.
_ROUNDING = 1e-4


class _NotComparable(Exception):
    """There is nothing to compare; the text says why."""


def work(request: dict[str, Any], output: Output) -> dict[str, Any]:
    """Compare the outputs of two models on random input."""
    try:
        import numpy  # noqa: F401
        import onnxruntime
    except ImportError as error:
        raise Missing("edge", "Comparing two models") from error
    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(4)
    try:
        old, note = _original(request)
        try:
            new = _session(request["new"])
        except Exception as error:
            raise _NotComparable(f"the new model does not run: {_first(error)}") from error
        if request["rows"]:
            note = f"each of {request['rows']} images by itself"
        return {"compared": True, "note": note, **_compared(old, new, request)}
    except _NotComparable as reason:
        return {"compared": False, "reason": str(reason)}


def _original(request: dict[str, Any]) -> tuple[Any, str]:
    """The original as it is, or with the corrected stamps where it does not run otherwise."""
    try:
        return _session(request["old"]), ""
    except Exception as error:
        said = f"the original does not run: {_first(error)}"
        stamps: Mapping[str, int] = request["stamps"]
        if not stamps:
            raise _NotComparable(said) from error
    try:
        session = _session(_stamped(request["old"], stamps))
    except Exception as error:
        raise _NotComparable(said) from error
    shown = " and ".join(f"{name} {version}" for name, version in stamps.items())
    return session, f"the original was run as if stamped with {shown}, as it does not run otherwise"


def _stamped(path: str, stamps: Mapping[str, int]) -> bytes:
    import onnx

    model = onnx.load(path, load_external_data=False)
    if "IR version" in stamps:
        model.ir_version = stamps["IR version"]
    for opset in model.opset_import:
        if "opset" in stamps and opset.domain in ("", "ai.onnx"):
            opset.version = stamps["opset"]
    content: bytes = model.SerializeToString()
    return content


def _session(model: str | bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _compared(old: Any, new: Any, request: dict[str, Any]) -> dict[str, Any]:
    """The largest difference, None where the outputs are of another kind or shape."""
    rows, image = request["rows"], request["image"]
    names = [each.name for each in old.get_inputs()]
    largest = 0.0
    for values in _random_inputs(old if rows else new, request["seed"]):
        if len(values) != len(names):
            raise _NotComparable("the two have another number of inputs")
        feeds = dict(zip(names, values, strict=True))
        before = _run(old, "original", values)
        if rows:
            pieces = [
                [feeds[name][row : row + 1] if name == image else feeds[name] for name in names]
                for row in range(rows)
            ]
            results = [_run(new, "new model", each) for each in pieces]
            _insist_on_declared(new, results[0])
            after = _joined(results)
        else:
            after = _run(new, "new model", values)
        apart = _apart(before, after)
        if apart is None or (apart > 0 and not _within_rounding(apart, before, rows)):
            if _apart(before, _run(old, "original", values)) != 0:
                raise _NotComparable("the original gives other results each time")
            return {"equal": False, "difference": apart, "rounds": ROUNDS}
        largest = max(largest, apart)
    return {"equal": True, "difference": largest, "rounds": ROUNDS}


def _random_inputs(session: Any, seed: int) -> Any:
    """Three sets of values for the inputs of a session."""
    import numpy as np

    generator = np.random.default_rng(seed)
    for _ in range(ROUNDS):
        values = []
        for each in session.get_inputs():
            if each.type not in _DTYPES:
                raise _NotComparable(f"an input is of the type {each.type}")
            shape = [size if isinstance(size, int) else _DYNAMIC for size in each.shape]
            if np.prod(shape, dtype="float64") > _LARGEST_INPUT:
                raise _NotComparable("an input is too large")
            dtype = np.dtype(_DTYPES[each.type])
            drawn: Any
            if dtype.kind == "f":
                drawn = generator.standard_normal(shape)
            else:
                drawn = generator.integers(0, 2, shape)  # of an index only 0 and 1 are safe
            values.append(drawn.astype(dtype))
        yield values


def _run(session: Any, called: str, values: list[Any]) -> list[Any]:
    names = [each.name for each in session.get_inputs()]
    try:
        results: list[Any] = session.run(None, dict(zip(names, values, strict=True)))
    except Exception as error:
        raise _NotComparable(f"the {called} refuses random input: {_first(error)}") from error
    return results


def _insist_on_declared(session: Any, results: list[Any]) -> None:
    """What could not be inferred may still be declared for the batch as it was."""
    for declared, result in zip(session.get_outputs(), results, strict=True):
        sizes = getattr(result, "shape", declared.shape)
        if len(sizes) != len(declared.shape) or any(
            isinstance(size, int) and size != actual
            for size, actual in zip(declared.shape, sizes, strict=True)
        ):
            name = one_line(declared.name, 80)
            raise _NotComparable(f"the output {name} is declared as {declared.shape}, not {sizes}")


def _joined(rows: list[list[Any]]) -> list[Any]:
    """The results for single images, put together as the results for all of them."""
    import numpy as np

    try:
        return [np.concatenate(each) for each in zip(*rows, strict=True)]
    except ValueError as error:
        raise _NotComparable(f"the results are not one for each image: {_first(error)}") from error


def _apart(first: Any, second: Any) -> float | None:
    """The largest difference of two results; None when they are of another kind or shape."""
    import numpy as np

    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return None
        each = [_apart(one, other) for one, other in zip(first, second, strict=True)]
        return None if None in each else max((a for a in each if a is not None), default=0.0)
    if isinstance(first, dict) and isinstance(second, dict):
        if first.keys() != second.keys():
            return None
        return _apart(list(first.values()), [second[key] for key in first])
    first, second = np.asarray(first), np.asarray(second)
    if first.shape != second.shape or first.dtype != second.dtype:
        return None
    if first.dtype.kind not in "fiub":
        return 0.0 if np.array_equal(first, second) else None
    if first.dtype.kind in "iub":
        return 0.0 if np.array_equal(first, second) else _wide(first, second)
    same = (first == second) | (np.isnan(first) & np.isnan(second))
    return 0.0 if same.all() else _wide(first[~same], second[~same])


def _wide(first: Any, second: Any) -> float:
    import numpy as np

    with np.errstate(invalid="ignore"):
        apart = np.abs(first.astype("float64") - second.astype("float64"))
    return float(np.nan_to_num(apart, nan=np.finfo("float64").max, posinf=None).max())


def _within_rounding(apart: float, results: list[Any], rows: int | None) -> bool:
    import numpy as np

    if not rows:
        return False
    floats = [each for each in results if np.asarray(each).dtype.kind == "f" and each.size]
    scale = max((float(np.nanmax(np.abs(each))) for each in floats), default=1.0)
    return apart <= _ROUNDING * max(scale, 1.0)


def _first(error: Exception) -> str:
    return one_line(str(error).splitlines()[0] if str(error) else type(error).__name__, 200)


if __name__ == "__main__":
    serve(work, cores=8)
