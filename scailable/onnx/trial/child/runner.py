"""The process that runs a model once."""

import time
from typing import Any

from scailable.onnx.sandbox import Output, serve
from scailable.onnx.trial.child.inputs import read_inputs
from scailable.onnx.trial.child.pictures import Normalisation
from scailable.onnx.trial.child.results import read_results
from scailable.onnx.trial.child.saving import save_outputs
from scailable.onnx.trial.child.session import (
    MEMORY_HINT,
    import_runtime,
    inputs_of,
    open_session,
    refusal,
)


def work(request: dict[str, Any], output: Output) -> dict[str, Any]:
    """Run the model of a request on its inputs."""
    import_runtime()
    started = time.perf_counter()
    session = open_session(request)
    loading = time.perf_counter() - started
    normalisation = Normalisation(request["means"], request["vars"])
    feeds, notes = read_inputs(
        inputs_of(session), request["inputs"], normalisation, request["sample"]
    )
    started = time.perf_counter()
    try:
        results = session.run(None, feeds)
    except MemoryError:
        raise
    except Exception as error:
        raise refusal("The model fails on this input", error) from error
    seconds = time.perf_counter() - started
    named = {each.name: values for each, values in zip(session.get_outputs(), results, strict=True)}
    if request["target"] is not None:
        save_outputs(request["target"], named)
    return {
        "seconds": seconds,
        "load_seconds": loading,
        "notes": notes,
        "outputs": [
            read_results(name, values, request["most"], request["threshold"])
            for name, values in named.items()
        ],
    }


if __name__ == "__main__":
    serve(work, cores=64, memory_hint=MEMORY_HINT)
