"""Looking into a file: reading it once, judging its data, and asking the onnx package."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scailable.onnx.checker import Answer, Checker
from scailable.onnx.limits import Limits
from scailable.onnx.reading.external_data import look_at_external
from scailable.onnx.reading.model import Model, tensors_of
from scailable.onnx.reading.opening import open_regular
from scailable.onnx.reading.problems import Problem, Problems
from scailable.onnx.reading.source import Progress, Source
from scailable.onnx.reading.summary import declared_types, summarise, with_inferred
from scailable.onnx.reading.tensors import judge_tensor
from scailable.onnx.reading.walk import walk
from scailable.onnx.report import ExternalFile, ModelFacts, TensorInfo
from scailable.onnx.rules import files, functions, structure


@dataclass(slots=True, kw_only=True)
class Examination:
    """What is known about a file.

    Attributes:
        size: bytes.
        sha256: of the file, in hex.
        model: what it holds; None when it is no model, or cut short.
        complete: False when parts of the model could not be read and are missing in `model`.
        facts: the model in short; None when there is no model.
        types: the type of every value, declared or inferred, by its name.
        external: the files with external data that may be used.
        problems: what is wrong with the file, apart from the rules about what it declares.
    """

    size: int
    sha256: str
    model: Model | None
    complete: bool
    facts: ModelFacts | None
    types: Mapping[str, TensorInfo]
    external: tuple[ExternalFile, ...]
    problems: list[Problem]


def examine_file(
    path: str | os.PathLike[str],
    limits: Limits | None = None,
    *,
    digests: bool = False,
    on_progress: Progress | None = None,
) -> Examination:
    """Open a file and look into it; see `examine`.

    Raises:
        UnreadableFile: the path leads to nothing, to no regular file, or may not be read.
    """
    name = os.fsdecode(path)
    with open_regular(name) as (descriptor, size):
        folder = Path(name).absolute().parent
        return examine(descriptor, size, folder, limits, digests=digests, on_progress=on_progress)


def examine(
    descriptor: int,
    size: int,
    folder: Path,
    limits: Limits | None = None,
    *,
    digests: bool = False,
    on_progress: Progress | None = None,
) -> Examination:
    """Look into an open file.

    Args:
        descriptor: the file, open for reading; its position is not moved.
        size: bytes it had when it was opened.
        folder: the folder that external data is looked for in.
        limits: of the process that runs the onnx package; by default set from the model's size.
        digests: also compute the sha256 of the data of every tensor.
        on_progress: called with the bytes read so far and `size`, and so for every file with
            external data. What it raises breaks off the examination.

    Raises:
        MissingExtraError: the onnx package is not installed.
        ScailableError: the process that runs it could not be started.
    """
    problems = Problems()
    source = Source(descriptor, size, on_progress)
    with Checker() as checker:
        try:
            walked = walk(source, problems, digests=digests)
        finally:
            source.close()
        if walked.bytes_read != size:
            message = f"{walked.bytes_read} bytes were read of a file of {size}"
            fix = "wait until the program that writes it has finished"
            problems.add(files.CHANGED, message, fix=fix)
        facts: ModelFacts | None = None
        types: dict[str, TensorInfo] = {}
        external: tuple[ExternalFile, ...] = ()
        answer = Answer()
        if walked.model is not None:
            for tensor in tensors_of(walked.model):
                judge_tensor(tensor, problems)
            external = look_at_external(tensors_of(walked.model), folder, problems, on_progress)
            facts = summarise(walked.model, problems)
            if walked.skeleton is not None and functions.expandable(walked.model):
                bounds = limits or Limits.for_size(len(walked.skeleton))
                answer = checker.ask(walked.skeleton, bounds)
            types = with_inferred(declared_types(walked.model), answer.types)
            _judge_answer(answer, facts, problems)
    return Examination(
        size=size,
        sha256=walked.sha256,
        model=walked.model,
        complete=walked.skeleton is not None,
        facts=facts,
        types=types,
        external=external,
        problems=problems.found,
    )


def _judge_answer(answer: Answer, facts: ModelFacts, problems: Problems) -> None:
    opset, newest = facts.opset, answer.newest_opset
    if opset is not None and newest is not None and opset > newest:
        problems.add(
            structure.UNRELEASED_OPSET,
            f"opset {opset} is newer than {newest}, the newest that onnx {answer.version} knows",
            fix="export with opset 17, or install a newer onnx if that opset is released",
        )
    known_causes = (structure.ELEMENT_TYPE, structure.TENSOR_SHAPE, structure.PAYLOAD_SIZE)
    for problem in answer.problems:
        if problem.code == structure.UNEXPECTED.code and problems.have(*known_causes):
            continue  # onnx stumbled over what is said already
        problems.found.append(problem)
