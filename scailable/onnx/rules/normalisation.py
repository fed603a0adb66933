"""Rules about the normalisation that the description of the graph asks for."""

from collections.abc import Iterator

from scailable.onnx.image import image_input, layout_of
from scailable.onnx.normalisation import Normalisation, read_normalisation
from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule, model_rule
from scailable.onnx.rules.subject import Subject

_WHERE = "description of the graph"
_FIX = """set it as whole numbers: model.graph.doc_string = '{"means": [0], "vars": [255]}'"""


def _wanted(subject: Subject) -> Normalisation | None:
    graph = subject.model.graph
    return None if graph is None else read_normalisation(graph.doc_string)


@model_rule("ONNX-NORM-001", "warning", source=sources.NORMALISATION)
def unreadable(subject: Subject) -> Iterator[Said]:
    """The description of the graph gives a normalisation that cannot be read."""
    wanted = _wanted(subject)
    if wanted is not None and wanted.problem:
        yield _WHERE, f"the normalisation {wanted.problem}, and is passed over", _FIX


@model_rule("ONNX-NORM-002", "error", source=sources.NORMALISATION)
def division_by_zero(subject: Subject) -> Iterator[Said]:
    """The normalisation divides by zero."""
    wanted = _wanted(subject)
    if wanted is not None and 0 in wanted.vars:
        yield _WHERE, f"vars {list(wanted.vars)} hold a zero, by which pixels are divided", _FIX


@fact_rule("ONNX-NORM-003", "error", source=sources.NORMALISATION)
def channel_count(facts: ModelFacts) -> Iterator[Said]:
    """The normalisation has another number of channels than the image."""
    image = image_input(facts)
    layout = None if image is None else layout_of(image)
    if layout is None or not isinstance(layout.channels, int):
        return
    for key, numbers in (("means", facts.means), ("vars", facts.vars)):
        if len(numbers) not in (0, 1, layout.channels):
            yield (
                _WHERE,
                f"{len(numbers)} {key} for an image of {layout.channels} channels",
                "give one number for all channels, or one for each",
            )
