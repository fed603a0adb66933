"""Which input is the image, and how its axes are laid out."""

from typing import Literal, NamedTuple

from scailable.onnx import names
from scailable.onnx.report import Dimension, ModelFacts, TensorInfo


class Layout(NamedTuple):
    """The axes of an image input without the batch."""

    order: Literal["NCHW", "NHWC"]
    channels: Dimension
    height: Dimension
    width: Dimension


def image_candidates(facts: ModelFacts) -> list[TensorInfo]:
    """The inputs named `image`, or else every nameless input of four axes."""
    named = [each for each in facts.inputs if names.parse_name(each.name).prefix == names.IMAGE]
    if named:
        return named
    return [
        each
        for each in facts.inputs
        if each.shape is not None
        and len(each.shape) == 4
        and names.parse_name(each.name).prefix not in names.KNOWN_INPUTS
    ]


def image_input(facts: ModelFacts) -> TensorInfo | None:
    """The one image input; None when there is none or no telling which."""
    candidates = image_candidates(facts)
    return candidates[0] if len(candidates) == 1 else None


def layout_of(tensor: TensorInfo) -> Layout | None:
    """The layout of an image tensor of rank 4, or rank 3 without a batch; None for other ranks.

    Axis 1 of at most three is the channels (NCHW), otherwise the last axis is: the rule that the
    vendor's own export tools apply.
    """
    if tensor.shape is None or len(tensor.shape) not in (3, 4):
        return None
    first, second, third = tensor.shape[-3:]
    if first in (1, 2, 3) or (not isinstance(first, int) and third not in (1, 3)):
        return Layout("NCHW", first, second, third)
    return Layout("NHWC", third, first, second)
