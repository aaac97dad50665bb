"""Downloader middleware that lets a request out only where the crawl may go."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from scrapers.engine.run import STOPPING, ShopRun, is_photo, is_robots, run_of
from scrapers.extract.addresses import refusal

__all__ = ["HostGuard"]


class HostGuard:
    """Pages from the shop's own host, photos from public ones; redirects come by here again.

    All requests of a shop share one download slot, so that the delay lies between any two of them, whichever host of
    the shop's they go to. A proxy named by the environment is not asked for what is on this machine.
    """

    def __init__(self, run: ShopRun) -> None:
        self.run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(run_of(crawler))

    def process_request(self, request: Request) -> None:
        """Let it pass, or refuse it with the reason.

        Raises:
            IgnoreRequest: the address is not one to ask, or the crawl is being stopped.
        """
        if self.run.stopping.is_set():
            raise IgnoreRequest(STOPPING)
        why = refusal(request.url, self.run.base, photo=is_photo(request) or is_robots(request))
        if why:
            self.refuse(request, why)
            raise IgnoreRequest(why)
        request.meta["download_slot"] = self.run.shop
        if self.run.base.loopback and urlparse_cached(request).hostname == self.run.base.host:
            request.meta["proxy"] = None

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's signature
        """Count a name that the resolver would not answer; the last middleware to hear of it, so once a request."""
        host = (urlparse_cached(request).hostname or "").rstrip(".")
        if host in self.run.resolver.refused:
            self.refuse(request, "an internal address")

    def refuse(self, request: Request, why: str) -> None:
        """Count a refusal, and note a page as failed."""
        host = urlparse_cached(request).netloc or request.url[:100]
        self.run.trouble.refused[host, why] += 1
        if not is_photo(request) and not is_robots(request):
            self.run.page_failed(request, f"{why}: {request.url}" if "redirect_urls" in request.meta else why)
