"""Measuring how fast a model runs on this machine, and what memory it takes."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scailable.errors import ValidationError
from scailable.onnx.children import run_child
from scailable.onnx.text import printable, readable_size
from scailable.onnx.trial.run import checked_model, memory_for, model_request
from scailable.onnx.trial.statistics import Latency, latency

_START_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchResult:
    """How fast a model runs.

    Attributes:
        path, size: the model and its bytes.
        latency: seconds that one run takes.
        load_seconds: to open the model, optimisation included.
        memory: bytes that opening and running it took at most, beyond the idle runtime; None when
            the measuring was broken off.
        inputs: what was fed: `name`, `dtype`, `shape`.
        runtime, provider, processor: what it ran on.
        threads: that were asked for; 0 for as many as the runtime likes.
        complete: False when the measuring was broken off.
    """

    path: str
    size: int
    latency: Latency
    load_seconds: float
    memory: int | None
    inputs: tuple[dict[str, Any], ...]
    runtime: str
    provider: str
    processor: str
    threads: int
    complete: bool

    @property
    def throughput(self) -> float:
        """Runs a second, one after the other."""
        return 1 / self.latency.mean if self.latency.mean else float("inf")

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-ready values; times in seconds, memory in bytes."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            **values,
            "latency": self.latency.to_dict(),
            "inputs": list(self.inputs),
            "throughput": self.throughput,
        }

    def text(self) -> str:
        """The result for people."""
        figures = self.latency
        fed = ", ".join(
            f"{each['name']} {each['dtype']}[{','.join(map(str, each['shape']))}]"
            for each in self.inputs
        )
        threads = f"{self.threads} threads" if self.threads else "threads as the runtime likes"
        lines = [
            f"{self.path}: {figures.runs} runs" + ("" if self.complete else ", broken off"),
            f"  p50 {_ms(figures.p50)}   p90 {_ms(figures.p90)}   p95 {_ms(figures.p95)}   "
            f"p99 {_ms(figures.p99)}",
            f"  min {_ms(figures.min)}   max {_ms(figures.max)}   mean {_ms(figures.mean)} "
            f"± {_ms(figures.deviation)}",
            f"  {self.throughput:.1f} runs a second, {threads}",
            f"  loading {_ms(self.load_seconds)}"
            + ("" if self.memory is None else f", memory {readable_size(self.memory)} at most"),
            f"  input {fed or 'none'}, random",
            f"  {self.runtime}, {self.provider}, {self.processor}",
        ]
        return "\n".join(printable(line) for line in lines)


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms"


def bench(
    path: str | os.PathLike[str],
    *,
    runs: int = 100,
    seconds: float = 10.0,
    warmup: int = 3,
    threads: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> BenchResult:
    """Measure a model on random input, in a process of its own.

    Args:
        path: the model; it is checked first.
        runs: runs to measure at most.
        seconds: after which no run is started any more; 0 for no such limit.
        warmup: runs before, which are not measured.
        threads: for one run; 0 for as many as the runtime likes.
        on_progress: called with the runs done and those asked for. When it raises
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
    if runs < 1 or warmup < 0 or threads < 0 or seconds < 0:
        raise ValidationError("Runs have to be at least 1; the other numbers not below 0.")
    about: dict[str, Any] = {}
    times: list[float] = []

    def listen(message: dict[str, Any]) -> None:
        about.update(message.get("about", {}))
        if "times" in message:
            times[:] = message["times"]
            if on_progress is not None:
                on_progress(len(times), runs)

    with checked_model(path) as (descriptor, report):
        memory: int | None = None
        try:
            answer = run_child(
                "scailable.onnx.trial.timer",
                {
                    **model_request(report, descriptor, threads=threads),
                    "runs": runs,
                    "seconds": seconds,
                    "warmup": warmup,
                },
                purpose="Measuring the model",
                seconds=_START_SECONDS + (seconds * 2 if seconds else 3600.0),
                memory=memory_for(report),
                descriptors=(descriptor,),
                on_progress=listen,
            )
            about, times, memory = answer["about"], answer["times"], answer["memory"]
        except KeyboardInterrupt:
            if not times:
                raise
    return BenchResult(
        path=report.path,
        size=report.size,
        latency=latency(times),
        load_seconds=about["load_seconds"],
        memory=memory,
        inputs=tuple(about["inputs"]),
        runtime=about["runtime"],
        provider=about["provider"],
        processor=about["processor"],
        threads=threads,
        complete=memory is not None,
    )
