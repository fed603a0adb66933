"""The rules a model is checked against, each with a stable code.

A rule about what a model declares is a function from `ModelFacts`, here under the name of what it
looks at. Rules that need the file itself are judged where the file is read; their codes are in
`files`, `structure` and `external`.
"""

from collections.abc import Iterator

from scailable.onnx.report import Finding, ModelFacts, Profile
from scailable.onnx.rules import (
    external,
    files,
    inputs,
    naming,
    operators,
    outputs,
    shapes,
    structure,
    versions,
)
from scailable.onnx.rules.rule import FACT_RULES, RULES, Rule

__all__ = [
    "RULES",
    "Rule",
    "external",
    "files",
    "inputs",
    "judge",
    "naming",
    "operators",
    "outputs",
    "shapes",
    "structure",
    "versions",
]


def judge(facts: ModelFacts, profile: Profile) -> Iterator[Finding]:
    """Every finding that follows from what the model declares."""
    for rule, look in FACT_RULES:
        if rule.applies(profile):
            for where, message, fix in look(facts):
                yield rule.finding(profile, message, where=where, fix=fix)
