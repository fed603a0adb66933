"""What a model says about itself in an upload."""

import pytest

from scailable.errors import ValidationError
from scailable.onnx import ModelFacts, TensorInfo, input_driver_details, named_io


def facts(*inputs: TensorInfo, outputs: tuple[TensorInfo, ...] = ()) -> ModelFacts:
    return ModelFacts(
        ir_version=8, opsets={"": 17}, producer="", inputs=inputs, outputs=outputs, operators={}
    )


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        ((1, 3, 240, 320), {"channels": 3, "height": 240, "width": 320, "order": 0}),
        ((1, 240, 320, 3), {"channels": 3, "height": 240, "width": 320, "order": 1}),
        (("n", 1, 8, 9), {"channels": 1, "height": 8, "width": 9, "order": 0}),
        ((3, 8, 9), {"channels": 3, "height": 8, "width": 9, "order": 0}),
        ((1, 3, 8, 3), {"channels": 3, "height": 8, "width": 3, "order": 0}),
    ],
)
@pytest.mark.parametrize("name", ["image-", "image"])
def test_the_driver_details_follow_from_the_image(
    name: str, shape: tuple[int | str | None, ...], wanted: dict[str, int]
) -> None:
    mask = TensorInfo("mask-", "bool", (240, 320))
    assert input_driver_details(facts(mask, TensorInfo(name, "float32", shape))) == wanted


def test_a_nameless_image_is_enough() -> None:
    details = input_driver_details(facts(TensorInfo("data", "float32", (1, 3, 8, 9))))
    assert details["width"] == 9


@pytest.mark.parametrize("shape", [(1, 3, "h", 9), (1, None, None, None), (1, 10), None])
def test_an_unknown_size_is_told(shape: tuple[int | str | None, ...] | None) -> None:
    with pytest.raises(ValidationError):
        input_driver_details(facts(TensorInfo("image-", "float32", shape)))


def test_two_images_are_told() -> None:
    images = [TensorInfo(name, "float32", (1, 3, 8, 8)) for name in ("a", "b")]
    with pytest.raises(ValidationError, match="no single image"):
        input_driver_details(facts(*images))


def test_named_inputs_and_outputs() -> None:
    image = TensorInfo("image-", "float32", ("n", 3, None, 9))
    boxes = TensorInfo("bboxes-format:xyxysc;0:A", "float32", None)
    count = TensorInfo("counts-0:A", "int64", ())
    inputs, outputs = named_io(facts(image, outputs=(boxes, count)))
    assert inputs == [{"DataType": "FLOAT", "Name": "image-", "Shape": [-1, 3, -1, 9]}]
    assert outputs == [
        {"DataType": "FLOAT", "Name": "bboxes-format:xyxysc;0:A", "Shape": []},
        {"DataType": "INT64", "Name": "counts-0:A", "Shape": []},
    ]
