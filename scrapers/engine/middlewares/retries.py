"""Downloader middleware that tries again, later each time, and as late as a shop asks for."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import load_object

from scrapers.engine.run import ShopCrawler, is_photo, run_of

__all__ = ["BUSY", "PoliteRetries", "retry_after"]

BUSY = frozenset({429, 430})
"""Statuses of a shop that wants fewer requests; 430 is Shopify's own."""

_WAITED = "crawl_waited"
"""Key in a request's meta: seconds that were waited for it."""


class PoliteRetries:
    """Exponential back-off on 429, 5xx, timeouts and lost connections, never sooner than Retry-After asks for.

    Waiting takes place in coroutines, so other shops go on. A shop that asks for more than the longest wait, or fails
    page after page, is left: its crawl ends, and can be resumed.
    """

    def __init__(self, crawler: ShopCrawler) -> None:
        self.crawler = crawler
        self.run = run_of(crawler)
        self.told = self.run.params.retries
        settings = crawler.settings
        self.statuses = BUSY | {int(status) for status in settings.getlist("RETRY_HTTP_CODES")}
        self.exceptions = tuple(load_object(name) for name in settings.getlist("RETRY_EXCEPTIONS"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not isinstance(crawler, ShopCrawler):
            raise TypeError("this middleware belongs to `sneakers crawl`")
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Try again where the status says that it may help."""
        if response.status in self.statuses or response.status >= 500:
            return await self._again(request, f"HTTP {response.status}", retry_after(response)) or response
        if self.run.answered(request, response.status):
            self.crawler.halt(f"{self.told.refused_after} pages in a row were refused with HTTP {response.status}")
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Try again after a timeout or a lost connection; what was refused, or too large, stays so."""
        if isinstance(exception, IgnoreRequest):
            return None
        too_large = f"more than {self.run.params.limits.body:,} bytes in one answer"
        cut = isinstance(exception, DownloadCancelledError)
        why = too_large if cut else f"{type(exception).__name__}: {exception}"
        host = (urlparse_cached(request).hostname or "").rstrip(".")
        if isinstance(exception, self.exceptions) and host not in self.run.resolver.refused:
            return await self._again(request, why, None)
        if host not in self.run.resolver.refused:
            self._give_up(request, why)
        return None

    async def _again(self, request: Request, why: str, asked: float | None) -> Request | None:
        """The request once more after a wait; None where it is given up."""
        if asked is not None and asked > self.told.longest_wait:
            self._give_up(request, why)
            self.crawler.halt(f"{urlparse_cached(request).netloc} asks to be left alone for {asked:,.0f} s")
            return None
        tried = request.meta.get("retry_times", 0)
        wait = max(asked or 0.0, min(self.told.first_wait * 2**tried, self.told.longest_wait))
        waited = request.meta.get(_WAITED, 0.0) + wait
        if tried >= self.told.times or waited > self.told.patience:
            self._give_up(request, f"{why}, {tried + 1} times" if tried else why)
            return None
        await self.run.sleep(wait)
        return None if self.run.stopping.is_set() else self._copy(request, why, wait, waited)

    def _copy(self, request: Request, why: str, wait: float, waited: float) -> Request | None:
        assert self.crawler.spider is not None  # noqa: S101 - requests come from an open spider
        reason = why.partition(":")[0]
        again = get_retry_request(request, spider=self.crawler.spider, reason=reason, max_retry_times=self.told.times)
        if again is not None:
            again.meta[_WAITED] = waited
            self.crawler.stats.inc_value("crawl/waited", wait)  # type: ignore[arg-type]
        return again

    def _give_up(self, request: Request, why: str) -> None:
        if self.run.gave_up(request, why):
            what = "photos" if is_photo(request) else "pages"
            self.crawler.halt(f"{self.told.give_up_after} {what} in a row failed, the last with {why}")


def retry_after(response: Response) -> float | None:
    """Seconds that a 429, 430 or 503 asks to wait, by a number or a date (RFC 9110, 10.2.3); None where it does not."""
    if response.status not in BUSY | {503}:
        return None
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
