"""How often something may be tried."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from scailable.cloud.answers import Refused
from scailable.cloud.settings import Settings


class Attempt:
    """One try of something that is only limited when it fails."""

    def __init__(self) -> None:
        self.has_failed = False

    def failed(self) -> None:
        """Count this try."""
        self.has_failed = True


class Limits:
    """The limits of a cloud, kept in memory: a restart forgets them."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._failures = RateLimitItemPerMinute(settings.sign_in_failures)
        self._registrations = RateLimitItemPerMinute(settings.registrations)
        self._mails = RateLimitItemPerMinute(settings.password_mails)
        self._announcements = RateLimitItemPerMinute(settings.announcements)

    @contextmanager
    def failures(self, account: str, address: str) -> Iterator[Attempt]:
        """Limit failed tries to prove who one is, for an account from an address.

        Raises:
            Refused: 429 when there were too many.
        """
        key = ("failure", account, address)
        if not self._limiter.test(self._failures, *key):
            raise self._too_many(self._failures, key)
        attempt = Attempt()
        try:
            yield attempt
        finally:
            if attempt.has_failed:
                self._limiter.hit(self._failures, *key)

    def registration(self, address: str) -> None:
        """Limit new accounts from an address.

        Raises:
            Refused: 429 when there were too many.
        """
        self._hit(self._registrations, ("registration", address))

    def announcement(self, address: str) -> None:
        """Limit devices that announce themselves from an address.

        Raises:
            Refused: 429 when there were too many.
        """
        self._hit(self._announcements, ("announcement", address))

    def password_mail(self, account: str, address: str) -> None:
        """Limit password mails for an account, and from an address.

        Raises:
            Refused: 429 when there were too many.
        """
        self._hit(self._mails, ("mail to", account))
        self._hit(self._mails, ("mail from", address))

    def _hit(self, item: RateLimitItem, key: tuple[str, ...]) -> None:
        if not self._limiter.hit(item, *key):
            raise self._too_many(item, key)

    def _too_many(self, item: RateLimitItem, key: tuple[str, ...]) -> Refused:
        reset = self._limiter.get_window_stats(item, *key).reset_time
        # The library counts by the clock of the machine.
        seconds = max(1, math.ceil(reset - time.time()))
        return Refused(
            429,
            f"Too many tries; wait {seconds} seconds.",
            headers={"Retry-After": str(seconds)},
        )
