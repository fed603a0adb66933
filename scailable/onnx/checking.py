"""Checking a file: what it is, whether it is sound, whether it is fit for the profile."""

import os
import shlex
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

from scailable.errors import ValidationError
from scailable.onnx.examination import Examination, examine
from scailable.onnx.limits import Limits
from scailable.onnx.reading.magic import recognise
from scailable.onnx.reading.model import Model
from scailable.onnx.reading.opening import open_regular
from scailable.onnx.reading.source import Progress
from scailable.onnx.report import SEVERITIES, Finding, Profile, Report
from scailable.onnx.rules import RULES, Rule, external, files, judge
from scailable.onnx.text import readable_size

_PROTOBUF_LIMIT = 2**31 - 1


def check(
    path: str | os.PathLike[str],
    profile: Profile = "scailable",
    max_size: int | None = None,
    *,
    limits: Limits | None = None,
    descriptor: int | None = None,
    on_progress: Progress | None = None,
) -> Report:
    """Check an ONNX file and report everything that is wrong with it.

    Args:
        path: the file.
        profile: `scailable` for the rules of the Scailable cloud and its devices, `hailo` for
            those of a model for a Hailo accelerator, `generic` for the ONNX specification only.
        max_size: bytes that the cloud accepts (`MaxUploadSize`); a larger file is refused
            before it is read. None: any size.
        limits: time and memory that the onnx package may take; by default set from the model.
        descriptor: the file at `path`, opened already, for use after the check: what is checked
            is then what is used, whatever happens to the path. It is not closed and not moved.
        on_progress: called with the bytes read so far and the size of the file, and so for every
            file with external data. What it raises breaks off the check.

    Returns:
        A `Report`. Whatever the file holds, its problems are findings and not exceptions.

    Raises:
        UnreadableFile: the path leads to nothing, to no regular file, or may not be read.
        ValidationError: there is no such profile.
        MissingExtraError: the onnx package is not installed.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
    ...     report = check(file.name)
    >>> report.ok, report.errors[0].code
    (False, 'ONNX-FILE-001')
    """
    name = os.fsdecode(path)
    report, _ = look(name, profile, max_size, limits, descriptor, on_progress=on_progress)
    return report


def look(
    name: str,
    profile: Profile,
    max_size: int | None = None,
    limits: Limits | None = None,
    descriptor: int | None = None,
    *,
    digests: bool = False,
    on_progress: Progress | None = None,
) -> tuple[Report, Examination | None]:
    """As `check`, with what the report rests on; None when the file was refused unread."""
    if profile not in get_args(Profile):
        known = " or ".join(get_args(Profile))
        raise ValidationError(f"There is no profile {profile!r}.", hint=f"Use {known}.")
    with ExitStack() as opened:
        if descriptor is None:
            descriptor, size = opened.enter_context(open_regular(name))
        else:
            size = os.fstat(descriptor).st_size
        refused = _refuse_unread(descriptor, size, max_size)
        if refused:
            found = [rule.finding(profile, message, fix=fix) for rule, message, fix in refused]
            return _report(name, profile, size, None, found), None
        folder = Path(name).absolute().parent
        seen = examine(descriptor, size, folder, limits, digests=digests, on_progress=on_progress)
    found = [
        RULES[each.code].finding(
            profile, each.message, where=each.where, fix=each.fix, offset=each.offset
        )
        for each in seen.problems
    ]
    found += _beyond_the_file(name, seen, profile)
    if seen.facts is not None and seen.model is not None:
        # Of a damaged model parts are missing, which its other parts would be blamed for.
        model = seen.model if seen.complete else Model()
        found += judge(seen.facts, model, seen.types, profile)
    return _report(name, profile, size, seen, found), seen


def _refuse_unread(descriptor: int, size: int, max_size: int | None) -> list[tuple[Rule, str, str]]:
    """Why a file is refused without reading more than its first bytes, or a zip's directory."""
    other = recognise(descriptor, size)
    if other:
        return other
    if max_size is not None and size > max_size:
        shown = readable_size(size)
        message = f"{shown} ({size} bytes) is more than the {max_size} that are accepted"
        fix = "use a smaller model, or quantise it (onnxruntime.quantization.quantize_dynamic)"
        return [(files.TOO_LARGE, message, fix)]
    if size > _PROTOBUF_LIMIT:
        message = f"{readable_size(size)} is more than the 2 GiB that a protobuf message can have"
        fix = "save it with external data: onnx.save(model, path, save_as_external_data=True)"
        return [(files.ABOVE_PROTOBUF_LIMIT, message, fix)]
    return []


def _beyond_the_file(path: str, seen: Examination, profile: Profile) -> list[Finding]:
    """What to say about data in other files, which an upload of one file leaves behind."""
    if seen.facts is None or not seen.facts.external_files:
        return []
    files_named = seen.facts.external_files
    listed = ", ".join(files_named[:3])
    more = f" and {len(files_named) - 3} more" if len(files_named) > 3 else ""
    together = seen.size + sum(each.size for each in seen.external)
    if together <= _PROTOBUF_LIMIT:
        fix = (
            f"make it one file: scailable models fix {shlex.quote(path)} --inline -o one-file.onnx"
        )
    else:
        fix = (
            f"it cannot be one file: {readable_size(together)} is more than the 2 GiB of a "
            "protobuf message; use a smaller model, or quantise it"
        )
    return [
        external.OUTSIDE_THE_FILE.finding(
            profile, f"tensor data is in {listed}{more}; an upload is one file", fix=fix
        )
    ]


def _report(
    path: str, profile: Profile, size: int, seen: Examination | None, findings: list[Finding]
) -> Report:
    in_order = sorted(findings, key=lambda each: (SEVERITIES.index(each.severity), each.code))
    return Report(
        path=path,
        profile=profile,
        size=size,
        sha256=None if seen is None else seen.sha256,
        facts=None if seen is None else seen.facts,
        external=() if seen is None else seen.external,
        findings=tuple(in_order),
    )
