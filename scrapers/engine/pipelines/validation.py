"""Item pipeline: a spider's item becomes a `Listing`, or is dropped with the reason."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, TypeAdapter, ValidationError
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from scrapers.engine.pipelines.harvest import Harvest
from scrapers.engine.run import ShopRun, run_of
from scrapers.items import ListingItem, Sighting
from sneakers_ml.catalogue.listing import Listing, View

__all__ = ["ShopListing", "Validation"]

WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s/]+\S*$")]


class ShopListing(Listing):
    """A listing as a shop must give it: where it is to be found, and no currency that is not ISO 4217."""

    url: WebAddress
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    photo_urls: tuple[WebAddress, ...] = ()


_VIEWS: TypeAdapter[tuple[View | None, ...]] = TypeAdapter(tuple[View | None, ...])


class Validation:
    """First of the pipelines. A listing that the journal has, or that is on its way, only adds its collections."""

    def __init__(self, run: ShopRun, crawler: Crawler) -> None:
        self.run = run
        self.stats = crawler.stats
        self.seen: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(run_of(crawler), crawler)

    def process_item(self, item: object) -> object:
        """Turn a `ListingItem` into a `Harvest`; note a `Sighting`.

        Raises:
            DropItem: the item breaks the contract, or is there already.
        """
        if isinstance(item, Sighting):
            key = item.get("listing_id") or self.run.base.public(item["url"])
            self.run.sighted(str(key), {str(item["collection"])})
            return item
        return self._harvest(item) if isinstance(item, ListingItem) else item

    def _harvest(self, item: ListingItem) -> Harvest:
        fields: dict[str, Any] = {name: value for name, value in item.items() if value is not None}
        views = fields.pop("photo_views", ())
        public = self.run.base.public
        try:
            fields["url"] = public(fields.get("url", ""))
            fields["photo_urls"] = [public(url) for url in fields.get("photo_urls", ())]
            listing = ShopListing.model_validate(fields | {"fetched_at": self.run.state.now})
            views = _VIEWS.validate_python(views)
            if listing.shop != self.run.shop:
                raise ValueError(f"shop: {listing.shop} is not {self.run.shop}")
            if views and len(views) != len(listing.photo_urls):
                raise ValueError("photo_views and photo_urls differ in length")
        except ValueError as error:
            raise self._drop(fields, _words(error)) from None
        self._once(listing)
        return Harvest(Listing.model_validate(dict(listing)), views)

    def _drop(self, fields: dict[str, Any], why: str) -> DropItem:
        where = str(fields.get("url") or fields.get("listing_id") or "an item without address")
        self.run.trouble.invalid.append((where, why))
        return DropItem(f"{where}: {why}")

    def _once(self, listing: Listing) -> None:
        """Let a listing pass the first time it is met in this run."""
        key = listing.listing_id
        if key in self.run.journal.listings and key not in self.seen:
            self.stats.inc_value("crawl/resumed")
        if key in self.run.journal.listings or key in self.seen:
            self.seen.add(key)
            self.run.sighted(key, set(listing.collections))
            raise DropItem(f"{key} is there already", log_level="DEBUG")
        self.seen.add(key)


def _words(error: ValueError) -> str:
    """The first fault in one line."""
    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors(include_url=False)[0]
    return ": ".join(filter(None, (".".join(map(str, fault["loc"])), fault["msg"])))
