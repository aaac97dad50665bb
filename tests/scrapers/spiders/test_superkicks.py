"""superkicks: JSON, completed by the pairs that only a product's page has."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy.exceptions import IgnoreRequest

from scrapers.spiders.superkicks import Superkicks
from tests.scrapers.browsing import Page, journey, spider_of
from tests.scrapers.spiders.reading import page, without

HANDLE = "superstar-lux-wonder-beige-aluminium"
DETAILS = {
    "Manufacturer": "Adidas India Pvt. Ltd.",
    "Country of Origin": "Indonesia",
    "Weight": "0.95 KG",
    "Article Code": "IE2302",
}


def feed(**more: Any) -> dict[str, Page]:
    product = {
        "id": 7001,
        "title": "Adidas Originals | SUPERSTAR LUX { WONDER BEIGE/ALUMINIUM",
        "handle": HANDLE,
        "vendor": "Adidas Originals",
        "variants": [{"id": 1, "title": "UK 7", "option1": "UK 7", "sku": "8906", "price": "14999.00"}],
        "images": [{"src": "https://cdn.shopify.com/s/files/1/one.jpg?v=1"}],
        "options": [{"name": "Size"}],
        **more,
    }
    empty: dict[str, Page] = {
        f"/collections/{name}/products.json?limit=250&page=1": {"products": []} for name in Superkicks.collections
    }
    return empty | {
        "/collections/men-sneakers/products.json?limit=250&page=1": {"products": [product]},
        "/collections/men-sneakers/products.json?limit=250&page=2": {"products": []},
    }


def read(pages: dict[str, Page]) -> dict[str, Any]:
    return dict(journey(spider_of(Superkicks), pages).listings["7001"])


def test_has_eight_collections() -> None:
    assert len(Superkicks.collections) == 8
    assert {"men-sneakers", "women-skateboard-sneakers", "men-classics-sneakers"} <= set(Superkicks.collections)


def test_the_page_adds_its_pairs_and_the_article_code() -> None:
    item = read(feed() | {f"/products/{HANDLE}": page("superkicks-product")})
    assert item["title_raw"] == "Adidas Originals | SUPERSTAR LUX { WONDER BEIGE/ALUMINIUM", "the JSON's"
    assert item["style_code"] == "IE2302"
    assert item["extra"]["details"] == DETAILS
    assert item["extra"]["read_from"] == "json"
    assert item["photo_urls"] == ["https://cdn.shopify.com/s/files/1/one.jpg?v=1"]
    assert (item["price"], item["currency"]) == (14999.0, "INR")


@pytest.mark.parametrize("answer", [404, 500, b"\x00", "<html></html>", IgnoreRequest("Forbidden by robots.txt")])
def test_without_its_page_the_listing_is_as_the_json_has_it(answer: Page) -> None:
    made = journey(spider_of(Superkicks), feed() | {f"/products/{HANDLE}": answer})
    item = made.listings["7001"]
    assert len(made.spider.failures) == 1
    assert item["title_raw"].startswith("Adidas Originals |")
    assert "style_code" not in item
    assert "details" not in item["extra"]


def test_a_page_that_asks_for_patience_is_a_failed_one_and_a_page_without_pairs_is_not() -> None:
    wall = "<title>Just a moment...</title><h1>Checking your browser</h1>"
    made = journey(spider_of(Superkicks), feed() | {f"/products/{HANDLE}": wall})
    assert [one.why for one in made.spider.failures] == ["shows no product that can be read"]
    bare = without(page("superkicks-product"), "product_description-name")
    assert journey(spider_of(Superkicks), feed() | {f"/products/{HANDLE}": bare}).spider.failures == []


def test_while_the_crawl_is_being_stopped_it_waits_for_the_next() -> None:
    spider = spider_of(Superkicks)
    spider.stopping = True
    assert journey(spider, feed() | {f"/products/{HANDLE}": IgnoreRequest("stopping")}).listings == {}


def test_stock_numbers_may_tell_the_code() -> None:
    variants = [
        {"id": n, "title": f"UK {n}", "option1": f"UK {n}", "sku": f"IE2302-{n}", "price": "1.00"} for n in (7, 8)
    ]
    assert read(feed(variants=variants))["style_code"] == "IE2302"


def test_a_page_of_several_colours_gives_none_of_them_its_code() -> None:
    variants = [{"id": 1, "option1": "Red", "price": "1.00"}, {"id": 2, "option1": "Blue", "price": "1.00"}]
    made = journey(
        spider_of(Superkicks),
        feed(variants=variants, options=["Color"]) | {f"/products/{HANDLE}": page("superkicks-product")},
    )
    assert {key: item.get("style_code") for key, item in made.listings.items()} == {"7001-red": None, "7001-blue": None}


def as_pages(product: str) -> dict[str, Page]:
    return {"/collections/men-sneakers": page("superkicks-collection"), f"/products/{HANDLE}": product}


def test_reads_the_pages_where_the_json_is_shut() -> None:
    item = read(as_pages(page("superkicks-product")))
    assert (item["brand_raw"], item["title_raw"]) == ("Adidas Originals", "SUPERSTAR LUX WONDER BEIGEALUMINIUM")
    assert (item["price"], item["currency"], item["style_code"]) == (14999.0, "INR", "IE2302")
    assert item["photo_urls"] == [
        "https://www.superkicks.in/cdn/shop/files/one.jpg?v=1690000001",
        "https://www.superkicks.in/cdn/shop/files/two.jpg?v=1690000002",
    ]
    assert item["extra"] == {"details": DETAILS, "old_price": 17999.0, "read_from": "jsonld"}
    assert item["collections"] == ["men-sneakers"]


def test_selectors_read_the_product_and_no_recommendation() -> None:
    item = read(as_pages(without(page("superkicks-product"), '"@type"')))
    assert (item["brand_raw"], item["title_raw"]) == ("Adidas Originals", "SUPERSTAR LUX WONDER BEIGEALUMINIUM")
    assert (item["price"], item["currency"]) == (14999.0, "INR")
    assert item["extra"]["read_from"] == "selectors"
