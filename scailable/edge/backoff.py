"""How long to wait after failures: longer each time, up to a limit, and never in step."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Backoff:
    """Counts failures in a row. Waits are seconds; `draw` gives a random number from 0 to 1.

    At least half of each wait is kept, so that a fleet that lost its cloud at one moment comes
    back spread out, and none of it at once.
    """

    def __init__(
        self,
        first: float = 1.0,
        longest: float = 60.0,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._first = first
        self._longest = longest
        self._draw = draw
        self._failures = 0

    def next(self, asked: float | None = None) -> float:
        """The wait after one more failure; at least what the server `asked` for, up to 300 s."""
        # Beyond 2**16 the limit rules in any case, and huge powers overflow.
        longest = min(self._longest, self._first * 2.0 ** min(self._failures, 16))
        self._failures += 1
        wait = longest * (0.5 + 0.5 * self._draw())
        return wait if asked is None else max(wait, min(asked, 300.0))

    def reset(self) -> None:
        """It went well."""
        self._failures = 0
