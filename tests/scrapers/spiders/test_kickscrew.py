"""kickscrew: Shopify's JSON, which knows nothing of the search before it."""

from __future__ import annotations

from typing import Any

from scrapers.spiders.kickscrew import Kickscrew
from tests.scrapers.browsing import Page, journey, spider_of

PRODUCTS = "/collections/all-shoes/products.json?limit=250&page="
CDN = "https://cdn.shopify.com/s/files/1/0603/3031/1875/files"
PAGE = """<title>Nike Dunk Low Retro 'Panda' - KICKS CREW</title>
<meta property="og:price:amount" content="94.00"><meta property="og:price:currency" content="USD">
<main><p class="product-vendor">Nike</p><h1>(GS) Nike Dunk Low Retro 'Panda'</h1>
<div class="product-gallery"><img src="{CDN}/main-square_1_x480.jpg?w=384&v=1"></div>
<section class="recommendations"><p class="vendor">Puma</p>
<div class="gallery"><img src="/x.jpg"></div></section></main>
<script>{"product":{"id":7001}}</script>""".replace("{CDN}", CDN.removeprefix("https:"))


def product(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": "(GS) Nike Dunk Low Retro 'Panda'",
        "handle": f"nike-dunk-low-retro-gs-panda-cw1590-{number}",
        "vendor": "Nike",
        "product_type": "Shoes",
        "variants": [{"id": 1, "option1": "7Y", "sku": "40001", "price": "94.00", "compare_at_price": "110.00"}],
        "images": [{"src": f"{CDN}/main-square_{number}_x480.jpg?w=384&v=1746683652"}],
        **more,
    }


def feed(*pages: list[Any]) -> dict[str, Page]:
    return {PRODUCTS + str(number): {"products": products} for number, products in enumerate([*pages, []], start=1)}


def test_reads_the_json() -> None:
    item = journey(spider_of(Kickscrew), feed([product(100)])).listings["100"]
    assert item["url"] == "https://www.kickscrew.com/products/nike-dunk-low-retro-gs-panda-cw1590-100"
    assert (item["brand_raw"], item["title_raw"]) == ("Nike", "(GS) Nike Dunk Low Retro 'Panda'")
    assert (item["price"], item["currency"], item["extra"]["old_price"]) == (94.0, "USD", 110.0)
    assert item["photo_urls"] == [f"{CDN}/main-square_100.jpg?v=1746683652"]
    assert item["collections"] == ["all-shoes"]


def test_rows_without_images_and_things_that_are_no_shoes_are_kept() -> None:
    """What to do with them is not the crawl's to say."""
    jacket = product(2, title="Nike Sportswear Down Fill Sports Hooded Down Jacket", product_type="Jackets")
    made = journey(spider_of(Kickscrew), feed([product(1, images=[]), jacket]))
    assert "photo_urls" not in made.listings["1"] or made.listings["1"]["photo_urls"] == []
    assert made.listings["2"]["extra"]["product_type"] == "Jackets"


def test_what_lies_beyond_five_thousand_hits_of_the_search_is_read_and_the_first_page_too() -> None:
    """At 250 a page, 5,000 hits are 20 pages."""
    made = journey(spider_of(Kickscrew), feed(*([product(number)] for number in range(1, 31))))
    assert set(made.listings) == {str(number) for number in range(1, 31)}


def test_the_whole_shops_list_stands_in_for_the_collections() -> None:
    pages = {path.replace("all-shoes", "all"): page for path, page in feed([product(1)]).items()}
    made = journey(spider_of(Kickscrew), pages)
    assert made.listings["1"]["collections"] == ["all"]


def test_the_pages_stand_in_for_both_and_their_first_is_not_lost() -> None:
    """The search's pages count from 0: beginning at ?page=1 lost the first hundred products of the shop."""
    pages: dict[str, Page] = {
        "/collections/all-shoes": '<main><a href="/products/a">a</a></main>',
        "/collections/all-shoes?page=1": '<main><a href="/products/b">b</a></main>',
        "/collections/all-shoes?page=2": '<main><a href="/products/c">c</a></main>',
    } | {f"/products/{key}": PAGE.replace("7001", number) for key, number in (("a", "1"), ("b", "2"), ("c", "3"))}
    made = journey(spider_of(Kickscrew), pages)
    assert set(made.listings) == {"1", "2", "3"}
    item = made.listings["1"]
    assert (item["brand_raw"], item["title_raw"]) == ("Nike", "(GS) Nike Dunk Low Retro 'Panda'")
    assert (item["price"], item["currency"]) == (94.0, "USD")
    assert item["photo_urls"] == [f"{CDN}/main-square_1.jpg?v=1"]
    assert item["extra"]["read_from"] == "selectors"
