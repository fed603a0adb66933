"""Rules about which devices can load a model."""

from collections.abc import Iterator
from typing import NamedTuple

from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule


class Runtime(NamedTuple):
    """A device runtime, and the newest versions that it loads."""

    name: str
    opset: int
    ir_version: int


# ONNX Runtime 1.16.3, 1.17.3 and 1.21.1.
RUNTIMES = (
    Runtime("Linux aarch64", 19, 9),
    Runtime("Linux x86_64", 20, 9),
    Runtime("Windows x86_64", 22, 10),
)


@fact_rule("ONNX-DEVICE-001", "info", source=sources.RUNTIMES)
def not_on_every_device(facts: ModelFacts) -> Iterator[Said]:
    """Not every device can load the model."""
    opset = facts.opset or 0
    loading = [
        runtime.name
        for runtime in RUNTIMES
        if opset <= runtime.opset and facts.ir_version <= runtime.ir_version
    ]
    if len(loading) < len(RUNTIMES):
        yield (
            "",
            f"opset {opset} and IR {facts.ir_version} are loaded by: "
            f"{', '.join(loading) or 'no device runtime'}",
            "",
        )
