"""The item loader that every spider fills: each field is taken from the sturdiest source that states it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from itemloaders.processors import Identity, MapCompose, TakeFirst
from pydantic import JsonValue
from scrapy.loader import ItemLoader

from scrapers.extract.facts import Facts
from scrapers.extract.photo_urls import canonical_photos
from scrapers.extract.text import plain_text, tidy
from scrapers.items import ListingItem
from sneakers_ml.catalogue.stated_code import stated_code

__all__ = ["ListingLoader", "load_listing"]


def _merged(extras: Iterable[Mapping[str, JsonValue]]) -> dict[str, JsonValue]:
    """One object of several; of a field that two state, the first counts."""
    merged: dict[str, JsonValue] = {}
    for extra in extras:
        merged = {**extra, **merged}
    return {key: merged[key] for key in sorted(merged)}


def _sorted_set(values: Iterable[str]) -> list[str]:
    return sorted(set(values))


class ListingLoader(ItemLoader):
    """Fills a ListingItem from facts that are added in the order of their sturdiness."""

    default_item_class = ListingItem
    default_output_processor = TakeFirst()

    brand_raw_in = title_raw_in = model_raw_in = colour_raw_in = gender_in = style_code_in = MapCompose(tidy)
    description_in = MapCompose(plain_text)
    photo_urls_out = Identity()
    collections_out = staticmethod(_sorted_set)
    extra_out = staticmethod(_merged)

    def add_facts(self, facts: Facts) -> None:
        """Add what is not known yet; photos are not chosen here."""
        if facts.title and not self.get_collected_values("title_raw"):
            self.add_value("extra", {"read_from": facts.source})
        for name, value in _fields(facts):
            if value and not self.get_collected_values(name):
                self.add_value(name, value)
        if facts.price and facts.price.before and self.get_output_value("price") == facts.price.amount:
            self.add_value("extra", {"old_price": facts.price.before})
        self.add_value("extra", dict(facts.extra))


def load_listing(
    shop: str, listing_id: str, url: str, facts: Iterable[Facts], collections: Iterable[str]
) -> ListingItem:
    """The listing that several sources of one page tell of, the sturdiest first.

    The gallery is that of the source with the most photos, for many pages name only their main photo in JSON-LD. A
    style code that stands only in the description ("Stijlcode: GX9735") is taken from there.
    """
    known = list(facts)
    loader = ListingLoader()
    for name, value in (("shop", shop), ("listing_id", listing_id), ("url", url), ("collections", list(collections))):
        loader.add_value(name, value)
    for one in known:
        loader.add_facts(one)
    loader.add_value("photo_urls", max((canonical_photos(one.photos, url) for one in known), key=len, default=[]))
    if not loader.get_collected_values("style_code"):
        loader.add_value("style_code", stated_code(loader.get_output_value("description") or ""))
    item: ListingItem = loader.load_item()
    return item


def _fields(facts: Facts) -> Iterable[tuple[str, Any]]:
    yield "brand_raw", facts.brand
    yield "title_raw", facts.title
    yield "model_raw", facts.model
    yield "colour_raw", facts.colour
    yield "style_code", facts.style_code
    yield "gender", facts.gender
    yield "description", facts.description
    if facts.price:
        yield "price", facts.price.amount
        yield "currency", facts.price.currency
