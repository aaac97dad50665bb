"""footshop.eu: pages rendered by React on a server; see notes/shops/footshop.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from parsel import Selector
from pydantic import JsonValue
from scrapy.http import TextResponse

from scrapers.engine.state import hypernova, product_facts
from scrapers.extract.collection_pages import Card, CollectionSpider
from scrapers.extract.facts import Facts
from scrapers.extract.prices import current_price
from scrapers.extract.selecting import photos, text_of, texts_of
from scrapers.extract.structured import jsonld_facts, microdata_facts
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
        found = False
        for box in response.css("div[itemprop=itemListElement]"):
            url = self.own_url(_prop(box, "url") or "", response.url)
            number = _PRODUCT.search(urlsplit(url).path) if url else None
            if url and number:
                found = True
                yield Card(number[1], url, _with_sku(self._card_facts(box)))
        if not found:
            for href in response.xpath("//a/@href").getall():
                url = self.own_url(href, response.url)
                number = _PRODUCT.search(urlsplit(url).path) if url else None
                if url and number:
                    yield Card(number[1], url)

    def read_product(self, response: TextResponse, card: Card) -> Iterator[ListingItem]:
        """State, JSON-LD, microdata, selectors, what the listing said."""
        state = as_dict(as_dict(hypernova(response, "ProductDetail")).get("product_data"))
        found = (
            _from_state(state, self.currency),
            jsonld_facts(response, self.currency),
            microdata_facts(response, self.currency),
            self.select(response),
        )
        facts = [_with_sku(one) for one in found if one]
        if self.readable(facts):
            told = [card.facts] if card.facts else []
            yield self.listing(card.key, card.key, card.url, facts + told)

    def select(self, response: TextResponse) -> Facts:
        """The markup as of 2023: the colour is the small print under the heading."""
        prices = texts_of(response, "[class*=Properties_priceValue]")
        details: dict[str, JsonValue] = {"properties": list(texts_of(response, "[class*=ProductProperties_] li"))}
        return Facts(
            source="selectors",
            brand=text_of(response, "[class*=Properties_brand]"),
            title=_headline(response),
            colour=text_of(response, "h1 small, h1 + small, [class*=Headline_wrapper] small"),
            price=current_price(prices, None, self.currency),
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


def _headline(response: TextResponse) -> str | None:
    """The heading without its small print."""
    text = tidy(" ".join(response.xpath("(//h1)[1]//text()[not(ancestor::small)]").getall()))
    return text or None


def _from_state(product: dict[str, JsonValue], currency: str) -> Facts | None:
    """Photos are those of `images.other`; `main` is one of them again."""
    if not product:
        return None
    images = as_dict(product.get("images"))
    gallery = images.get("other") or images.get("main")
    return product_facts({**product, "images": gallery} if images else product, currency)


def _with_sku(facts: Facts) -> Facts:
    """The shop's sku is the maker's article number."""
    sku = facts.extra.get("sku")
    return replace(facts, style_code=sku) if isinstance(sku, str) and not facts.style_code else facts
