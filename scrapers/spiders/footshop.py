"""footshop.eu: pages rendered by React on a server; see notes/shops/footshop.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from parsel import Selector
from pydantic import JsonValue
from scrapy.http import TextResponse

from scrapers.engine.collection_pages import Card, CollectionSpider
from scrapers.extract.embedded import hypernova, product_facts
from scrapers.extract.facts import Facts
from scrapers.extract.prices import current_price
from scrapers.extract.selecting import photos, text_of, texts_of
from scrapers.extract.storefront import stated_currency
from scrapers.extract.text import as_dict, tidy
from scrapers.items import ListingItem

__all__ = ["Footshop"]

_PRODUCT = re.compile(r"/en/[^/]+/(\d+)-[^/]+\.html$")


class Footshop(CollectionSpider):
    """Class names are hashed anew at every release, so they are matched by their beginnings."""

    name = "footshop"
    home = "https://www.footshop.eu"
    currency = "EUR"
    collections = ("5-mens-shoes", "6-womens-shoes", "55-kids-sneakers-and-shoes")
    floors = {**CollectionSpider.floors, "colour_raw": 0.7}  # noqa: RUF012 - a ClassVar by its base

    def collection_path(self, collection: str) -> str:
        return f"/en/{collection}"

    def cards(self, response: TextResponse) -> Iterator[Card]:
        """The listing's microdata, which alone tells the sku; where it is gone, every link to a product."""
        boxes = [(_prop(box, "url") or "", box) for box in response.css("div[itemprop=itemListElement]")]
        links = [(href, None) for href in response.xpath("//a/@href").getall()]
        yield from list(self._cards_at(boxes, response.url)) or self._cards_at(links, response.url)

    def _cards_at(self, found: Iterable[tuple[str, Selector | None]], page: str) -> Iterator[Card]:
        for href, box in found:
            url = self.own_url(href, page)
            number = _PRODUCT.search(urlsplit(url).path) if url else None
            if url and number:
                yield Card(number[1], url, _with_sku(self._card_facts(box)) if box is not None else None)

    def read_product(self, response: TextResponse, card: Card) -> Iterator[ListingItem]:
        """State, JSON-LD, microdata, selectors, what the listing said."""
        state = as_dict(as_dict(hypernova(response, "ProductDetail")).get("product_data"))
        images = as_dict(state.get("images"))  # of which `main` is one of `other` again
        if images:
            state = {**state, "images": images.get("other") or images.get("main")}
        found = [product_facts(state, self.currency, stated_currency(response))] if state else []
        facts = [_with_sku(one) for one in (*found, *self.page_facts(response))]
        if self.readable(facts):
            yield self.listing(card.key, card.key, card.url, [*facts, *filter(None, [card.facts])])

    def select(self, response: TextResponse) -> Facts:
        """The markup as of 2023: the colour is the small print under the heading."""
        prices = texts_of(response, "[class*=Properties_priceValue]")
        headline = " ".join(response.xpath("(//h1)[1]//text()[not(ancestor::small)]").getall())
        details: dict[str, JsonValue] = {"properties": list(texts_of(response, "[class*=ProductProperties_] li"))}
        return Facts(
            source="selectors",
            brand=text_of(response, "[class*=Properties_brand]"),
            title=tidy(headline) or None,
            colour=text_of(response, "h1 small, h1 + small, [class*=Headline_wrapper] small"),
            price=current_price(prices, stated_currency(response), self.currency),
            photos=photos(response, "[class*=ProductImages_] img"),
            extra=details if details["properties"] else {},
        )

    def _card_facts(self, box: Selector) -> Facts:
        image = _prop(box, "image")
        return Facts(
            source="microdata",
            brand=_prop(box, "brand") or box.css("[itemprop=brand] [itemprop=name]::attr(content)").get(),
            title=box.xpath(".//*[@itemprop='name'][not(ancestor::*[@itemprop='brand'])]/@content").get(),
            price=current_price(_prop(box, "price"), _prop(box, "priceCurrency"), self.currency),
            photos=(image,) if image else (),
            extra={"sku": sku} if (sku := _prop(box, "sku")) else {},
        )


def _prop(box: Selector, name: str) -> str | None:
    values = box.css(f"[itemprop={name}]").xpath("@content | @href | @src").getall()
    return next((text for value in values if (text := tidy(value))), None)


def _with_sku(facts: Facts) -> Facts:
    """The shop's sku is the maker's article number."""
    sku = facts.extra.get("sku")
    return replace(facts, style_code=sku) if isinstance(sku, str) and not facts.style_code else facts
