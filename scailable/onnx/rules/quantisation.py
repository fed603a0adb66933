"""Rules about quantised models."""

from collections.abc import Iterator

from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule

_OPERATORS = (
    "QuantizeLinear",
    "DequantizeLinear",
    "DynamicQuantizeLinear",
    "QLinearConv",
    "QLinearMatMul",
    "ConvInteger",
    "MatMulInteger",
)


@fact_rule("ONNX-QUANT-001", "info", source=sources.OAAX)
def quantised(facts: ModelFacts) -> Iterator[Said]:
    """The model is quantised."""
    used = [name for name in _OPERATORS if name in facts.operators]
    if used:
        yield (
            "",
            f"is quantised ({', '.join(used)}); the cloud keeps that for CPU and CUDA, and "
            "accelerators may want their own calibration",
            "",
        )
