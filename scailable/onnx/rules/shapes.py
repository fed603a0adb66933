"""Rules about the declared shapes of inputs and outputs, whatever they mean."""

import math
from collections.abc import Iterator

from scailable.onnx.report import ModelFacts, TensorInfo
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule
from scailable.onnx.text import short

_MOST_ELEMENTS = 2**31 - 1


def _tensors(facts: ModelFacts) -> Iterator[tuple[str, TensorInfo]]:
    for tensor in facts.inputs:
        yield f"input {short(tensor.name)}", tensor
    for tensor in facts.outputs:
        yield f"output {short(tensor.name)}", tensor


@fact_rule("ONNX-SHAPE-001", "error", source=sources.SPECIFICATION, generic="warning")
def impossible_sizes(facts: ModelFacts) -> Iterator[Said]:
    """An input or output declares a negative size."""
    for where, tensor in _tensors(facts):
        if any(isinstance(size, int) and size < 0 for size in tensor.shape or ()):
            yield (
                where,
                f"is declared as {tensor}",
                "name the size, or leave it open, if it is dynamic",
            )


@fact_rule("ONNX-SHAPE-002", "error", source=sources.LIMITS, generic="warning")
def enormous_shapes(facts: ModelFacts) -> Iterator[Said]:
    """An input or output has more elements than fit in memory."""
    for where, tensor in _tensors(facts):
        elements = math.prod(size for size in tensor.shape or () if isinstance(size, int))
        if elements > _MOST_ELEMENTS:
            yield (
                where,
                f"{tensor} is {elements} elements, more than the {_MOST_ELEMENTS} we accept",
                "export the model with the shape that is really fed to it",
            )
