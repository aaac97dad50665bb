"""The crawl of a shop from its beginning to its end: prepare it, keep it within its limits, publish or drop it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from scrapers.engine.addresses import Address, GuardedResolver
from scrapers.engine.cache import prune
from scrapers.engine.journal import Journal
from scrapers.engine.publish import known_photos, listings_to_publish, publish, published_listings
from scrapers.engine.report import ShopReport, coverage_of, floors_after, report_of, verdict_of
from scrapers.engine.run import STOPPING, ShopCrawler, ShopRun
from scrapers.engine.shop_folder import RunState, ShopFolder
from scrapers.engine.spider import ShopSpider
from scrapers.settings import settings_for
from sneakers_ml.errors import SneakersError
from sneakers_ml.files import write_atomically
from sneakers_ml.workspace.params import CrawlParams

__all__ = ["OnCrawlProgress", "ShopProgress", "StopOrder", "finish", "prepare", "supervise"]

_TICK = 0.5
"""Seconds between two looks."""
_REPORT_SECONDS = 15.0
"""Between two reports of a crawl that goes on."""


@dataclass(frozen=True, slots=True)
class ShopProgress:
    """How far one shop's crawl has come; `errors` counts failed pages and photos and invalid items."""

    shop: str
    pages: int
    items: int
    photos: int
    errors: int
    bytes: int
    seconds: float
    done: bool


@dataclass(frozen=True, slots=True)
class StopOrder:
    """That a crawl is to end in order, and why; `interrupted`: the user wants it."""

    reason: str = "stopped before its end"
    interrupted: bool = True


OnCrawlProgress = Callable[[Sequence[ShopProgress]], None]
"""Called every half second, and at the end, with how far all shops have come."""


def prepare(
    folder: ShopFolder,
    spider: type[ShopSpider],
    base: Address,
    *,
    params: CrawlParams,
    resolver: GuardedResolver,
    contact: str | None,
    resume: bool,
    limit: int | None,
    now: datetime,
    on_message: Callable[[str], None],
) -> ShopCrawler:
    """Open the journal of a new run, or of the unfinished one; from here on the shop's report is that of this run.

    Raises:
        SneakersError: the disk is too full.
    """
    free = shutil.disk_usage(folder.root).free
    if free < params.limits.free_disk:
        raise SneakersError(
            f"{folder.root}: only {free:,} bytes are free on this disk; free some, or lower crawl.limits.free_disk"
        )
    old = folder.read_state()
    unfinished = old if old is not None and old.progress == "open" else None
    if resume and unfinished and unfinished.base == base.alias and unfinished.started <= time.time():
        state, resumed = unfinished, True
    else:
        if resume and not unfinished:
            on_message(f"{folder.shop}: there is no unfinished crawl to resume; starting afresh")
        elif resume:
            on_message(f"{folder.shop}: the unfinished crawl was of another address or time; starting afresh")
        elif unfinished:
            on_message(f"{folder.shop}: throwing away an unfinished crawl (--resume would have gone on with it)")
        folder.discard_run()
        state, resumed = RunState.begin(base.alias, now), False
        folder.write_state(state)
        prune(folder.cache, params.cache, time.time())  # what failed crawls have left must not fill the disk
    before = published_listings(folder)
    run = ShopRun(
        folder,
        params,
        base,
        state,
        Journal.open(folder.journal),
        resolver,
        resumed=resumed,
        limit=limit,
        before=before,
        known_photos=known_photos(before.values()),
    )
    settings = settings_for(params, cache=folder.cache, photos=folder.harvest, started=state.started, contact=contact)
    crawler = ShopCrawler(spider, settings, run)
    _report_unfinished(crawler)
    return crawler


async def supervise(
    crawlers: Sequence[ShopCrawler], on_progress: OnCrawlProgress, stop: Callable[[], StopOrder | None]
) -> list[BaseException | None]:
    """Crawl until all have ended, those of one address one after another; returns what each broke off with, if it did.

    `stop` is asked every half second whether all are to end in order.
    """
    turns = {crawler.run.base.site: asyncio.Lock() for crawler in crawlers}
    tasks = [asyncio.create_task(_crawl(crawler, turns[crawler.run.base.site])) for crawler in crawlers]
    reported = time.monotonic()
    with _stopped_by_signals(crawlers):
        while not all(task.done() for task in tasks):
            if order := stop():
                _halt(crawlers, order)
            await asyncio.wait(tasks, timeout=_TICK, return_when=asyncio.ALL_COMPLETED)
            _keep_limits(crawlers)
            on_progress([_progress_of(crawler, task.done()) for crawler, task in zip(crawlers, tasks, strict=True)])
            if time.monotonic() - reported > _REPORT_SECONDS:
                reported = time.monotonic()
                for crawler in crawlers:
                    if crawler.crawling:
                        with suppress(OSError):  # a full disk is dealt with elsewhere
                            _report_unfinished(crawler)
    return [task.exception() for task in tasks]


async def _crawl(crawler: ShopCrawler, turn: asyncio.Lock) -> None:
    run = crawler.run
    async with turn:
        run.begun = time.monotonic()
        if run.stopping.is_set():
            return
        try:
            await crawler.crawl_async(base=run.base.url, limit=run.limit)
        finally:
            run.seconds = time.monotonic() - run.begun


def _halt(crawlers: Sequence[ShopCrawler], order: StopOrder) -> None:
    for crawler in crawlers:
        crawler.halt(order.reason, interrupted=order.interrupted)


def _report_unfinished(crawler: ShopCrawler) -> None:
    """Write how far a run has come; this is what is left to read where its process is killed."""
    run = crawler.run
    run.seconds = time.monotonic() - run.begun if crawler.begun else 0.0
    problems = ["goes on, or its process was killed"]
    report = report_of(crawler, "unfinished", problems, listings=len(run.before), coverage={})
    write_atomically(run.folder.report, report.model_dump_json(indent=2).encode() + b"\n")


def _keep_limits(crawlers: Sequence[ShopCrawler]) -> None:
    """Stop what takes too much: a shop for itself, all for what they share."""
    received = sum(crawler.run.received for crawler in crawlers)
    for crawler in crawlers:
        run, limits = crawler.run, crawler.run.params.limits
        if crawler.begun and time.monotonic() - run.begun > limits.seconds:
            crawler.halt(f"the time for a shop is up ({limits.seconds:,.0f} s)")
        elif run.received > limits.shop_bytes:
            crawler.halt(f"more than {limits.shop_bytes:,} bytes came from the shop")
        elif received > limits.run_bytes:
            crawler.halt(f"more than {limits.run_bytes:,} bytes came from all shops")
        elif crawler.figures.get("crawl/pages", 0) > limits.pages:
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
        _halt(crawlers, StopOrder())

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _progress_of(crawler: ShopCrawler, done: bool) -> ShopProgress:
    run = crawler.run
    return ShopProgress(
        run.shop,
        pages=crawler.figures.get("crawl/pages", 0),
        items=len(run.journal.listings),
        photos=len(run.journal.photos),
        errors=len(run.failed_pages) + len(run.invalid_items) + len(run.journal.failed_photos),
        bytes=run.received,
        seconds=run.seconds if done or not crawler.begun else time.monotonic() - run.begun,
        done=done,
    )


def finish(crawler: ShopCrawler, error: BaseException | None) -> ShopReport:
    """Publish one shop's crawl if it is good enough, else leave the last good data alone; write its report."""
    run, folder, spider = crawler.run, crawler.run.folder, crawler.spider
    floors: Mapping[str, float] = {}
    if isinstance(spider, ShopSpider):
        floors = spider.floors
        for url, why in spider.failures:
            if url not in run.redirected and why != STOPPING:
                run.failed_pages.setdefault(url, spider.unreadable.get(url) or why)
    if run.limit is None:
        floors = floors_after(floors, run.on_sale_before, run.params.checks.shrink)
    coverage = coverage_of(run.journal.listings.values(), floors)
    verdict, problems = verdict_of(crawler, coverage, error)
    listings = len(run.on_sale_before)
    if verdict == "published":
        after = listings_to_publish(run)
        try:
            publish(folder, after)
            listings = sum(not listing.delisted for listing in after)
        except OSError as fault:
            verdict, problems = "failed", [f"{fault.filename or folder.raw}: {fault.strerror}"]
    report = report_of(crawler, verdict, problems, listings=listings, coverage=coverage)
    write_atomically(folder.report, report.model_dump_json(indent=2).encode() + b"\n")
    run.journal.close()
    if verdict == "published":  # from here on there is nothing to resume
        folder.write_state(run.state.model_copy(update={"progress": "finished"}))
        folder.discard_run()
        prune(folder.cache, run.params.cache, time.time())
    return report
