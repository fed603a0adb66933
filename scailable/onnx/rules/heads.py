"""Rules about models whose results still have to be decoded."""

from collections.abc import Iterator, Sequence

from scailable.onnx import names
from scailable.onnx.image import image_input, layout_of
from scailable.onnx.report import Dimension
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, model_rule
from scailable.onnx.rules.subject import Subject
from scailable.onnx.text import short

_STRIDES = (8, 16, 32)
_LARGE_STRIDES = (*_STRIDES, 64)
_ANCHORS = (1, 3)


@model_rule("ONNX-OUTPUT-013", "error", source=sources.EXPORT_TOOLS)
def raw_yolo_head(subject: Subject) -> Iterator[Said]:
    """The only output is the undecoded head of a YOLO model."""
    image = image_input(subject.facts)
    layout = None if image is None else layout_of(image)
    if layout is None or len(subject.facts.outputs) != 1:
        return
    if not (isinstance(layout.height, int) and isinstance(layout.width, int)):
        return
    output = subject.facts.outputs[0]
    # Inference knows sizes that the file leaves open.
    inferred = subject.types.get(output.name, output)
    for seen in (output, inferred):
        if _is_head(seen.shape or (), layout.height, layout.width):
            break
    else:
        return
    if names.parse_name(output.name).prefix in names.KNOWN_OUTPUTS:
        return
    yield (
        f"output {short(output.name)}",
        f"{seen} is the raw head of a YOLO model: boxes that are neither decoded nor "
        "filtered (NMS), which devices cannot read",
        "add decoding and NonMaxSuppression inside the model, output bboxes-format:xyxysc;"
        "0:Label: the recipes at https://github.com/scailable/nxai-model-to-onnx do it",
    )


def _is_head(shape: Sequence[Dimension], height: int, width: int) -> bool:
    """Whether the shape is (1,rows,cells) or (1,cells,rows), a cell for each place in the image."""
    if len(shape) != 3:
        return False
    rows = [size for size in shape[1:] if isinstance(size, int)]
    if len(rows) != 2 or not 5 <= min(rows) < max(rows):
        return False
    return any(
        max(rows) == anchors * sum((height // stride) * (width // stride) for stride in strides)
        for strides in (_STRIDES, _LARGE_STRIDES)
        for anchors in _ANCHORS
    )
