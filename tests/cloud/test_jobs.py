"""Background work that survives failures, crashes and restarts."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from scailable.cloud.app import Cloud
from scailable.cloud.jobs import Interrupted, Job, Jobs
from scailable.cloud.settings import Settings
from scailable.cloud.store import tables
from tests.cloud.conftest import Postgres, document
from tests.cloud.people import TestClock
from tests.waiting import wait_until

Start = Callable[..., Cloud]


@pytest.fixture
def start(database: Callable[[], str | None], tmp_path: Path) -> Iterator[Start]:
    with starting(database(), tmp_path) as start:
        yield start


@contextmanager
def starting(url: str | None, tmp_path: Path) -> Iterator[Start]:
    """Starts clouds without a server on one database; stops those that a test leaves running."""
    started: list[Cloud] = []

    def make(folder: str = "data", clock: TestClock | None = None) -> Cloud:
        settings = Settings(data=tmp_path / folder, database=url)
        cloud = Cloud(settings, source={"auth": document("auth")}, clock=clock)
        started.append(cloud)
        return cloud

    yield make
    for cloud in started:
        cloud.stop()


def add(cloud: Cloud, kind: str = "work", **payload: Any) -> str:
    with cloud.store.unscoped() as scope:
        return cloud.jobs.add(scope, kind, payload)


def row(cloud: Cloud, job: str) -> Any:
    with cloud.store.unscoped(write=False) as scope:
        return scope.get(tables.jobs, job)


def state(cloud: Cloud, job: str) -> str:
    return str(row(cloud, job).state)


def attempts_of(cloud: Cloud, job: str) -> list[int]:
    """Which attempts a cloud makes at a job until it is done."""
    attempts: list[int] = []
    cloud.jobs.register("work", lambda _, job: attempts.append(job.attempt))
    cloud.start()
    wait_until(lambda: state(cloud, job) == "done")
    return attempts


def test_jobs_run_after_their_commit(start: Start) -> None:
    cloud = start()
    seen: list[Job] = []
    cloud.jobs.register("work", lambda _, job: seen.append(job))
    cloud.start()
    with pytest.raises(RuntimeError), cloud.store.unscoped() as scope:
        cloud.jobs.add(scope, "work", {"n": 0})
        raise RuntimeError("rolled back")
    jobs = [add(cloud, n=n) for n in range(1, 6)]
    wait_until(lambda: all(state(cloud, job) == "done" for job in jobs))
    assert sorted(job.payload["n"] for job in seen) == [1, 2, 3, 4, 5]
    with pytest.raises(KeyError):
        add(cloud, kind="unheard of")


def test_a_job_of_an_organisation_knows_it(start: Start) -> None:
    cloud = start()
    organisation = str(uuid.uuid4())
    now = cloud.clock.now()
    with cloud.store.unscoped() as scope:
        row = {"uuid": organisation, "name": "o", "inserted_at": now, "updated_at": now}
        scope.insert(tables.organisations, row)
    seen: list[Job] = []
    cloud.jobs.register("work", lambda _, job: seen.append(job))
    cloud.start()
    with cloud.store.write(organisation) as scope:
        cloud.jobs.add(scope, "work", {})
    wait_until(lambda: len(seen) == 1)
    assert seen[0].organisation_uuid == organisation


def test_a_failing_job_is_tried_three_times_then_given_up(start: Start) -> None:
    clock = TestClock()
    cloud = start(clock=clock)
    attempts: list[int] = []
    reasons: list[str] = []

    def fail(_: Cloud, job: Job) -> None:
        attempts.append(job.attempt)
        raise ValueError("broken")

    cloud.jobs.register("work", fail, lambda _, job, reason: reasons.append(reason))
    cloud.start()
    job = add(cloud)
    for attempt in (1, 2, 3):
        wait_until(lambda: len(attempts) == attempt)  # noqa: B023
        wait_until(lambda: state(cloud, job) != "running")
        clock.advance(minutes=1)
        cloud.jobs.wake()
    assert attempts == [1, 2, 3]
    assert state(cloud, job) == "failed"
    assert reasons == ["ValueError: broken"]
    assert row(cloud, job).error == "ValueError: broken"


def test_a_later_job_waits_for_its_time(start: Start) -> None:
    clock = TestClock()
    cloud = start(clock=clock)
    done: list[str] = []
    cloud.jobs.register("work", lambda _, job: done.append(job.uuid))
    cloud.start()
    with cloud.store.unscoped() as scope:
        later = cloud.jobs.add(scope, "work", {}, delay=3600)
    now = add(cloud)
    wait_until(lambda: state(cloud, now) == "done")
    assert state(cloud, later) == "queued"
    clock.advance(hours=1)
    cloud.jobs.wake()
    wait_until(lambda: state(cloud, later) == "done")
    assert done == [now, later]


def test_the_lease_of_a_dead_runner_is_taken_over(start: Start) -> None:
    clock = TestClock()
    cloud = start(clock=clock)
    seen: list[int] = []
    dead = Jobs(cloud, 1, "another server")  # claims, and is never heard of again
    for jobs in (dead, cloud.jobs):
        jobs.register("work", lambda _, job: seen.append(job.attempt))
    job = add(cloud)
    assert dead._claim() is not None
    assert cloud.jobs._claim() is None
    clock.advance(seconds=61)
    cloud.start()
    wait_until(lambda: state(cloud, job) == "done")
    assert seen == [2]


def test_a_killed_server_takes_its_jobs_up_at_once(start: Start) -> None:
    first = start()
    first.jobs.register("work", lambda *_: None)
    job = add(first)
    assert first.jobs._claim() is not None  # and here it is killed
    assert state(first, job) == "running"
    first.stop()
    assert attempts_of(start(), job) == [2]


def test_a_job_that_kills_its_process_is_given_up(start: Start) -> None:
    clock = TestClock()
    cloud = start(clock=clock)
    reasons: list[str] = []
    dead = Jobs(cloud, 1, "another server")
    for jobs in (dead, cloud.jobs):
        jobs.register("work", lambda *_: None, lambda _, job, why: reasons.append(why))
    job = add(cloud)
    for _ in range(3):
        assert dead._claim() is not None
        clock.advance(seconds=61)
    cloud.start()
    wait_until(lambda: state(cloud, job) == "failed")
    assert "ended the process" in reasons[0]


def test_two_servers_never_run_a_job_twice(postgres: Postgres, tmp_path: Path) -> None:
    # A SQLite file belongs to one server: its folder is locked.
    seen: list[str] = []
    with starting(postgres.database(), tmp_path) as start:
        clouds = [start("one"), start("two")]
        for cloud in clouds:
            cloud.jobs.register("work", lambda _, job: seen.append(job.uuid))
        jobs = [add(clouds[0], n=n) for n in range(50)]
        for cloud in clouds:
            cloud.start()
        wait_until(lambda: len(seen) >= 50)
        wait_until(lambda: all(state(clouds[0], job) == "done" for job in jobs))
    assert sorted(seen) == sorted(jobs)


def test_stopping_waits_for_running_bodies(start: Start) -> None:
    cloud = start()
    running, finished = threading.Event(), threading.Event()

    def work(_: Cloud, job: Job) -> None:
        running.set()
        job.stopping.wait(10)
        finished.set()

    cloud.jobs.register("work", work)
    cloud.start()
    add(cloud)
    add(cloud)
    assert running.wait(10)
    assert cloud.jobs.stop() is True
    assert finished.is_set()


def test_an_interrupted_job_runs_again_after_the_next_start(start: Start) -> None:
    first = start()
    running = threading.Event()

    def interrupted(_: Cloud, job: Job) -> None:
        running.set()
        job.stopping.wait(10)
        raise Interrupted

    first.jobs.register("work", interrupted)
    first.start()
    job = add(first)
    assert running.wait(10)
    first.stop()
    assert attempts_of(start(), job) == [1]


def test_a_body_that_does_not_end_is_left_behind(start: Start) -> None:
    cloud = start()
    running, release = threading.Event(), threading.Event()

    def work(_: Cloud, job: Job) -> None:
        running.set()
        release.wait(20)

    cloud.jobs.register("work", work)
    cloud.start()
    job = add(cloud)
    assert running.wait(10)
    assert cloud.jobs.stop(seconds=0.05) is False
    assert state(cloud, job) == "running"
    release.set()
    wait_until(lambda: state(cloud, job) == "done")


def test_an_idle_runner_does_not_look_for_work(start: Start) -> None:
    cloud = start()
    cloud.jobs.register("work", lambda *_: None)
    looked: list[int] = []
    original = cloud.jobs._round

    def counting() -> float | None:
        looked.append(1)
        return original()

    cloud.jobs._round = counting  # type: ignore[method-assign]
    cloud.start()
    job = add(cloud)
    wait_until(lambda: state(cloud, job) == "done")
    wait_until(lambda: cloud.jobs._seconds_to_next() is None)
    assert len(looked) <= 4
    with cloud.store.unscoped(write=False) as scope:
        assert len(scope.rows(select(tables.jobs))) == 1
