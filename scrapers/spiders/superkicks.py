"""superkicks.in: a Shopify shop; see notes/shops/superkicks.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import JsonValue
from scrapy import Request
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from scrapers.engine.shopify import ShopifySpider
from scrapers.extract.facts import Facts
from scrapers.extract.prices import current_price
from scrapers.extract.selecting import heading, pairs, photos, text_of, texts_of
from scrapers.extract.storefront import stated_currency
from scrapers.items import ListingItem

__all__ = ["Superkicks"]


class Superkicks(ShopifySpider):
    """The article code stands on a product's page alone, so each page is fetched for what the JSON lacks."""

    name = "superkicks"
    home = "https://www.superkicks.in"
    currency = "INR"
    collections = tuple(
        f"{who}-{what}"
        for who in ("men", "women")
        for what in ("sneakers", "basketball-sneakers", "classics-sneakers", "skateboard-sneakers")
    )

    def select(self, response: TextResponse) -> Facts:
        """The theme's markup as of 2023."""
        details = _details(response)
        prices = texts_of(response, ".product__info-container span.price-item, .product__info-container s.price-item")
        return Facts(
            source="selectors",
            brand=text_of(
                response, ".product__info-container .product__vendor, .product__info-container .product__text"
            ),
            title=heading(response, ".product__title h1"),
            style_code=_article_code(details),
            price=current_price(
                prices or texts_of(response, "span.price-item--regular")[:1], stated_currency(response), self.currency
            ),
            photos=photos(response, ".product__media img"),
            extra={"details": details} if details else {},
        )

    def complete(self, item: ListingItem) -> Request | None:
        """The page, unless it is of several colours: its article code could not say whose it is."""
        if "?variant=" in item["url"]:
            return None
        return Request(item["url"], self.parse_details, errback=self.details_failed, cb_kwargs={"item": item})

    def parse_details(self, response: Response, item: ListingItem) -> Iterator[Any]:
        """Callback of a product's page whose listing the JSON gave: the pairs are added, nothing else is changed."""
        page = response if isinstance(response, TextResponse) else None
        details = _details(page) if page is not None else {}
        if not details and not self.readable(self.page_facts(page) if page is not None else ()):
            self.fail(response, "shows no product that can be read")
        if details:
            item["extra"] = {**item["extra"], "details": details}
        if code := _article_code(details):
            item["style_code"] = code
        yield item

    def details_failed(self, failure: Failure) -> Iterator[Any]:
        """Errback of such a page: the listing is as good as the JSON has it."""
        request, why = self.unanswered(failure)
        if not self.stopping:
            self.fail(request, why)
            yield request.cb_kwargs["item"]


def _details(response: TextResponse) -> dict[str, JsonValue]:
    return dict(pairs(response, "span.product_description-name"))


def _article_code(details: dict[str, JsonValue]) -> str | None:
    for name, value in details.items():
        if name.lower().replace("-", " ").replace("_", " ") in ("article code", "article number", "style code"):
            return str(value)
    return None
