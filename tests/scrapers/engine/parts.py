"""Parts of a crawl that is not under way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from twisted.internet.testing import MemoryReactorClock

from scrapers.engine.addresses import Address, GuardedResolver
from scrapers.engine.journal import Journal
from scrapers.engine.run import ShopCrawler, ShopRun
from scrapers.engine.shop_folder import RunState, ShopFolder
from scrapers.engine.spider import ShopSpider
from scrapers.settings import settings_for
from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.workspace.params import CrawlParams
from sneakers_ml.workspace.paths import Workspace
from tests.scrapers.engine.tiny import TinySpider

__all__ = ["NOW", "make_listing", "make_run", "make_spider"]

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def make_run(root: Path, *, base: str = "http://127.0.0.1:8000", alias: str | None = None) -> ShopRun:
    """A run over the shop alpha that has just begun."""
    folder = ShopFolder(Workspace(root), "alpha")
    address = Address.parse(base, alias)
    return ShopRun(
        folder,
        CrawlParams(),
        address,
        RunState.begin(address.alias, NOW),
        Journal.open(folder.journal),
        GuardedResolver(MemoryReactorClock(), frozenset()),
    )


def make_spider(run: ShopRun) -> ShopSpider:
    """A spider that belongs to a run."""
    folder = run.folder
    settings = settings_for(
        run.params, cache=folder.cache, photos=folder.harvest, started=run.state.started, contact=None
    )
    return TinySpider.from_crawler(ShopCrawler(TinySpider, settings, run), name="alpha")


def make_listing(number: int | str, **fields: object) -> Listing:
    """A listing of the shop alpha."""
    return Listing.model_validate({"shop": "alpha", "listing_id": str(number), **fields})
