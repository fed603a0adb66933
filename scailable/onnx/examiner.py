"""The child process that looks into a file: `python -m scailable.onnx.examiner`.

Standard input is the file. Standard output is JSON lines, read by `examination`. It runs in an
empty folder, with limits on time and memory, because what it parses is not to be trusted.
"""

import hashlib
import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scailable.onnx.reading.external_data import STAND_IN, ExternalData
from scailable.onnx.rules import Rule, files, structure
from scailable.onnx.text import one_line

if TYPE_CHECKING:
    import onnx

_MOST_OF_A_KIND = 20
_AGAIN = "export the model again"


class Output:
    """Where findings go, at most a screenful of each kind."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "w", encoding="ascii")
        self._counts: dict[str, int] = {}

    def emit(self, kind: str, **values: Any) -> None:
        self._file.write(json.dumps({"kind": kind, **values}) + "\n")
        self._file.flush()

    def stage(self, name: str) -> None:
        self.emit("stage", name=name)

    def problem(self, rule: Rule, message: str, *, where: str = "", fix: str = "") -> None:
        count = self._counts[rule.code] = self._counts.get(rule.code, 0) + 1
        if count > _MOST_OF_A_KIND:
            return
        if count == _MOST_OF_A_KIND:
            where, message = "", "and more of the same kind, not listed"
        self.emit("problem", code=rule.code, message=one_line(message), where=where, fix=fix)


def main() -> None:
    """Look into standard input; arguments: folder of external data, seconds, bytes of memory."""
    folder, seconds, memory = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    output = Output(os.dup(1))
    os.dup2(2, 1)  # what libraries print must not end up between our lines
    output.stage("reading the file")
    _limit(seconds, memory)
    out_of_memory = False
    try:
        _examine(output, folder)
    except MemoryError:
        out_of_memory = True  # said below, where the exception no longer holds on to the model
    except UnicodeDecodeError as error:
        output.problem(
            structure.NAME_ENCODING,
            f"a name in the model is not valid UTF-8: {error}",
            fix="write the model again with an exporter that encodes names as UTF-8",
        )
    except Exception as error:  # a model is refused, whatever it made us or onnx stumble over
        output.problem(structure.UNEXPECTED, f"{type(error).__name__}: {error}", fix=_AGAIN)
    if out_of_memory:
        output.problem(
            structure.MEMORY_LIMIT,
            f"needs more than {memory >> 20} MiB to check",
            fix="make the model simpler, or its constants smaller",
        )
    output.emit("done")


def _limit(seconds: float, memory: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    processor = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, processor, processor + 1),
        (resource.RLIMIT_AS, memory, memory),
    ):
        _, ceiling = resource.getrlimit(kind)
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        try:
            resource.setrlimit(kind, (soft, hard))
        except (OSError, ValueError):
            continue  # not every system can limit address space; the clock still counts


def _examine(output: Output, folder: Path) -> None:
    content = _read(output)
    try:
        import onnx
        import onnx.checker
        import onnx.shape_inference
    except ImportError as error:
        hint = (
            None
            if error.name == "onnx"
            else one_line(f"onnx is installed, but cannot be imported: {error}")
        )
        output.emit("missing", hint=hint)
        return
    model = _parse(output, content)
    del content  # as large as the file
    if model is None:
        return
    from scailable.onnx.survey import survey

    output.stage("reading the model")
    found = survey(model, output.problem)
    output.emit("facts", facts=found.facts.to_dict())
    _look_at_tensors(output, found.tensors, ExternalData(folder, output.problem))
    newest = onnx.defs.onnx_opset_version()
    if (opset := found.facts.opset) is not None and opset > newest:
        output.problem(
            structure.UNRELEASED_OPSET,
            f"opset {opset} is newer than {newest}, the newest that onnx {onnx.__version__} knows",
            fix="export with opset 17, or install a newer onnx if that opset is released",
        )
    if found.expandable:
        _ask_onnx(output, model)


def _read(output: Output) -> bytes:
    with open(0, "rb", buffering=0, closefd=False) as file:
        content = file.readall()
    output.emit("digest", sha256=hashlib.sha256(content).hexdigest(), size=len(content))
    return content


def _parse(output: Output, content: bytes) -> "onnx.ModelProto | None":
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped,unused-ignore]

    model = onnx.ModelProto()
    try:
        model.ParseFromString(content)
    except DecodeError as error:
        if "alloc failed" in str(error):
            raise MemoryError from error
        output.problem(
            files.UNREADABLE,
            f"cannot be read as ONNX: {error}",
            fix="the file is cut short or damaged, or no ONNX: export or download it again",
        )
        return None
    if not model.ir_version and not model.HasField("graph"):
        output.problem(
            files.NOT_A_MODEL,
            "has neither a format version nor a graph",
            fix="check the .onnx file that the exporter wrote",
        )
        return None
    return model


def _look_at_tensors(
    output: Output, tensors: "list[onnx.TensorProto]", external: ExternalData
) -> None:
    """Judge the data of every tensor, then take large data out: the rest needs only its shape."""
    from scailable.onnx import tensor_data

    for tensor in tensors:
        if tensor_data.is_external(tensor):
            external.look_at(tensor)
            tensor_data.replace_data(tensor, STAND_IN)
        elif tensor_data.look_at(tensor, output.problem):
            tensor_data.replace_data(tensor, STAND_IN)


def _ask_onnx(output: Output, model: "onnx.ModelProto") -> None:
    from scailable.onnx import opset_stamp

    Path(STAND_IN).write_bytes(b"\0")  # the checker insists on a file behind replaced data
    output.stage("running the onnx checker")
    refusal = opset_stamp.refusal(model, output.stage)
    if refusal is None:
        return
    rule, words = refusal
    output.stage("looking for an opset that fits")
    accepted = opset_stamp.accepted_opset(model)
    fix = _AGAIN
    if accepted is not None:
        fix = f"see {structure.WRONG_STAMP.code}"
        output.problem(structure.WRONG_STAMP, **opset_stamp.diagnosis(model, accepted))
    output.problem(rule, words, fix=fix)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # taking a large model apart object by object would only cost time
