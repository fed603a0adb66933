"""When a model is ready, and how long to wait before asking again. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from scailable.runtime.call import Call
    from scailable.types import Model

State = Literal["ready", "failed", "pending"]

PATIENT = 30.0
FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0
GROWTH = 1.5

_FAILED = frozenset({"error", "failed"})


def state_of(model: Model) -> State:
    """How far the conversion is. A status that is not known means that it goes on.

    Both states count: a model can be `ok` before its binary is.
    """
    outer, binary = model.status.lower(), model.code.status.lower()
    if outer in _FAILED or binary in _FAILED:
        return "failed"
    return "ready" if outer == "ok" and binary in ("ok", "") else "pending"


def patient(call: Call) -> Call:
    """A small call around long work, with 30 s to be answered in.

    The second that is documented for it would make an upload or a wait of minutes fail when the
    service is slow for a moment. A time-out that the user sets still comes first.
    """
    return replace(call, timeout=PATIENT)


def wait_before(attempt: int) -> float:
    """Seconds before asking again, after `attempt` times.

    >>> [round(wait_before(attempt), 2) for attempt in (1, 2, 3, 20)]
    [0.2, 0.3, 0.45, 5.0]
    """
    return min(LONGEST_WAIT, FIRST_WAIT * GROWTH ** min(attempt - 1, 20))
