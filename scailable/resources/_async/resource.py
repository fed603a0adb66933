"""What all resources share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from scailable.runtime._async.transport import AsyncTransport
    from scailable.runtime.call import AsyncCaller


class AsyncResource:
    """One noun of the facade.

    Args:
        transport: reaches the services, and has the clock that waiting goes by.
        caller: sends the calls in its place.
    """

    def __init__(self, transport: AsyncTransport, caller: AsyncCaller | None = None) -> None:
        self.transport = transport
        self.caller: AsyncCaller = caller or transport

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.transport!r})"

    def using(self, caller: AsyncCaller) -> Self:
        """The same noun on another caller."""
        return type(self)(self.transport, caller)
