"""Rules about models for Hailo accelerators."""

from collections.abc import Iterator

from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import sources
from scailable.onnx.rules.operators import COMPILED_FOR
from scailable.onnx.rules.rule import Said, fact_rule
from scailable.onnx.text import short


@fact_rule("ONNX-HAILO-001", None, hailo="error", source=sources.HAILO_TOOLCHAIN)
def one_image(facts: ModelFacts) -> Iterator[Said]:
    """The model does not have exactly one input of four axes."""
    count = sum(each.shape is not None and len(each.shape) == 4 for each in facts.inputs)
    if count != 1:
        yield (
            "",
            f"{count} inputs have four axes; the compiler takes exactly one",
            "export the model with one image input of shape (1,C,H,W) or (1,H,W,C)",
        )


@fact_rule("ONNX-HAILO-002", "warning", hailo="error", source=sources.HAILO)
def unknown_chip(facts: ModelFacts) -> Iterator[Said]:
    """The metadata names an accelerator that is not known."""
    if facts.chip is not None and facts.chip not in COMPILED_FOR:
        known = " or ".join(sorted(COMPILED_FOR))
        yield (
            "metadata chip",
            f"is {short(facts.chip)!r}; known are {known}",
            f"set the chip that it was compiled for: {known}",
        )


@fact_rule("ONNX-HAILO-003", None, hailo="info", source=sources.HAILO)
def not_compiled(facts: ModelFacts) -> Iterator[Said]:
    """The model is not compiled for a Hailo accelerator yet."""
    if facts.chip is None and not any("::" in name for name in facts.operators):
        yield (
            "",
            "has no compiled part: on a Hailo device it would run on the CPU",
            "compile it with the Hailo compiler, and upload the ONNX file that holds the result",
        )


@fact_rule("ONNX-HAILO-004", "warning", source=sources.HAILO)
def nothing_compiled(facts: ModelFacts) -> Iterator[Said]:
    """The metadata names an accelerator, but the model has no compiled part."""
    if facts.chip in COMPILED_FOR and not any("::" in name for name in facts.operators):
        yield (
            "metadata chip",
            f"is {facts.chip}, but all operators are standard ones",
            "compile it with the Hailo compiler, or remove the metadata",
        )
