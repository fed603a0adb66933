"""Rules about which operators a model may use."""

from collections.abc import Iterator

from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule

CLASSIC_ML = "ai.onnx.ml"
COMPILED_FOR = frozenset({"hailo", "hailo-8l"})


def _by_domain(facts: ModelFacts) -> dict[str, list[str]]:
    """Operators outside the standard domain, by domain."""
    found: dict[str, list[str]] = {}
    for name in facts.operators:
        domain, separator, operator = name.rpartition("::")
        if separator:
            found.setdefault(domain, []).append(operator)
    return found


def _listed(operators: list[str]) -> str:
    shown = ", ".join(sorted(operators)[:5])
    return shown if len(operators) <= 5 else f"{shown} and {len(operators) - 5} more"


def _custom(facts: ModelFacts) -> Iterator[tuple[str, str, str]]:
    for domain, operators in _by_domain(facts).items():
        if domain != CLASSIC_ML:
            yield (
                f"domain {domain}",
                f"{_listed(operators)}: custom operators, which the devices do not have",
                "export with standard ONNX operators only, or move this part out of the model",
            )


# The same fact is an error or a note, depending on what the model was compiled for.
@fact_rule("ONNX-DOMAIN-001", "error", source=sources.REQUIREMENTS, generic="info")
def custom_operators(facts: ModelFacts) -> Iterator[Said]:
    """The model uses operators of a custom domain."""
    if facts.chip not in COMPILED_FOR:
        yield from _custom(facts)


@fact_rule("ONNX-DOMAIN-002", "warning", source=sources.REQUIREMENTS)
def classic_ml_operators(facts: ModelFacts) -> Iterator[Said]:
    """The model uses operators of ai.onnx.ml."""
    operators = _by_domain(facts).get(CLASSIC_ML)
    if operators:
        yield (
            f"domain {CLASSIC_ML}",
            f"{_listed(operators)}: not in the operator set that is documented as supported",
            "try it on the device, or export with standard operators",
        )


@fact_rule("ONNX-DOMAIN-003", "info", source=sources.HAILO, generic="info")
def compiled_operators(facts: ModelFacts) -> Iterator[Said]:
    """The model holds a part compiled for an accelerator."""
    if facts.chip in COMPILED_FOR:
        for where, _, _ in _custom(facts):
            yield where, f"compiled for {facts.chip}: it runs on no other device", ""
