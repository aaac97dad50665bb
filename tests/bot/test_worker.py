"""The queue is bounded, the deadline holds, threads are counted until they are free, and people share fairly."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

import pytest

from bot.worker import QueueFull, TooLate, TooManyPhotos, UserLimit, Worker

PATIENCE = 10.0


def use(worker: Worker, scenario: Callable[[], Awaitable[None]]) -> None:
    async def within_time() -> None:
        async with asyncio.timeout(PATIENCE):
            await scenario()

    try:
        asyncio.run(within_time())
    finally:
        worker.close()


async def until(met: Callable[[], bool]) -> None:
    while not met():
        await asyncio.sleep(0.005)


def test_work_runs_on_another_thread_and_its_result_and_error_come_back() -> None:
    worker = Worker(queue=1, deadline=PATIENCE)

    async def scenario() -> None:
        async with worker.place():
            assert await worker.run(threading.get_ident) != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            async with worker.place():
                await worker.run(divmod, 1, 0)
        async with worker.place():
            assert await worker.run(divmod, 7, 2) == (3, 1)

    use(worker, scenario)


def test_a_full_queue_refuses_at_once_and_has_room_again_later() -> None:
    worker = Worker(queue=2, deadline=PATIENCE)

    async def scenario() -> None:
        async with worker.place(), worker.place():
            with pytest.raises(QueueFull):
                async with worker.place():
                    pytest.fail("there was no place")
        async with worker.place():
            pass

    use(worker, scenario)


def test_the_loop_goes_on_while_work_blocks() -> None:
    worker = Worker(queue=2, deadline=PATIENCE)
    gate = threading.Event()

    async def scenario() -> None:
        blocked = asyncio.create_task(worker.run(gate.wait, PATIENCE))
        await asyncio.sleep(0.05)
        assert not blocked.done()
        gate.set()
        assert await blocked

    use(worker, scenario)


def test_the_deadline_cuts_waiting_and_working() -> None:
    worker = Worker(queue=2, deadline=0.1)
    gate = threading.Event()
    ran: list[str] = []

    async def late(work: Callable[[], object]) -> None:
        with pytest.raises(TooLate):
            async with worker.place():
                await worker.run(work)

    async def scenario() -> None:
        started = time.monotonic()
        await asyncio.gather(late(lambda: gate.wait(PATIENCE)), late(lambda: ran.append("waited")))
        assert 0.1 <= time.monotonic() - started < PATIENCE / 2
        gate.set()
        async with worker.place():
            await worker.run(ran.append, "next")
        assert ran == ["next"]  # what waited past its deadline never ran

    use(worker, scenario)


def test_a_thread_that_overran_is_not_given_more_work() -> None:
    worker = Worker(queue=4, deadline=0.1, threads=1)
    gate = threading.Event()

    async def scenario() -> None:
        for _ in range(2):
            with pytest.raises(TooLate):
                async with worker.place():
                    await worker.run(gate.wait, PATIENCE)
        gate.set()
        async with worker.place():
            assert await worker.run(lambda: "free again") == "free again"

    use(worker, scenario)


def test_as_many_run_side_by_side_as_there_are_threads() -> None:
    worker = Worker(queue=8, deadline=PATIENCE, threads=2)
    gate, running = threading.Event(), []

    def work() -> None:
        running.append(threading.get_ident())
        gate.wait(PATIENCE)

    async def scenario() -> None:
        tasks = [asyncio.create_task(worker.run(work)) for _ in range(5)]
        await until(lambda: len(running) == 2)
        await asyncio.sleep(0.05)
        assert len(set(running)) == len(running) == 2
        gate.set()
        await asyncio.gather(*tasks)
        assert len(running) == 5

    use(worker, scenario)


def test_a_few_go_on_at_once_the_others_wait_their_turn() -> None:
    async def scenario() -> None:
        limit, gate, running, done = UserLimit(active=2, pending=5), asyncio.Event(), [0], []

        async def photo(number: int) -> None:
            async with limit.turn(7):
                running.append(running[-1] + 1)
                await gate.wait()
                done.append(number)
                running.append(running[-1] - 1)

        tasks = [asyncio.create_task(photo(number)) for number in range(5)]
        await asyncio.sleep(0.01)
        assert running[-1] == 2
        gate.set()
        await asyncio.gather(*tasks)
        assert max(running) == 2
        assert sorted(done) == list(range(5))

    asyncio.run(scenario())


def test_more_than_may_wait_are_refused_and_the_first_refusal_is_marked() -> None:
    async def scenario() -> None:
        limit, gate = UserLimit(active=1, pending=2), asyncio.Event()

        async def photo(person: int) -> None:
            async with limit.turn(person):
                await gate.wait()

        held = [asyncio.create_task(photo(7)) for _ in range(2)]
        await asyncio.sleep(0.01)
        refusals = await asyncio.gather(photo(7), photo(7), return_exceptions=True)
        assert [type(error) for error in refusals] == [TooManyPhotos, TooManyPhotos]
        assert [error.first for error in refusals if isinstance(error, TooManyPhotos)] == [True, False]
        other = asyncio.create_task(photo(8))  # somebody else is not affected
        gate.set()
        await asyncio.gather(*held, other)
        await photo(7)  # and the first person may come back

    asyncio.run(scenario())


def test_a_photo_that_failed_gives_its_place_back() -> None:
    async def scenario() -> None:
        limit = UserLimit(active=1, pending=1)
        for _ in range(3):
            with pytest.raises(ValueError, match="broken"):
                async with limit.turn(7):
                    raise ValueError("broken")

    asyncio.run(scenario())
