"""What is done with every input, and what must hold whatever is in it.

A failure is a `Disagreement`, or any exception: nothing in a file may raise one.
"""

import hashlib
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Self
from unittest.mock import patch

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped,unused-ignore]

from scailable.onnx.reading import source as sources
from scailable.onnx.reading import walk as walking
from scailable.onnx.reading.external_data import look_at_external
from scailable.onnx.reading.magic import recognise
from scailable.onnx.reading.model import Model, tensors_of
from scailable.onnx.reading.problems import Problem, Problems
from scailable.onnx.reading.source import Source
from scailable.onnx.reading.summary import declared_types, summarise
from scailable.onnx.reading.tensors import judge_tensor
from scailable.onnx.reading.walk import Walk, walk
from scailable.onnx.report import Profile, Report
from scailable.onnx.reports.sarif import sarif_log
from scailable.onnx.rules import RULES, functions, judge
from tests.onnx.fuzz import agreement
from tests.onnx.fuzz.seeds import DATA, DATA_FILE

PROFILES: tuple[Profile, ...] = ("scailable", "hailo", "generic")


class Disagreement(AssertionError):
    """We read something else than we do in another way, or than the onnx package does."""


class Target:
    """Everything that a check does, but for starting a process: see `checking.look`.

    Args:
        folder: for the model and its external data.
    """

    def __init__(self, folder: Path) -> None:
        (folder / DATA_FILE).write_bytes(DATA)
        self._folder = folder
        self._file = (folder / "model.onnx").open("w+b", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __call__(self, content: bytes) -> None:
        """Check a file of that content.

        Raises:
            Disagreement: two ways of reading it do not agree.
        """
        self._file.truncate(0)
        self._file.seek(0)
        self._file.write(content)
        if recognise(self._file.fileno(), len(content)):
            return
        walked, problems = self._walk(len(content))
        _agrees_in_pieces(walked, problems, *self._walk(len(content), in_pieces=True))
        if (walked.sha256, walked.bytes_read) != (
            hashlib.sha256(content).hexdigest(),
            len(content),
        ):
            raise Disagreement("the digest is not that of the file")
        _agrees_with_onnx(content, walked, problems)
        if walked.model is not None:
            self._judge(walked.model, walked, problems, len(content))

    def _walk(self, size: int, *, in_pieces: bool = False) -> tuple[Walk, list[Problem]]:
        """Walk over the file; `in_pieces`: in tiny blocks, and no message as a small one."""
        problems = Problems()
        source = Source(self._file.fileno(), size)
        with ExitStack() as changed:
            if in_pieces:
                changed.enter_context(patch.object(sources, "BLOCK", 61))
                changed.enter_context(patch.object(walking, "_SMALL", -1))
            try:
                return walk(source, problems, digests=size % 2 == 0), problems.found
            finally:
                source.close()

    def _judge(self, model: Model, walked: Walk, found: list[Problem], size: int) -> None:
        problems = Problems()
        problems.found = list(found)
        for tensor in tensors_of(model):
            judge_tensor(tensor, problems)
        external = look_at_external(tensors_of(model), self._folder, problems)
        facts = summarise(model, problems)
        types = declared_types(model)
        functions.expandable(model)
        whole = model if walked.skeleton is not None else Model()
        profile = PROFILES[size % len(PROFILES)]
        findings = [
            RULES[each.code].finding(
                profile, each.message, where=each.where, fix=each.fix, offset=each.offset
            )
            for each in problems.found
        ]
        findings += judge(facts, whole, types, profile)
        report = Report(
            path="model.onnx",
            profile=profile,
            size=size,
            sha256=walked.sha256,
            facts=facts,
            external=external,
            findings=tuple(findings),
        )
        _presentable(report)


def _presentable(report: Report) -> None:
    text = report.text()
    if not text.replace("\n", "").isprintable():
        raise Disagreement("the report could steer a terminal")
    text.encode()
    if Report.from_dict(json.loads(json.dumps(report.to_dict()))).to_dict() != report.to_dict():
        raise Disagreement("the report is another one after a way through JSON")
    if not report.size % 8:  # takes long, for all the rules it lists
        json.dumps(sarif_log([report], report.profile, 1))


def _agrees_in_pieces(
    walked: Walk, problems: list[Problem], pieces: Walk, again: list[Problem]
) -> None:
    if (walked.skeleton is None) != (pieces.skeleton is None):
        raise Disagreement(f"in pieces: {_said(problems)} or {_said(again)}")
    if walked.skeleton is None:
        return  # behind damage each may find its own way on
    if _said(problems) != _said(again):
        raise Disagreement(f"in pieces: {_said(problems)} or {_said(again)}")
    if repr(walked.model) != repr(pieces.model):
        raise Disagreement(f"in pieces: {walked.model} or {pieces.model}")
    if pieces.skeleton is not None:
        one, other = (
            agreement.without_external(onnx.ModelProto.FromString(each))
            for each in (walked.skeleton, pieces.skeleton)
        )
        if one != other and str(one) != str(other):
            raise Disagreement("the skeletons are different")


def _agrees_with_onnx(content: bytes, walked: Walk, problems: list[Problem]) -> None:
    sound = not any(RULES[each.code].generic == "error" for each in problems)
    if sound and walked.skeleton is None:
        raise Disagreement("incomplete, but nothing is said to be wrong")
    try:
        parsed = onnx.ModelProto.FromString(content)
    except DecodeError as error:
        if walked.skeleton is not None and sound:
            raise Disagreement(f"complete, but onnx says: {error}") from None
        return
    if walked.skeleton is None or walked.model is None:
        return
    skeleton = onnx.ModelProto.FromString(walked.skeleton)
    if agreement.leads_outside(skeleton):
        raise Disagreement("the skeleton has the place of external data")
    if not sound:
        return
    for difference in agreement.differences(walked.model, parsed):
        raise Disagreement(difference)
    one, other = map(agreement.without_external, (parsed, skeleton))
    if one != other and str(one) != str(other):
        raise Disagreement("the skeleton is not the model")


def _said(problems: list[Problem]) -> list[tuple[str, int | None]]:
    return [(each.code, each.offset) for each in problems]
