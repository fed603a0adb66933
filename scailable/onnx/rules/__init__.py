"""The rules a model is checked against, each with a stable code.

A rule about what a model declares is a function from `ModelFacts`, here under the name of what it
looks at. Rules that need the file itself are judged where the file is read; their codes are in
`files`, `wire`, `structure` and `external`.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from scailable.onnx.reading.model import Model
from scailable.onnx.report import Finding, ModelFacts, Profile, TensorInfo
from scailable.onnx.rules import (
    archives,
    devices,
    external,
    files,
    formats,
    functions,
    graph,
    hailo,
    heads,
    imports,
    inputs,
    labels,
    naming,
    normalisation,
    operators,
    outputs,
    quantisation,
    shapes,
    sizes,
    structure,
    versions,
    wire,
)
from scailable.onnx.rules.rule import FACT_RULES, MODEL_RULES, RULES, Rule, Said
from scailable.onnx.rules.subject import Subject
from scailable.onnx.text import one_line

__all__ = [
    "RULES",
    "Rule",
    "archives",
    "devices",
    "external",
    "files",
    "formats",
    "functions",
    "graph",
    "hailo",
    "heads",
    "imports",
    "inputs",
    "judge",
    "labels",
    "naming",
    "normalisation",
    "operators",
    "outputs",
    "quantisation",
    "shapes",
    "sizes",
    "structure",
    "versions",
    "wire",
]

_MOST_OF_A_KIND = 20
_LONGEST_PLACE = 200


def judge(
    facts: ModelFacts, model: Model, types: Mapping[str, TensorInfo], profile: Profile
) -> Iterator[Finding]:
    """Every finding that follows from what the model declares.

    Args:
        facts: what the model says about itself.
        model: the model as it was read.
        types: the inferred type of every value, by its name.
        profile: the rules to apply.
    """
    readable = naming.with_readable_names(facts)
    if readable is not facts:
        most = naming.LONGEST_NAMES
        yield naming.ENDLESS_NAMES.finding(
            profile,
            f"the names of inputs and outputs are longer than {most} characters, all together",
            fix="give them shorter names",
        )
    for rule, look in FACT_RULES:
        if rule.applies(profile):
            yield from _findings(rule, profile, look(readable))
    subject = Subject(readable, model, types)
    for rule, look_at in MODEL_RULES:
        if rule.applies(profile):
            yield from _findings(rule, profile, look_at(subject))


def _findings(rule: Rule, profile: Profile, said: Iterator[Said]) -> Iterator[Finding]:
    """The findings of one rule, at most a screenful, and how many more there are."""
    for where, message, fix, *offset in islice(said, _MOST_OF_A_KIND):
        yield rule.finding(
            profile,
            one_line(message),
            where=one_line(where, _LONGEST_PLACE),
            fix=fix,
            offset=offset[0] if offset else None,
        )
    more = sum(1 for _ in said)
    if more:
        yield rule.finding(profile, f"and {more} more of the same kind, not listed")
