"""What the sources of a page state of a product, and the listing that they make together."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from itemloaders.processors import Compose, Identity, MapCompose, TakeFirst
from pydantic import JsonValue
from scrapy.loader import ItemLoader

from scrapers.extract.photo_urls import canonical_photos
from scrapers.extract.prices import Money
from scrapers.extract.text import plain_text, tidy
from scrapers.items import ListingItem
from sneakers_ml.catalogue.cleaning.stated_code import stated_code

__all__ = ["Facts", "ListingLoader", "Source", "load_listing", "price_of"]

Source = Literal["json", "state", "jsonld", "microdata", "selectors"]
"""Where a page's data stands, the most reliable first: shop's JSON, embedded state, JSON-LD, microdata, selectors."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Text is as the page has it; None and empty mean that the source does not state it."""

    source: Source
    brand: str | None = None
    title: str | None = None
    model: str | None = None
    colour: str | None = None
    style_code: str | None = None
    gender: str | None = None
    price: Money | None = None
    description: str | None = None
    """HTML or plain text."""
    photos: tuple[str, ...] = ()
    """Addresses as the page has them, in the gallery's order."""
    extra: Mapping[str, JsonValue] = field(default_factory=dict)
    """The shop's own further fields."""


class ListingLoader(ItemLoader):
    """Fills a ListingItem from facts that are added in the order of their reliability."""

    default_item_class = ListingItem
    default_output_processor = TakeFirst()

    brand_raw_in = title_raw_in = model_raw_in = colour_raw_in = gender_in = style_code_in = MapCompose(tidy)
    description_in = MapCompose(plain_text)
    photo_urls_out = Identity()
    collections_out = Compose(set, sorted)
    extra_out = Compose(lambda extras: dict(sorted(ChainMap(*extras).items())))  # the first to state a field counts

    def add_facts(self, facts: Facts) -> None:
        """Add what is not known yet; photos are not chosen here."""
        if facts.title and not self.get_collected_values("title_raw"):
            self.add_value("extra", {"read_from": facts.source})
        values = {
            "brand_raw": facts.brand,
            "title_raw": facts.title,
            "model_raw": facts.model,
            "colour_raw": facts.colour,
            "style_code": facts.style_code,
            "gender": facts.gender,
            "description": facts.description,
        }
        for name, value in values.items():
            if value and not self.get_collected_values(name):
                self.add_value(name, value)
        self.add_value("extra", dict(facts.extra))


def price_of(facts: Iterable[Facts]) -> Money | None:
    """The price of the first source that has one; where it states no currency, in that of the first that states one."""
    prices = [one.price for one in facts if one.price]
    stated = next((price.currency for price in prices if price.currency and not price.assumed), None)
    if prices and stated and (prices[0].assumed or not prices[0].currency):
        return replace(prices[0], currency=stated, assumed=False)
    return next(iter(prices), None)


def load_listing(
    shop: str, listing_id: str, url: str, facts: Iterable[Facts], collections: Iterable[str]
) -> ListingItem:
    """The listing that several sources of one page tell of, the most reliable first.

    The gallery is that of the source with the most photos, for many pages name only their main photo in JSON-LD. A
    style code that stands only in the description ("Stijlcode: GX9735") is taken from there.
    """
    known = list(facts)
    loader = ListingLoader()
    for name, value in (("shop", shop), ("listing_id", listing_id), ("url", url), ("collections", list(collections))):
        loader.add_value(name, value)
    for one in known:
        loader.add_facts(one)
    if price := price_of(known):
        loader.add_value("price", price.amount)
        loader.add_value("currency", price.currency)
        same = (one.price for one in known if one.price and one.price.amount == price.amount)
        old = next((one.before for one in same if one.before), None)  # also from a source that agrees on the price
        loader.add_value("extra", {"old_price": old} if old else {})
    loader.add_value("photo_urls", max((canonical_photos(one.photos, url) for one in known), key=len, default=[]))
    if not loader.get_collected_values("style_code"):
        loader.add_value("style_code", stated_code(loader.get_output_value("description") or ""))
    item: ListingItem = loader.load_item()
    return item
