"""Shops whose collections are read page by page as HTML, and their products one page each."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from scrapers.engine.spider import ShopSpider
from scrapers.extract.facts import Facts
from scrapers.items import ListingItem

__all__ = ["Card", "CollectionSpider"]

_PAGE = re.compile(r"(?:[?&]page=|/page-)(\d{1,6})\b")

_NEXT = "link[rel=next]::attr(href), a[rel=next]::attr(href)"


@dataclass(frozen=True, slots=True)
class Card:
    """A product as a collection's page shows it: a key that all pages share, its own page, and what the card states."""

    key: str
    url: str
    facts: Facts | None = None


class CollectionSpider(ShopSpider):
    """Walks through ?page=1, 2, … of each collection until a page brings no new product."""

    zero_based: ClassVar[bool] = False
    """Whether the shop may count its pages from 0, so that ?page=1 may be the second or the first once more."""

    @abstractmethod
    def collection_path(self, collection: str) -> str:
        """The path of a collection's first page."""

    @abstractmethod
    def cards(self, response: TextResponse) -> Iterable[Card]:
        """The products that a collection's page shows."""

    @abstractmethod
    def read_product(self, response: TextResponse, card: Card) -> Iterable[ListingItem]:
        """The listings of a product's page; none if it can't be read."""

    async def start(self) -> AsyncIterator[Any]:
        """The first page of every collection."""
        for collection in self.collections:
            yield self.first_page(collection)

    def first_page(self, collection: str) -> Request:
        """The request for a collection's first page, which carries no number: it is the first however pages count."""
        return self._page(collection, 0 if self.zero_based else 1, first=True, last=0)

    def parse_collection(self, response: Response, collection: str, page: int, first: bool, last: int) -> Iterator[Any]:
        """Callback of a collection's page: the products not met yet, then the next page.

        A page without products ends the collection, unless pages with products have linked to later ones: then it is
        a broken page, and its like must not hide the rest.
        """
        if self.full():
            return
        cards = list(self.cards(response)) if isinstance(response, TextResponse) else []
        last = max(last, self._last_page(response)) if cards else last
        if not cards and (first or page < last):
            self.fail(response, "shows no products")
        new = [card for card in cards if self.meetings.new_in(f"pages/{collection}", card.key)]
        for card in new:
            yield from self._met(card, collection)
        repeated = self.zero_based and page == 1 and not new  # ?page=1 was the first page once more: counted from 1
        if new or repeated or (not cards and page < last):
            yield from self._next(response, collection, page, last)

    def collection_failed(self, failure: Failure) -> Iterator[Request]:
        """Errback of a collection's page; beyond the last page, "not found" is the end."""
        request = self.failed_request(failure)
        why = self.unreachable(failure)
        page, last = request.cb_kwargs["page"], request.cb_kwargs["last"]
        if why != "answered 404" or request.cb_kwargs["first"] or page < last:
            self.fail(request, why)
        if page < last:
            yield from self._next(request, request.cb_kwargs["collection"], page, last)

    def parse_product(self, response: Response, card: Card) -> Iterator[Any]:
        """Callback of a product's page."""
        items = list(self.read_product(response, card)) if isinstance(response, TextResponse) else []
        if not items:
            self.fail(response, "shows no product that can be read")
            items = self.without_page(card)
        self.meetings.became(card.key, [item["listing_id"] for item in items])
        yield from items

    def product_failed(self, failure: Failure) -> Iterator[Any]:
        """Errback of a product's page."""
        request = self.failed_request(failure)
        self.fail(request, self.unreachable(failure))
        card: Card = request.cb_kwargs["card"]
        if self.stopping:
            return
        items = self.without_page(card)
        self.meetings.became(card.key, [item["listing_id"] for item in items])
        yield from items

    def without_page(self, card: Card) -> list[ListingItem]:
        """The listing of a product whose page can't be had or read, if its card tells what it is called."""
        if card.facts is None or not card.facts.title:
            return []
        return [self.listing(card.key, card.key, card.url, [card.facts])]

    def _met(self, card: Card, collection: str) -> Iterator[Any]:
        if card.key in self.meetings:
            yield from self.meetings.again(card.key, card.url, [collection])
        elif self.take():
            self.meetings.meet(card.key, [collection])
            yield Request(card.url, self.parse_product, errback=self.product_failed, cb_kwargs={"card": card})

    def _next(self, where: Response | Request, collection: str, page: int, last: int) -> Iterator[Request]:
        """The next page, by the link to it; where there is none, by its number, should the link have been renamed."""
        if self.full():
            return
        if page >= self.max_pages:
            self.fail(where, f"is page {page}, and there are more; no more are read of a collection")
            return
        link = where.css(_NEXT).get() if isinstance(where, TextResponse) else None
        url = self.own_url(link, where.url) if link else None
        known = url and _collection(url) == _collection(where.url) and url != where.url
        yield self._page(collection, page + 1, last=last, url=url if known else None)

    def _page(self, collection: str, page: int, *, last: int, first: bool = False, url: str | None = None) -> Request:
        path = self.collection_path(collection)
        number = "" if first else f"{'&' if '?' in path else '?'}page={page}"
        return Request(
            url or self.url(path) + number,
            self.parse_collection,
            errback=self.collection_failed,
            cb_kwargs={"collection": collection, "page": page, "first": first, "last": last},
        )

    def _last_page(self, response: Response) -> int:
        """The highest number of a page of the same collection that the page links to; 0 where it links to none."""
        if not isinstance(response, TextResponse):
            return 0
        urls = (self.own_url(href, response.url) for href in response.css("a::attr(href), link::attr(href)").getall())
        numbers = [(int(found[1]), url) for url in urls if url and (found := _PAGE.search(url))]
        return max((number for number, url in numbers if _collection(url) == _collection(response.url)), default=0)


def _collection(url: str) -> str:
    """The path of a collection in an address of one of its pages."""
    return _PAGE.sub("", urlsplit(url).path).rstrip("/")
