"""Rules about the names of inputs and outputs."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from scailable.onnx import names
from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule, file_rule, model_rule
from scailable.onnx.rules.subject import Subject
from scailable.onnx.text import short

_CONTROL = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"
LONGEST_NAMES = 250_000


def _known(facts: ModelFacts) -> Iterator[tuple[str, names.IOName]]:
    """The inputs and outputs whose names follow the grammar, with their place."""
    for kind, tensors, known in (
        ("input", facts.inputs, names.KNOWN_INPUTS),
        ("output", facts.outputs, names.KNOWN_OUTPUTS),
    ):
        for tensor in tensors:
            name = names.parse_name(tensor.name)
            if name.dashed and name.prefix in known:
                yield f"{kind} {short(tensor.name)}", name


@fact_rule("ONNX-NAME-001", "error", source=sources.OLD_NAMED_IO)
def unreadable_pieces(facts: ModelFacts) -> Iterator[Said]:
    """A piece of an input or output name does not follow `name-key:value;key:value`."""
    for where, name in _known(facts):
        for problem in name.problems:
            yield (
                f"{where}, character {problem.offset}",
                f"the piece {short(problem.piece)!r} {problem.message}",
                "write the name as name-0:Label;1:Label (or name-format:xyxysc;0:Label for boxes)",
            )


@fact_rule("ONNX-NAME-002", "warning", source=sources.OLD_NAMED_IO)
def label_gaps(facts: ModelFacts) -> Iterator[Said]:
    """Class labels do not count from 0 without gaps."""
    for where, name in _known(facts):
        indexes = sorted(name.labels)
        if indexes and indexes != list(range(len(indexes))):
            yield (
                where,
                f"its {len(indexes)} labels are numbered {indexes[0]} to {indexes[-1]}",
                "number the labels 0, 1, 2, ... without gaps",
            )


@fact_rule("ONNX-NAME-003", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def control_characters(facts: ModelFacts) -> Iterator[Said]:
    """The name of an input or output holds control characters."""
    for kind, tensors in (("input", facts.inputs), ("output", facts.outputs)):
        for tensor in tensors:
            if tensor.name.isprintable():
                continue
            for offset, character in enumerate(tensor.name):
                if _is_control(character):
                    yield (
                        f"{kind} {short(tensor.name)}",
                        f"character {offset} of its name is U+{ord(character):04X}, "
                        "which cannot be shown",
                        "rename it to printable characters",
                    )
                    break


def _is_control(character: str) -> bool:
    """Whether a character steers the text around it, or says nothing at all.

    Spaces of all widths and signs of a newer Unicode are none; neither are the joiners that some
    scripts and emoji are written with.
    """
    return unicodedata.category(character) in _CONTROL and character not in _JOINERS


ENDLESS_NAMES = file_rule(
    "ONNX-NAME-007",
    "error",
    "The names of the inputs and outputs are enormous, all together.",
    source=sources.LIMITS,
)


def with_readable_names(facts: ModelFacts) -> ModelFacts:
    """The facts as they are, or with as many inputs and outputs as can be read in good time."""
    names_of = [each.name for each in (*facts.inputs, *facts.outputs)]
    lengths = list(accumulate(map(len, names_of)))
    if not lengths or lengths[-1] <= LONGEST_NAMES:
        return facts
    count = bisect_right(lengths, LONGEST_NAMES)
    inputs = len(facts.inputs)
    return replace(
        facts,
        inputs=facts.inputs[: min(count, inputs)],
        outputs=facts.outputs[: max(count - inputs, 0)],
    )


@model_rule("ONNX-NAME-006", "warning", source=sources.SPECIFICATION, generic="warning")
def unprintable_names(subject: Subject) -> Iterator[Said]:
    """A name inside the model, or its metadata, holds control characters."""
    for node in subject.nodes:
        for name in (node.name, node.op_type, node.domain, *node.inputs, *node.outputs):
            if not name.isprintable():
                message = f"the name {short(name)!r} cannot be shown"
                yield "a node", message, "rename it", node.offset
                break
    for graph in subject.graphs:
        for tensor in graph.initializers:
            if not tensor.name.isprintable():
                message = f"the name {short(tensor.name)!r} cannot be shown"
                yield "an initializer", message, "rename it", tensor.offset
    for key, value in subject.model.metadata:
        if not key.isprintable():
            yield "metadata", f"the key {short(key)!r} cannot be shown", "rename it"
        steering = next((each for each in value if each < " " and each not in "\t\n\r"), None)
        if steering is not None:
            message = f"the value holds U+{ord(steering):04X}, which cannot be shown"
            yield f"metadata {short(key)}", message, "write it without control characters"
