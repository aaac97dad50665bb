"""Item pipeline: write a finished listing to the journal."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from scrapers.engine.pipelines.harvest import Harvest
from scrapers.engine.run import ShopRun, run_of

__all__ = ["Keeping"]


class Keeping:
    """Last of the pipelines: from here on a kill does no harm to the listing."""

    def __init__(self, run: ShopRun, crawler: Crawler) -> None:
        self.run = run
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(run_of(crawler), crawler)

    def process_item(self, item: object) -> object:
        """Note a listing with what its photos came to."""
        if isinstance(item, Harvest):
            self.run.journal.add_listing(item.listing, item.faults)
            self.stats.inc_value("crawl/items")
        return item
