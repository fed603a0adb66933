"""Rules about what the AI Manager feeds to a model: one image, and a few named extras."""

import shlex
from collections.abc import Iterator

from scailable.onnx import names
from scailable.onnx.image import image_candidates, image_input, layout_of
from scailable.onnx.report import Dimension, ModelFacts, TensorInfo
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule
from scailable.onnx.text import short

_DROP = "scailable models fix FILE -o NEW --drop-initializer-inputs"
_SHAPE_FIX = "export the model with an image input of shape (1,C,H,W) or (1,H,W,C), C 1 or 3"
_NAME_FIX = "name the image input `image-`: scailable models fix FILE -o NEW --rename OLD=image-"

_BATCH_FIX = "set it to 1: scailable models fix FILE -o NEW --batch 1"
_LONGEST_IN_A_COMMAND = 80


def _place(tensor: TensorInfo) -> str:
    return f"input {short(tensor.name)}"


def _of_kind(facts: ModelFacts, kind: str) -> Iterator[TensorInfo]:
    for tensor in facts.inputs:
        if names.parse_name(tensor.name).prefix == kind:
            yield tensor


def _image_of_rank_4(facts: ModelFacts) -> tuple[TensorInfo, tuple[Dimension, ...]] | None:
    image = image_input(facts)
    if image is None or image.shape is None or len(image.shape) != 4:
        return None
    return image, image.shape


@fact_rule("ONNX-INPUT-001", "error", source=sources.REQUIREMENTS)
def no_image(facts: ModelFacts) -> Iterator[Said]:
    """There is no image input."""
    if image_candidates(facts):
        return
    listed = ", ".join(f"{short(each.name)} ({each})" for each in facts.inputs[:5]) or "none"
    yield "", f"the model has no image input; its inputs are: {listed}", _SHAPE_FIX


@fact_rule("ONNX-INPUT-002", "warning", source=sources.EXPORT_TOOLS)
def unnamed_image(facts: ModelFacts) -> Iterator[Said]:
    """The image input is recognised by its shape only."""
    image = image_input(facts)
    if image is not None and names.parse_name(image.name).prefix != names.IMAGE:
        plain = len(image.name) <= _LONGEST_IN_A_COMMAND and image.name.isprintable()
        old = image.name if plain and "=" not in image.name else "OLD"
        yield (
            _place(image),
            "is taken for the image, because it is the only candidate",
            "name it `image-`: scailable models fix FILE -o NEW --rename "
            + shlex.quote(f"{old}=image-"),
        )


@fact_rule("ONNX-INPUT-003", "error", source=sources.REQUIREMENTS)
def several_images(facts: ModelFacts) -> Iterator[Said]:
    """More than one input could be the image."""
    candidates = image_candidates(facts)
    if len(candidates) > 1:
        listed = ", ".join(short(each.name) for each in candidates[:5])
        yield "", f"{len(candidates)} inputs could be the image: {listed}", _NAME_FIX


@fact_rule("ONNX-INPUT-004", "error", source=sources.REQUIREMENTS)
def image_rank(facts: ModelFacts) -> Iterator[Said]:
    """The image input has no shape of four axes."""
    image = image_input(facts)
    if image is not None and (image.shape is None or len(image.shape) not in (3, 4)):
        yield _place(image), f"is {image}, not an image of four axes", _SHAPE_FIX


@fact_rule("ONNX-INPUT-005", "error", source=sources.REQUIREMENTS)
def fixed_batch(facts: ModelFacts) -> Iterator[Said]:
    """The batch of the image input is fixed to another size than 1."""
    found = _image_of_rank_4(facts)
    if found is None:
        return
    image, shape = found
    if isinstance(shape[0], int) and shape[0] >= 0 and shape[0] != 1:
        fix = _SHAPE_FIX if shape[0] == 0 else _BATCH_FIX
        yield _place(image), f"the batch is {shape[0]}; devices feed one image", fix


@fact_rule("ONNX-INPUT-006", "warning", source=sources.REQUIREMENTS)
def dynamic_batch(facts: ModelFacts) -> Iterator[Said]:
    """The batch of the image input is dynamic."""
    found = _image_of_rank_4(facts)
    if found is None:
        return
    image, shape = found
    if not isinstance(shape[0], int):
        yield (
            _place(image),
            "the batch is dynamic; devices feed one image",
            _BATCH_FIX,
        )


@fact_rule("ONNX-INPUT-007", "error", source=sources.REQUIREMENTS)
def dynamic_image_size(facts: ModelFacts) -> Iterator[Said]:
    """Height, width or channels of the image input are dynamic."""
    image = image_input(facts)
    layout = None if image is None else layout_of(image)
    if image is None or layout is None:
        return
    sizes = {"channels": layout.channels, "height": layout.height, "width": layout.width}
    dynamic = [name for name, size in sizes.items() if not isinstance(size, int)]
    if dynamic:
        yield (
            _place(image),
            f"{', '.join(dynamic)} dynamic in {image}; the size of the image must be fixed",
            "export without dynamic axes, or run "
            "python -m onnxruntime.tools.make_dynamic_shape_fixed with --input_shape",
        )


@fact_rule("ONNX-INPUT-008", "error", source=sources.REQUIREMENTS)
def image_channels(facts: ModelFacts) -> Iterator[Said]:
    """The image input has neither 1 nor 3 channels."""
    image = image_input(facts)
    layout = None if image is None else layout_of(image)
    if image is None or layout is None:
        return
    if isinstance(layout.channels, int) and layout.channels not in (1, 3):
        yield (
            _place(image),
            f"has {layout.channels} channels when read as {layout.order}; images have 1 or 3",
            _SHAPE_FIX,
        )


@fact_rule("ONNX-INPUT-009", "error", source=sources.REQUIREMENTS)
def image_type(facts: ModelFacts) -> Iterator[Said]:
    """The image input is not float32."""
    image = image_input(facts)
    if image is not None and image.dtype != "float32":
        yield (
            _place(image),
            f"is {image.dtype}; devices feed float32",
            "make the input float32 and put a Cast behind it inside the model",
        )


@fact_rule("ONNX-INPUT-010", "warning", source=sources.EXPORT_TOOLS)
def ambiguous_layout(facts: ModelFacts) -> Iterator[Said]:
    """The image input can be read as NCHW and as NHWC."""
    found = _image_of_rank_4(facts)
    if found is None:
        return
    image, shape = found
    first, last = shape[1], shape[3]
    if isinstance(first, int) and isinstance(last, int) and first <= 3 and last <= 3:
        yield (
            _place(image),
            f"{image} is read as NCHW, but NHWC would fit as well",
            "give the order when you upload, or export with a larger image",
        )


@fact_rule("ONNX-INPUT-011", "error", source=sources.REQUIREMENTS)
def nms_sensitivity(facts: ModelFacts) -> Iterator[Said]:
    """The input nms_sensitivity is not one float32."""
    for tensor in _of_kind(facts, names.NMS_SENSITIVITY):
        if tensor.dtype != "float32" or tensor.shape != (1,):
            yield _place(tensor), f"is {tensor}", "declare it as float32 of shape (1)"


@fact_rule("ONNX-INPUT-012", "error", source=sources.REQUIREMENTS)
def mask(facts: ModelFacts) -> Iterator[Said]:
    """The input mask is not a bool for every pixel of the image."""
    image = image_input(facts)
    layout = None if image is None else layout_of(image)
    for tensor in _of_kind(facts, names.MASK):
        fitting = tensor.dtype == "bool" and tensor.shape is not None and len(tensor.shape) == 2
        if layout is not None:
            fitting = fitting and tensor.shape == (layout.height, layout.width)
        if not fitting or any(not isinstance(size, int) for size in tensor.shape or ()):
            size = f" of ({layout.height},{layout.width})" if layout else ""
            yield (
                _place(tensor),
                f"is {tensor}, but the image needs a mask{size}",
                "declare it as bool of the shape (height, width) of the image",
            )


@fact_rule("ONNX-INPUT-013", "error", source=sources.REQUIREMENTS)
def unknown_inputs(facts: ModelFacts) -> Iterator[Said]:
    """There is an input beside the image that nobody feeds."""
    images = image_candidates(facts)
    if not images:
        return  # without an image every input is named in that finding
    for tensor in facts.inputs:
        known = names.parse_name(tensor.name).prefix in names.KNOWN_INPUTS
        if not known and tensor not in images:
            yield (
                _place(tensor),
                f"{tensor}: devices feed image-, nms_sensitivity- and mask- only",
                "make it a constant inside the model",
            )


@fact_rule("ONNX-INPUT-014", "warning", source=sources.SCLBLONNX)
def legacy_inputs(facts: ModelFacts) -> Iterator[Said]:
    """There is an input that only old versions of the AI Manager feed."""
    for tensor in facts.inputs:
        if names.parse_name(tensor.name).prefix in names.LEGACY_INPUTS:
            yield _place(tensor), "only old AI Managers feed it", "make it a constant"


@fact_rule("ONNX-INPUT-015", "info", source=sources.SPECIFICATION, generic="info")
def initializers_as_inputs(facts: ModelFacts) -> Iterator[Said]:
    """Initializers are listed as inputs too."""
    count = len(facts.initializer_inputs)
    if count:
        old = "as IR 3 demands" if facts.ir_version <= 3 else "which hinders optimisation"
        fix = "" if facts.ir_version <= 3 else _DROP
        yield "", f"{count} initializers are listed as inputs, {old}; they are not counted", fix


@fact_rule("ONNX-INPUT-016", "error", source=sources.REQUIREMENTS)
def not_numbers(facts: ModelFacts) -> Iterator[Said]:
    """An input takes text, or is no tensor."""
    for tensor in facts.inputs:
        if tensor.dtype in ("string", "sequence", "map", "optional", "sparse_tensor", "undefined"):
            yield (
                _place(tensor),
                f"takes {tensor.dtype}; devices feed tensors of numbers",
                "do this step before or outside the model",
            )


@fact_rule("ONNX-INPUT-017", "warning", source=sources.OLD_NAMED_IO)
def image_without_batch(facts: ModelFacts) -> Iterator[Said]:
    """The image input has three axes, which only old AI Managers accept."""
    image = image_input(facts)
    if image is not None and image.shape is not None and len(image.shape) == 3:
        yield _place(image), f"{image} has no batch; only old AI Managers take it", _SHAPE_FIX
