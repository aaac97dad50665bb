"""One shop's crawl while it goes on: what its parts share, and how it is stopped."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from scrapers.engine.folders import ShopFolder
from scrapers.engine.journal import Journal
from scrapers.engine.run_state import RunState
from scrapers.engine.spider import ShopSpider
from scrapers.extract.addresses import Address, GuardedResolver
from sneakers_ml.workspace.params import CrawlParams

__all__ = ["PHOTO", "STOPPING", "ShopCrawler", "ShopRun", "Trouble", "is_photo", "is_robots", "run_of"]

STOPPING = "the crawl is being stopped"
"""Why requests are not made any more; what did not happen for this reason is no fault of the shop's."""
PHOTO = "crawl_photo"
"""Key in a request's meta that says it is for a photo."""

_REFUSALS = frozenset({401, 403})


@dataclass
class Trouble:
    """What went wrong, in words, for the report."""

    pages: dict[str, str] = field(default_factory=dict)
    """URL of a page that could not be had or read, and why."""
    moved: set[str] = field(default_factory=set)
    """URLs that such pages had been redirected to."""
    invalid: list[tuple[str, str]] = field(default_factory=list)
    """Items that broke the contract: where, and why."""
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(host, why) of requests that were not made."""


@dataclass
class ShopRun:
    """Everything that the parts of one shop's crawl share."""

    folder: ShopFolder
    params: CrawlParams
    base: Address
    state: RunState
    journal: Journal
    resolver: GuardedResolver
    resumed: bool = False
    limit: int | None = None
    known_photos: Mapping[str, str] = field(default_factory=dict)
    """Photos of the last good crawl, URL to file."""
    sightings: dict[str, set[str]] = field(default_factory=dict)
    """Listing id or URL of a listing met again, and the collections it was met in."""
    trouble: Trouble = field(default_factory=Trouble)
    received: int = 0
    """Bytes that came from the shop."""
    warnings: int = 0
    """Lines of the log about this shop that are more than information."""
    stop_reason: str | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    begun: float = field(default_factory=monotonic)
    seconds: float = 0.0
    _hold: float = 0.0
    _in_a_row: Counter[bool] = field(default_factory=Counter)
    _refused: int = 0

    @property
    def shop(self) -> str:
        return self.folder.shop

    async def sleep(self, seconds: float) -> None:
        """Wait without holding anything up; a crawl that is stopping waits no longer."""
        try:
            await asyncio.wait_for(self.stopping.wait(), timeout=seconds)
        except TimeoutError:
            return

    def hold(self, seconds: float) -> None:
        """Ask the shop nothing for so long."""
        self._hold = max(self._hold, monotonic() + seconds)

    async def held(self) -> None:
        """Wait until the shop may be asked again."""
        while (left := self._hold - monotonic()) > 0 and not self.stopping.is_set():
            await self.sleep(left)

    def answered(self, request: Request, status: int = 200) -> bool:
        """The shop has answered; returns whether it has now refused so many pages in a row that this is a wall."""
        self._in_a_row[is_photo(request)] = 0
        if not is_photo(request):
            self._refused = self._refused + 1 if status in _REFUSALS else 0
        return self._refused >= self.params.retries.refused_after

    def gave_up(self, request: Request, why: str) -> bool:
        """Note a page or photo that was not to be had; returns whether so many in a row are enough."""
        if is_robots(request):
            return False
        if not is_photo(request):
            self.page_failed(request, why)
        self._in_a_row[is_photo(request)] += 1
        return self._in_a_row[is_photo(request)] >= self.params.retries.give_up_after

    def page_failed(self, request: Request, why: str) -> None:
        """Note a page that was not to be had, under the address that was asked for first."""
        first = (request.meta.get("redirect_urls") or [request.url])[0]
        self.trouble.pages.setdefault(first, why)
        if first != request.url:
            self.trouble.moved.add(request.url)

    def sighted(self, key: str, collections: set[str]) -> None:
        """A listing was met in these collections."""
        self.sightings.setdefault(key, set()).update(collections)

    def count_bytes(self, data: bytes, **_: Any) -> None:
        """Handler of Scrapy's signal bytes_received."""
        self.received += len(data)

    def count_failure(self, failure: Failure, response: Response | Failure | None, **_: Any) -> None:
        """Handler of Scrapy's signal spider_error: a page that the spider stumbled over."""
        where = response.url if isinstance(response, Response) else self.base.url
        self.trouble.pages.setdefault(where, f"{type(failure.value).__name__}: {failure.value}")

    def count_lost(self, item: object, failure: Failure, **_: Any) -> None:
        """Handler of Scrapy's signal item_error: an item that a pipeline stumbled over, as when the disk is full."""
        self.trouble.invalid.append((str(item)[:200], f"{type(failure.value).__name__}: {failure.value}"))


class ShopCrawler(Crawler):
    """Scrapy's crawler with the run it belongs to; parts built by Scrapy find the run here."""

    def __init__(self, spider: type[Spider], settings: Settings, run: ShopRun) -> None:
        super().__init__(spider, settings)
        self.run = run
        self._stop: asyncio.Task[None] | None = None

    def halt(self, reason: str) -> None:
        """Stop in order, once: nothing more is asked, what is under way ends, the journal stays whole."""
        if self.run.stopping.is_set() or not self.crawling:
            return
        self.run.stop_reason = reason
        self.run.stopping.set()
        if isinstance(self.spider, ShopSpider):
            self.spider.stopping = True
        self._drop_queue()
        self._stop = asyncio.get_running_loop().create_task(self.stop_async())

    def count_page(self, request: Request, response: Response, **_: Any) -> None:
        """Handler of Scrapy's signal response_received."""
        if response.status == 200 and not is_photo(request) and not is_robots(request):
            self.stats.inc_value("crawl/pages")

    def _drop_queue(self) -> None:
        """Give up what waits for its turn; at a request a second that could be many minutes."""
        for slot in self.engine.downloader.slots.values():
            while slot.queue:
                _, waiting = slot.queue.popleft()
                waiting.errback(IgnoreRequest(STOPPING))


def run_of(crawler: Crawler) -> ShopRun:
    """The run that a crawler belongs to."""
    if not isinstance(crawler, ShopCrawler):
        raise TypeError("shops are crawled with `sneakers crawl`, which knows where their data lies")
    return crawler.run


def is_photo(request: Request) -> bool:
    """Whether a request is for a photo."""
    return bool(request.meta.get(PHOTO))


def is_robots(request: Request) -> bool:
    """Whether a request is for a robots.txt; Scrapy's middleware marks the ones it makes."""
    return bool(request.meta.get("dont_obey_robotstxt"))
