"""footshop: microdata in the listings, Hypernova's state in the product's page, hashed class names."""

from __future__ import annotations

from typing import Any

from scrapers.spiders.footshop import Footshop
from tests.scrapers.browsing import Page, journey, spider_of
from tests.scrapers.spiders.reading import page, without

LISTING = "/en/5-mens-shoes"
PRODUCT = "/en/mens-shoes/29598-adidas-samba-og-core-black-ftw-white-gum5.html"
STATIC = "https://static.ftshp.digital/img/p/1"


def read(product: Page, listing: str | None = None) -> dict[str, Any]:
    pages: dict[str, Page] = {LISTING: listing or page("footshop-listing"), PRODUCT: product}
    return dict(journey(spider_of(Footshop), pages).listings["29598"])


def test_reads_every_field() -> None:
    assert read(page("footshop-product")) == {
        "shop": "footshop",
        "listing_id": "29598",
        "url": f"https://www.footshop.eu{PRODUCT}",
        "brand_raw": "adidas Originals",
        "title_raw": "adidas Samba Og",
        "colour_raw": "Core Black/ Ftw White/ Gum5",
        "style_code": "B75807",
        "price": 120.0,
        "currency": "EUR",
        "photo_urls": [f"{STATIC}/samba-1.jpg", f"{STATIC}/samba-2.jpg", f"{STATIC}/samba-3.jpg"],
        "collections": ["5-mens-shoes"],
        "extra": {
            "id": "29598",
            "old_price": 150.0,
            "properties": ["Leather upper", "Gum sole"],
            "read_from": "state",
            "sku": "B75807",
        },
    }


def test_reads_json_ld_where_the_state_is_broken() -> None:
    item = read(without(page("footshop-product"), '"images": {'))
    assert item["title_raw"] == "adidas Samba Og (ld)"
    assert (item["brand_raw"], item["style_code"]) == ("adidas Originals", "B75807")
    assert item["extra"]["read_from"] == "jsonld"
    assert item["extra"]["old_price"] == 150.0, "both prices stand in the markup"


def test_reads_the_markup_where_both_are() -> None:
    item = read(without(page("footshop-product"), '"images": {', '"@type"'))
    assert (item["title_raw"], item["colour_raw"]) == ("adidas Samba Og", "Core Black/ Ftw White/ Gum5")
    assert (item["price"], item["extra"]["old_price"]) == (120.0, 150.0), "the sale's, though it stands second"
    assert item["photo_urls"] == [f"{STATIC}/samba-1.jpg"]
    assert item["extra"]["read_from"] == "selectors"


def test_new_hashes_change_nothing() -> None:
    renamed = page("footshop-product")
    for old, new in (("3jd8x", "zzzz9"), ("4f2ab", "q1"), ("77aa1", "5_5"), ("01xx", "a-b"), ("2b3", "7")):
        renamed = renamed.replace(old, new)
    assert read(renamed) == read(page("footshop-product"))


def test_the_listing_speaks_for_a_product_whose_page_fails() -> None:
    item = read(500)
    assert (item["brand_raw"], item["title_raw"], item["style_code"]) == (
        "adidas Originals",
        "adidas Samba Og",
        "B75807",
    )
    assert (item["price"], item["currency"]) == (120.0, "EUR")
    assert item["photo_urls"] == [f"{STATIC}/samba-1.jpg"]
    assert item["extra"] == {"read_from": "microdata", "sku": "B75807"}


def test_links_stand_in_for_a_listing_without_microdata() -> None:
    item = read(page("footshop-product"), without(page("footshop-listing"), "itemListElement"))
    assert item["title_raw"] == "adidas Samba Og"
    assert "style_code" not in item, "only the listing tells it"


def test_a_brand_may_be_a_thing_with_a_name() -> None:
    listing = page("footshop-listing").replace(
        '<meta itemprop="brand" content="adidas Originals">',
        '<div itemprop="brand" itemscope><meta itemprop="name" content="adidas Originals"></div>',
    )
    item = read(404, listing)
    assert (item["brand_raw"], item["title_raw"]) == ("adidas Originals", "adidas Samba Og")


def test_products_of_other_hosts_are_ignored() -> None:
    made = journey(spider_of(Footshop), {LISTING: page("footshop-listing"), PRODUCT: page("footshop-product")})
    assert set(made.listings) == {"29598"}
    assert not any("another-host" in path for path in made.asked)


def test_reads_all_three_collections_and_their_pages() -> None:
    def grid(number: int, pages: int) -> str:
        url = f"https://www.footshop.eu/en/mens-shoes/{number}-a.html"
        more = f'<a href="{LISTING}?page={number + 1}">{number + 1}</a><a href="{LISTING}?page={pages}">{pages}</a>'
        return f'<div itemprop="itemListElement"><meta itemprop="url" content="{url}"></div>{more}'

    pages: dict[str, Page] = {LISTING: grid(1, 116)} | {f"{LISTING}?page={n}": grid(n, 116) for n in range(2, 117)}
    pages |= {f"/en/mens-shoes/{n}-a.html": page("footshop-product") for n in range(1, 117)}
    made = journey(spider_of(Footshop), pages)
    assert set(made.listings) == {str(n) for n in range(1, 117)}
    assert {"/en/6-womens-shoes", "/en/55-kids-sneakers-and-shoes"} <= set(made.asked)
