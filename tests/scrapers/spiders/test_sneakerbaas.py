"""sneakerbaas: one list of JSON sorted by tags, and pages whose microdata is broken."""

from __future__ import annotations

from typing import Any

import pytest

from scrapers.spiders.sneakerbaas import Sneakerbaas
from tests.scrapers.browsing import Journey, Page, journey, spider_of
from tests.scrapers.spiders.reading import page, without

FEED = "/collections/sneakers/products.json?limit=250&page="
FILES = "https://www.sneakerbaas.com/cdn/shop/files"
DESCRIPTION = '- New Balance 550 PS "Orange Sea"\n- Colour: White / Blue / Orange\n- Stijlcode: PSB550WB'


def product(**more: Any) -> dict[str, Any]:
    return {
        "id": 8412345678901,
        "title": '550 PS "Orange Sea"',
        "handle": "550-white-9",
        "body_html": "<p>" + DESCRIPTION.replace("\n", "<br>") + "</p>",
        "vendor": "New Balance",
        "product_type": "Sneakers",
        "tags": ["category-kids", "new-balance", "Category: Unisex"],
        "variants": [{"id": 1, "title": "28", "option1": "28", "sku": "8719957", "price": "99.95", "available": True}],
        "images": [
            {"src": f"{FILES}/left.jpg?v=1"},
            {"src": f"{FILES}/right.jpg?v=1"},
            {"src": f"{FILES}/SOLE.jpg?v=1"},
        ],
        "options": [{"name": "Size"}],
        **more,
    }


def crawled(*products: dict[str, Any]) -> Journey:
    return journey(spider_of(Sneakerbaas), {FEED + "1": {"products": list(products)}, FEED + "2": {"products": []}})


def read_as_pages(product_page: str) -> dict[str, Any]:
    pages: dict[str, Page] = {
        "/collections/sneakers/category-kids": page("sneakerbaas-collection"),
        "/products/550-white-9": product_page,
    }
    return dict(journey(spider_of(Sneakerbaas), pages).listings["8412345678901"])


def test_reads_the_json() -> None:
    item = crawled(product()).listings["8412345678901"]
    assert item["url"] == "https://www.sneakerbaas.com/products/550-white-9"
    assert (item["brand_raw"], item["title_raw"]) == ("New Balance", '550 PS "Orange Sea"')
    assert (item["price"], item["currency"], item["style_code"]) == (99.95, "EUR", "PSB550WB")
    assert item["description"] == DESCRIPTION
    assert item["photo_urls"] == [f"{FILES}/left.jpg?v=1", f"{FILES}/right.jpg?v=1", f"{FILES}/SOLE.jpg?v=1"]
    assert item["extra"]["read_from"] == "json"


@pytest.mark.parametrize(
    ("tags", "collections"),
    [
        (["category-men"], ["category-men"]),
        (["category-women", "Sale", "category-unisex"], ["category-unisex", "category-women"]),
        ("Category-Men, category-kids", ["category-kids", "category-men"]),
        (["Category: Kids"], ["category-kids"]),
        (["Sale"], ["sneakers"]),
        ([], ["sneakers"]),
        (None, ["sneakers"]),
    ],
)
def test_categories_are_tags(tags: Any, collections: list[str]) -> None:
    assert crawled(product(tags=tags)).listings["8412345678901"]["collections"] == collections


def test_reads_the_pages_where_the_json_is_shut() -> None:
    item = read_as_pages(page("sneakerbaas-product"))
    assert (item["brand_raw"], item["title_raw"]) == ("New Balance", '550 PS "Orange Sea"')
    assert (item["price"], item["currency"], item["style_code"]) == (99.95, "EUR", "PSB550WB")
    assert item["description"] == DESCRIPTION
    assert item["collections"] == ["category-kids"]
    assert item["photo_urls"] == [
        f"{FILES}/left.jpg?v=1690000001",
        f"{FILES}/right.jpg?v=1690000002",
        f"{FILES}/SOLE.jpg?v=1690000003",
    ], "the gallery, not the one photo of the JSON-LD, and no recommendation"
    assert item["extra"]["read_from"] == "jsonld"


def test_never_takes_the_broken_name_of_the_microdata() -> None:
    """`<meta itemprop="name" content="550 PS "Orange Sea"">` reads "550 PS "."""
    item = read_as_pages(without(page("sneakerbaas-product"), '"@context"'))
    assert item["title_raw"] == '550 PS "Orange Sea"'
    assert item["extra"]["read_from"] == "selectors"
    assert (item["brand_raw"], item["price"], item["style_code"]) == ("New Balance", 99.95, "PSB550WB")


def test_takes_the_pages_title_where_it_has_no_heading() -> None:
    item = read_as_pages(without(page("sneakerbaas-product"), '"@context"', '<h1>550 PS "Orange Sea"</h1>'))
    assert item["title_raw"] == '550 PS "Orange Sea"'


def test_all_four_categories_are_asked_page_by_page() -> None:
    made = journey(spider_of(Sneakerbaas), {"/collections/sneakers/category-kids": page("sneakerbaas-collection")})
    asked = [path for path in made.asked if path.startswith("/collections/sneakers/category")]
    assert asked == [
        "/collections/sneakers/category-men",
        "/collections/sneakers/category-women",
        "/collections/sneakers/category-unisex",
        "/collections/sneakers/category-kids",
        "/collections/sneakers/category-kids?page=2",
    ]
    assert [path for path in made.asked if path.startswith("/products")] == [
        "/products/550-white-9",
        "/products/air-max-tw-black-white-black-white",
    ]
