"""The last step before the network, where a shop that has asked for it is left alone."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from scrapers.engine.middlewares.retries import retry_after
from scrapers.engine.run import STOPPING, run_of

__all__ = ["PatientHandler"]


class PatientHandler(HTTP11DownloadHandler):
    """Scrapy's handler; after a Retry-After the whole shop waits.

    A middleware could not do this: requests that wait for their turn have passed all of them, and the next goes out
    before they hear of the answer. Here at most as many wait as may go out at a time, and the others behind them.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._run = run_of(crawler)

    async def download_request(self, request: Request) -> Response:
        """Wait while the shop has asked for it, then fetch.

        Raises:
            IgnoreRequest: the crawl is being stopped.
        """
        await self._run.held()
        if self._run.stopping.is_set():
            raise IgnoreRequest(STOPPING)
        response = await super().download_request(request)
        asked = retry_after(response)
        if asked is not None and asked <= self._run.params.retries.longest_wait:
            self._run.hold(asked)
        return response
