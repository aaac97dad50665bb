"""Spiders of shops whose collections are read page by page as HTML, and their products one page each."""

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
from scrapers.extract.structured import jsonld_facts, microdata_facts
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
    """Walks through ?page=1, 2, … of each collection until a page brings no new product.

    It asks for nothing twice by itself. Scrapy's filter of duplicates is off, for it drops, without a word, the second
    page that redirects to the same one, such as a shop's password page.
    """

    zero_based: ClassVar[bool] = False
    """Whether the shop may count its pages from 0, so that ?page=1 may be the second or the first once more."""

    @abstractmethod
    def collection_path(self, collection: str) -> str:
        """The path of a collection's first page."""

    @abstractmethod
    def cards(self, response: TextResponse) -> Iterable[Card]:
        """The products that a collection's page shows."""

    @abstractmethod
    def select(self, response: TextResponse) -> Facts:
        """What the markup of a product's page states; asked last."""

    @abstractmethod
    def read_product(self, response: TextResponse, card: Card) -> Iterable[ListingItem]:
        """The listings of a product's page; none if it can't be read."""

    def microdata(self, response: TextResponse) -> Facts | None:
        """What the microdata of a product's page states."""
        return microdata_facts(response, self.currency)

    def page_facts(self, response: TextResponse) -> list[Facts]:
        """What a product's page states in JSON-LD, microdata and markup, the most reliable first."""
        found = jsonld_facts(response, self.currency), self.microdata(response), self.select(response)
        return [facts for facts in found if facts]

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
        cards: list[Card] = []
        if isinstance(response, TextResponse) and (cards := list(self.cards(response))):
            last = max(last, self._last_page(response))
        if not cards and (first or page < last):
            self.fail(response, "shows no products")
        new = [card for card in cards if self.known.first_in(f"pages/{collection}", card.key)]
        for card in new:
            if card.key in self.known:
                yield from self.known.add_collections(card.key, card.url, [collection])
            elif self.take():
                self.known.add(card.key, [collection])
                yield Request(
                    card.url,
                    self.parse_product,
                    errback=self.product_failed,
                    cb_kwargs={"card": card},
                    dont_filter=True,
                )
        repeated = self.zero_based and page == 1 and not new  # ?page=1 was the first page once more: counted from 1
        if new or repeated or (not cards and page < last):
            yield from self._next(response, collection, page, last)

    def collection_failed(self, failure: Failure) -> Iterator[Request]:
        """Errback of a collection's page; beyond the last page, "not found" is the end."""
        request, why = self.unanswered(failure)
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
        self.known.set_listings(card.key, items)
        yield from items

    def product_failed(self, failure: Failure) -> Iterator[Any]:
        """Errback of a product's page."""
        request, why = self.unanswered(failure)
        self.fail(request, why)
        if not self.stopping:
            card: Card = request.cb_kwargs["card"]
            items = self.without_page(card)
            self.known.set_listings(card.key, items)
            yield from items

    def without_page(self, card: Card) -> list[ListingItem]:
        """The listing of a product whose page can't be had or read, if its card tells what it is called."""
        if card.facts is None or not card.facts.title:
            return []
        return [self.listing(card.key, card.key, card.url, [card.facts])]

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
            dont_filter=True,
        )

    def _last_page(self, response: TextResponse) -> int:
        """The highest number of a page of the same collection that the page links to; 0 where it links to none."""
        own, links = _collection(response.url), self.own_links(response, "//a/@href | //link/@href")
        found = (_PAGE.search(url) for url in links if _collection(url) == own)
        return max((int(number[1]) for number in found if number), default=0)


def _collection(url: str) -> str:
    """The path of a collection in an address of one of its pages."""
    return _PAGE.sub("", urlsplit(url).path).rstrip("/")
