"""Rules about labels in the metadata, as some exporters for the Nx cloud write them."""

import json
from collections.abc import Iterator

from scailable.onnx import names
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, model_rule
from scailable.onnx.rules.subject import Subject
from scailable.onnx.text import short

_NAME = "write it as an output name: bboxes-format:xyxysc;0:Person"


def _entry(subject: Subject, key: str) -> str | None:
    return next((value for each, value in subject.model.metadata if each == key), None)


def _listed(value: str) -> dict[str, object] | list[object] | None:
    """The labels in a JSON text; None when it holds none."""
    try:
        labels = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return labels if isinstance(labels, (dict, list)) else None


@model_rule("ONNX-LABEL-001", "warning", source=sources.SURGERY)
def unreadable_labels(subject: Subject) -> Iterator[Said]:
    """The labels in the metadata cannot be read."""
    value = _entry(subject, "labels")
    if value is not None and _listed(value) is None:
        yield (
            "metadata labels",
            f"{short(value)!r} is neither a JSON object nor a list",
            'write them as JSON: {"0": "Cat", "1": "Dog"}',
        )
    formatted = _entry(subject, "formatted_labels")
    if formatted is None:
        return
    name = names.parse_name(formatted)
    if not name.dashed or name.prefix not in names.KNOWN_OUTPUTS:
        message = f"{short(formatted)!r} does not start as an output name does"
        yield "metadata formatted_labels", message, _NAME
    for problem in name.problems:
        yield (
            f"metadata formatted_labels, character {problem.offset}",
            f"the piece {short(problem.piece)!r} {problem.message}",
            _NAME,
        )


@model_rule("ONNX-LABEL-002", "warning", source=sources.SURGERY)
def labels_differ(subject: Subject) -> Iterator[Said]:
    """The labels in the metadata are not those in the names of the outputs."""
    formatted = _entry(subject, "formatted_labels")
    in_names = _labels_of_outputs(subject)
    if formatted is None or in_names is None:
        return
    in_metadata = names.parse_name(formatted).labels
    if in_metadata and in_metadata != in_names:
        yield (
            "metadata formatted_labels",
            f"has {len(in_metadata)} labels, the outputs {len(in_names)}, and they differ",
            "write the same labels in both; devices read the name of the output",
        )


@model_rule("ONNX-LABEL-003", "warning", source=sources.SURGERY)
def label_count(subject: Subject) -> Iterator[Said]:
    """The number of labels in the metadata is not the number of classes."""
    value = _entry(subject, "labels")
    labels = None if value is None else _listed(value)
    classes = _classes(subject)
    if labels and classes is not None and len(labels) != classes:
        message = f"{len(labels)} labels for {classes} classes"
        yield "metadata labels", message, "give every class one label"


def _labels_of_outputs(subject: Subject) -> dict[int, str] | None:
    """The labels in the name of the first output that has some."""
    parsed = (names.parse_name(each.name) for each in subject.facts.outputs)
    return next((name.labels for name in parsed if name.labels), None)


def _classes(subject: Subject) -> int | None:
    """How many classes the outputs tell apart; None when they do not say."""
    in_names = _labels_of_outputs(subject)
    if in_names:
        return len(in_names)
    for each in subject.facts.outputs:
        if names.parse_name(each.name).prefix in (names.SCORES, names.ALARM) and each.shape:
            last = each.shape[-1]
            return last if isinstance(last, int) else None
    return None
