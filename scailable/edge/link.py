"""The agent's conversation with the cloud: announce, report, follow assignments, download."""

from __future__ import annotations

import contextlib
import math
import threading
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from scailable.edge.backoff import Backoff
from scailable.edge.events import (
    Announced,
    Downloading,
    Failed,
    Offline,
    Online,
    Tied,
    TieFailed,
)
from scailable.errors import (
    APIStatusError,
    BadRequest,
    CredentialsError,
    IntegrityError,
    NotFound,
    PermissionDenied,
    ScailableError,
    Unauthenticated,
    Unprocessable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from scailable.edge.choose import ModelKey
    from scailable.edge.clock import Clock
    from scailable.edge.cloud_api import Assignments, EdgeCloud
    from scailable.edge.events import Event
    from scailable.edge.identity import Identity, IdentityFile
    from scailable.edge.models import ModelStore
    from scailable.edge.state import Assignment, DeviceState

    Tie = Callable[[str, str], object]

T = TypeVar("T")

POLL_SECONDS = 20


class Stopped(Exception):
    """The agent is asked to stop."""


class CloudLink:
    """Talks to the cloud from two threads of its own, one of them for heartbeats alone.

    Whatever the network does, it goes on trying; only a refused credential (and a defect of this
    program) ends it: then `error` is set and `wake` called.
    """

    def __init__(
        self,
        cloud: EdgeCloud,
        *,
        identity: Identity,
        identity_file: IdentityFile,
        store: ModelStore,
        state: DeviceState,
        clock: Clock,
        emit: Callable[[Event], None],
        wake: Callable[[], None],
        tie: Tie | None,
    ) -> None:
        self.error: BaseException | None = None
        self._cloud = cloud
        self._identity = identity
        self._identity_file = identity_file
        self._store = store
        self._state = state
        self._clock = clock
        self._emit = emit
        self._wake = wake
        self._tie = tie
        self._stop = threading.Event()
        self._failing = threading.Lock()
        self._backoff = Backoff()
        self._online = False
        self._closed = False
        self._retries: dict[ModelKey, tuple[float, Backoff]] = {}

    def start(self) -> None:
        """Begin."""
        self._thread(self._converse)

    def stop(self) -> None:
        """End soon; a request under way is not waited for."""
        self._stop.set()
        self._state.news.set()

    def close(self) -> None:
        """After `stop`: tell the cloud how it ended, if that can be done quickly, and hang up."""
        if self._identity.credential is not None and self.error is None:
            with contextlib.suppress(ScailableError):
                self._cloud.heartbeat(self._state.report(), timeout=3.0)
        self._closed = True
        self._cloud.close()

    def _thread(self, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except Stopped:
                pass
            except BaseException as error:
                self._fail(error)
            finally:
                # A call that was under way may have opened a connection after `close`.
                if self._closed:
                    self._cloud.close()

        # A daemon: a long poll under way must not hold up the end of the program.
        threading.Thread(target=guarded, name="scailable-edge", daemon=True).start()

    def _fail(self, error: BaseException) -> None:
        with self._failing:
            if self.error is not None or self._stop.is_set():
                return
            if isinstance(error, Unauthenticated) and self._identity.credential is not None:
                error = self._revoked()
            self.error = error
        self._stop.set()
        self._wake()

    def _revoked(self) -> CredentialsError:
        aside = self._identity_file.put_aside(self._clock.now())
        return CredentialsError(
            f"The cloud at {self._identity.base_url} no longer accepts this device "
            f"({self._identity.device_name}, {self._identity.device}): it was deleted, "
            "or its credential was revoked.",
            hint="Start it again to announce it anew, and register the new token. "
            f"The old identity was kept as {aside}.",
        )

    # --- the conversation --------------------------------------------------------------------

    def _converse(self) -> None:
        while self._identity.credential is None:
            self._announce()
            self._collect()
        self._cloud.use_credential(self._identity.credential)
        self._thread(self._report)
        self._follow()

    def _announce(self) -> None:
        if self._identity.announcement is None:
            announcement = self._patiently(
                lambda: self._cloud.announce(self._identity.name, self._identity.serial),
                final=(BadRequest, Unprocessable),
            )
            self._remember(self._identity.announced(announcement))

    def _collect(self) -> None:
        """Wait until somebody registers the token, or until it has expired."""
        announcement = self._identity.announcement
        if announcement is None:
            return
        self._cloud.use_secret(announcement.secret)
        told = False
        while True:
            try:
                tied = self._patiently(
                    self._cloud.collect, final=(Unauthenticated, PermissionDenied, NotFound)
                )
            except (Unauthenticated, PermissionDenied, NotFound):
                self._pause(announcement.poll_seconds)
                self._remember(self._identity.announced(None))
                return
            if tied is not None:
                # Kept before it is used: from its first use on it is not given out again.
                self._remember(self._identity.tied(tied.device, tied.name, tied.credential))
                self._emit(Tied(tied.device, tied.name))
                return
            if not told:
                told = True
                self._emit(Announced(announcement.registration_token, announcement.expires_at))
                if self._tie_itself(announcement.registration_token):
                    continue
            self._pause(announcement.poll_seconds)

    def _tie_itself(self, token: str) -> bool:
        if self._tie is None:
            return False
        try:
            self._tie(token, self._identity.name)
        except ScailableError as error:
            self._emit(TieFailed(error.message))
            return False
        return True

    def _follow(self) -> None:
        """Fetch what is assigned, for good."""
        revision: str | None = None
        while True:
            asked = self._clock.monotonic()
            wait, answer = self._patiently(partial(self._poll, revision))
            if answer is not None and answer.revision != revision:
                revision = answer.revision
                self._state.assign(answer.assignments)
            elif self._clock.monotonic() - asked < min(wait, 1):
                # The server did not wait for a change: do not ask it without a break.
                self._pause(1)
            for assignment in self._state.assigned:
                self._fetch(assignment)
            self._store.collect_garbage(self._state.wanted())

    def _poll(self, revision: str | None) -> tuple[int, Assignments | None]:
        # While offline the question is whether the cloud is there, and that is answered at once.
        wait = self._poll_seconds() if self._online else 0
        return wait, self._cloud.assignments(revision, wait)

    def _poll_seconds(self) -> int:
        """How long the server may hold the next poll: not past the next try of a download."""
        keys = {assignment.key for assignment in self._state.assigned}
        self._retries = {key: retry for key, retry in self._retries.items() if key in keys}
        due = min((at for at, _ in self._retries.values()), default=math.inf)
        left = due - self._clock.monotonic()
        return POLL_SECONDS if left > POLL_SECONDS else max(0, math.ceil(left))

    def _fetch(self, assignment: Assignment) -> None:
        """Download a model, unless it is there or it is too early to try again."""
        key = assignment.key
        due, backoff = self._retries.get(key, (0.0, Backoff()))
        if self._clock.monotonic() < due:
            return

        def on_progress(done: int, total: int) -> None:
            if self._stop.is_set():
                raise Stopped
            self._emit(Downloading(assignment.name, done, total))

        try:
            if not self._store.has(assignment.digest):
                self._state.note(key, "downloading")
                self._store.download(assignment, self._cloud.fetch, on_progress)
            self._retries.pop(key, None)
            self._wake()
            return
        except Unauthenticated:
            raise
        except IntegrityError as error:
            self._state.note(key, "refused", error.message)
            why = error.message
        except ScailableError as error:
            self._state.note(key, "downloading", error.message)
            why = error.message
        except OSError as error:
            why = f"It cannot be written: {error.strerror or type(error).__name__}."
            self._state.note(key, "failed", why)
        self._retries[key] = self._clock.monotonic() + backoff.next(), backoff
        self._emit(Failed(assignment.name, why))

    def _report(self) -> None:
        """Send heartbeats: at the pace the cloud asks for, and at once when something changed."""
        backoff = Backoff()
        while not self._stop.is_set():
            self._state.news.clear()
            if self._stop.is_set():  # set before the news, which may just have been cleared
                return
            try:
                seconds = self._cloud.heartbeat(self._state.report())
                backoff.reset()
            except Unauthenticated:
                raise
            except ScailableError:
                seconds = backoff.next()
            self._clock.wait(self._state.news, seconds)

    # --- patience ------------------------------------------------------------------------------

    def _patiently(
        self,
        action: Callable[[], T],
        final: tuple[type[ScailableError], ...] = (Unauthenticated,),
    ) -> T:
        """Do it until it works. Errors of the `final` kinds are raised."""
        while True:
            self._pause(0)
            try:
                value = action()
            except final:
                raise
            except ScailableError as error:
                self._pause(0)
                asked = error.retry_after if isinstance(error, APIStatusError) else None
                wait = self._backoff.next(asked)
                self._online = False
                self._emit(Offline(error.message, wait))
                self._pause(wait)
                continue
            self._backoff.reset()
            if not self._online:
                self._online = True
                self._emit(Online())
            return value

    def _pause(self, seconds: float) -> None:
        if self._clock.wait(self._stop, seconds):
            raise Stopped

    def _remember(self, identity: Identity) -> None:
        self._identity_file.save(identity)
        self._identity = identity
