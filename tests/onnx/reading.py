"""Reading models that were built in a test, without the onnx package and its rules."""

import tempfile
from typing import NamedTuple

import onnx

from scailable.onnx.reading.model import Model, tensors_of
from scailable.onnx.reading.problems import Problem, Problems
from scailable.onnx.reading.source import Source
from scailable.onnx.reading.summary import declared_types, summarise
from scailable.onnx.reading.tensors import judge_tensor
from scailable.onnx.reading.walk import Walk, walk
from scailable.onnx.report import ModelFacts, TensorInfo


class Read(NamedTuple):
    """What our own walk makes of a model."""

    facts: ModelFacts
    model: Model
    types: dict[str, TensorInfo]
    problems: list[Problem]


def walk_over(content: bytes, *, digests: bool = False) -> tuple[Walk, list[Problem]]:
    """Walk over a file of that content."""
    problems = Problems()
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        found = walk(Source(file.fileno(), len(content)), problems, digests=digests)
    return found, problems.found


def read(made: onnx.ModelProto) -> Read:
    """What the rules get to see of a model; its types are the declared ones."""
    problems = Problems()
    walked, wrong = walk_over(made.SerializeToString())
    assert walked.model is not None, wrong
    for tensor in tensors_of(walked.model):
        judge_tensor(tensor, problems)
    facts = summarise(walked.model, problems)
    return Read(facts, walked.model, declared_types(walked.model), wrong + problems.found)
