"""Work leaves the event loop free, and threads are counted until they are free."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from bot.worker import Worker

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
    worker = Worker(1)

    async def scenario() -> None:
        assert await worker.run(threading.get_ident) != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            await worker.run(divmod, 1, 0)
        assert await worker.run(divmod, 7, 2) == (3, 1)

    use(worker, scenario)


def test_the_loop_goes_on_while_work_blocks() -> None:
    worker, gate = Worker(1), threading.Event()

    async def scenario() -> None:
        blocked = asyncio.create_task(worker.run(gate.wait, PATIENCE))
        await asyncio.sleep(0.05)
        assert not blocked.done()
        gate.set()
        assert await blocked

    use(worker, scenario)


def test_what_is_cancelled_while_it_waits_never_runs_and_a_busy_thread_stays_counted() -> None:
    worker, gate = Worker(1), threading.Event()
    ran: list[str] = []

    async def late(work: Callable[[], object]) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await worker.run(work)

    async def scenario() -> None:
        await asyncio.gather(late(lambda: gate.wait(PATIENCE)), late(lambda: ran.append("waited")))
        gate.set()
        await worker.run(ran.append, "next")
        assert ran == ["next"]

    use(worker, scenario)


def test_as_many_run_side_by_side_as_there_are_threads() -> None:
    worker, gate = Worker(2), threading.Event()
    running: list[int] = []

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
