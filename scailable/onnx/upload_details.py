"""What the cloud asks about a model and the model itself can answer."""

from typing import Any

from scailable.errors import ValidationError
from scailable.onnx.dtypes import ONNX_NAMES
from scailable.onnx.image import image_input, layout_of
from scailable.onnx.report import ModelFacts, TensorInfo

_ORDER = {"NCHW": 0, "NHWC": 1}


def input_driver_details(facts: ModelFacts) -> dict[str, Any]:
    """A model's `InputDriverDetails`, read from its image input and the graph's description.

    Args:
        facts: the `facts` of a report.

    Returns:
        `channels`, `height` and `width` in pixels, `order`: 0 for NCHW, 1 for NHWC; and `means`
        and `vars`, where the description of the graph asks for a normalisation.

    Raises:
        ValidationError: the model has no single image input, or not all of its sizes are fixed.

    >>> from scailable.onnx import ModelFacts, TensorInfo
    >>> image = TensorInfo("image-", "float32", (1, 3, 240, 320))
    >>> facts = ModelFacts(ir_version=8, opsets={"": 17}, producer="", inputs=(image,),
    ...                    outputs=(), operators={})
    >>> input_driver_details(facts)
    {'channels': 3, 'height': 240, 'width': 320, 'order': 0}
    """
    image = image_input(facts)
    layout = None if image is None else layout_of(image)
    if layout is None:
        raise ValidationError(
            "The model has no single image input to describe.",
            hint="Name the image input `image-`, with the shape (1,C,H,W) or (1,H,W,C).",
        )
    sizes = {"channels": layout.channels, "height": layout.height, "width": layout.width}
    known = {name: size for name, size in sizes.items() if isinstance(size, int)}
    if len(known) < len(sizes):
        missing = ", ".join(name for name in sizes if name not in known)
        raise ValidationError(
            f"The image input leaves its {missing} open.",
            hint="Export the model with a fixed image size.",
        )
    normalisation = {
        name: list(numbers)
        for name, numbers in (("means", facts.means), ("vars", facts.vars))
        if numbers
    }
    return {**known, "order": _ORDER[layout.order], **normalisation}


def named_io(facts: ModelFacts) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The `NamedInput` and `NamedOutput` arrays of a model.

    Args:
        facts: the `facts` of a report.

    Returns:
        Inputs and outputs, each `{"DataType": "FLOAT", "Name": ..., "Shape": [...]}` with the
        type in ONNX's own spelling and -1 for every size that is not fixed.

    >>> from scailable.onnx import ModelFacts, TensorInfo
    >>> facts = ModelFacts(ir_version=8, opsets={"": 17}, producer="", inputs=(),
    ...                    outputs=(TensorInfo("scores-0:Cat", "float32", ("n", 1)),), operators={})
    >>> named_io(facts)
    ([], [{'DataType': 'FLOAT', 'Name': 'scores-0:Cat', 'Shape': [-1, 1]}])
    """
    return [_named(each) for each in facts.inputs], [_named(each) for each in facts.outputs]


def _named(tensor: TensorInfo) -> dict[str, Any]:
    return {
        "DataType": ONNX_NAMES.get(tensor.dtype, tensor.dtype.upper()),
        "Name": tensor.name,
        "Shape": [size if isinstance(size, int) else -1 for size in tensor.shape or ()],
    }
