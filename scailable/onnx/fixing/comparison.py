"""The process that runs two models on the same input."""

from typing import Any

from scailable.onnx.sandbox import Missing, Output, serve

_ROUNDS = 3
_DYNAMIC = 1
_DTYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(bool)": "bool",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
}


def work(request: dict[str, Any], output: Output) -> dict[str, Any]:
    """Compare the outputs of two models on random input; returns the largest difference."""
    try:
        import numpy as np
        import onnxruntime
    except ImportError as error:
        raise Missing("edge", "Comparing two models") from error
    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(4)
    sessions = []
    for key, called in (("old", "original"), ("new", "corrected")):
        try:
            sessions.append(
                onnxruntime.InferenceSession(request[key], providers=["CPUExecutionProvider"])
            )
        except Exception as error:
            return {
                "compared": False,
                "reason": f"the {called} model does not run: {_first(error)}",
            }
    old, new = sessions
    generator = np.random.default_rng(request["seed"])
    largest = 0.0
    for _ in range(_ROUNDS):
        values = []
        for each in new.get_inputs():
            dtype = _DTYPES.get(each.type)
            if dtype is None:
                return {"compared": False, "reason": f"an input takes {each.type}"}
            shape = [size if isinstance(size, int) else _DYNAMIC for size in each.shape]
            drawn = generator.random(shape) * 2
            values.append(drawn.astype(dtype))
        results = []
        for called, session in (("original", old), ("corrected", new)):
            feeds = {
                each.name: value for each, value in zip(session.get_inputs(), values, strict=True)
            }
            try:
                results.append(session.run(None, feeds))
            except Exception as error:
                reason = f"the {called} model refuses random input: {_first(error)}"
                return {"compared": False, "reason": reason}
        for first, second in zip(*results, strict=True):
            first, second = np.asarray(first), np.asarray(second)
            if first.shape != second.shape or first.dtype != second.dtype:
                return {"compared": True, "difference": None, "rounds": _ROUNDS}
            if first.size and first.dtype.kind in "fiub":
                apart = np.abs(first.astype("float64") - second.astype("float64"))
                same = (first == second) | (np.isnan(apart) & (np.isnan(first) == np.isnan(second)))
                largest = max(
                    largest, float(np.where(same, 0.0, np.nan_to_num(apart, nan=np.inf)).max())
                )
    return {"compared": True, "difference": largest, "rounds": _ROUNDS}


def _first(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


if __name__ == "__main__":
    serve(work, cores=8)
