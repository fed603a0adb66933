"""What the service shows of a model's inputs and outputs."""

from collections.abc import Iterable
from typing import Any

from scailable.onnx.dtypes import ONNX_NAMES
from scailable.onnx.image import image_input, layout_of
from scailable.onnx.names import parse_name
from scailable.onnx.report import ModelFacts, TensorInfo


def named_tensors(tensors: Iterable[TensorInfo]) -> list[dict[str, Any]]:
    """Inputs or outputs as the service shows them; -1 stands for a size that is not fixed.

    >>> named_tensors([TensorInfo("image-", "float32", (1, "height", None))])
    [{'Name': 'image-', 'DataType': 'FLOAT', 'Shape': [1, -1, -1]}]
    """
    return [
        {
            "Name": tensor.name,
            "DataType": ONNX_NAMES.get(tensor.dtype, tensor.dtype.upper()),
            "Shape": [size if isinstance(size, int) else -1 for size in tensor.shape or ()],
        }
        for tensor in tensors
    ]


def property_of(name: str) -> str:
    """What a tensor is: its name up to the first `-`.

    >>> property_of("scores-0:cat;1:dog")
    'scores'
    """
    return parse_name(name).prefix


def image_size(facts: ModelFacts) -> tuple[int, int] | None:
    """Width and height in pixels of the image input; None when there is none of a fixed size."""
    tensor = image_input(facts)
    layout = None if tensor is None else layout_of(tensor)
    if layout is None or not isinstance(layout.width, int) or not isinstance(layout.height, int):
        return None
    return layout.width, layout.height
