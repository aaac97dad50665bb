"""Downloader middleware that keeps to robots.txt as RFC 9309 reads it."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser, RobotParser
from twisted.internet.defer import Deferred

from scrapers.engine.middlewares.retries import BUSY
from scrapers.engine.run import ShopCrawler

__all__ = ["Robots"]

_LONGEST_DELAY = 60.0
"""Seconds; a Crawl-delay beyond it is taken for a slip."""


class _Nothing(RobotParser):
    """The rules of a host whose robots.txt could not be had: nothing may be asked (RFC 9309, 2.3.1.4)."""

    def __init__(self, why: str = "") -> None:
        self.why = why

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> Self:  # noqa: ARG003 - Scrapy's signature
        return cls()

    def allowed(self, url: str | bytes, user_agent: str | bytes) -> bool:  # noqa: ARG002 - Scrapy's signature
        return False


class Robots(RobotsTxtMiddleware):
    """A robots.txt that is not there (4xx) allows all, one that cannot be had (5xx, 429, timeout) forbids all.

    Where it is the shop's own that cannot be had, the shop is not crawled. Its Crawl-delay is honoured.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if not isinstance(crawler, ShopCrawler):
            raise TypeError("this middleware belongs to `sneakers crawl`")
        self._shop = crawler

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        if isinstance(rp, _Nothing):
            raise IgnoreRequest(rp.why)
        super().process_request_2(rp, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status in BUSY:
            self._forbid(netloc, f"HTTP {response.status}")
            return
        if response.status != 200:
            response = response.replace(body=b"")  # a page that says "not found" holds no rules
        await super()._parse_robots(response, netloc, request)
        parser = self._parsers[netloc]
        if self._is_shop(netloc) and isinstance(parser, ProtegoRobotParser):
            self._slow_down(parser.rp.crawl_delay(self._robotstxt_useragent or self._default_useragent))

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._forbid(netloc, str(exc) or type(exc).__name__)

    def _forbid(self, netloc: str, why: str) -> None:
        run = self._shop.run
        if (urlsplit(f"//{netloc}").hostname or "").rstrip(".") in run.resolver.refused:
            reason = "an internal address"  # HostGuard counts it
        else:
            reason = f"robots.txt could not be had ({why})"
            run.trouble.refused[netloc, reason] += 1
        if self._is_shop(netloc):
            self._shop.halt(f"{reason}, so nothing may be asked")
        waiting, rules = self._parsers[netloc], _Nothing(reason)
        self._parsers[netloc] = rules
        if isinstance(waiting, Deferred):
            waiting.callback(rules)

    def _is_shop(self, netloc: str) -> bool:
        parts = urlsplit(f"//{netloc}")
        return self._shop.run.base.covers(parts.hostname or "", "https", parts.port)

    def _slow_down(self, delay: float | None) -> None:
        """Keep the distance that the shop's robots.txt asks for; a crawl without any delay is a demo's or a test's."""
        downloader, told = self._shop.engine.downloader, self._shop.run.params.delay
        if not delay or delay <= told or not told:
            return
        delay = min(float(delay), _LONGEST_DELAY)
        downloader._delay = delay
        for slot in downloader.slots.values():
            slot.delay = max(slot.delay, delay)
        throttle = self._shop.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = delay
