"""What there is to correct in a model: asked for, or plain from its check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scailable.errors import ValidationError
from scailable.onnx import names
from scailable.onnx.examination import Examination
from scailable.onnx.image import image_input
from scailable.onnx.reading.model import Model, nodes_of, tensors_of
from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import structure
from scailable.onnx.text import short

NEWEST_IR = 9  # the newest that Linux devices load
_FIRST_TYPE_OF_IR_10 = 21  # uint4; the types up to 20 came with IR 9 or before


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
    """

    batch: int | None = None
    renames: Mapping[str, str] = field(default_factory=dict)
    ir: int | None = None
    drop_initializer_inputs: bool = False
    opset_stamp: int | str | None = None
    inline: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return self == Plan()

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON-ready values."""
        return {
            "batch": self.batch,
            "renames": dict(self.renames),
            "ir": self.ir,
            "drop_initializer_inputs": self.drop_initializer_inputs,
            "opset_stamp": self.opset_stamp,
            "inline": self.inline,
        }


def plan_from(seen: Examination) -> Plan:
    """What the check says can be corrected without a choice to make."""
    facts, model = seen.facts, seen.model
    if facts is None or model is None:
        return Plan()
    image = image_input(facts)
    dynamic_batch = (
        image is not None
        and image.shape is not None
        and len(image.shape) == 4
        and not isinstance(image.shape[0], int)
        and all(isinstance(size, int) for size in image.shape[1:])
    )
    renames = {}
    if image is not None and names.parse_name(image.name).prefix != names.IMAGE:
        renames[image.name] = "image-"
    lower = facts.ir_version > NEWEST_IR and newer_feature(model) is None
    wrong_stamp = any(each.code == structure.WRONG_STAMP.code for each in seen.problems)
    return Plan(
        batch=1 if dynamic_batch else None,
        renames=renames,
        ir=NEWEST_IR if lower else None,
        drop_initializer_inputs=bool(facts.initializer_inputs) and facts.ir_version >= 4,
        opset_stamp="auto" if wrong_stamp else None,
    )


def newer_feature(model: Model) -> str | None:
    """What in a model needs an IR version above 9; None when its stamp can be lowered."""
    for node in nodes_of(model):
        if node.overload:
            return f"{node.place} calls an overloaded function"
    if any(function.overload for function in model.functions):
        return "it has overloaded functions"
    for tensor in tensors_of(model):
        if tensor.data_type >= _FIRST_TYPE_OF_IR_10:
            return f"tensor {short(tensor.name)} has a type that came with IR 10 or later"
    return None


def insist_on_possible(plan: Plan, facts: ModelFacts, model: Model) -> None:
    """Refuse what cannot be done to this model.

    Raises:
        ValidationError: a correction does not fit the model.
    """
    given = {each.name for each in (*facts.inputs, *facts.outputs)}
    for old, new in plan.renames.items():
        if old not in given:
            listed = ", ".join(short(name) for name in sorted(given)[:10])
            raise ValidationError(
                f"There is no input or output {short(old)!r}.", hint=f"There are: {listed}"
            )
        _insist_on_name(new)
    if len(set(plan.renames.values())) < len(plan.renames):
        raise ValidationError("Two inputs or outputs would get the same name.")
    if plan.batch is not None:
        _insist_on_batch(plan.batch, facts)
    if plan.ir is not None:
        _insist_on_ir(plan.ir, facts, model)
    if plan.drop_initializer_inputs and facts.ir_version < 4:
        raise ValidationError(
            f"IR version {facts.ir_version} demands initializers among the inputs.",
            hint="Export the model again with a current exporter.",
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
    if isinstance(fixed, int) and fixed != batch:
        raise ValidationError(
            f"The batch of {short(image.name)} is fixed to {fixed}; the model may count on it.",
            hint="Export it again with the batch that you need, or with a dynamic one.",
        )


def _insist_on_ir(version: int, facts: ModelFacts, model: Model) -> None:
    if not 3 <= version <= facts.ir_version:
        raise ValidationError(
            f"The IR version can be lowered to 3 at least, from {facts.ir_version}."
        )
    needed = newer_feature(model) if version <= NEWEST_IR else None
    if needed is not None:
        raise ValidationError(
            f"The IR version cannot be lowered to {version}: {needed}.",
            hint="Export the model without it, with opset 17 and IR 8.",
        )
