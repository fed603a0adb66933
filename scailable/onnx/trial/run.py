"""Running a model once on this machine."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from scailable.durable import sync_folder
from scailable.errors import ValidationError
from scailable.onnx.checking import check
from scailable.onnx.children import run_child
from scailable.onnx.reading.opening import open_regular
from scailable.onnx.report import Report
from scailable.onnx.text import printable

_SECONDS = 120.0
_MEMORY = 4 << 30
_MEMORY_PER_BYTE = 8
_MOST_RESULTS = 5

Inputs = str | os.PathLike[str] | Mapping[str, str | os.PathLike[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a model made of its input.

    Attributes:
        path: the model.
        seconds: that the run took.
        outputs: for each output `name`, `dtype`, `shape`, `range`, and `results`: the top classes
            of scores, boxes or alarms, by the grammar of its name.
        notes: what was made up or changed about the input.
    """

    path: str
    seconds: float
    outputs: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-ready values."""
        return {
            "path": self.path,
            "seconds": self.seconds,
            "outputs": list(self.outputs),
            "notes": list(self.notes),
        }

    def text(self) -> str:
        """The result for people."""
        lines = [f"{self.path}: {self.seconds * 1e3:.1f} ms"]
        for output in self.outputs:
            shape = "x".join(map(str, output["shape"] or ())) or "scalar"
            lines.append(f"  {output['name']}  {output['dtype']} {shape}")
            lines += [f"    {_result(each)}" for each in output["results"]]
            if not output["results"] and output.get("range"):
                low, high = output["range"]
                lines.append(f"    from {low:g} to {high:g}")
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(printable(line) for line in lines)


def _result(result: Mapping[str, Any]) -> str:
    parts = [str(result["class"]), result["label"]]
    if "score" in result:
        parts.append(f"{result['score']:.4f}")
    if "box" in result:
        parts.append(f"at {result['box']}")
    return "  ".join(part for part in parts if part)


def run(
    path: str | os.PathLike[str],
    inputs: Inputs,
    *,
    output: str | os.PathLike[str] | None = None,
    means: Sequence[float] | None = None,
    vars: Sequence[float] | None = None,
    timeout: float = _SECONDS,
    most: int = _MOST_RESULTS,
) -> RunResult:
    """Run a model once, in a process of its own.

    Args:
        path: the model; it is checked first.
        inputs: a file, or files by the name of their input: .npz (keys are input names, whole or up
            to the first `-`), .npy, or an image. An image is turned upright, resized to the size
            that the model takes, and normalised.
        output: .npz file to write all outputs to.
        means, vars: normalisation of images, `(pixel - mean) / var`, a number for all channels or
            one for each; by default what the description of the graph asks for.
        timeout: seconds after which the run is stopped.
        most: results to list of every output.

    Returns:
        what the model made of it.

    Raises:
        UnreadableFile: the model cannot be read.
        ValidationError: it breaks a safety rule, or `output` cannot be written.
        ModelCrashed: it ended the process that ran it, or took too long.
        MissingExtraError: a package of the extra `run` is not installed.
        ModelFailed: an input does not fit, or the model fails on it.
    """
    given = dict(inputs) if isinstance(inputs, Mapping) else {"": inputs}
    files = {name: str(Path(os.fsdecode(file)).absolute()) for name, file in given.items()}
    with (
        checked_model(path) as (descriptor, report),
        _new_file(output, [os.fsdecode(path), *files.values()]) as target,
    ):
        facts = report.facts
        answer = run_child(
            "scailable.onnx.trial.runner",
            {
                **model_request(report, descriptor, threads=0),
                "inputs": files,
                "means": list(facts.means if means is None and facts else means or ()),
                "vars": list(facts.vars if vars is None and facts else vars or ()),
                "target": target,
                "most": most,
            },
            purpose="Running the model",
            seconds=timeout,
            memory=memory_for(report),
            descriptors=[each for each in (descriptor, target) if each is not None],
        )
    return RunResult(
        path=report.path,
        seconds=answer["seconds"],
        outputs=tuple(answer["outputs"]),
        notes=tuple(answer["notes"]),
    )


@contextmanager
def checked_model(path: str | os.PathLike[str]) -> Iterator[tuple[int, Report]]:
    """A descriptor of a model that breaks no safety rule, with its check.

    Raises:
        UnreadableFile: it cannot be read.
        ValidationError: it breaks a safety rule.
    """
    name = os.fsdecode(path)
    with open_regular(name) as (descriptor, _):
        report = check(name, "generic", descriptor=descriptor)
        worst = next((each for each in report.errors if each.safety), None)
        if worst is not None:
            raise ValidationError(
                f"{name} is not run: {worst.code} {worst.message}",
                hint=worst.fix or "Check it: scailable models check FILE",
            )
        yield descriptor, report


def model_request(report: Report, descriptor: int, *, threads: int) -> dict[str, Any]:
    """What a process has to know to open the model."""
    return {
        "path": str(Path(report.path).absolute()),
        "descriptor": descriptor,
        "external": bool(report.external),
        "threads": threads,
    }


def memory_for(report: Report) -> int:
    """Address space that running a model may take."""
    together = report.size + sum(each.size for each in report.external)
    return _MEMORY + _MEMORY_PER_BYTE * together


@contextmanager
def _new_file(output: str | os.PathLike[str] | None, others: Sequence[str]) -> Iterator[int | None]:
    """A descriptor of a file that is at `output` once all went well; None without one."""
    if output is None:
        yield None
        return
    target = Path(os.fsdecode(output))
    if any(target.exists() and Path(each).exists() and target.samefile(each) for each in others):
        raise ValidationError(f"{target} would replace what is read.", hint="Give another name.")
    temporary = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except OSError as error:
        raise ValidationError(f"Cannot write {target}: {error.strerror}.") from error
    try:
        yield descriptor
        os.fsync(descriptor)
        temporary.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise ValidationError(f"Cannot write {target}: {error.strerror}.") from error
    finally:
        os.close(descriptor)
        temporary.unlink(missing_ok=True)
