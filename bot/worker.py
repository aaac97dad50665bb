"""Work outside the event loop: a bounded queue before a few threads, a deadline for each photo, a limit a person.

An event loop that computes answers nobody else. A place in the queue is taken before a photo is downloaded, so that
a burst costs neither memory nor time; a photo that waits too long leaves the queue and takes its bytes with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import ParamSpec, TypeVar

from sneakers_ml.errors import Overloaded

__all__ = ["PENDING", "QueueFull", "TooLate", "TooManyPhotos", "UserLimit", "Worker"]

PENDING = 10
"""Photos of one person that may be under way or wait; Telegram's album holds ten."""

P = ParamSpec("P")
T = TypeVar("T")


class QueueFull(Overloaded):
    """All places are taken."""


class TooLate(Overloaded):
    """The deadline passed before the answer was there."""


class TooManyPhotos(Overloaded):
    """One person has more photos waiting than we hold for them.

    `first` is True for the first refusal since that person had nothing waiting: one sentence answers, ninety are noise.
    """

    def __init__(self, *, first: bool) -> None:
        super().__init__("one person sent more photos than the bot holds for one person; wait for the answers")
        self.first = first


class Worker:
    """`queue` places in all, `threads` of them working at a time, `deadline` seconds for each."""

    def __init__(self, *, queue: int, deadline: float, threads: int = 1) -> None:
        self._free = queue
        self._deadline = deadline
        self._idle = asyncio.Semaphore(threads)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="photo")

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place for the body of the `async with`, which must end before the deadline.

        Raises:
            QueueFull: at once, where no place is free.
            TooLate: where the body was cut off by the deadline.
        """
        if not self._free:
            raise QueueFull("all places in the bot's queue are taken; raise BOT_QUEUE or try again in a minute")
        self._free -= 1
        try:
            async with asyncio.timeout(self._deadline):
                yield
        except TimeoutError:
            raise TooLate(f"no answer in {self._deadline:g} s (BOT_DEADLINE); try again in a minute") from None
        finally:
            self._free += 1

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


class _PersonsPhotos:
    """The photos of one person."""

    def __init__(self, active: int) -> None:
        self.places = asyncio.Semaphore(active)
        self.pending = 0
        self.refused = False


class UserLimit:
    """Lets `active` photos of a person go on side by side and up to `pending` in all exist; costs nothing when idle."""

    def __init__(self, active: int, pending: int = PENDING) -> None:
        self._active = active
        self._pending = max(pending, active)
        self._people: dict[int, _PersonsPhotos] = {}

    @asynccontextmanager
    async def turn(self, person: int) -> AsyncIterator[None]:
        """Wait for one of the person's places and hold it, from download to the last word of the answer.

        Raises:
            TooManyPhotos: at once, where `pending` of the person's photos exist already.
        """
        photos = self._people.setdefault(person, _PersonsPhotos(self._active))
        if photos.pending >= self._pending:
            first, photos.refused = not photos.refused, True
            raise TooManyPhotos(first=first)
        photos.pending += 1
        try:
            async with photos.places:
                yield
        finally:
            photos.pending -= 1
            if not photos.pending:
                del self._people[person]
