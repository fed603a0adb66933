"""Running a model once on this machine."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scailable.errors import ValidationError
from scailable.onnx.children import run_child
from scailable.onnx.text import printable
from scailable.onnx.trial.model import MOST_SECONDS, checked_model, memory_for, model_request
from scailable.onnx.trial.new_file import new_file

_SECONDS = 120.0
_MOST_RESULTS = 5
_THRESHOLD = 0.5

Inputs = str | os.PathLike[str] | Mapping[str, str | os.PathLike[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a model made of its input.

    Attributes:
        path, sha256: the model.
        seconds: that the run took.
        load_seconds: that opening the model took, optimisation included.
        outputs: for each output, with only finite numbers, others being None:
            `name`, `dtype`; `shape` (None for what is no tensor); `values`, the first eight;
            `range`, the least and the largest; `not_finite`, how many values are neither;
            `results`, the top classes of scores, boxes or alarms, by the grammar of its name: each
            with `class`, `label`, and `score`, `box`, `alarm` or `row` (of many samples);
            `found`, how many boxes or alarms there are, listed or not.
        notes: what was made up or changed about the input.
    """

    path: str
    sha256: str
    seconds: float
    load_seconds: float
    outputs: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-ready values."""
        return {**asdict(self), "outputs": list(self.outputs), "notes": list(self.notes)}

    def text(self) -> str:
        """The result for people."""
        lines = [f"{self.path}: {self.seconds * 1e3:.1f} ms"]
        for output in self.outputs:
            lines += _lines(output)
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(printable(line) for line in lines)


def _lines(output: Mapping[str, Any]) -> list[str]:
    shape = "" if output["shape"] is None else f"[{','.join(map(str, output['shape']))}]"
    lines = [f"  {output['name']}  {output['dtype']}{shape}"]
    lines += [f"    {_result(each)}" for each in output["results"]]
    found = output["found"]
    if found == 0:
        lines.append("    none")
    elif found is not None and found > len(output["results"]):
        lines.append(f"    and {found - len(output['results'])} more")
    if not output["results"] and found is None:
        values = output.get("values") or []
        more = ", ..." if math.prod(output["shape"] or ()) > len(values) else ""
        if values:
            lines.append(f"    {', '.join(map(_value, values))}{more}")
        if more and output.get("range"):
            low, high = output["range"]
            lines.append(f"    from {low:g} to {high:g}")
    if output.get("not_finite"):
        lines.append(f"    {output['not_finite']} of its values are not finite numbers")
    return lines


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else "-" if value is None else str(value)


def _result(result: Mapping[str, Any]) -> str:
    parts = [] if "row" not in result else [f"sample {result['row']}:"]
    parts += ["" if result["class"] is None else str(result["class"]), result["label"]]
    if "score" in result:
        parts.append("-" if result["score"] is None else f"{result['score']:.4f}")
    if "box" in result:
        parts.append(f"at {', '.join(map(_value, result['box']))}")
    return "  ".join(part for part in parts if part)


def run(
    path: str | os.PathLike[str],
    inputs: Inputs,
    *,
    output: str | os.PathLike[str] | None = None,
    sample: int | None = None,
    means: Sequence[float] | None = None,
    vars: Sequence[float] | None = None,
    threshold: float = _THRESHOLD,
    timeout: float = _SECONDS,
    memory: int | None = None,
    most: int = _MOST_RESULTS,
) -> RunResult:
    """Run a model once, in a process of its own.

    Args:
        path: the model; it is checked first.
        inputs: a file, or files by the name of their input: .npz (keys are input names, whole or up
            to the first `-`), .npy, or a picture. A picture is turned upright, resized to the size
            that the model takes, and normalised.
        output: .npz file to write all values of all outputs to.
        sample: which of many samples in the files to feed, counted from 0. By default the first,
            or all of them where the first axis of the input is dynamic.
        means, vars: normalisation of pictures, `(pixel - mean) / var`, a number for all channels or
            one for each; by default what the description of the graph asks for.
        threshold: score that a listed box has at least.
        timeout: seconds after which the run is stopped.
        memory: bytes of address space that it may take (enforced on Linux); by default what a model
            of its size needs.
        most: results to list of every output.

    Returns:
        what the model made of it.

    Raises:
        UnreadableFile: the model cannot be read.
        ValidationError: it breaks a safety rule, `output` cannot be written, or a number makes no
            sense.
        ModelCrashed: it ended the process that ran it, or took too long.
        MissingExtraError: a package of the extra `run` is not installed.
        ModelFailed: an input does not fit, or the model fails on it.
    """
    _insist_on_sense(sample, means, vars, threshold, timeout, most)
    given = dict(inputs) if isinstance(inputs, Mapping) else {"": inputs}
    files = {name: str(Path(os.fsdecode(file)).absolute()) for name, file in given.items()}
    with (
        checked_model(path) as (descriptor, report),
        new_file(output, [os.fsdecode(path), *files.values()]) as target,
    ):
        facts = report.facts
        answer = run_child(
            "scailable.onnx.trial.child.runner",
            {
                **model_request(report, descriptor, threads=0),
                "inputs": files,
                "sample": sample,
                "means": list(facts.means if means is None and facts else means or ()),
                "vars": list(facts.vars if vars is None and facts else vars or ()),
                "target": target,
                "threshold": threshold,
                "most": most,
            },
            purpose="Running the model",
            seconds=timeout,
            memory=memory_for(report, memory),
            descriptors=[each for each in (descriptor, target) if each is not None],
        )
    return RunResult(
        path=report.path,
        sha256=report.sha256 or "",
        seconds=answer["seconds"],
        load_seconds=answer["load_seconds"],
        outputs=tuple(answer["outputs"]),
        notes=tuple(answer["notes"]),
    )


def _insist_on_sense(
    sample: int | None,
    means: Sequence[float] | None,
    vars: Sequence[float] | None,
    threshold: float,
    timeout: float,
    most: int,
) -> None:
    if most < 1 or (sample is not None and sample < 0):
        raise ValidationError("`most` has to be at least 1, `sample` not below 0.")
    if not 0 < timeout <= MOST_SECONDS:
        raise ValidationError("The timeout has to be above 0 seconds, and at most a year.")
    if not all(math.isfinite(each) for each in (*(means or ()), *(vars or ()), threshold)):
        raise ValidationError("Means, vars and the threshold have to be finite numbers.")
    if any(each == 0 for each in vars or ()):
        raise ValidationError("Pixels cannot be divided by a var of 0.")
