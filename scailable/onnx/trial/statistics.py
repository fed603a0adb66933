"""Figures about the times of many runs."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds that one run takes, over all runs."""

    runs: int
    mean: float
    deviation: float
    min: float
    p50: float
    p90: float
    p95: float
    p99: float
    max: float

    def to_dict(self) -> dict[str, float]:
        """The figures as JSON-ready values."""
        return asdict(self)


def percentile(ordered: Sequence[float], percent: float) -> float:
    """A percentile of ordered values, between two neighbours by their distance.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 50)
    2.5
    """
    place = (len(ordered) - 1) * percent / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def latency(times: Sequence[float]) -> Latency:
    """Figures of at least one run.

    >>> latency([0.2, 0.1, 0.3]).p50
    0.2
    """
    ordered = sorted(times)
    return Latency(
        runs=len(ordered),
        mean=statistics.fmean(ordered),
        deviation=statistics.pstdev(ordered),
        min=ordered[0],
        p50=percentile(ordered, 50),
        p90=percentile(ordered, 90),
        p95=percentile(ordered, 95),
        p99=percentile(ordered, 99),
        max=ordered[-1],
    )
