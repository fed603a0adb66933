"""Rules about models whose results still have to be decoded."""

from collections.abc import Iterator

from scailable.onnx import names
from scailable.onnx.image import image_input, layout_of
from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule
from scailable.onnx.text import short

_STRIDES = (8, 16, 32)


@fact_rule("ONNX-OUTPUT-013", "error", source=sources.EXPORT_TOOLS)
def raw_yolo_head(facts: ModelFacts) -> Iterator[Said]:
    """The only output is the undecoded head of a YOLO model."""
    image = image_input(facts)
    layout = None if image is None else layout_of(image)
    if layout is None or len(facts.outputs) != 1:
        return
    if not (isinstance(layout.height, int) and isinstance(layout.width, int)):
        return
    output = facts.outputs[0]
    shape = output.shape
    if shape is None or len(shape) != 3 or names.parse_name(output.name).prefix == names.BBOXES:
        return
    cells = sum((layout.height // stride) * (layout.width // stride) for stride in _STRIDES)
    rows = [size for size in shape[1:] if isinstance(size, int)]
    if len(rows) == 2 and max(rows) in (cells, 3 * cells) and 5 <= min(rows) < max(rows):
        yield (
            f"output {short(output.name)}",
            f"{output} is the raw head of a YOLO model: boxes that are neither decoded nor "
            "filtered (NMS), which devices cannot read",
            "add decoding and NonMaxSuppression inside the model, output bboxes-format:xyxysc;"
            "0:Label: the recipes at https://github.com/scailable/nxai-model-to-onnx do it",
        )
