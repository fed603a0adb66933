"""Rules about what the AI Manager reads from a model: scores, boxes, alarms."""

from collections.abc import Iterator

from scailable.onnx import names
from scailable.onnx.names import IOName
from scailable.onnx.report import ModelFacts, TensorInfo
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule
from scailable.onnx.text import short

_NAME_FIX = (
    "name the output by what it is, scores-0:Cat;1:Dog or bboxes-format:xyxysc;0:Person "
    "(torch.onnx.export(output_names=[...])), or add an external post-processor on the device"
)
_BOX_FORMATS = {"xyxysc": 6, "xyxyc": 5, "xyxy": 4}


def _place(tensor: TensorInfo) -> str:
    return f"output {short(tensor.name)}"


def _recognised(name: IOName) -> bool:
    return name.dashed and name.prefix in names.KNOWN_OUTPUTS


def _of_kind(facts: ModelFacts, *kinds: str) -> Iterator[tuple[TensorInfo, IOName]]:
    for tensor in facts.outputs:
        name = names.parse_name(tensor.name)
        if name.dashed and name.prefix in kinds:
            yield tensor, name


def _one_row(tensor: TensorInfo) -> bool:
    """Whether the shape is (1,N) with a batch that may be dynamic."""
    shape = tensor.shape
    return (
        shape is not None and len(shape) == 2 and (shape[0] == 1 or not isinstance(shape[0], int))
    )


def _last(tensor: TensorInfo) -> int | None:
    """The fixed size of the last axis."""
    last = tensor.shape[-1] if tensor.shape else None
    return last if isinstance(last, int) else None


@fact_rule("ONNX-OUTPUT-001", "warning", source=sources.REQUIREMENTS)
def nothing_recognised(facts: ModelFacts) -> Iterator[Said]:
    """No output has a name that the AI Manager can read."""
    if facts.outputs and not any(_recognised(names.parse_name(o.name)) for o in facts.outputs):
        listed = ", ".join(f"{short(each.name)} ({each})" for each in facts.outputs[:4])
        more = f" and {len(facts.outputs) - 4} more" if len(facts.outputs) > 4 else ""
        yield (
            "",
            f"no output is recognised, so results need an external post-processor: {listed}{more}",
            _NAME_FIX,
        )


@fact_rule("ONNX-OUTPUT-002", "error", source=sources.REQUIREMENTS)
def scores_shape(facts: ModelFacts) -> Iterator[Said]:
    """The output scores is not float32 of shape (1,N) or (N)."""
    for tensor, _ in _of_kind(facts, names.SCORES):
        vector = tensor.shape is not None and len(tensor.shape) == 1
        fitting = tensor.shape is None or vector or _one_row(tensor)
        if tensor.dtype != "float32" or not fitting:
            yield _place(tensor), f"is {tensor}", "make it float32 of shape (1, classes)"


@fact_rule("ONNX-OUTPUT-003", "error", source=sources.REQUIREMENTS)
def label_count(facts: ModelFacts) -> Iterator[Said]:
    """The number of labels is not the number of classes."""
    for tensor, name in _of_kind(facts, names.SCORES, names.ALARM):
        classes = _last(tensor)
        if classes is not None and name.labels and classes != len(name.labels):
            yield (
                _place(tensor),
                f"{len(name.labels)} labels for {classes} classes",
                "give every class one label",
            )


@fact_rule("ONNX-OUTPUT-004", "error", source=sources.REQUIREMENTS)
def boxes_shape(facts: ModelFacts) -> Iterator[Said]:
    """A boxes output is not float32 rows as long as its format says."""
    for tensor, name in _of_kind(facts, names.BBOXES, *names.LEGACY_BBOXES):
        columns = len(name.format) if name.format else None
        wanted = f"(boxes, {columns})" if columns else "(boxes, columns)"
        fitting = tensor.dtype == "float32"
        if tensor.shape is not None:
            fitting = fitting and len(tensor.shape) == 2
            fitting = fitting and (columns is None or _last(tensor) in (columns, None))
        if not fitting:
            yield (
                _place(tensor),
                f"is {tensor}; the name asks for float32 {wanted}",
                f"make it float32 of shape {wanted}, without a batch axis",
            )


@fact_rule("ONNX-OUTPUT-005", "error", source=sources.REQUIREMENTS)
def alarm_shape(facts: ModelFacts) -> Iterator[Said]:
    """The output alarm is not bool of shape (1,N)."""
    for tensor, _ in _of_kind(facts, names.ALARM):
        if tensor.dtype != "bool" or not (tensor.shape is None or _one_row(tensor)):
            yield _place(tensor), f"is {tensor}", "make it bool of shape (1, classes)"


@fact_rule("ONNX-OUTPUT-006", "info", source=sources.OLD_NAMED_IO)
def legacy_outputs(facts: ModelFacts) -> Iterator[Said]:
    """An output is of a kind that only old versions of the AI Manager read."""
    for tensor, _ in _of_kind(facts, *names.LEGACY_OUTPUTS):
        yield _place(tensor), "only old AI Managers read it", ""


@fact_rule("ONNX-OUTPUT-007", "warning", source=sources.OLD_NAMED_IO)
def unknown_format(facts: ModelFacts) -> Iterator[Said]:
    """A bboxes output has no format, or one that is not known."""
    for tensor, name in _of_kind(facts, names.BBOXES):
        if name.format not in _BOX_FORMATS:
            said = f"the format {short(name.format)!r} is not known" if name.format else "no format"
            yield _place(tensor), said, f"use one of format:{', format:'.join(_BOX_FORMATS)}"


@fact_rule("ONNX-OUTPUT-008", "warning", source=sources.REQUIREMENTS)
def no_labels(facts: ModelFacts) -> Iterator[Said]:
    """An output names no class labels."""
    for tensor, name in _of_kind(facts, names.SCORES, names.ALARM, names.BBOXES):
        without_class = name.format is not None and "c" not in name.format
        if not name.labels and not without_class:
            yield _place(tensor), "has no labels", f"name it {name.prefix}-...0:Label;1:Label"


@fact_rule("ONNX-OUTPUT-014", "warning", source=sources.REQUIREMENTS)
def undeclared_shape(facts: ModelFacts) -> Iterator[Said]:
    """An output for the AI Manager declares no shape."""
    for tensor, name in _of_kind(facts, *names.KNOWN_OUTPUTS):
        if tensor.shape is None:
            message = f"is {tensor}, so nobody can tell whether {name.prefix} can be read from it"
            yield _place(tensor), message, "export it with its shape; sizes may be dynamic"


@fact_rule("ONNX-OUTPUT-009", "info", source=sources.REQUIREMENTS)
def extra_outputs(facts: ModelFacts) -> Iterator[Said]:
    """There are outputs beside the recognised ones."""
    unknown = [o for o in facts.outputs if not _recognised(names.parse_name(o.name))]
    if unknown and len(unknown) < len(facts.outputs):
        listed = ", ".join(short(each.name) for each in unknown[:5])
        yield "", f"{len(unknown)} outputs are left to an external post-processor: {listed}", ""


@fact_rule("ONNX-OUTPUT-010", "warning", source=sources.REQUIREMENTS)
def scores_with_extra_axes(facts: ModelFacts) -> Iterator[Said]:
    """The only output looks like scores, but with more than two axes."""
    if len(facts.outputs) != 1:
        return
    tensor = facts.outputs[0]
    shape = tensor.shape or ()
    long_axes = [size for size in shape if size != 1]
    if (
        len(shape) > 2
        and len(long_axes) == 1
        and isinstance(long_axes[0], int)
        and not _recognised(names.parse_name(tensor.name))
    ):
        yield (
            _place(tensor),
            f"{tensor} has {len(shape)} axes; scores have the shape (1,{long_axes[0]})",
            "end the model with a Flatten and name the output scores-0:Label;1:Label",
        )


@fact_rule("ONNX-OUTPUT-011", "error", source=sources.REQUIREMENTS)
def no_outputs(facts: ModelFacts) -> Iterator[Said]:
    """The model has no output."""
    if not facts.outputs:
        yield "", "the model has no output", "export it with the results as outputs"


@fact_rule("ONNX-OUTPUT-012", "info", source=sources.REQUIREMENTS)
def declared_box_count(facts: ModelFacts) -> Iterator[Said]:
    """A bboxes output declares a fixed number of boxes."""
    for tensor, _ in _of_kind(facts, names.BBOXES):
        if tensor.shape and len(tensor.shape) == 2 and isinstance(tensor.shape[0], int):
            yield (
                _place(tensor),
                f"declares {tensor.shape[0]} boxes; the real number may differ from image to image",
                "",
            )


@fact_rule("ONNX-OUTPUT-015", "info", source=sources.EXPORT_TOOLS)
def boxes_without_suppression(facts: ModelFacts) -> Iterator[Said]:
    """There is a bboxes output, but nothing in the model takes out overlapping boxes."""
    if "NonMaxSuppression" in facts.operators:
        return
    for tensor, _ in _of_kind(facts, names.BBOXES):
        yield (
            _place(tensor),
            "the model has no NonMaxSuppression: unless it needs none, several boxes will be "
            "reported for one object",
            "",
        )
