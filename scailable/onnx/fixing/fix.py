"""Writing a corrected model to a new file, and showing that it still computes the same."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from scailable.errors import ScailableError, ValidationError
from scailable.onnx.checking import look
from scailable.onnx.children import ModelCrashed, ModelFailed, run_child
from scailable.onnx.difference.side import Side, digests_outside
from scailable.onnx.examination import Examination
from scailable.onnx.fixing import proof
from scailable.onnx.fixing.new_file import NewFile, new_file
from scailable.onnx.fixing.plan import (
    Plan,
    fixed_batch,
    insist_on_one_file,
    insist_on_possible,
    plan_from,
    stamp_is_wrong,
)
from scailable.onnx.fixing.result import RENAMED, Change, Fixed, FixFailed
from scailable.onnx.image import image_input
from scailable.onnx.reading.opening import open_regular
from scailable.onnx.report import Profile, Report
from scailable.onnx.rules import structure
from scailable.onnx.text import printable

_MEMORY = 2 << 30
_SECONDS = 60.0
_BYTES_PER_SECOND = 20_000_000
# What a wrong opset stamp makes onnx say; correcting the stamp is what fix is there for.
_CURABLE = (structure.CHECKER.code, structure.INFERENCE.code, structure.WRONG_STAMP.code)


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
    Operators are never converted, and the opset stays. The new file is checked, its operators and
    weights are compared with those of the source, and both are run on the same random input where
    onnxruntime is installed.

    Args:
        path: the source.
        output: the new file; must not exist, unless `force` is given.
        batch: size to give to the dynamic batch of the image input; 1 also where it is fixed to
            more, if the results in onnxruntime are the same for every image by itself.
        rename: new names of inputs and outputs, by the old ones.
        ir: IR version to lower the stamp to.
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
    plan = Plan(
        batch=batch,
        renames=dict(rename or {}),
        ir=ir,
        drop_initializer_inputs=drop_initializer_inputs,
        opset_stamp=opset_stamp,
        inline=inline,
    )
    with open_regular(source) as (descriptor, _):
        _insist_on_new(descriptor, target, force)
        before, examined = look(source, profile, descriptor=descriptor, digests=True)
        seen = _insist_on_curable(before, examined)
        insist_on_one_file(seen, plan)
        plan = _settled(plan_from(seen) if plan.empty else plan, seen)
        insist_on_possible(plan, seen)
        if plan.empty:
            return Fixed(path=source, output=None, changes=(), before=before, after=None)
        folder = Path(source).absolute().parent
        old = Side(path=source, report=before, seen=seen, outside=digests_outside(seen, folder))
        with new_file(target) as new:
            changes = _edit(descriptor, old, plan, folder, new)
            if not changes:
                return Fixed(path=source, output=None, changes=(), before=before, after=None)
            fixed = _proven(old, new, changes, plan, str(target), descriptor)
            new.keep(replace=force)
    return fixed


def _settled(plan: Plan, seen: Examination) -> Plan:
    """The plan without what is the case already."""
    stamped = seen.facts.opset if seen.facts is not None else None
    asked = plan.opset_stamp
    done = asked == stamped or (asked == "auto" and not stamp_is_wrong(seen))
    return replace(
        plan,
        opset_stamp=None if done else asked,
        renames={old: new for old, new in plan.renames.items() if old != new},
    )


def _insist_on_new(descriptor: int, target: Path, force: bool) -> None:
    """Before anything is looked at: the new file must not take the place of the source."""
    try:
        target.lstat()
        if os.path.samestat(target.stat(), os.fstat(descriptor)):
            raise ValidationError(
                f"{target} is the source itself.", hint="Give another name for the new file."
            )
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise ValidationError(f"There is no folder {target.parent}.") from None
        if not target.is_symlink():
            return
    except (OSError, ValueError) as error:
        if isinstance(error, ScailableError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise ValidationError(f"Cannot write {target}: {reason}.") from error
    if target.is_symlink() or not target.is_file():
        raise ValidationError(
            f"{target} is no regular file.", hint="Give another name for the new file."
        )
    if not force:
        raise ValidationError(
            f"{target} is there already.", hint="Give another name, or --force (force=True)."
        )


def _insist_on_curable(before: Report, seen: Examination | None) -> Examination:
    """Stop at what no correction of ours cures."""
    curable = _CURABLE if seen is not None and stamp_is_wrong(seen) else ()
    stopping = [each for each in before.errors if each.safety and each.code not in curable]
    if stopping or seen is None or seen.model is None or seen.facts is None or not seen.complete:
        worst = (stopping or before.errors)[0]
        raise FixFailed(
            f"{printable(before.path)} cannot be corrected: {proof.said(worst)}",
            hint=printable(worst.fix) or FixFailed.next_step,
        )
    return seen


def _edit(descriptor: int, old: Side, plan: Plan, folder: Path, new: NewFile) -> tuple[Change, ...]:
    image = image_input(old.facts)
    together = old.seen.size + sum(each.size for each in old.seen.external)
    try:
        answer = run_child(
            "scailable.onnx.fixing.editor",
            {
                "plan": plan.to_dict(),
                "source": descriptor,
                "sha256": old.seen.sha256,
                "target": new.descriptor,
                "folder": str(folder),
                "external": {each.location: each.sha256 for each in old.seen.external},
                "image": None if image is None else image.name,
            },
            purpose="Correcting the model",
            seconds=_SECONDS + together / _BYTES_PER_SECOND,
            memory=_MEMORY + 6 * together,
            descriptors=(descriptor, new.descriptor),
        )
    except ModelCrashed:
        raise
    except ModelFailed as refused:
        raise FixFailed(refused.message, hint=refused.hint) from None
    return tuple(Change(**each) for each in answer["changes"])


def _proven(
    old: Side, file: NewFile, changes: tuple[Change, ...], plan: Plan, target: str, descriptor: int
) -> Fixed:
    """The result, if the new model is sound and computes what the source does."""
    after, seen = look(target, old.report.profile, descriptor=file.descriptor, digests=True)
    proof.insist_on_sound(old.report, after)
    assert seen is not None and seen.model is not None and seen.facts is not None
    new = Side(path=target, report=after, seen=seen)
    renames = {each.before: each.after for each in changes if each.what in RENAMED}
    weights = proof.insist_on_same_parts(old, new, renames)
    rows = fixed_batch(old.facts) if plan.batch == 1 else None
    image = image_input(old.facts)
    outcome = proof.compare_numerically(
        old,
        new,
        (descriptor, file.descriptor),
        file.path,
        stamps=_stamps(old, new),
        rows=rows,
        image=None if image is None else image.name,
    )
    if outcome.difference is None and rows is not None:
        raise FixFailed(
            f"The batch is fixed to {rows}; that it may be 1 cannot be shown: {outcome.note}.",
            hint="Export the model with a batch of 1, or a dynamic one.",
        )
    restamped = plan.opset_stamp is not None and not stamp_is_wrong(old.seen)
    if outcome.difference is None and restamped:
        raise FixFailed(
            "The model passes with the opset it is stamped with; that it computes the same with "
            f"another one cannot be shown: {outcome.note}.",
            hint="Convert it instead: onnx.version_converter.convert_version",
        )
    return Fixed(
        path=old.path,
        output=target,
        changes=changes,
        before=old.report,
        after=after,
        weights=weights,
        difference=outcome.difference,
        note=outcome.note,
    )


def _stamps(old: Side, new: Side) -> dict[str, int]:
    """The stamps that were corrected, with which the source may run too."""
    stamps = {}
    if new.facts.ir_version != old.facts.ir_version:
        stamps["IR version"] = new.facts.ir_version
    if new.facts.opset is not None and new.facts.opset != old.facts.opset:
        stamps["opset"] = new.facts.opset
    return stamps
