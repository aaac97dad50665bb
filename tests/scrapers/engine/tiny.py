"""Spiders of the small shops, all alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import TextResponse
from twisted.python.failure import Failure

from scrapers.engine.spider import ShopSpider
from scrapers.items import ListingItem, Membership

__all__ = ["REGISTRY", "TinySpider"]


class TinySpider(ShopSpider):
    """Reads lists, then product pages; a product met in the second list is a membership."""

    home = "https://tiny.example"
    currency = "EUR"
    collections = ("men", "women")
    floors: ClassVar = {"title_raw": 1.0, "price": 0.9, "photo_urls": 0.5}

    async def start(self) -> AsyncIterator[Any]:
        for collection in self.collections:
            yield self._list(collection, 1)

    def _list(self, collection: str, page: int) -> Request:
        url = self.url(f"/list/{collection}?page={page}")
        kwargs = {"collection": collection, "page": page}
        return Request(url, self.parse_list, errback=self.failed, cb_kwargs=kwargs)

    def parse_list(self, response: TextResponse, collection: str, page: int) -> Iterator[Any]:
        found = response.json()
        for number in found["ids"]:
            if str(number) in self.known:
                yield Membership(listing_id=str(number), collection=collection)
            elif self.take():
                self.known.add(str(number), [collection])
                kwargs = {"number": number, "collection": collection}
                yield Request(self.url(f"/p/{number}"), self.parse_product, errback=self.failed, cb_kwargs=kwargs)
        if found["more"]:
            yield self._list(collection, page + 1)

    def parse_product(self, response: TextResponse, number: int, collection: str) -> Iterator[Any]:
        try:
            product = response.json()
        except ValueError:
            self.fail(response, "no JSON")
            return
        yield ListingItem(
            shop=self.name,
            listing_id=str(number),
            url=response.url,
            title_raw=product["title"],
            brand_raw=product["brand"],
            price=product["price"],
            currency=self.currency,
            photo_urls=[response.urljoin(path) for path in product["photos"]],
            collections=[collection],
        )

    def failed(self, failure: Failure) -> None:
        self.fail(*self.unanswered(failure))


NAMES = """
    alpha beta away bomb careless closed dripping endless failing flood gone huge limited private prying redesigned
    redirecting
"""
for _name in NAMES.split():
    globals()[_name.title()] = type(_name.title(), (TinySpider,), {"name": _name})
REGISTRY = {name: f"{__name__}.{name.title()}" for name in NAMES.split()}
