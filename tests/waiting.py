"""Waiting for the thing itself, with an end."""

import time
from collections.abc import Callable
from typing import Any


def wait_until(condition: Callable[[], Any], seconds: float = 20) -> Any:
    """Ask until the answer is true, and return it; fail when it is not within the seconds."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"still waiting after {seconds:g} s"
        time.sleep(0.005)
    return found
