"""Whether and when a request is sent again. Decisions only: nothing here waits or sends."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_PASSING = frozenset({429, 502, 503, 504})


class Broken(Enum):
    """How far a request without an answer came."""

    UNREACHED = "the server was not reached, so it did nothing"
    CUT = "the connection broke, and the server may or may not have done it"
    FINAL = "sending it again cannot help"


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how long to try. Times are seconds.

    A request that surely had no effect (server not reached, 429) is sent again whatever its
    method; one that may have had (connection cut, 502, 503, 504) only when its method is
    idempotent or it carries an `Idempotency-Key`. Time-outs are not tried again: they would
    multiply the time-out that the caller chose.

    Args:
        attempts: how often a request is sent at most; 1 never repeats.
        first_wait, longest_wait: bounds of the exponential back-off; a random part of it is waited.
        retry_after_cap: the longest `Retry-After` that is waited for; a longer one is raised.
        deadline: no wait ends later than this after the first attempt began.
    """

    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 8.0
    retry_after_cap: float = 60.0
    deadline: float = 120.0

    def wait_after(
        self,
        outcome: int | Broken,
        *,
        method: str,
        has_key: bool,
        attempt: int,
        elapsed: float,
        retry_after: float | None = None,
        draw: Callable[[], float] = random.random,
    ) -> float | None:
        """Seconds to wait before sending again, or None to give up.

        Args:
            outcome: the status of the answer, or how it broke.
            has_key: the request carries an `Idempotency-Key`.
            attempt: how often it was sent so far.
            elapsed: seconds since the first attempt began.
            retry_after: what the server asks for.
            draw: a random number from 0 to 1.
        """
        if attempt >= self.attempts or not _may_repeat(outcome, method, has_key):
            return None
        if retry_after is not None:
            wait = retry_after
            if wait > self.retry_after_cap:
                return None
        else:
            wait = min(self.longest_wait, self.first_wait * 2 ** (attempt - 1)) * draw()
        return wait if elapsed + wait <= self.deadline else None


def _may_repeat(outcome: int | Broken, method: str, has_key: bool) -> bool:
    if outcome is Broken.UNREACHED or outcome == 429:
        return True
    if outcome is Broken.CUT or outcome in _PASSING:
        return has_key or method in _IDEMPOTENT
    return False
