"""Work outside the event loop: a few threads, and a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

from sneakers_ml.errors import Overloaded

__all__ = ["TooLate", "Worker"]

P = ParamSpec("P")
T = TypeVar("T")


class TooLate(Overloaded):
    """The deadline passed before the answer was there."""


class Worker:
    """`threads` pieces of work at a time; an event loop that computes answers nobody else."""

    def __init__(self, threads: int) -> None:
        self._idle = asyncio.Semaphore(threads)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="photo")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`work(*args)` on a thread, first come first served; cancelling while it waits forgets it.

        A thread cannot be interrupted: it stays counted until its work really ends, so that no pile grows behind it.
        """
        await self._idle.acquire()
        loop = asyncio.get_running_loop()

        def release(_: Future[T]) -> None:
            with suppress(RuntimeError):  # the loop is closed: the process is going down
                loop.call_soon_threadsafe(self._idle.release)

        try:
            future = self._threads.submit(work, *args, **kwargs)
        except BaseException:
            self._idle.release()
            raise
        future.add_done_callback(release)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let the threads go; work that has not begun is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)
