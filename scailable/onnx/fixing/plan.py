"""What there is to correct in a model: asked for, or plain from its check."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scailable.errors import ValidationError
from scailable.onnx import dtypes, names
from scailable.onnx.examination import Examination
from scailable.onnx.image import image_input, layout_of
from scailable.onnx.reading.model import tensors_of
from scailable.onnx.report import ModelFacts, TensorInfo
from scailable.onnx.rules import structure
from scailable.onnx.text import printable, readable_size, short

NEWEST_IR = 9  # the newest that Linux devices load
_FIRST_IR_WITHOUT_INITIALIZER_INPUTS = 4
_LARGEST_FILE = 2**31 - 1
_IMAGE_NAME = "image-"


@dataclass(frozen=True, slots=True)
class Plan:
    """Corrections to make.

    Attributes:
        batch: batch size to set, or None.
        renames: new name of an input or output, by its name.
        ir: IR version to stamp, or None.
        drop_initializer_inputs: take initializers out of the inputs.
        opset_stamp: opset to stamp without converting anything; `auto` for the one with which the
            model passes; None to keep it.
        inline: bring external data into the file.
        automatic: nothing was asked for; what turns out to be impossible is left out.
    """

    batch: int | None = None
    renames: Mapping[str, str] = field(default_factory=dict)
    ir: int | None = None
    drop_initializer_inputs: bool = False
    opset_stamp: int | str | None = None
    inline: bool = False
    automatic: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return replace(self, automatic=False) == Plan()

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON-ready values."""
        return {
            "batch": self.batch,
            "renames": dict(self.renames),
            "ir": self.ir,
            "drop_initializer_inputs": self.drop_initializer_inputs,
            "opset_stamp": self.opset_stamp,
            "inline": self.inline,
            "automatic": self.automatic,
        }


def plan_from(seen: Examination) -> Plan:
    """What the check says can be corrected without a choice to make."""
    facts = seen.facts
    assert facts is not None
    image = image_input(facts)
    renames = {}
    if image is not None and _is_unnamed_image(image):
        renames[image.name] = _IMAGE_NAME
    has_initializer_inputs = bool(facts.initializer_inputs) and bool(facts.inputs)
    return Plan(
        batch=1 if image is not None and _has_only_its_batch_dynamic(image) else None,
        renames=renames,
        ir=NEWEST_IR if facts.ir_version > NEWEST_IR else None,
        drop_initializer_inputs=has_initializer_inputs
        and facts.ir_version >= _FIRST_IR_WITHOUT_INITIALIZER_INPUTS,
        opset_stamp="auto" if stamp_is_wrong(seen) else None,
        automatic=True,
    )


def stamp_is_wrong(seen: Examination) -> bool:
    """Whether the model would pass with another opset stamp."""
    return any(each.code == structure.WRONG_STAMP.code for each in seen.problems)


def _is_unnamed_image(image: TensorInfo) -> bool:
    layout = layout_of(image)
    return (
        names.parse_name(image.name).prefix != names.IMAGE
        and image.dtype == "float32"
        and layout is not None
        and layout.channels in (1, 3)
    )


def _has_only_its_batch_dynamic(image: TensorInfo) -> bool:
    return (
        image.shape is not None
        and len(image.shape) == 4
        and not isinstance(image.shape[0], int)
        and all(isinstance(size, int) for size in image.shape[1:])
    )


def fixed_batch(facts: ModelFacts) -> int | None:
    """The batch of the image input, where it is fixed to more than 1."""
    image = image_input(facts)
    size = image.shape[0] if image is not None and image.shape else None
    return size if isinstance(size, int) and size > 1 else None


def insist_on_one_file(seen: Examination, plan: Plan) -> None:
    """Refuse data in other files, unless it is to be brought in and fits.

    Raises:
        ValidationError: it is in other files, or too much.
    """
    assert seen.facts is not None and seen.model is not None
    if not seen.facts.external_files:
        return
    data = sum(
        dtypes.payload_bytes(each.data_type, math.prod(each.dims)) or 0
        for each in tensors_of(seen.model)
        if each.external is not None
    )
    together = seen.size + data
    sizes = f"{readable_size(seen.size)} and {readable_size(data)} of data in other files"
    if together > _LARGEST_FILE:
        raise ValidationError(
            f"The model cannot be one file: {sizes} are {readable_size(together)} "
            f"({together} bytes), more than the {_LARGEST_FILE} that a protobuf message can have.",
            hint="Use a smaller model, or quantise it.",
        )
    if not plan.inline:
        raise ValidationError(
            f"The model has its data in other files: {sizes}.",
            hint="Bring it into the new file with --inline (inline=True).",
        )


def insist_on_possible(plan: Plan, seen: Examination) -> None:
    """Refuse what cannot be done to this model.

    Raises:
        ValidationError: a correction does not fit the model.
    """
    facts = seen.facts
    assert facts is not None
    given = [each.name for each in (*facts.inputs, *facts.outputs)]
    for old, new in plan.renames.items():
        if old not in given:
            listed = printable(", ".join(short(name) for name in given[:10]))
            raise ValidationError(
                f"There is no input or output {short(old)!r}.", hint=f"There are: {listed}"
            )
        _insist_on_name(new)
    if len(set(plan.renames.values())) < len(plan.renames):
        raise ValidationError("Two inputs or outputs would get the same name.")
    if plan.batch is not None:
        _insist_on_batch(plan.batch, facts)
    if plan.ir is not None and not 3 <= plan.ir <= facts.ir_version:
        raise ValidationError(
            f"The IR version can be lowered only: from {facts.ir_version} to 3 at least.",
        )
    if (
        plan.drop_initializer_inputs
        and facts.initializer_inputs
        and facts.ir_version < _FIRST_IR_WITHOUT_INITIALIZER_INPUTS
    ):
        raise ValidationError(
            f"IR version {facts.ir_version} demands initializers among the inputs.",
            hint="They do no harm: nobody has to feed them.",
        )


def _insist_on_name(name: str) -> None:
    parsed = names.parse_name(name)
    if not name or not name.isprintable():
        raise ValidationError(f"{name!r} is no name that can be shown.")
    if parsed.prefix in names.KNOWN_INPUTS | names.KNOWN_OUTPUTS and parsed.problems:
        problem = parsed.problems[0]
        raise ValidationError(
            f"In the name {name!r} the piece {problem.piece!r} at character {problem.offset} "
            f"{problem.message}.",
            hint="Write it as scores-0:Cat;1:Dog or bboxes-format:xyxysc;0:Person.",
        )


def _insist_on_batch(batch: int, facts: ModelFacts) -> None:
    image = image_input(facts)
    if batch < 1:
        raise ValidationError(f"A batch of {batch} is not possible.")
    if image is None or image.shape is None or len(image.shape) != 4:
        raise ValidationError("There is no image input of four axes whose batch could be set.")
    fixed = image.shape[0]
    if isinstance(fixed, int) and fixed != batch and (batch != 1 or fixed < 1):
        raise ValidationError(
            f"The batch of {short(image.name)} is fixed to {fixed}; it can become 1 only.",
            hint="Export it again with the batch that you need, or with a dynamic one.",
        )
