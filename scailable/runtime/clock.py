"""Time, as something that can be handed in."""

import time


class Clock:
    """The real clock. Tests and waiters hand in another one with the same methods."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        return time.monotonic()

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        import asyncio  # 40 ms to import, which sync users need not pay

        await asyncio.sleep(seconds)
