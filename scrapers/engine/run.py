"""One shop's crawl while it goes on: what its parts share, and how it is stopped."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from scrapers.engine.addresses import Address, GuardedResolver
from scrapers.engine.journal import Journal
from scrapers.engine.shop_folder import RunState, ShopFolder
from scrapers.engine.spider import ShopSpider
from scrapers.extract.storefront import locale_of
from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.workspace.params import CrawlParams

__all__ = ["PHOTO", "STOPPING", "CrawlComponent", "ShopCrawler", "ShopRun", "is_page", "is_photo", "shop_crawler"]

STOPPING = "the crawl is being stopped"
"""Why requests are not made any more; what did not happen for this reason is no fault of the shop's."""
PHOTO = "crawl_photo"
"""Key in a request's meta that says it is for a photo."""

_REFUSALS = frozenset({401, 403})


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
    before: Mapping[str, Listing] = field(default_factory=dict)
    """Listings of the last good crawl by id, those among them that the shop had taken away before."""
    known_photos: Mapping[str, str] = field(default_factory=dict)
    """Their photos, URL to file."""
    memberships: dict[str, set[str]] = field(default_factory=dict)
    """Listing id or URL of a listing met again, and the collections it was met in."""
    failed_pages: dict[str, str] = field(default_factory=dict)
    """URL of a page that could not be had or read, and why."""
    redirected: set[str] = field(default_factory=set)
    """URLs that such pages had been redirected to."""
    invalid_items: list[tuple[str, str]] = field(default_factory=list)
    """Items that broke the contract: where, and why."""
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(host, why) of requests that were not made."""
    received: int = 0
    """Bytes that came from the shop."""
    warnings: int = 0
    """Lines of the log about this shop that are more than information."""
    stop_reason: str | None = None
    interrupted: bool = False
    """Whether it was the user who stopped the crawl."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    quiet_until: float = 0.0
    """Time of the monotonic clock before which the shop is asked nothing."""
    begun: float = field(default_factory=monotonic)
    seconds: float = 0.0
    _given_up: Counter[bool] = field(default_factory=Counter)
    _refused_in_a_row: int = 0

    @property
    def shop(self) -> str:
        return self.folder.shop

    @property
    def on_sale_before(self) -> list[Listing]:
        """Those of the last good crawl that the shop still had."""
        return [listing for listing in self.before.values() if not listing.delisted]

    async def sleep(self, seconds: float) -> None:
        """Wait without holding anything up; a crawl that is stopping waits no longer."""
        try:
            await asyncio.wait_for(self.stopping.wait(), timeout=seconds)
        except TimeoutError:
            return

    def answered(self, request: Request, status: int = 200) -> bool:
        """The shop has answered; returns whether it has now refused so many pages in a row that this is a wall."""
        self._given_up[is_photo(request)] = 0
        if not is_photo(request):
            self._refused_in_a_row = self._refused_in_a_row + 1 if status in _REFUSALS else 0
        return self._refused_in_a_row >= self.params.retries.refused_after

    def gave_up(self, request: Request, why: str) -> bool:
        """Note a page or photo that was not to be had; returns whether so many in a row are enough."""
        photo = is_photo(request)
        if is_page(request):
            self.page_failed(request, why)
        elif not photo:
            return False
        self._given_up[photo] += 1
        return self._given_up[photo] >= self.params.retries.give_up_after

    def page_failed(self, request: Request, why: str) -> None:
        """Note a page that was not to be had, under the address that was asked for first."""
        first = (request.meta.get("redirect_urls") or [request.url])[0]
        self.failed_pages.setdefault(first, why)
        if first != request.url:
            self.redirected.add(request.url)

    def add_membership(self, key: str, *collections: str) -> None:
        """A listing, known by its id or URL, was met in these collections too."""
        self.memberships.setdefault(key, set()).update(collections)

    def count_bytes(self, data: bytes, **_: Any) -> None:
        """Handler of Scrapy's signal bytes_received."""
        self.received += len(data)

    def count_failure(self, failure: Failure, response: Response | Failure | None, **_: Any) -> None:
        """Handler of Scrapy's signal spider_error: a page that the spider stumbled over."""
        where = response.url if isinstance(response, Response) else self.base.url
        self.failed_pages.setdefault(where, f"{type(failure.value).__name__}: {failure.value}")

    def count_lost(self, item: object, failure: Failure, **_: Any) -> None:
        """Handler of Scrapy's signal item_error: an item that a pipeline stumbled over, as when the disk is full."""
        self.invalid_items.append((str(item)[:200], f"{type(failure.value).__name__}: {failure.value}"))


class ShopCrawler(Crawler):
    """Scrapy's crawler with the run it belongs to; parts built by Scrapy find the run here."""

    def __init__(self, spider: type[Spider], settings: Settings, run: ShopRun) -> None:
        super().__init__(spider, settings)
        self.run = run
        self._stop: asyncio.Task[None] | None = None
        self.signals.connect(run.count_bytes, signal=signals.bytes_received)
        self.signals.connect(run.count_failure, signal=signals.spider_error)
        self.signals.connect(run.count_lost, signal=signals.item_error)
        self.signals.connect(self.count_page, signal=signals.response_received)

    @property
    def figures(self) -> Mapping[str, Any]:
        """Scrapy's statistics; empty before the crawl has begun."""
        return {} if self._stats is None else self._stats.get_stats()

    @property
    def begun(self) -> bool:
        """Whether it has had its turn: shops of one address are crawled one after another."""
        return self.spider is not None

    def halt(self, reason: str, *, interrupted: bool = False) -> None:
        """Stop in order, once: nothing more is asked, what is under way ends, the journal stays whole.

        What waits for its turn is given up; at a request a second that could be many minutes.
        """
        if self.run.stopping.is_set() or (self.begun and not self.crawling):
            return
        self.run.stop_reason, self.run.interrupted = reason, interrupted
        self.run.stopping.set()
        if not self.begun:
            return
        if isinstance(self.spider, ShopSpider):
            self.spider.stopping = True
        for slot in self.engine.downloader.slots.values():
            while slot.queue:
                _, waiting = slot.queue.popleft()
                waiting.errback(IgnoreRequest(STOPPING))
        self._stop = asyncio.get_running_loop().create_task(self.stop_async())

    def count_page(self, request: Request, response: Response, **_: Any) -> None:
        """Handler of Scrapy's signal response_received."""
        if response.status != 200 or not is_page(request):
            return
        self.stats.inc_value("crawl/pages")
        self.note_storefront(request)

    def note_storefront(self, request: Request) -> None:
        """Note a request that a redirect led to another storefront of the shop."""
        first = (request.meta.get("redirect_urls") or [request.url])[0]
        locale = locale_of(request.url)
        if locale and locale not in (locale_of(first), locale_of(self.run.base.url)):
            self.stats.inc_value(f"shop/note/page redirected to the localised shop {locale}")


class CrawlComponent:
    """A middleware or pipeline of a shop's crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = shop_crawler(crawler)
        self.run = self.crawler.run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)


def shop_crawler(crawler: Crawler) -> ShopCrawler:
    """The crawler as one that `sneakers crawl` has made.

    Raises:
        TypeError: it is another.
    """
    if not isinstance(crawler, ShopCrawler):
        raise TypeError("shops are crawled with `sneakers crawl`, which knows where their data lies")
    return crawler


def is_photo(request: Request) -> bool:
    """Whether a request is for a photo."""
    return bool(request.meta.get(PHOTO))


def is_page(request: Request) -> bool:
    """Whether a request is for a page, and not for a photo or a robots.txt, which Scrapy's middleware marks."""
    return not is_photo(request) and not request.meta.get("dont_obey_robotstxt")
