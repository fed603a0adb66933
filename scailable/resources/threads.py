"""Blocking work, called in place or kept off the event loop."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def call(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call it here."""
    return function(*args, **kwargs)


async def acall(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call it in a thread."""
    import asyncio  # 40 ms to import, which sync users need not pay

    return await asyncio.to_thread(function, *args, **kwargs)
