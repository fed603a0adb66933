"""Writing a corrected model to a new file, and proving that it still computes the same."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from scailable.durable import sync_folder
from scailable.errors import MissingExtraError, ScailableError, ValidationError
from scailable.onnx.checking import check
from scailable.onnx.children import ModelCrashed, run_child
from scailable.onnx.examination import Examination, examine
from scailable.onnx.fixing.plan import Plan, insist_on_possible, plan_from
from scailable.onnx.image import image_input
from scailable.onnx.reading.opening import open_regular
from scailable.onnx.report import Profile, Report
from scailable.onnx.rules import external, structure
from scailable.onnx.text import printable, readable_size

_SEED = 20_261_121
_LARGEST_FILE = 2**31 - 1
_MEMORY = 2 << 30
_SECONDS = 60.0
_BYTES_PER_SECOND = 20_000_000
# What a wrong opset stamp makes onnx say; correcting the stamp is what fix is there for.
_CURABLE = frozenset(
    rule.code for rule in (structure.CHECKER, structure.INFERENCE, structure.WRONG_STAMP)
)


class FixFailed(ScailableError):
    """The corrected model is not sound, or computes something else; no file was written."""

    next_step = "Export the model again with what the check asks for."


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was corrected.

    >>> print(Change("IR version", "10", "9"))
    IR version: 10 > 9
    """

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before} > {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What was corrected.

    Attributes:
        path: the source.
        output: the new file; None when there was nothing to correct.
        changes: every correction.
        before, after: the check of the source and of the new file.
        difference: the largest difference of any output value between the source and the new
            file, on three random inputs; None when they were not compared.
        not_compared: why not; empty when they were compared.
    """

    path: str
    output: str | None
    changes: tuple[Change, ...]
    before: Report
    after: Report | None
    difference: float | None
    not_compared: str

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-ready values."""
        return {
            "path": self.path,
            "output": self.output,
            "changes": [
                {"what": each.what, "before": each.before, "after": each.after}
                for each in self.changes
            ],
            "before": self.before.to_dict(),
            "after": None if self.after is None else self.after.to_dict(),
            "difference": self.difference,
            "not_compared": self.not_compared,
        }

    def text(self) -> str:
        """The result for people."""
        if self.output is None or self.after is None:
            return printable(f"{self.path}: nothing to correct; no file was written")
        count = "one correction" if len(self.changes) == 1 else f"{len(self.changes)} corrections"
        lines = [f"{self.output}: written, {count}"]
        lines += [f"  {change}" for change in self.changes]
        if self.not_compared:
            lines.append(f"  not compared with the original: {self.not_compared}")
        else:
            lines.append(
                f"  computes the same: largest difference {self.difference:g} on 3 random inputs"
            )
        lines.append(f"  {self.before.verdict} > {self.after.verdict}")
        return "\n".join(printable(line) for line in lines)


def fix(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    batch: int | None = None,
    rename: Mapping[str, str] | None = None,
    ir: int | None = None,
    drop_initializer_inputs: bool = False,
    opset_stamp: int | str | None = None,
    inline: bool = False,
    force: bool = False,
    profile: Profile = "scailable",
) -> Fixed:
    """Write a corrected model to a new file; the source is never touched.

    Without a correction asked for, all are made that need no choice: a dynamic batch becomes 1, the
    one unnamed image input `image-`, the IR version 9 where nothing newer is used, initializers
    leave the inputs, and a wrong opset stamp becomes the one with which the model passes.
    Operators are never converted, and the opset stays.

    Args:
        path: the source.
        output: the new file; must not exist, unless `force` is given.
        batch: size to give to the dynamic batch of the image input.
        rename: new names of inputs and outputs, by the old ones.
        ir: IR version to stamp.
        drop_initializer_inputs: take initializers out of the inputs.
        opset_stamp: opset to stamp without converting, or `auto` for the one that fits.
        inline: bring external data into the file; possible up to 2 GiB.
        force: replace `output` where it exists.
        profile: rules of the checks before and after.

    Returns:
        what was corrected, with both checks and the comparison.

    Raises:
        UnreadableFile: the source cannot be read.
        ValidationError: a correction does not fit the model, or `output` is the source, or exists.
        FixFailed: the source breaks a safety rule, or the new model does, or the two compute
            something different; nothing was written.
        MissingExtraError: the onnx package is not installed.
        ModelCrashed: the model ended the process that corrected it.
    """
    source, target = os.fsdecode(path), Path(os.fsdecode(output))
    asked = Plan(
        batch=batch,
        renames=dict(rename or {}),
        ir=ir,
        drop_initializer_inputs=drop_initializer_inputs,
        opset_stamp=opset_stamp,
        inline=inline,
    )
    with open_regular(source) as (descriptor, size):
        _insist_on_new(descriptor, target, force)
        before = check(source, profile, descriptor=descriptor)
        folder = Path(source).absolute().parent
        seen = examine(descriptor, size, folder)
        _insist_on_sound(before, seen, asked)
        plan = plan_from(seen) if asked.empty else asked
        if plan.empty:
            return _nothing(source, before)
        assert seen.facts is not None and seen.model is not None
        insist_on_possible(plan, seen.facts, seen.model)
        _insist_on_one_file(seen, plan)
        temporary = target.with_name(f".{target.name}.{uuid4().hex}")
        try:
            changes = _edit(descriptor, seen, plan, folder, temporary)
            if not changes:
                return _nothing(source, before)
            after = check(temporary, profile)
            _insist_on_better(after)
            difference, not_compared = _compare(source, descriptor, temporary, seen)
            _put_in_place(temporary, target, force)
        finally:
            temporary.unlink(missing_ok=True)
    return Fixed(
        path=source,
        output=str(target),
        changes=changes,
        before=before,
        after=Report.from_dict({**after.to_dict(), "path": str(target)}),
        difference=difference,
        not_compared=not_compared,
    )


def _nothing(source: str, before: Report) -> Fixed:
    return Fixed(
        path=source,
        output=None,
        changes=(),
        before=before,
        after=None,
        difference=None,
        not_compared="nothing was written",
    )


def _insist_on_new(descriptor: int, target: Path, force: bool) -> None:
    try:
        there = target.stat()
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise ValidationError(f"There is no folder {target.parent}.") from None
        return
    except OSError as error:
        raise ValidationError(f"Cannot write {target}: {error.strerror}.") from error
    if os.path.samestat(there, os.fstat(descriptor)):
        raise ValidationError(
            f"{target} is the source itself.", hint="Give another name for the new file."
        )
    if not force:
        raise ValidationError(f"{target} is there already.", hint="Give another name, or --force.")
    if not target.is_file() or target.is_symlink():
        raise ValidationError(f"{target} is no regular file.", hint="Give another name.")


def _insist_on_sound(before: Report, seen: Examination, asked: Plan) -> None:
    """Stop at what no correction of ours cures."""
    stamp_is_wrong = any(each.code == structure.WRONG_STAMP.code for each in seen.problems)
    curable = _CURABLE if stamp_is_wrong else frozenset()
    stopping = [each for each in before.errors if each.safety and each.code not in curable]
    if before.facts is None or seen.model is None or stopping:
        worst = stopping[0] if stopping else before.errors[0]
        raise FixFailed(
            f"{before.path} cannot be corrected: {worst.code} {worst.message}", hint=worst.fix
        )


def _insist_on_one_file(seen: Examination, plan: Plan) -> None:
    assert seen.facts is not None
    if not seen.facts.external_files:
        return
    if not plan.inline:
        raise ValidationError(
            "The model has its data in other files.",
            hint="Bring it into the new file with --inline (inline=True).",
        )
    together = seen.size + sum(each.size for each in seen.external)
    if together > _LARGEST_FILE:
        raise ValidationError(
            f"Together they are {readable_size(together)}, more than the 2 GiB of one file.",
            hint="Use a smaller model, or quantise it.",
        )


def _edit(
    descriptor: int, seen: Examination, plan: Plan, folder: Path, temporary: Path
) -> tuple[Change, ...]:
    assert seen.facts is not None
    image = image_input(seen.facts)
    together = seen.size + sum(each.size for each in seen.external)
    try:
        target = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise ValidationError(f"Cannot write to {temporary.parent}: {error.strerror}.") from error
    try:
        answer = run_child(
            "scailable.onnx.fixing.editor",
            {
                "plan": plan.to_dict(),
                "source": descriptor,
                "target": target,
                "folder": str(folder),
                "image": None if image is None else image.name,
            },
            purpose="Correcting the model",
            seconds=_SECONDS + together / _BYTES_PER_SECOND,
            memory=_MEMORY + 6 * together,
            descriptors=(descriptor, target),
        )
    finally:
        os.close(target)
    return tuple(Change(**each) for each in answer["changes"])


def _insist_on_better(after: Report) -> None:
    broken = [each for each in after.errors if each.safety or each.code in _CURABLE]
    if broken:
        raise FixFailed(f"The corrected model is not sound: {broken[0].code} {broken[0].message}")
    if any(each.code == external.OUTSIDE_THE_FILE.code for each in after.errors):
        raise FixFailed("The corrected model still has its data in other files.")


def _compare(
    source: str, descriptor: int, new: Path, seen: Examination
) -> tuple[float | None, str]:
    """The largest difference between the outputs of both, and why there is none."""
    # External data is found beside the file only under its own name.
    proc = f"/proc/self/fd/{descriptor}"
    by_descriptor = sys.platform == "linux" and not seen.external
    together = seen.size + sum(each.size for each in seen.external)
    try:
        answer = run_child(
            "scailable.onnx.fixing.comparison",
            {
                "old": proc if by_descriptor else str(Path(source).absolute()),
                "new": str(new.absolute()),
                "seed": _SEED,
            },
            purpose="Comparing the models",
            seconds=_SECONDS + together / _BYTES_PER_SECOND,
            memory=2 * _MEMORY + 16 * together,
            descriptors=(descriptor,),
        )
    except MissingExtraError:
        return None, "onnxruntime is not installed (pip install 'scailable[edge]')"
    except ModelCrashed as crashed:
        return None, crashed.message
    if not answer["compared"]:
        return None, answer["reason"]
    difference = answer["difference"]
    if difference != 0:
        apart = "of another shape" if difference is None else f"up to {difference:g} apart"
        raise FixFailed(f"The corrected model computes something else: outputs are {apart}.")
    return 0.0, ""


def _put_in_place(temporary: Path, target: Path, force: bool) -> None:
    try:
        if force:
            temporary.replace(target)
        else:
            os.link(temporary, target)  # unlike a rename, this never replaces a file
        sync_folder(target.parent)
    except FileExistsError:
        raise ValidationError(f"{target} has come into being meanwhile.") from None
    except OSError as error:
        raise ValidationError(f"Cannot write {target}: {error.strerror}.") from error
