"""Measuring how fast a model runs on this machine, and what memory it takes."""

import math
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from scailable.errors import ValidationError
from scailable.onnx.children import run_child
from scailable.onnx.text import printable, readable_size
from scailable.onnx.trial.model import MOST_SECONDS, checked_model, memory_for, model_request
from scailable.onnx.trial.statistics import Latency, latency

_START_SECONDS = 120.0
_DAY = 86_400.0
_MOST_THREADS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchResult:
    """How fast a model runs.

    Attributes:
        path, sha256: the model.
        size: its bytes, those of its external data included.
        latency: seconds that one run takes.
        load_seconds: to open the model, optimisation included.
        memory: bytes that opening and running it took at most, beyond the idle runtime; None when
            the measuring was broken off.
        inputs: what was fed: `name`, `dtype`, `shape`.
        notes: what was taken for granted about the input.
        runtime, provider, processor: what it ran on.
        cores: of the processor that could be used.
        threads: that were asked for; 0 for as many as the runtime likes.
        complete: False when the measuring was broken off.
    """

    path: str
    sha256: str
    size: int
    latency: Latency
    load_seconds: float
    memory: int | None
    inputs: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]
    runtime: str
    provider: str
    processor: str
    cores: int
    threads: int
    complete: bool

    @property
    def throughput(self) -> float:
        """Runs a second, one after the other."""
        return 1 / self.latency.mean

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-ready values; times in seconds, memory in bytes."""
        return {
            **asdict(self),
            "inputs": list(self.inputs),
            "notes": list(self.notes),
            "throughput": self.throughput,
        }

    def text(self) -> str:
        """The result for people."""
        figures = self.latency
        fed = ", ".join(
            f"{each['name']} {each['dtype']}[{','.join(map(str, each['shape']))}]"
            for each in self.inputs
        )
        threads = f"threads: {self.threads or 'as the runtime likes'}"
        memory = "" if self.memory is None else f", memory {readable_size(self.memory)} at most"
        runs = "1 run" if figures.runs == 1 else f"{figures.runs} runs"
        lines = [
            f"{self.path}: {runs}" + ("" if self.complete else ", broken off"),
            f"  p50 {_ms(figures.p50)}   p90 {_ms(figures.p90)}   p95 {_ms(figures.p95)}   "
            f"p99 {_ms(figures.p99)}",
            f"  min {_ms(figures.min)}   max {_ms(figures.max)}   mean {_ms(figures.mean)} "
            f"± {_ms(figures.deviation)}",
            f"  {self.throughput:.1f} runs a second, {threads}",
            f"  file {readable_size(self.size)}, loading {_ms(self.load_seconds)}{memory}",
            f"  input {fed or 'none'}, random",
            f"  {self.runtime}, {self.provider}, {self.processor}, {self.cores} cores",
            *(f"  note: {note}" for note in self.notes),
        ]
        return "\n".join(printable(line) for line in lines)


def _ms(seconds: float) -> str:
    """Milliseconds with at least three digits that count.

    >>> _ms(0.0000204), _ms(0.1234)
    ('0.0204 ms', '123 ms')
    """
    value = seconds * 1e3
    digits = 2 if value == 0 else min(6, max(0, 2 - math.floor(math.log10(value))))
    return f"{value:.{digits}f} ms"


def bench(
    path: str | os.PathLike[str],
    *,
    runs: int = 100,
    seconds: float = 10.0,
    warmup: int = 3,
    threads: int = 0,
    memory: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> BenchResult:
    """Measure a model on random input, in a process of its own.

    Args:
        path: the model; it is checked first.
        runs: runs to measure at most.
        seconds: after which no run is started any more; 0 for no such limit.
        warmup: runs before, which are not measured; also ended by `seconds`.
        threads: for one run; 0 for as many as the runtime likes.
        memory: bytes of address space that it may take (enforced on Linux); by default what a model
            of its size needs.
        on_progress: called now and then with the runs done and those asked for. When it raises
            KeyboardInterrupt, or Ctrl-C comes, what was measured so far is returned.

    Returns:
        the figures.

    Raises:
        UnreadableFile: the model cannot be read.
        ValidationError: it breaks a safety rule, or a number makes no sense.
        ModelCrashed: it ended the process that ran it, or took too long.
        MissingExtraError: a package of the extra `run` is not installed.
        ModelFailed: the model fails on random input.
        KeyboardInterrupt: broken off before the first run was measured.
    """
    if runs < 1 or warmup < 0:
        raise ValidationError("Runs have to be at least 1, those of the warm-up not below 0.")
    if not 0 <= threads <= _MOST_THREADS or not 0 <= seconds <= MOST_SECONDS:
        text = f"Threads have to be from 0 to {_MOST_THREADS}, seconds from 0 to a year of them."
        raise ValidationError(text)
    about: dict[str, Any] = {}
    times: list[float] = []

    def listen(message: dict[str, Any]) -> None:
        about.update(message.get("about", {}))
        if "times" in message:
            times.extend(message["times"])
            if on_progress is not None:
                on_progress(len(times), runs)

    taken: int | None = None
    with checked_model(path) as (descriptor, report):
        allowed = memory_for(report, memory)
        request = {
            **model_request(report, descriptor, threads=threads),
            "runs": runs,
            "seconds": seconds,
            "warmup": warmup,
        }
        try:
            taken = run_child(
                "scailable.onnx.trial.child.timer",
                request,
                purpose="Measuring the model",
                seconds=_START_SECONDS + 3 * seconds if seconds else _DAY,
                memory=allowed,
                descriptors=(descriptor,),
                on_progress=listen,
            )["memory"]
        except KeyboardInterrupt:
            if not times:
                raise
    return BenchResult(
        path=report.path,
        sha256=report.sha256 or "",
        size=report.size + sum(each.size for each in report.external),
        latency=latency(times),
        load_seconds=about["load_seconds"],
        memory=taken,
        inputs=tuple(about["inputs"]),
        notes=tuple(about["notes"]),
        runtime=about["runtime"],
        provider=about["provider"],
        processor=about["processor"],
        cores=about["cores"],
        threads=threads,
        complete=taken is not None,
    )
