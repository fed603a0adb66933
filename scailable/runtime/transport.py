"""The two transports, from where others import them."""

from scailable.runtime._async.transport import AsyncTransport
from scailable.runtime._sync.transport import Transport

__all__ = ["AsyncTransport", "Transport"]
