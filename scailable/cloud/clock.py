"""The time, in one place so that tests can move it."""

from datetime import UTC, datetime


class Clock:
    """Tells the time."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)
