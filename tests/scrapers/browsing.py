"""A web of a few pages held in memory, through which a spider goes as Scrapy would lead it."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, JsonResponse, Response
from scrapy.settings import Settings
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.statscollectors import MemoryStatsCollector
from twisted.python.failure import Failure

from scrapers.engine.spider import ShopSpider
from scrapers.items import ListingItem, Membership

__all__ = ["Journey", "html", "journey", "spider_of"]

S = TypeVar("S", bound=ShopSpider)
Page = str | bytes | int | dict[str, Any] | list[Any] | Exception
"""A body of HTML, bytes of no text, a status without a body, JSON, or what the request ends in."""


def spider_of(kind: type[S], **kwargs: Any) -> S:
    """A spider with statistics and without a running crawl."""
    crawler = Crawler(kind, Settings())
    crawler.stats = MemoryStatsCollector(crawler)
    return kind.from_crawler(crawler, **kwargs)


def html(body: str, url: str = "https://shop.example/page") -> HtmlResponse:
    """A page of HTML."""
    return HtmlResponse(url, body=body.encode(), encoding="utf-8")


@dataclass
class Journey:
    """What a spider brought home, and what it asked for, in order."""

    spider: ShopSpider
    listings: dict[str, ListingItem] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Path and query of every request."""

    def stat(self, key: str) -> int:
        assert self.spider.crawler.stats is not None
        return int(self.spider.crawler.stats.get_value(f"shop/{key}", 0))

    def collections(self, listing_id: str) -> list[str]:
        """The collections of a listing, with those it was met in again."""
        item = self.listings[listing_id]
        seen = [one["collection"] for one in self.memberships if item["listing_id"] == one.get("listing_id")]
        seen += [one["collection"] for one in self.memberships if item["url"] == one.get("url")]
        return sorted({*item["collections"], *seen})

    def take(self, results: Iterable[Any] | None) -> list[Request]:
        """Sort what a callback yielded; returns the requests."""
        requests = []
        for result in results or ():
            if isinstance(result, Request):
                requests.append(result)
            elif isinstance(result, Membership):
                self.memberships.append(result)
            elif result["listing_id"] in self.listings:
                self.doubled.append(result["listing_id"])
            else:
                self.listings[result["listing_id"]] = result
        return requests


def journey(spider: ShopSpider, pages: Mapping[str, Page] | Callable[[str], Page]) -> Journey:
    """Let a spider go through `pages` (path and query to page) until it asks for no more; unknown paths answer 404."""
    made = Journey(spider)
    waiting = deque(made.take(asyncio.run(_started(spider))))
    known = set()
    while waiting:
        request = waiting.popleft()
        if request.url in known:
            continue
        known.add(request.url)
        parts = urlsplit(request.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        made.asked.append(path)
        assert len(made.asked) < 2000, "the spider never ends"
        waiting.extend(made.take(_answered(request, pages(path) if callable(pages) else pages.get(path, 404))))
    return made


async def _started(spider: ShopSpider) -> list[Any]:
    return [result async for result in spider.start()]


def _answered(request: Request, page: Page) -> Iterable[Any] | None:
    assert request.callback is not None
    assert request.errback is not None
    error: Exception | None = page if isinstance(page, Exception) else None
    if isinstance(page, int):
        error = HttpError(Response(request.url, status=page, request=request))
    if error is not None:
        failure = Failure(error)
        failure.request = request  # type: ignore[attr-defined]
        return request.errback(failure)
    return request.callback(_response(request, page), **request.cb_kwargs)


def _response(request: Request, page: Page) -> Response:
    if isinstance(page, dict | list):
        return JsonResponse(request.url, body=json.dumps(page).encode(), encoding="utf-8", request=request)
    if isinstance(page, bytes):
        return Response(request.url, body=page, request=request)
    assert isinstance(page, str)
    return HtmlResponse(request.url, body=page.encode(), encoding="utf-8", request=request)
