"""The spiders in the demo's shops, page for page and without a network: what a shop has is what comes home."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from urllib.parse import parse_qsl, urlsplit

import pytest

from demo.shops.faults import Faults, break_markup, cut_json
from demo.shops.pages import SITES, Listings
from demo.shops.stock.offer import Offer, slug_of
from demo.shops.stock.stock import build_stock
from scrapers.registry import SHOPS, load_spider
from tests.scrapers.browsing import Journey, Page, journey, spider_of

BASE = "http://127.0.0.1:8801"
BRANDS = ("Arvo", "Brisko", "Duskell", "Elmari", "Hollin", "Jundo")
COLOURS = ("Black/White", "Cocoa/Sand", "Lilac/Navy")


@cache
def stock() -> dict[str, list[Offer]]:
    """What the five shops would have of 108 colourways."""
    rows = [
        {
            "file": f"photos/{brand}-{model}-{number}-{view}.jpg",
            "brand": brand,
            "model": f"Glide {model}",
            "product_id": f"{slug_of(brand)}-glide-{model}-{number}",
            "title": f"{brand} Glide {model} '{colour}'",
            "colour": colour,
            "style_code": f"{brand[:2].upper()}{1000 + 40 * model}-{number + 1}00",
            "gender": ("men", "women", "unisex")[model % 3],
            "price": str(9000 + 1000 * model),
            "currency": "RUB",
            "view": view,
        }
        for brand in BRANDS
        for model in range(6)
        for number, colour in enumerate(COLOURS)
        for view in ("left", "right", "three_quarter")
    ]
    return build_stock(rows)


Change = Callable[[bytes, str], bytes]


@cache
def crawled(shop: str, *, feeds: bool, faults: Faults | None = None, change: Change | None = None) -> Journey:
    site = SITES[shop](Listings(shop, stock()[shop], faults or Faults()), feeds)

    def page(address: str) -> Page:
        parts = urlsplit(address)
        reply = site.answer(parts.path, dict(parse_qsl(parts.query)), BASE)
        if reply is None or reply.status != 200:
            return 404
        return (change(reply.body, reply.content_type) if change else reply.body).decode()

    return journey(spider_of(load_spider(shop), base=BASE), page)


def _redesigned(body: bytes, content_type: str) -> bytes:
    return break_markup(body)


def photo_names(urls: list[str]) -> list[str]:
    return [urlsplit(url).path.rpartition("/")[2] for url in urls]


@pytest.mark.parametrize("feeds", [True, False], ids=["with JSON", "without"])
@pytest.mark.parametrize("shop", SHOPS)
class TestWholeShop:
    def test_nothing_is_missing_and_nothing_doubled(self, shop: str, feeds: bool) -> None:
        made = crawled(shop, feeds=feeds)
        assert set(made.listings) == {key for offer in stock()[shop] for key, _ in offer.truth}
        assert made.doubled == []
        assert made.spider.failures == []

    def test_every_listing_is_as_the_shop_has_it(self, shop: str, feeds: bool) -> None:
        made = crawled(shop, feeds=feeds)
        for offer in stock()[shop]:
            if offer.swatches:
                continue
            item = made.listings[offer.listing_id]
            assert item["title_raw"] == " ".join(offer.title.split())
            assert item["brand_raw"] == offer.brand
            assert (item["price"], item["currency"]) == (pytest.approx(offer.price), offer.currency)
            assert photo_names(item.get("photo_urls", [])) == [photo.name for photo in offer.photos]
            assert made.collections(offer.listing_id) == sorted(offer.collections)
            if shop in ("sneakerbaas", "superkicks", "footshop"):  # kickscrew's stands in its address alone
                assert item.get("style_code") == offer.style_code
            if shop == "footshop":
                assert item["colour_raw"] == offer.colour

    def test_each_colour_of_several_has_its_own_photos(self, shop: str, feeds: bool) -> None:
        made = crawled(shop, feeds=feeds)
        for offer in stock()[shop]:
            for swatch in offer.swatches:
                item = made.listings[f"{offer.listing_id}-{slug_of(swatch.colour)}"]
                assert item["colour_raw"] == swatch.colour
                assert photo_names(item["photo_urls"]) == [photo.name for photo in swatch.photos]

    def test_shops_that_page_for_ever_are_left(self, shop: str, feeds: bool) -> None:
        made = crawled(shop, feeds=feeds, faults=Faults(endless_paging=True))
        assert set(made.listings) == {key for offer in stock()[shop] for key, _ in offer.truth}


@pytest.mark.parametrize("shop", SHOPS)
def test_a_redesign_shows_in_what_is_missing(shop: str) -> None:
    """Below its floors a crawl counts as failed; no listing may hide that, or end in an exception."""
    made = crawled(shop, feeds=True, change=_redesigned)
    floors = made.spider.floors
    shares = {field: sum(bool(item.get(field)) for item in made.listings.values()) for field in floors}
    assert any(shares[field] < floors[field] * len(stock()[shop]) for field in floors)


@pytest.mark.parametrize("shop", SHOPS)
def test_with_all_json_cut_short_the_markup_is_read(shop: str) -> None:
    made = crawled(shop, feeds=True, change=cut_json)
    assert made.stat("from/selectors") == len(made.listings)
    for offer in stock()[shop]:
        if not offer.swatches:
            item = made.listings[offer.listing_id]
            assert (item["title_raw"], item["brand_raw"]) == (" ".join(offer.title.split()), offer.brand)
            assert item["price"] == pytest.approx(offer.price)
            assert photo_names(item.get("photo_urls", [])) == [photo.name for photo in offer.photos]


def test_the_demo_has_what_these_tests_are_about() -> None:
    offers = [offer for shop in SHOPS for offer in stock()[shop]]
    assert any(offer.swatches for offer in offers)
    assert any(len(offer.collections) > 1 for offer in offers)
    assert any(offer.old_price for offer in offers)
    assert any('"' in offer.title for offer in offers)
    assert all(len(stock()[shop]) > 24 for shop in SHOPS), "more than one page each"
