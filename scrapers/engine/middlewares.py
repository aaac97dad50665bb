"""What stands between Scrapy's engine and the network: allowed hosts, robots.txt, retries, and pauses on request.

All are downloader middlewares but for the pauses: those are made by the download handler, the last step.
"""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser, RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import load_object
from twisted.internet.defer import Deferred

from scrapers.engine.addresses import refusal
from scrapers.engine.run import STOPPING, CrawlComponent, is_page, is_photo, shop_crawler

__all__ = ["BackoffMiddleware", "HostMiddleware", "RetryAfterHandler", "RobotsMiddleware", "retry_after"]

_BUSY = frozenset({429, 430})
"""Statuses of a shop that wants fewer requests; 430 is Shopify's own."""
_LONGEST_DELAY = 60.0
"""Seconds; a Crawl-delay beyond it is taken for a slip."""
_WAITED = "crawl_waited"
"""Key in a request's meta: seconds that were waited for it."""


class HostMiddleware(CrawlComponent):
    """Lets out requests for pages of the shop's own host and for photos of public ones; redirects come by here again.

    All requests of a shop share one download slot, so that the delay lies between any two of them, whichever host of
    the shop's they go to. A proxy named by the environment is not asked for what is on this machine.
    """

    def process_request(self, request: Request) -> None:
        """Let it pass, or refuse it with the reason.

        Raises:
            IgnoreRequest: the address is not one to ask, or the crawl is being stopped.
        """
        if self.run.stopping.is_set():
            raise IgnoreRequest(STOPPING)
        why = refusal(request.url, self.run.base, photo=not is_page(request))
        if why:
            self.refuse(request, why)
            raise IgnoreRequest(why)
        request.meta["download_slot"] = self.run.shop
        if self.run.base.loopback and urlparse_cached(request).hostname == self.run.base.host:
            request.meta["proxy"] = None

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's signature
        """Count a name that the resolver would not answer; the last middleware to hear of it, so once a request."""
        if self.run.resolver.has_refused(urlparse_cached(request).hostname):
            self.refuse(request, "an internal address")

    def refuse(self, request: Request, why: str) -> None:
        """Count a refusal, and note a page as failed."""
        self.run.refused[urlparse_cached(request).netloc or request.url[:100], why] += 1
        if is_page(request) and "redirect_urls" in request.meta:
            self.crawler.note_storefront(request)
            self.run.page_failed(request, f"redirected to {why}: {urlparse_cached(request).netloc}")
        elif is_page(request):
            self.run.page_failed(request, why)


class RobotsMiddleware(RobotsTxtMiddleware):
    """A robots.txt that is not there (4xx) allows all, one that cannot be had (5xx, 429, timeout) forbids all.

    Where it is the shop's own that cannot be had, the shop is not crawled. Its Crawl-delay is honoured. RFC 9309.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._shop = shop_crawler(crawler)
        self._forbidden: dict[str, str] = {}
        """Hosts that may not be asked, and why."""

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        if why := self._forbidden.get(urlparse_cached(request).netloc):
            raise IgnoreRequest(why)
        super().process_request_2(rp, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status in _BUSY:
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
        if run.resolver.has_refused(urlsplit(f"//{netloc}").hostname):
            reason = "an internal address"  # HostMiddleware counts it
        else:
            reason = f"robots.txt could not be had ({why})"
            run.refused[netloc, reason] += 1
        if self._is_shop(netloc):
            self._shop.halt(f"{reason}, so nothing may be asked")
        self._forbidden[netloc] = reason
        waiting, self._parsers[netloc] = self._parsers[netloc], None
        if isinstance(waiting, Deferred):
            waiting.callback(None)

    def _is_shop(self, netloc: str) -> bool:
        parts = urlsplit(f"//{netloc}")
        return self._shop.run.base.covers(parts.hostname or "", "https", parts.port)

    def _slow_down(self, delay: float | None) -> None:
        """Keep the distance that the shop's robots.txt asks for; a crawl without any delay is a demo's or a test's."""
        downloader, own = self._shop.engine.downloader, self._shop.run.params.delay
        if not delay or delay <= own or not own:
            return
        delay = min(float(delay), _LONGEST_DELAY)
        downloader._delay = delay
        for slot in downloader.slots.values():
            slot.delay = max(slot.delay, delay)
        throttle = self._shop.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = delay


class BackoffMiddleware(CrawlComponent):
    """Exponential back-off on 429, 5xx, timeouts and lost connections, never sooner than Retry-After asks for.

    Waiting takes place in coroutines, so other shops go on. A shop that asks for more than the longest wait, or fails
    page after page, is left: its crawl ends, and can be resumed.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.retries = self.run.params.retries
        self.statuses = _BUSY | {int(status) for status in crawler.settings.getlist("RETRY_HTTP_CODES")}
        self.exceptions = tuple(load_object(name) for name in crawler.settings.getlist("RETRY_EXCEPTIONS"))

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Try again where the status says that it may help."""
        if response.status in self.statuses or response.status >= 500:
            return await self._again(request, f"HTTP {response.status}", retry_after(response)) or response
        if self.run.answered(request, response.status):
            self.crawler.halt(f"{self.retries.refused_after} pages in a row were refused with HTTP {response.status}")
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Try again after a timeout or a lost connection; what was refused, or too large, stays so."""
        if isinstance(exception, IgnoreRequest) or self.run.resolver.has_refused(urlparse_cached(request).hostname):
            return None
        why = f"{type(exception).__name__}: {exception}"
        if isinstance(exception, DownloadCancelledError):
            why = f"more than {self.run.params.limits.body:,} bytes in one answer"
        if isinstance(exception, self.exceptions):
            return await self._again(request, why, None)
        self._give_up(request, why)
        return None

    async def _again(self, request: Request, why: str, asked: float | None) -> Request | None:
        """The request once more after a wait; None where it is given up."""
        if asked is not None and asked > self.retries.longest_wait:
            self._give_up(request, why)
            self.crawler.halt(f"{urlparse_cached(request).netloc} asks to be left alone for {asked:,.0f} s")
            return None
        tried = request.meta.get("retry_times", 0)
        wait = max(asked or 0.0, min(self.retries.first_wait * 2**tried, self.retries.longest_wait))
        waited = request.meta.get(_WAITED, 0.0) + wait
        if tried >= self.retries.times or waited > self.retries.patience:
            self._give_up(request, f"{why}, {tried + 1} times" if tried else why)
            return None
        await self.run.sleep(wait)
        if self.run.stopping.is_set() or self.crawler.spider is None:
            return None
        reason, times = why.partition(":")[0], self.retries.times
        again = get_retry_request(request, spider=self.crawler.spider, reason=reason, max_retry_times=times)
        if again is not None:
            again.meta[_WAITED] = waited
            self.crawler.stats.inc_value("crawl/waited", wait)
        return again

    def _give_up(self, request: Request, why: str) -> None:
        if self.run.gave_up(request, why):
            what = "photos" if is_photo(request) else "pages"
            self.crawler.halt(f"{self.retries.give_up_after} {what} in a row failed, the last with {why}")


class RetryAfterHandler(HTTP11DownloadHandler):
    """Scrapy's handler; after a Retry-After the whole shop waits.

    A middleware could not do this: requests that wait for their turn have passed all of them, and the next goes out
    before they hear of the answer. Here at most as many wait as may go out at a time, and the others behind them.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._run = shop_crawler(crawler).run

    async def download_request(self, request: Request) -> Response:
        """Wait while the shop has asked for it, then fetch.

        Raises:
            IgnoreRequest: the crawl is being stopped.
        """
        run = self._run
        while (left := run.quiet_until - time.monotonic()) > 0 and not run.stopping.is_set():
            await run.sleep(left)
        if run.stopping.is_set():
            raise IgnoreRequest(STOPPING)
        response = await super().download_request(request)
        asked = retry_after(response)
        if asked is not None and asked <= run.params.retries.longest_wait:
            run.quiet_until = max(run.quiet_until, time.monotonic() + asked)
        return response


def retry_after(response: Response) -> float | None:
    """Seconds that a 429, 430 or 503 asks to wait, by a number or a date (RFC 9110, 10.2.3); None where it does not."""
    if response.status not in _BUSY | {503}:
        return None
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
