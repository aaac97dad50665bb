"""Spiders of Shopify shops: the shop's JSON first, its pages where the JSON is shut or empty.

/collections/<handle>/products.json?limit=250&page=N gives a collection's products, page by page until one is empty.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal
from urllib.parse import unquote, urlencode, urlsplit

from pydantic import JsonValue
from scrapy import Request
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from scrapers.engine.state import json_scripts, objects
from scrapers.extract.collection_pages import Card, CollectionSpider
from scrapers.extract.facts import Facts
from scrapers.extract.products_json import ShopifyListing, shopify_listings
from scrapers.extract.structured import jsonld_facts, microdata_facts
from scrapers.extract.text import Json, as_list, as_text
from scrapers.items import ListingItem

__all__ = ["ShopifySpider", "handle_of"]

_HANDLE = re.compile(r"/products/([^/?#]+)")
_IDS = (
    re.compile(r'"rtyp"\s*:\s*"product"\s*,\s*"rid"\s*:\s*(\d+)'),
    re.compile(r'"product"\s*:\s*\{\s*"id"\s*:\s*(\d+)'),
)
"""Where Shopify's own scripts, which every theme loads, name the page's product."""


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

    def collections_of(self, handle: str, product: Json) -> tuple[str, ...]:  # noqa: ARG002 - for shops that go by tags
        """The collections that a product of a list stands in."""
        return (handle,)

    def collection_path(self, collection: str) -> str:
        return f"/collections/{collection}"

    def microdata(self, response: TextResponse) -> Facts | None:
        """What the page's microdata states of the product."""
        return microdata_facts(response, self.currency)

    @abstractmethod
    def select(self, response: TextResponse) -> Facts:
        """What the theme's own markup states of the product; asked last."""

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
        products = _products(response)
        if products is None:
            yield from self._json_refused(response, handle, page, "is not the products' JSON")
            return
        if page == 1:
            self._lists[handle] = "open" if products else "empty"
        new = 0
        for number, value in enumerate(products):
            key = as_text(value.get("handle")) if isinstance(value, dict) else None
            if not isinstance(value, dict) or not key or not as_text(value.get("id")):
                self.fail(response, f"holds no product in place {number}")
            elif self.meetings.new_in(f"json/{handle}", key):
                new += 1
                yield from self._met_json(key, value, self.collections_of(handle, value))
        if new and not self.full():
            yield from self._next_json(response, handle, page)
        yield from self._other_ways()

    def json_failed(self, failure: Failure) -> Iterator[Request]:
        """Errback of a page of products.json."""
        request = self.failed_request(failure)
        handle, page = request.cb_kwargs["handle"], request.cb_kwargs["page"]
        yield from self._json_refused(request, handle, page, self.unreachable(failure))

    def _met_json(self, key: str, product: Json, collections: tuple[str, ...]) -> Iterator[Any]:
        url = self.url(f"/products/{key}")
        if key in self.meetings:
            yield from self.meetings.again(key, url, collections)
            return
        self.meetings.meet(key, collections)
        colours = [one for one in shopify_listings(product, self.currency) if self.take()]
        items = [self._item(key, str(as_text(product["id"])), url, one, [one.facts]) for one in colours]
        self.meetings.became(key, [item["listing_id"] for item in items])
        for item in items:
            yield self.complete(item) or item

    def _item(self, key: str, product_id: str, url: str, one: ShopifyListing, facts: Iterable[Facts]) -> ListingItem:
        address = f"{url}?{urlencode({'variant': one.variant})}" if one.variant else url
        return self.listing(key, f"{product_id}{one.suffix}", address, facts)

    def _next_json(self, response: Response, handle: str, page: int) -> Iterator[Request]:
        if page >= min(self.json_pages, self.max_pages):
            self.fail(response, f"is page {page}, and there may be more; no more are read of a collection")
        else:
            yield self._json_page(handle, page + 1)

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
        )

    # HTML

    def cards(self, response: TextResponse) -> Iterator[Card]:
        """Every product that the page links to, outside of its head, foot and menus."""
        hrefs = response.xpath("//a[not(ancestor::header or ancestor::footer or ancestor::nav)]/@href").getall()
        for href in hrefs:
            url = self.own_url(href, response.url)
            key = handle_of(url) if url else None
            if key:
                yield Card(key, self.url(f"/products/{key}"))

    def read_product(self, response: TextResponse, card: Card) -> Iterator[ListingItem]:
        """The theme's embedded product, JSON-LD, microdata, selectors."""
        product = _embedded(response, card.key)
        ones = shopify_listings(product, self.currency, "state", cents=_in_cents(product)) if product else []
        found = jsonld_facts(response, self.currency), self.microdata(response), self.select(response)
        others = [facts for facts in found if facts]
        if not ones and not self.readable(others):
            return
        product_id = as_text(product.get("id")) if product else None
        listing_id = product_id or _product_id(response) or card.key
        for number, one in enumerate(ones or [ShopifyListing("", None, others.pop(0))]):
            if number == 0 or self.take():
                kept = [_but_photos(facts) for facts in others] if one.suffix else others
                yield self._item(card.key, listing_id, card.url, one, [one.facts, *kept])


def handle_of(url: str) -> str | None:
    """The product's handle in an address of its page, which may lie under a collection."""
    found = _HANDLE.search(urlsplit(url).path)
    return unquote(found[1]).removesuffix(".json").removesuffix(".js") if found else None


def _products(response: Response) -> list[JsonValue] | None:
    """The products of a page of JSON; None if it is anything else."""
    try:
        body = response.json() if isinstance(response, TextResponse) else None
    except (ValueError, RecursionError):
        return None
    products = body.get("products") if isinstance(body, dict) else None
    return products if isinstance(products, list) else None


def _embedded(response: TextResponse, handle: str) -> Json | None:
    """The product that the theme embeds for its scripts."""
    for script in json_scripts(response):
        for value in objects(script):
            if value.get("handle") == handle and as_list(value.get("variants")) and as_text(value.get("title")):
                return value
    return None


def _in_cents(product: Json) -> bool:
    """Themes write prices as whole cents, the shop's JSON as text with a point."""
    prices = [one.get("price") for one in as_list(product.get("variants")) if isinstance(one, dict)]
    return bool(prices) and all(isinstance(price, int) for price in prices)


def _product_id(response: TextResponse) -> str | None:
    """Shopify's number of the page's product."""
    for pattern in _IDS:
        if found := pattern.search(response.text):
            return found[1]
    inputs = "//form[contains(@action, '/cart/add')]//input[@name='product-id']/@value"
    marks = "//*[self::product-info or self::main or self::section or self::form or self::div]/@data-product-id"
    numbers = response.xpath(f"{inputs} | {marks}").getall()
    return next((number for number in numbers if number.isdigit()), None)


def _but_photos(facts: Facts) -> Facts:
    """What a page says of all colours together; its gallery and code are not those of one."""
    return Facts(facts.source, brand=facts.brand, title=facts.title, description=facts.description, gender=facts.gender)
