"""Checking a file: what it is, whether it is sound, whether it is fit for the profile."""

import os
from pathlib import Path
from typing import get_args

from scailable.errors import ValidationError
from scailable.onnx.examination import examine
from scailable.onnx.limits import Limits
from scailable.onnx.reading.magic import HEAD, not_onnx
from scailable.onnx.reading.opening import open_regular
from scailable.onnx.report import SEVERITIES, Finding, ModelFacts, Profile, Report
from scailable.onnx.rules import RULES, Rule, external, files, judge
from scailable.onnx.text import readable_size

_PROTOBUF_LIMIT = 2**31 - 1


def check(
    path: str | os.PathLike[str],
    profile: Profile = "scailable",
    max_size: int | None = None,
    *,
    limits: Limits | None = None,
) -> Report:
    """Check an ONNX file and report everything that is wrong with it.

    Args:
        path: the file.
        profile: `scailable` for the rules of the Scailable cloud and its devices, `generic` for
            the ONNX specification only.
        max_size: bytes that the cloud accepts (`MaxUploadSize`); a larger file is refused
            before it is read. None: any size.
        limits: time and memory that looking into the file may take; by default set from its size.

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
    if profile not in get_args(Profile):
        known = " or ".join(get_args(Profile))
        raise ValidationError(f"There is no profile {profile!r}.", hint=f"Use {known}.")
    name = os.fsdecode(path)
    with open_regular(name) as (descriptor, size):
        refused = _refuse_unread(descriptor, size, max_size)
        if refused is not None:
            rule, message, fix = refused
            found = [rule.finding(profile, message, fix=fix)]
            return _report(name, profile, size, None, None, found)
        folder = Path(name).absolute().parent
        seen = examine(descriptor, folder, limits or Limits.for_size(size))
    found = [
        RULES[each.code].finding(profile, each.message, where=each.where, fix=each.fix)
        for each in seen.problems
    ]
    if seen.bytes_read is not None and seen.bytes_read != size:
        message = f"{seen.bytes_read} bytes were read of a file of {size}"
        fix = "wait until the program that writes it has finished"
        found.append(files.CHANGED.finding(profile, message, fix=fix))
    if seen.facts is not None:
        found += _external_files(seen.facts, profile)
        found += judge(seen.facts, profile)
    return _report(name, profile, size, seen.sha256, seen.facts, found)


def _refuse_unread(
    descriptor: int, size: int, max_size: int | None
) -> tuple[Rule, str, str] | None:
    """Why a file is refused without reading more than its first bytes."""
    other = not_onnx(os.read(descriptor, HEAD))
    if other is not None:
        return other
    if max_size is not None and size > max_size:
        return (
            files.TOO_LARGE,
            f"{readable_size(size)} ({size} bytes) is more than the {max_size} that are accepted",
            "use a smaller model, or quantise it (onnxruntime.quantization.quantize_dynamic)",
        )
    if size > _PROTOBUF_LIMIT:
        return (
            files.ABOVE_PROTOBUF_LIMIT,
            f"{readable_size(size)} is more than the 2 GiB that a protobuf message can have",
            "save it with external data: onnx.save(model, path, save_as_external_data=True)",
        )
    return None


def _external_files(facts: ModelFacts, profile: Profile) -> list[Finding]:
    if not facts.external_files:
        return []
    listed = ", ".join(facts.external_files[:3])
    more = f" and {len(facts.external_files) - 3} more" if len(facts.external_files) > 3 else ""
    return [
        external.OUTSIDE_THE_FILE.finding(
            profile,
            f"tensor data is in {listed}{more}; an upload is one file",
            fix="save it as one file: onnx.save(onnx.load('model.onnx'), 'one-file.onnx')",
        )
    ]


def _report(
    path: str,
    profile: Profile,
    size: int,
    sha256: str | None,
    facts: ModelFacts | None,
    findings: list[Finding],
) -> Report:
    in_order = sorted(findings, key=lambda each: (SEVERITIES.index(each.severity), each.code))
    return Report(
        path=path,
        profile=profile,
        size=size,
        sha256=sha256,
        facts=facts,
        findings=tuple(in_order),
    )
