"""Set up the crawl of a shop: what is there from earlier, what is gone on with, what is thrown away."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scrapy import signals

from scrapers.engine.cache import tidy_cache
from scrapers.engine.folders import ShopFolder
from scrapers.engine.journal import Journal
from scrapers.engine.publish import clear, known_photos, last_good
from scrapers.engine.run import ShopCrawler, ShopRun
from scrapers.engine.run_state import RunState, read_state, write_state
from scrapers.engine.spider import ShopSpider
from scrapers.extract.addresses import Address, GuardedResolver
from scrapers.settings import settings_for
from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.errors import SneakersError
from sneakers_ml.workspace.params import CrawlParams

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True)
class Prepared:
    """A shop that is ready to be crawled, and a line that the user should know, if any."""

    crawler: ShopCrawler
    before: Mapping[str, Listing]
    note: str | None

    @property
    def run(self) -> ShopRun:
        return self.crawler.run


def prepare(
    folder: ShopFolder,
    spider: type[ShopSpider],
    base: Address,
    params: CrawlParams,
    resolver: GuardedResolver,
    *,
    contact: str | None,
    resume: bool,
    limit: int | None,
    now: datetime,
) -> Prepared:
    """Open the journal of a new run, or of the unfinished one.

    Raises:
        SneakersError: the disk is too full.
    """
    free = shutil.disk_usage(folder.root).free
    if free < params.limits.free_disk:
        raise SneakersError(
            f"{folder.root}: only {free:,} bytes are free on this disk; free some, or lower crawl.limits.free_disk"
        )
    state, note, resumed = _state(folder, base, resume=resume, now=now)
    if not resumed:  # what failed crawls have left, too, so that they cannot fill the disk between them
        tidy_cache(folder, params.cache)
    before = last_good(folder)
    run = ShopRun(
        folder,
        params,
        base,
        state,
        Journal.open(folder.journal),
        resolver,
        resumed=resumed,
        limit=limit,
        known_photos=known_photos(before.values()),
    )
    crawler = ShopCrawler(spider, settings_for(params, folder, state, contact), run)
    _listen(crawler)
    return Prepared(crawler, before, note)


def _state(folder: ShopFolder, base: Address, *, resume: bool, now: datetime) -> tuple[RunState, str | None, bool]:
    """The run to go on with or a new one, a note, and whether it is resumed."""
    old = read_state(folder.state)
    unfinished = old is not None and old.progress == "open"
    note = None
    if old is not None and unfinished and resume and old.base == base.alias and old.started <= time.time():
        return old, None, True
    if resume and not unfinished:
        note = f"{folder.shop}: there is no unfinished crawl to resume; starting afresh"
    elif resume:
        note = f"{folder.shop}: the unfinished crawl was of another address or time; starting afresh"
    elif unfinished:
        note = f"{folder.shop}: throwing away an unfinished crawl (--resume would have gone on with it)"
    clear(folder)
    state = RunState.begin(base.alias, now)
    write_state(folder.state, state)
    return state, note, False


def _listen(crawler: ShopCrawler) -> None:
    """Count what Scrapy's own statistics leave out."""
    run = crawler.run
    crawler.signals.connect(run.count_bytes, signal=signals.bytes_received)
    crawler.signals.connect(run.count_failure, signal=signals.spider_error)
    crawler.signals.connect(run.count_lost, signal=signals.item_error)
    crawler.signals.connect(crawler.count_page, signal=signals.response_received)
