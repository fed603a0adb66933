"""Waking those who wait for a change: long polls wait here instead of asking again and again."""

import asyncio
import contextlib
import threading


class Bells:
    """Rings topics across threads; a topic is any text, such as `device:<uuid>`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}
        self._closed = False

    @property
    def closed(self) -> bool:
        """True once the cloud stops: waiting again would return at once."""
        return self._closed

    def ring(self, topic: str) -> None:
        """Wake everyone who waits for the topic. Ring after the change is committed."""
        with self._lock:
            futures = self._waiting.pop(topic, set())
        for future in futures:
            _wake(future)

    def listeners(self, topic: str) -> int:
        """How many wait for the topic."""
        with self._lock:
            return len(self._waiting.get(topic, ()))

    def listen(self, topic: str) -> "Listener":
        """Start to listen; look at the state after this, then wait, so that no ring is missed."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._closed:
                future.set_result(None)
            else:
                self._waiting.setdefault(topic, set()).add(future)
        return Listener(self, topic, future)

    def forget(self, topic: str, future: "asyncio.Future[None]") -> None:
        """Stop listening."""
        with self._lock:
            futures = self._waiting.get(topic)
            if futures is not None:
                futures.discard(future)
                if not futures:
                    del self._waiting[topic]

    def close(self) -> None:
        """Wake everyone, now and from now on: the cloud stops."""
        with self._lock:
            self._closed = True
            futures = [future for waiting in self._waiting.values() for future in waiting]
            self._waiting.clear()
        for future in futures:
            _wake(future)


class Listener:
    """One wait for a topic: `with bells.listen(topic) as bell: await bell.wait(20)`."""

    def __init__(self, bells: Bells, topic: str, future: "asyncio.Future[None]") -> None:
        self._bells = bells
        self._topic = topic
        self._future = future

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *details: object) -> None:
        self._bells.forget(self._topic, self._future)

    async def wait(self, seconds: float) -> bool:
        """Wait for a ring; False when none came in time."""
        done, _ = await asyncio.wait([self._future], timeout=seconds)
        return bool(done)


def _wake(future: "asyncio.Future[None]") -> None:
    def finish() -> None:
        if not future.done():
            future.set_result(None)

    # A closed event loop means that nobody waits any more.
    with contextlib.suppress(RuntimeError):
        future.get_loop().call_soon_threadsafe(finish)
