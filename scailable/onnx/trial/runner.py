"""The process that runs a model once."""

import time
from typing import Any

from scailable.onnx.sandbox import Output, Refused, serve
from scailable.onnx.trial.inputs import Normalisation, read_inputs
from scailable.onnx.trial.reading import read_results
from scailable.onnx.trial.session import first_line, inputs_of, open_session


def work(request: dict[str, Any], output: Output) -> dict[str, Any]:
    """Run the model of a request on its inputs."""
    import numpy as np

    session = open_session(request)
    normalisation = Normalisation(request["means"], request["vars"])
    feeds, notes = read_inputs(inputs_of(session), request["inputs"], normalisation)
    started = time.perf_counter()
    try:
        results = session.run(None, feeds)
    except MemoryError:
        raise
    except Exception as error:
        raise Refused(f"The model fails on this input: {first_line(error)}") from error
    seconds = time.perf_counter() - started
    named = {each.name: values for each, values in zip(session.get_outputs(), results, strict=True)}
    if request["target"] is not None:
        arrays = {name: np.asarray(values) for name, values in named.items()}
        with open(request["target"], "wb", closefd=False) as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # names are names of outputs
    return {
        "seconds": seconds,
        "notes": notes,
        "outputs": [read_results(name, values, request["most"]) for name, values in named.items()],
    }


if __name__ == "__main__":
    serve(work, cores=64)
