"""Background work that survives the process: the table is the record, the runner takes from it.

A runner claims a job for the length of a lease and renews it while the body runs. When the
process dies, the lease ends and the job is claimed again; so a body may run more than once and
has to be idempotent.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from scailable.cloud.store.tables import jobs

if TYPE_CHECKING:
    from scailable.cloud.app import Cloud
    from scailable.cloud.store import Scope

_log = logging.getLogger("scailable.cloud.jobs")

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. `stopping` is set when the cloud stops: a long body should then return."""

    uuid: str
    organisation_uuid: str | None
    kind: str
    payload: Mapping[str, Any]
    attempt: int
    stopping: threading.Event = field(repr=False)


Body = Callable[["Cloud", Job], None]
GiveUp = Callable[["Cloud", Job, str], None]


class Interrupted(Exception):
    """Raised by a body that ends early because `job.stopping` is set; it will run again."""


class Jobs:
    """The jobs of a cloud.

    Args:
        cloud: given to the bodies.
        threads: how many bodies run at once.
        runner: who holds the leases; the same after a restart, and for nobody else.
    """

    def __init__(self, cloud: "Cloud", threads: int, runner: str) -> None:
        self._cloud = cloud
        self._threads = threads
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="job")
        self._bodies: dict[str, tuple[Body, GiveUp | None]] = {}
        self._runner = runner
        self._wake = threading.Condition()
        self._woken = False
        self._stopping = threading.Event()
        self._running: dict[str, Future[None]] = {}
        self._thread: threading.Thread | None = None

    def register(self, kind: str, body: Body, give_up: GiveUp | None = None) -> None:
        """Register the body of a kind of job.

        Args:
            kind: the name under which jobs are added.
            body: does the work; may run more than once, so it has to be idempotent.
            give_up: called with the reason when a job failed for the last time.
        """
        self._bodies[kind] = (body, give_up)

    def add(
        self, scope: "Scope", kind: str, payload: Mapping[str, Any], *, delay: float = 0
    ) -> str:
        """Add a job in the transaction of `scope`; it starts after the commit.

        Args:
            payload: what the body needs, JSON-ready.
            delay: seconds to wait first.

        Returns:
            The UUID of the job.
        """
        if kind not in self._bodies:
            raise KeyError(f"no body is registered for jobs of kind {kind}")
        now = self._cloud.clock.now()
        job = str(uuid.uuid4())
        scope.insert(
            jobs,
            {
                "uuid": job,
                "kind": kind,
                "payload": dict(payload),
                "state": "queued",
                "attempts": 0,
                "run_at": now + timedelta(seconds=delay),
                "inserted_at": now,
                "updated_at": now,
            },
        )
        scope.after_commit(self.wake)
        return job

    def wake(self) -> None:
        """Look for work now."""
        with self._wake:
            self._woken = True
            self._wake.notify_all()

    def start(self) -> None:
        """Start to work; jobs that this runner was killed over are taken up again."""
        with self._cloud.store.unscoped() as scope:
            # This runner has just begun: what it is said to run, it ran before it was killed.
            scope.update(
                jobs,
                jobs.c.state == "running",
                jobs.c.runner == self._runner,
                state="queued",
                runner=None,
            )
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 10) -> bool:
        """Claim nothing more and wait for running bodies, at most so many seconds.

        Returns:
            False when a body still runs; its job is claimed again by the next start.
        """
        self._stopping.set()
        self.wake()
        if self._thread is None:
            return True
        self._thread.join(seconds)
        finished = not self._thread.is_alive()
        self._executor.shutdown(wait=finished, cancel_futures=True)
        return finished

    # --- inner

    def _loop(self) -> None:
        while True:
            try:
                if self._stopping.is_set():
                    self._drain()
                    return
                pause = self._round()
            except Exception:
                # The database may be away for a moment; work goes on when it is back.
                _log.exception("looking for jobs failed")
                pause = 5.0
            with self._wake:
                if not self._woken:
                    self._wake.wait(pause)
                self._woken = False

    def _round(self) -> float | None:
        """Renew leases, claim what there is room for; returns the seconds until the next look."""
        for job, future in list(self._running.items()):
            if future.done():
                del self._running[job]
        self._renew()
        while len(self._running) < self._threads and not self._stopping.is_set():
            job_or_none = self._claim()
            if job_or_none is None:
                break
            self._submit(job_or_none)
        if self._running:
            return LEASE.total_seconds() / 3
        return self._seconds_to_next()

    def _renew(self) -> None:
        if self._running:
            with self._cloud.store.unscoped() as scope:
                scope.update(
                    jobs,
                    jobs.c.uuid.in_(list(self._running)),
                    jobs.c.runner == self._runner,
                    lease_until=self._cloud.clock.now() + LEASE,
                )

    def _claim(self) -> Job | None:
        now = self._cloud.clock.now()
        ready = or_(
            (jobs.c.state == "queued") & (jobs.c.run_at <= now),
            (jobs.c.state == "running") & (jobs.c.lease_until < now),
        )
        candidate = (
            select(jobs)
            .where(ready, jobs.c.kind.in_(list(self._bodies)))
            .order_by(jobs.c.run_at)
            .with_for_update(skip_locked=True)
        )
        with self._cloud.store.unscoped() as scope:
            row = scope.first(candidate)
            if row is None:
                return None
            scope.update(
                jobs,
                jobs.c.uuid == row.uuid,
                state="running",
                attempts=row.attempts + 1,
                runner=self._runner,
                lease_until=now + LEASE,
                updated_at=now,
            )
        return Job(
            row.uuid,
            row.organisation_uuid,
            row.kind,
            row.payload,
            row.attempts + 1,
            self._stopping,
        )

    def _seconds_to_next(self) -> float | None:
        with self._cloud.store.unscoped(write=False) as scope:
            row = scope.first(
                select(
                    func.min(jobs.c.run_at).filter(jobs.c.state == "queued").label("run"),
                    func.min(jobs.c.lease_until).filter(jobs.c.state == "running").label("lease"),
                ).where(jobs.c.kind.in_(list(self._bodies)))
            )
        moments: list[datetime] = [] if row is None else [m for m in (row.run, row.lease) if m]
        if not moments:
            return None
        seconds: float = (min(moments) - self._cloud.clock.now()).total_seconds()
        return max(0.05, seconds)

    def _submit(self, job: Job) -> None:
        future = self._executor.submit(self._run, job)
        self._running[job.uuid] = future
        future.add_done_callback(lambda _: self.wake())

    def _run(self, job: Job) -> None:
        body, give_up = self._bodies[job.kind]
        try:
            if job.attempt > MAX_ATTEMPTS:
                raise _GaveUp("it ended the process that ran it")
            body(self._cloud, job)
        except Interrupted:
            self._finish(job, "queued", None, attempts=job.attempt - 1)
        except Exception as error:
            last = job.attempt >= MAX_ATTEMPTS
            if isinstance(error, _GaveUp):
                _log.error("job %s (%s) is given up", job.uuid, job.kind)
            else:
                _log.exception("job %s (%s) failed, attempt %d", job.uuid, job.kind, job.attempt)
            reason = f"{type(error).__name__}: {error}"[:2000]
            if last and give_up is not None:
                give_up(self._cloud, job, reason)
            self._finish(job, "failed" if last else "queued", reason)
        else:
            self._finish(job, "done", None)

    def _finish(
        self, job: Job, state: str, error: str | None, *, attempts: int | None = None
    ) -> None:
        now = self._cloud.clock.now()
        wait = timedelta(seconds=2**job.attempt) if error else timedelta()
        with self._cloud.store.unscoped() as scope:
            scope.update(
                jobs,
                jobs.c.uuid == job.uuid,
                jobs.c.runner == self._runner,
                state=state,
                error=error,
                runner=None,
                lease_until=None,
                attempts=job.attempt if attempts is None else attempts,
                run_at=now + wait,
                updated_at=now,
            )

    def _drain(self) -> None:
        """Wait for the running bodies, keeping their leases."""
        for future in list(self._running.values()):
            while not future.done():
                try:
                    future.exception(timeout=LEASE.total_seconds() / 3)
                except TimeoutError:
                    self._renew()


class _GaveUp(Exception):
    """A job was claimed too often without ever coming to an end."""
