"""Whether a new model can take the place of an old one on devices."""

from collections.abc import Iterator, Sequence

from scailable.onnx import names
from scailable.onnx.difference.side import Side
from scailable.onnx.image import image_input
from scailable.onnx.report import Dimension, TensorInfo
from scailable.onnx.text import short

Pairs = Sequence[tuple[TensorInfo, TensorInfo]]


def breaks(old: Side, new: Side, inputs: Pairs, outputs: Pairs) -> Iterator[str]:
    """What keeps the new model from being used as the old one was, a sentence each.

    Args:
        inputs, outputs: those of both models that stand for each other.
    """
    fed = {after.name for _, after in inputs}
    image = image_input(old.facts), image_input(new.facts)
    for tensor in old.facts.inputs:
        if tensor.name not in {before.name for before, _ in inputs}:
            yield f"the input {short(tensor.name)} is gone"
    for tensor in new.facts.inputs:
        if tensor.name not in fed:
            yield f"the input {short(tensor.name)} ({tensor}) is new, and has to be fed"
    for before, after in inputs:
        # The image is found by its shape too, whatever its name.
        if not _same_name(before, after) and (before, after) != image:
            yield f"the input {short(before.name)} is now called {short(after.name)}"
        if not (before.dtype == after.dtype and _takes(before, after)):
            yield f"the input {short(after.name)} took {before}, and takes {after}"
    for tensor in old.facts.outputs:
        if tensor.name not in {before.name for before, _ in outputs}:
            yield f"the output {short(tensor.name)} is gone"
    for before, after in outputs:
        yield from _output(before, after)
    known = {(each.code, each.where) for each in old.report.errors}
    codes = {each.code for each in old.report.errors}
    for finding in new.report.errors:
        if (finding.code, finding.where) not in known and finding.code not in codes:
            place = f"{finding.where}: " if finding.where else ""
            yield f"its check fails where the old one's did not: {finding.code} {place}" + (
                finding.message
            )


def _output(before: TensorInfo, after: TensorInfo) -> Iterator[str]:
    old, new = names.parse_name(before.name), names.parse_name(after.name)
    if old.prefix != new.prefix:
        yield f"the output {short(before.name)} is now called {short(after.name)}"
    elif old.format != new.format:
        yield f"the output {old.prefix} had the format {old.format}, and has {new.format}"
    for index in sorted(old.labels.keys() | new.labels.keys()):
        first, second = old.labels.get(index), new.labels.get(index)
        if first != second:
            was = "had no label" if first is None else f"was {short(first)!r}"
            now = "has none" if second is None else f"is {short(second)!r}"
            yield f"class {index} of the output {old.prefix} {was}, and {now}"
    if not (before.dtype == after.dtype and _gives(before, after)):
        yield f"the output {short(after.name)} gave {before}, and gives {after}"


def _same_name(before: TensorInfo, after: TensorInfo) -> bool:
    return names.parse_name(before.name).prefix == names.parse_name(after.name).prefix


def _takes(before: TensorInfo, after: TensorInfo) -> bool:
    """Whether what was fed to the old input can be fed to the new one."""
    if before.shape is None or after.shape is None:
        return after.shape is None or before.shape == after.shape
    return len(before.shape) == len(after.shape) and all(
        not isinstance(second, int) or first == second or _is_batch(axis, first, second)
        for axis, (first, second) in enumerate(zip(before.shape, after.shape, strict=True))
    )


def _gives(before: TensorInfo, after: TensorInfo) -> bool:
    """Whether who read the old output can read the new one."""
    if before.shape is None or after.shape is None:
        return before.shape is None
    return len(before.shape) == len(after.shape) and all(
        not isinstance(first, int) or first == second or _is_batch(axis, second, first)
        for axis, (first, second) in enumerate(zip(before.shape, after.shape, strict=True))
    )


def _is_batch(axis: int, dynamic: Dimension, fixed: Dimension) -> bool:
    """A dynamic batch is 1 on devices, which feed one image."""
    return axis == 0 and not isinstance(dynamic, int) and fixed == 1
