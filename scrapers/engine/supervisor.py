"""Keep running crawls within their limits, tell how they stand, and stop them in order when asked to."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from scrapers.engine.run import ShopCrawler

__all__ = ["INTERRUPTED", "Progress", "Standing", "oversee"]

INTERRUPTED = "interrupted"
"""Why a crawl stopped that its user stopped."""
_TICK = 0.5
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one shop's crawl stands; `errors` counts failed pages and photos and invalid items."""

    shop: str
    pages: int
    items: int
    photos: int
    errors: int
    bytes: int
    seconds: float
    done: bool


Progress = Callable[[Sequence[Standing]], None]
"""Hears every half second, and at the end, how all shops stand."""


async def oversee(crawlers: Sequence[ShopCrawler], limit: int | None, progress: Progress) -> list[BaseException | None]:
    """Crawl until all have ended; returns what each broke off with, None for the usual end."""
    tasks = [asyncio.create_task(_crawl(crawler, limit)) for crawler in crawlers]
    with _stopped_by_signals(crawlers):
        while not all(task.done() for task in tasks):
            await asyncio.wait(tasks, timeout=_TICK, return_when=asyncio.ALL_COMPLETED)
            _limit(crawlers)
            progress([_standing(crawler, task.done()) for crawler, task in zip(crawlers, tasks, strict=True)])
    return [task.exception() for task in tasks]


async def _crawl(crawler: ShopCrawler, limit: int | None) -> None:
    run = crawler.run
    try:
        await crawler.crawl_async(base=run.base.url, limit=limit)
    finally:
        run.seconds = monotonic() - run.begun


def _limit(crawlers: Sequence[ShopCrawler]) -> None:
    """Stop what takes too much: a shop for itself, all for what they share."""
    received = sum(crawler.run.received for crawler in crawlers)
    for crawler in crawlers:
        run, limits = crawler.run, crawler.run.params.limits
        if monotonic() - run.begun > limits.seconds:
            crawler.halt(f"the time for a shop is up ({limits.seconds:,.0f} s)")
        elif run.received > limits.shop_bytes:
            crawler.halt(f"more than {limits.shop_bytes:,} bytes came from the shop")
        elif received > limits.run_bytes:
            crawler.halt(f"more than {limits.run_bytes:,} bytes came from all shops")
        elif _stat(crawler, "crawl/pages") > limits.pages:
            crawler.halt(f"the shop has more than {limits.pages:,} pages")
        elif shutil.disk_usage(run.folder.root).free < limits.free_disk:
            crawler.halt(f"fewer than {limits.free_disk:,} bytes are free on the disk")


@contextmanager
def _stopped_by_signals(crawlers: Sequence[ShopCrawler]) -> Iterator[None]:
    """The first Ctrl-C stops in order; the second at once, which loses nothing either, for the journals are whole."""
    loop = asyncio.get_running_loop()
    asked = False

    def stop() -> None:
        nonlocal asked
        if asked:
            os._exit(130)
        asked = True
        for crawler in crawlers:
            crawler.halt(INTERRUPTED)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _standing(crawler: ShopCrawler, done: bool) -> Standing:
    run = crawler.run
    trouble = run.trouble
    faults = sum(not fault.thumbnail for fault in run.journal.faults.values())
    return Standing(
        run.shop,
        pages=_stat(crawler, "crawl/pages"),
        items=len(run.journal.listings),
        photos=len(run.journal.photos),
        errors=len(trouble.pages) + len(trouble.invalid) + faults,
        bytes=run.received,
        seconds=run.seconds if done else monotonic() - run.begun,
        done=done,
    )


def _stat(crawler: ShopCrawler, key: str) -> int:
    stats = crawler._stats
    return 0 if stats is None else int(stats.get_value(key, 0))
