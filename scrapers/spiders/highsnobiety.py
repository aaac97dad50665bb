"""highsnobiety.com/en-us/shop: a shop on Next.js; see notes/shops/highsnobiety.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from scrapy.http import TextResponse

from scrapers.engine.collection_pages import Card, CollectionSpider
from scrapers.extract.embedded import next_data, objects, product_facts
from scrapers.extract.facts import Facts
from scrapers.extract.prices import current_price
from scrapers.extract.selecting import heading, photos, text_of, texts_of
from scrapers.extract.storefront import stated_currency
from scrapers.extract.text import Json, as_list, as_text
from scrapers.items import ListingItem

__all__ = ["Highsnobiety"]

_SLUG = re.compile(r"/shop/product/([\w.%-]+)/?$")


class Highsnobiety(CollectionSpider):
    """Everything travels as the page's state; JSON-LD and the gallery's markup stand by."""

    name = "highsnobiety"
    home = "https://www.highsnobiety.com"
    currency = "USD"
    collections = ("category/footwear/sneakers",)
    zero_based: ClassVar[bool] = True

    def collection_path(self, collection: str) -> str:
        return f"/en-us/shop/{collection}"

    def cards(self, response: TextResponse) -> Iterator[Card]:
        """The hits of the page's state; where there are none, every link to a product."""
        stated = stated_currency(response)
        hits = {
            slug: _with_brand(product_facts(hit, self.currency, stated))
            for hit in _hits(response)
            if (slug := _slug_of(hit))
        }
        links = (_SLUG.search(urlsplit(url).path) for url in self.own_links(response))
        for slug in hits or (link[1] for link in links if link):
            yield Card(slug, self.url(f"/en-us/shop/product/{slug}"), hits.get(slug))

    def read_product(self, response: TextResponse, card: Card) -> Iterator[ListingItem]:
        """State, JSON-LD, microdata, selectors, what the category said."""
        own = [value for value in objects(next_data(response)) if _slug_of(value) == card.key]
        state = []
        if own:
            fullest = max(own, key=len)
            state.append(product_facts(fullest, self.currency, stated_currency(response)))
        facts = [_with_brand(one) for one in (*state, *self.page_facts(response))]
        if self.readable(facts):
            yield self.listing(card.key, card.key, card.url, [*facts, *filter(None, [card.facts])])

    def select(self, response: TextResponse) -> Facts:
        """The markup as of 2023."""
        prices = texts_of(response, "[class*=product-price], [data-testid*=price]")
        return Facts(
            source="selectors",
            brand=text_of(response, "[data-testid=brand]"),
            title=heading(response),
            price=current_price(prices[:1], stated_currency(response), self.currency),
            photos=photos(response, "[id^=pdp_image_zoom_]"),
        )


def _hits(response: TextResponse) -> list[Json]:
    """The products of a category's state: what the search found, which stands in an array `hits` or `products`."""
    for value in objects(next_data(response)):
        for name in ("hits", "products"):
            hits = [hit for hit in as_list(value.get(name)) if isinstance(hit, dict) and _slug_of(hit)]
            if hits:
                return hits
    return []


def _slug_of(hit: Json) -> str | None:
    for name in ("url", "href", "path"):
        address = hit.get(name)
        if isinstance(address, str) and (found := _SLUG.search(re.split("[?#]", address, maxsplit=1)[0])):
            return found[1]
    return as_text(hit.get("slug"))


def _with_brand(facts: Facts) -> Facts:
    """Titles read "Brand – Model Colour": the brand is what stands before the dash."""
    brand, dash, _ = (facts.title or "").partition(" – ")
    return replace(facts, brand=brand) if dash and not facts.brand else facts
