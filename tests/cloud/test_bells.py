"""Long polls are woken, from any thread, and not kept waiting by a stop."""

import asyncio
import threading
import time

from scailable.cloud.bells import Bells


def test_a_ring_wakes_those_who_wait_for_it() -> None:
    bells = Bells()

    async def scenario() -> None:
        with bells.listen("a") as one, bells.listen("a") as two, bells.listen("b") as other:
            threading.Thread(target=bells.ring, args=("a",)).start()
            assert await one.wait(10)
            assert await two.wait(10)
            assert not await other.wait(0.01)

    asyncio.run(scenario())


def test_a_ring_between_listening_and_waiting_is_not_missed() -> None:
    bells = Bells()

    async def scenario() -> None:
        with bells.listen("a") as listener:
            bells.ring("a")
            assert await listener.wait(10)

    asyncio.run(scenario())


def test_a_stop_wakes_everybody_now_and_later() -> None:
    bells = Bells()

    async def scenario() -> None:
        with bells.listen("a") as listener:
            bells.close()
            assert await listener.wait(10)
        started = time.monotonic()
        with bells.listen("b") as listener:
            assert await listener.wait(10)
        assert time.monotonic() - started < 5

    asyncio.run(scenario())


def test_nobody_is_remembered_who_left() -> None:
    bells = Bells()

    async def scenario() -> None:
        with bells.listen("a"):
            pass

    asyncio.run(scenario())
    assert bells._waiting == {}
    bells.ring("a")


def test_a_closed_event_loop_is_no_trouble() -> None:
    bells = Bells()

    async def scenario() -> None:
        bells.listen("a")

    asyncio.run(scenario())
    bells.ring("a")
