"""Rules about labels in the metadata, as some exporters for the Nx cloud write them."""

import json
from collections.abc import Iterator, Mapping

from scailable.onnx import names
from scailable.onnx.reading.model import Model
from scailable.onnx.report import TensorInfo
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, model_rule
from scailable.onnx.text import short


@model_rule("ONNX-LABEL-001", "warning", source=sources.SURGERY)
def unreadable_labels(model: Model, types: Mapping[str, TensorInfo]) -> Iterator[Said]:
    """The labels in the metadata cannot be read."""
    for key, value in model.metadata:
        if key == "labels":
            try:
                readable = isinstance(json.loads(value), (dict, list))
            except (ValueError, RecursionError):
                readable = False
            if not readable:
                yield (
                    "metadata labels",
                    f"{short(value)!r} is neither a JSON object nor a list",
                    'write them as JSON: {"0": "Cat", "1": "Dog"}',
                )
        if key == "formatted_labels":
            for problem in names.parse_name(value).problems:
                yield (
                    f"metadata formatted_labels, character {problem.offset}",
                    f"the piece {short(problem.piece)!r} {problem.message}",
                    "write it as an output name: bboxes-format:xyxysc;0:Person",
                )


@model_rule("ONNX-LABEL-002", "warning", source=sources.SURGERY)
def labels_differ(model: Model, types: Mapping[str, TensorInfo]) -> Iterator[Said]:
    """The labels in the metadata are not those in the names of the outputs."""
    if model.graph is None:
        return
    in_names = next(
        (
            name.labels
            for each in model.graph.outputs
            if (name := names.parse_name(each.name)).labels
        ),
        None,
    )
    formatted = dict(model.metadata).get("formatted_labels")
    if in_names is None or formatted is None:
        return
    in_metadata = names.parse_name(formatted).labels
    if in_metadata and in_metadata != in_names:
        yield (
            "metadata formatted_labels",
            f"has {len(in_metadata)} labels, the outputs {len(in_names)}, and they differ",
            "write the same labels in both; devices read the name of the output",
        )
