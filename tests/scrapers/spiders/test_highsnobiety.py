"""highsnobiety: the state of Next.js, then JSON-LD, then the gallery's markup."""

from __future__ import annotations

from typing import Any

import pytest

from scrapers.spiders.highsnobiety import Highsnobiety
from tests.scrapers.browsing import Page, journey, spider_of
from tests.scrapers.spiders.reading import page, without

CATEGORY = "/en-us/shop/category/footwear/sneakers"
SLUG = "hoka-bondi-8-olive-haze"
PHOTOS = ["https://static.highsnobiety.com/shop/hoka-1.jpg", "https://static.highsnobiety.com/shop/hoka-2.jpg"]


def read(product: Page, category: str | None = None) -> dict[str, Any]:
    pages: dict[str, Page] = {
        CATEGORY: category or page("highsnobiety-category"),
        f"/en-us/shop/product/{SLUG}": product,
    }
    return dict(journey(spider_of(Highsnobiety), pages).listings[SLUG])


def test_reads_the_state() -> None:
    assert read(page("highsnobiety-product")) == {
        "shop": "highsnobiety",
        "listing_id": SLUG,
        "url": f"https://www.highsnobiety.com/en-us/shop/product/{SLUG}",
        "brand_raw": "HOKA",
        "title_raw": "HOKA – Bondi 8 Olive Haze",
        "gender": "men",
        "price": 148.0,
        "currency": "USD",
        "description": "Soft.",
        "photo_urls": PHOTOS,
        "collections": ["category/footwear/sneakers"],
        "extra": {"id": "p1", "old_price": 185.0, "read_from": "state"},
    }


def test_reads_json_ld_where_the_state_is_broken() -> None:
    item = read(without(page("highsnobiety-product"), '{"props"'))
    assert item["title_raw"] == "HOKA – Bondi 8 Olive Haze (ld)"
    assert (item["brand_raw"], item["price"]) == ("HOKA", 185.0)
    assert item["photo_urls"] == PHOTOS, "the gallery has more than the JSON-LD"
    assert item["extra"]["read_from"] == "jsonld"


def test_reads_the_markup_where_both_are() -> None:
    item = read(without(page("highsnobiety-product"), '{"props"', '"@type"'))
    assert (item["brand_raw"], item["title_raw"]) == ("HOKA", "HOKA – Bondi 8 Olive Haze")
    assert (item["price"], item["currency"]) == (185.0, "USD")
    assert item["photo_urls"] == PHOTOS, "the largest of each srcset, out of Next.js's wrapping"
    assert item["extra"]["read_from"] == "selectors"


def test_the_category_speaks_for_a_product_whose_page_fails() -> None:
    item = read(500)
    assert (item["brand_raw"], item["title_raw"], item["price"]) == ("HOKA", "HOKA – Bondi 8 Olive Haze", 185.0)
    assert item["photo_urls"] == ["https://www.highsnobiety.com/static/shop/hoka-1.jpg"]


def test_links_stand_in_for_a_category_without_state() -> None:
    category = without(page("highsnobiety-category"), '{"props"')
    assert read(page("highsnobiety-product"), category)["title_raw"] == "HOKA – Bondi 8 Olive Haze"
    made = journey(spider_of(Highsnobiety), {CATEGORY: category})
    assert [path for path in made.asked if "/product/" in path] == [
        f"/en-us/shop/product/{SLUG}",
        "/en-us/shop/product/salomon-xt-quest-2-falcon-cement-bright-green",
    ], "each once, and no other host's"


def hits(*slugs: str) -> str:
    found = ", ".join(f'{{"slug": "{slug}", "name": "A – {slug}"}}' for slug in slugs)
    return f'<script id="__NEXT_DATA__">{{"props": {{"hits": [{found}]}}}}</script>'


@pytest.mark.parametrize(
    "pages",
    [
        {CATEGORY: hits("a", "b"), f"{CATEGORY}?page=1": hits("c", "d"), f"{CATEGORY}?page=2": hits("e")},
        {
            CATEGORY: hits("a", "b"),
            f"{CATEGORY}?page=1": hits("a", "b"),
            f"{CATEGORY}?page=2": hits("c", "d"),
            f"{CATEGORY}?page=3": hits("e"),
        },
    ],
    ids=["from 0", "from 1"],
)
def test_no_page_is_lost_whether_the_search_counts_from_0_or_1(pages: dict[str, Page]) -> None:
    assert set(journey(spider_of(Highsnobiety), pages).listings) == {"a", "b", "c", "d", "e"}


def test_a_name_alone_is_no_product() -> None:
    pages: dict[str, Page] = {
        CATEGORY: '<a href="/en-us/shop/product/a">a</a>',
        "/en-us/shop/product/a": "<h1>Wait</h1>",
    }
    made = journey(spider_of(Highsnobiety), pages)
    assert made.listings == {}
    assert [failed.why for failed in made.spider.failures] == ["shows no product that can be read"]
