"""Spiders of Shopify shops: the shop's JSON first, its pages where the JSON is shut or empty.

/collections/<handle>/products.json?limit=250&page=N gives a collection's products, page by page until one is empty.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, ClassVar, Literal
from urllib.parse import unquote, urlencode, urlsplit

from scrapy import Request
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from scrapers.engine.collection_pages import Card, CollectionSpider
from scrapers.extract.facts import Facts
from scrapers.extract.products_json import (
    Product,
    ShopifyListing,
    embedded_product,
    page_product_id,
    read_products,
    shopify_listings,
)
from scrapers.extract.storefront import stated_currency
from scrapers.items import ListingItem

__all__ = ["ShopifySpider", "handle_of"]

_HANDLE = re.compile(r"/products/([^/?#]+)")


class ShopifySpider(CollectionSpider):
    """A shop says its `collections`, where their pages stand, and which selectors read a product's page."""

    json_size: ClassVar[int] = 250
    """Products a page, the most that Shopify gives."""
    instead: ClassVar[Mapping[str, str]] = {}
    """Lists to try where the JSON of another is shut or empty."""
    json_pages: ClassVar[int] = 100
    """Shopify refuses what lies beyond 25,000 products."""

    def __init__(self, name: str | None = None, *, base: str | None = None, limit: int | str | None = None) -> None:
        super().__init__(name, base=base, limit=limit)
        self._lists: dict[str, Literal["asked", "open", "empty", "refused", "left"]] = {}
        """What the first page of each list of JSON came to; left: for another list, or for the shop's pages."""

    # What a shop may state anew

    def json_lists(self) -> tuple[str, ...]:
        """Handles of the collections whose JSON is read."""
        return self.collections

    def pages_of(self, handle: str) -> tuple[str, ...]:
        """The collections whose HTML pages stand in for a list of JSON: its own, or that of the list it replaced."""
        return tuple(one for one, other in self.instead.items() if other == handle) or (handle,)

    def collections_of(self, handle: str, product: Product) -> tuple[str, ...]:  # noqa: ARG002 - for shops with tags
        """The collections that a product of a list stands in."""
        return (handle,)

    def collection_path(self, collection: str) -> str:
        return f"/collections/{collection}"

    def complete(self, item: ListingItem) -> Request | None:  # noqa: ARG002 - for shops whose JSON lacks something
        """The request for what the JSON does not tell; None: the listing is complete."""
        return None

    # JSON

    async def start(self) -> AsyncIterator[Any]:
        """The first page of JSON of every list."""
        for request in [self._json_page(handle, 1) for handle in self.json_lists()]:
            yield request

    def parse_json(self, response: Response, handle: str, page: int) -> Iterator[Any]:
        """Callback of a page of products.json."""
        products = read_products(response)
        if products is None:
            yield from self._json_refused(response, handle, page, "is not the products' JSON")
            return
        if page == 1:
            self._lists[handle] = "open" if products else "empty"
        new, stated = 0, stated_currency(response)
        for number, product in enumerate(products):
            if product is None or not product.id or not product.handle:
                self.fail(response, f"holds no product in place {number}")
            elif self.known.first_in(f"json/{handle}", product.handle):
                new += 1
                yield from self._read_json(
                    product.handle, product.id, product, self.collections_of(handle, product), stated
                )
        if new and not self.full():
            if page >= min(self.json_pages, self.max_pages):
                self.fail(response, f"is page {page}, and there may be more; no more are read of a collection")
            else:
                yield self._json_page(handle, page + 1)
        yield from self._other_ways()

    def json_failed(self, failure: Failure) -> Iterator[Request]:
        """Errback of a page of products.json."""
        request, why = self.unanswered(failure)
        yield from self._json_refused(request, request.cb_kwargs["handle"], request.cb_kwargs["page"], why)

    def _read_json(
        self, key: str, product_id: str, product: Product, collections: tuple[str, ...], stated: str | None
    ) -> Iterator[Any]:
        url = self.url(f"/products/{key}")
        if key in self.known:
            yield from self.known.add_collections(key, url, collections)
            return
        self.known.add(key, collections)
        colours = [one for one in shopify_listings(product, self.currency, stated=stated) if self.take()]
        items = [self._item(key, product_id, url, one, [one.facts]) for one in colours]
        self.known.set_listings(key, items)
        for item in items:
            yield self.complete(item) or item

    def _item(self, key: str, product_id: str, url: str, one: ShopifyListing, facts: list[Facts]) -> ListingItem:
        address = f"{url}?{urlencode({'variant': one.variant})}" if one.variant else url
        return self.listing(key, f"{product_id}{one.suffix}", address, facts)

    def _json_refused(self, where: Response | Request, handle: str, page: int, why: str) -> Iterator[Request]:
        """Go on with the collection's pages, which begin anew; half-way it is a failure all the same."""
        if page > 1:
            self.fail(where, why)
            yield from map(self.first_page, self.pages_of(handle))
            return
        self.logger.info("%s: %s", where.url, why)
        self.count("json_refused")
        self._lists[handle] = "refused"
        yield from self._other_ways()

    def _other_ways(self) -> Iterator[Request]:
        """Once every list has answered: other lists, then pages, for those refused, and for the empty if all are empty.

        One empty list is an empty collection; a shop whose lists are all empty has shut its JSON.
        """
        if "asked" in self._lists.values():
            return
        shut = "open" not in self._lists.values()
        for handle, state in list(self._lists.items()):
            if state != "refused" and not (shut and state == "empty"):
                continue
            self._lists[handle] = "left"
            other = self.instead.get(handle)
            if other is not None and other not in self._lists:
                yield self._json_page(other, 1)
            else:
                yield from map(self.first_page, self.pages_of(handle))

    def _json_page(self, handle: str, page: int) -> Request:
        self._lists.setdefault(handle, "asked")
        query = urlencode({"limit": self.json_size, "page": page})
        return Request(
            self.url(f"/collections/{handle}/products.json?{query}"),
            self.parse_json,
            errback=self.json_failed,
            cb_kwargs={"handle": handle, "page": page},
            dont_filter=True,
        )

    # HTML

    def cards(self, response: TextResponse) -> Iterator[Card]:
        """Every product that the page links to, outside of its head, foot and menus."""
        for url in self.own_links(response, "//a[not(ancestor::header or ancestor::footer or ancestor::nav)]/@href"):
            if key := handle_of(url):
                yield Card(key, self.url(f"/products/{key}"))

    def read_product(self, response: TextResponse, card: Card) -> Iterator[ListingItem]:
        """The theme's embedded product, JSON-LD, microdata, selectors.

        Of several colours, what the page says of all together counts too, but for its gallery and code.
        """
        product = embedded_product(response, card.key)
        ones = shopify_listings(product, self.currency, "state", stated_currency(response)) if product else []
        others = self.page_facts(response)
        if not ones and not self.readable(others):
            return
        listing_id = (product and product.id) or page_product_id(response) or card.key
        common = [
            Facts(one.source, one.brand, one.title, description=one.description, gender=one.gender) for one in others
        ]
        for number, one in enumerate(ones or [ShopifyListing("", None, others.pop(0))]):
            if number == 0 or self.take():
                yield self._item(card.key, listing_id, card.url, one, [one.facts, *(common if one.suffix else others)])


def handle_of(url: str) -> str | None:
    """The product's handle in an address of its page, which may lie under a collection."""
    found = _HANDLE.search(urlsplit(url).path)
    return unquote(found[1]).removesuffix(".json").removesuffix(".js") if found else None
