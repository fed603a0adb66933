"""Rules about the names of inputs and outputs."""

from collections.abc import Iterator

from scailable.onnx import names
from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule
from scailable.onnx.text import short


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
            for offset, character in enumerate(tensor.name):
                if not character.isprintable():
                    yield (
                        f"{kind} {short(tensor.name)}",
                        f"character {offset} of its name is U+{ord(character):04X}, "
                        "which cannot be shown",
                        "rename it to printable characters",
                    )
                    break
