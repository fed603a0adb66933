"""How other threads and signal handlers get the attention of the thread that runs the models."""

from __future__ import annotations

import queue


class Mailbox:
    """Wakes one thread.

    `SimpleQueue.put` takes no lock that a signal handler could find taken by its own thread, which
    `threading.Event.set` does.
    """

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped

    @property
    def empty(self) -> bool:
        """Whether nobody wants attention."""
        return self._queue.empty()

    def wake(self) -> None:
        """Something needs a look."""
        self._queue.put(None)

    def stop(self) -> None:
        """It shall end."""
        self._stopped = True
        self.wake()

    def wait(self, seconds: float) -> None:
        """Wait until somebody wants attention, at most this long; then the mailbox is empty."""
        try:
            self._queue.get(timeout=seconds)
            while True:
                self._queue.get_nowait()
        except queue.Empty:
            return
