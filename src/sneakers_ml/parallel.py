"""Work on many items with a few threads, in order, with few results in memory; threads, forks, and workers of pools."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import parent_process
from threading import Thread
from typing import TypeVar

from sneakers_ml.errors import BundleError

__all__ = ["NoFork", "end_with_parent", "ordered_map"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def ordered_map(function: Callable[[Item], Result], items: Iterable[Item], *, workers: int) -> Iterator[Result]:
    """Results in the items' order; the threads run at most two items ahead each, so memory stays flat.

    An error of `function` is raised where its result would have come.
    """
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def end_with_parent() -> None:
    """Let this process, a worker of a pool, end when the one that started it has ended, be it killed.

    A worker waits for work on a pipe that it holds both ends of, so that it would wait for ever.
    """

    def wait() -> None:
        if parent := parent_process():
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()


class NoFork:
    """Guards what works with threads of its own: a fork does not copy them, and the child would wait for them for ever.

    Args:
        what: is guarded, for the message.
    """

    def __init__(self, what: str) -> None:
        self._what, self._process = what, os.getpid()

    def check(self) -> None:
        """Look whether this is still the process that made it.

        Raises:
            BundleError: when it is not.
        """
        if os.getpid() != self._process:
            raise BundleError(f"{self._what}: loaded before this process was forked; load it after that, or spawn")
