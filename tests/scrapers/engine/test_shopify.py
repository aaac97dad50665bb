"""A Shopify shop: its JSON, and its pages where the JSON is shut."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import TextResponse
from twisted.internet.error import ConnectionLost

from scrapers.engine.shopify import ShopifySpider, handle_of
from scrapers.extract.facts import Facts
from scrapers.extract.selecting import heading, photos, text_of
from tests.scrapers.browsing import Page, journey, spider_of

Pages = dict[str, Page]


class Two(ShopifySpider):
    name = "two"
    home = "https://www.two.example"
    currency = "EUR"
    collections = ("men", "women")

    def select(self, response: TextResponse) -> Facts:
        return Facts(
            "selectors",
            brand=text_of(response, ".vendor"),
            title=heading(response),
            photos=photos(response, ".gallery img"),
        )


class WithOther(Two):
    collections = ("men",)
    instead = {"men": "all"}  # noqa: RUF012 - a ClassVar by its base


def product(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": f"Shoe {number}",
        "handle": f"shoe-{number}",
        "vendor": "Nike",
        "variants": [{"id": number * 10, "title": "42", "option1": "42", "price": "99.95", "available": True}],
        "images": [{"src": f"//cdn.shopify.com/s/files/{number}_x480.jpg?v=1"}],
        "options": [{"name": "Size"}],
        **more,
    }


def feed(handle: str, *pages: list[Any]) -> Pages:
    """A collection's JSON, ended by an empty page."""
    return {
        f"/collections/{handle}/products.json?limit=250&page={number}": {"products": products}
        for number, products in enumerate([*pages, []], start=1)
    }


def shop_pages(*numbers: int) -> Pages:
    """The HTML of a shop whose two collections hold the same."""
    links = "".join(f'<a href="/collections/men/products/shoe-{number}">x</a>' for number in numbers)
    made: Pages = {"/collections/men": f"<main>{links}</main>", "/collections/women": f"<main>{links}</main>"}
    return made | {f"/products/shoe-{number}": page_of(number) for number in numbers}


def page_of(number: int, more: str = "") -> str:
    data = {"@type": "Product", "name": f"Shoe {number}", "brand": "Nike", "offers": {"price": "99.95"}}
    return (
        f'<script type="application/ld+json">{json.dumps(data)}</script><main><p class="vendor">Nike</p><h1>Shoe</h1>'
        f'<div class="gallery"><img src="/cdn/shop/files/{number}_600x.jpg?v=1"></div></main>'
        f'<form action="/cart/add"><input name="product-id" value="{number}"></form>{more}'
    )


def asked_json(path: str) -> bool:
    return "products.json" in path


class TestJson:
    def test_reads_page_after_page_until_one_is_empty(self) -> None:
        pages = feed("men", [product(1), product(2)], [product(3)]) | feed("women", [product(4)])
        made = journey(spider_of(Two), pages)
        assert set(made.listings) == {"1", "2", "3", "4"}
        assert made.asked == [
            "/collections/men/products.json?limit=250&page=1",
            "/collections/women/products.json?limit=250&page=1",
            "/collections/men/products.json?limit=250&page=2",
            "/collections/women/products.json?limit=250&page=2",
            "/collections/men/products.json?limit=250&page=3",
        ]
        assert made.stat("from/json") == 4
        assert made.spider.failures == []

    def test_the_first_page_is_not_lost(self) -> None:
        """Shopify counts its pages from 1: ?page=0 would be the first once more, ?page=2 would miss it."""
        made = journey(spider_of(Two), feed("men", [product(1)]) | feed("women", [product(2)]))
        assert set(made.listings) == {"1", "2"}

    def test_a_listing_is_whole(self) -> None:
        made = journey(spider_of(Two), feed("men", [product(1)]) | feed("women"))
        assert dict(made.listings["1"]) == {
            "shop": "two",
            "listing_id": "1",
            "url": "https://www.two.example/products/shoe-1",
            "brand_raw": "Nike",
            "title_raw": "Shoe 1",
            "price": 99.95,
            "currency": "EUR",
            "photo_urls": ["https://cdn.shopify.com/s/files/1.jpg?v=1"],
            "collections": ["men"],
            "extra": {
                "handle": "shoe-1",
                "read_from": "json",
                "variants": [{"available": True, "title": "42"}],
                "vendor": "Nike",
            },
        }

    def test_a_product_of_two_collections_is_one_listing_in_both(self) -> None:
        made = journey(spider_of(Two), feed("men", [product(1)]) | feed("women", [product(1), product(2)]))
        assert made.doubled == []
        assert made.collections("1") == ["men", "women"]
        assert made.collections("2") == ["women"]

    def test_each_colour_is_a_listing_in_all_collections(self) -> None:
        colours = [
            {"id": 11, "option1": "Red", "price": "99.95", "sku": "DQ0296-600"},
            {"id": 12, "option1": "Blue", "price": "99.95", "sku": "DQ0296-400"},
        ]
        split = product(1, variants=colours, options=[{"name": "Color"}])
        made = journey(spider_of(Two), feed("men", [split]) | feed("women", [split]))
        assert {key: (item["url"], item["style_code"]) for key, item in made.listings.items()} == {
            "1-red": ("https://www.two.example/products/shoe-1?variant=11", "DQ0296-600"),
            "1-blue": ("https://www.two.example/products/shoe-1?variant=12", "DQ0296-400"),
        }
        assert made.collections("1-red") == made.collections("1-blue") == ["men", "women"]

    def test_an_endless_feed_is_left(self) -> None:
        pages: Pages = {
            f"/collections/men/products.json?limit=250&page={number}": {"products": [product(min(number, 3))]}
            for number in range(1, 50)
        }
        made = journey(spider_of(Two), pages | feed("women"))
        assert set(made.listings) == {"1", "2", "3"}
        assert "/collections/men/products.json?limit=250&page=5" not in made.asked

    def test_a_feed_of_ever_new_products_ends_where_shopifys_own_do(self) -> None:
        pages: Pages = {
            f"/collections/men/products.json?limit=250&page={number}": {"products": [product(number)]}
            for number in range(1, 150)
        }
        made = journey(spider_of(Two), pages | feed("women"))
        assert len(made.listings) == 100
        assert len(made.spider.failures) == 1

    @pytest.mark.parametrize(
        "bad", [None, 3, "x", {}, [], {"id": 5}, {"handle": "x"}, {"id": None, "handle": "x"}, {"id": 5, "handle": {}}]
    )
    def test_a_product_that_cannot_be_read_costs_only_itself(self, bad: Any) -> None:
        made = journey(spider_of(Two), feed("men", [bad, product(1)]) | feed("women"))
        assert set(made.listings) == {"1"}
        assert len(made.spider.failures) == 1

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_a_limit_ends_the_crawl(self, limit: int) -> None:
        pages = feed("men", [product(1), product(2)], [product(3)]) | feed("women", [product(4)])
        made = journey(spider_of(Two, limit=limit), pages)
        assert len(made.listings) == limit

    def test_with_another_base_everything_comes_from_there(self) -> None:
        images = [
            {"src": "http://127.0.0.1:8801/cdn/shop/files/a_x480.jpg?v=1"},
            {"src": "//127.0.0.1:8801/cdn/shop/files/b.jpg"},
        ]
        pages = feed("men", [product(1, images=images)]) | feed("women")
        item = journey(spider_of(Two, base="http://127.0.0.1:8801"), pages).listings["1"]
        assert item["url"] == "http://127.0.0.1:8801/products/shoe-1"
        assert item["photo_urls"] == [
            "http://127.0.0.1:8801/cdn/shop/files/a.jpg?v=1",
            "http://127.0.0.1:8801/cdn/shop/files/b.jpg",
        ]


REFUSALS: list[Page] = [401, 403, 404, 500, "<html>No JSON here</html>", '{"products": [', {"error": 1}, [1], b"\x00",
                        {"products": None}, ConnectionLost(), IgnoreRequest("Forbidden by robots.txt")]  # fmt: skip


class TestPagesInstead:
    @pytest.mark.parametrize("refusal", REFUSALS)
    def test_where_the_json_is_shut_the_pages_are_read(self, refusal: Page) -> None:
        shut = dict.fromkeys((*feed("men"), *feed("women")), refusal)
        made = journey(spider_of(Two), shut | shop_pages(1, 2))
        assert set(made.listings) == {"1", "2"}
        assert made.collections("1") == ["men", "women"]
        assert made.stat("from/jsonld") == 2
        assert made.stat("json_refused") == 2
        assert made.spider.failures == [], "a shop may shut its JSON"

    def test_so_they_are_where_every_list_is_empty(self) -> None:
        made = journey(spider_of(Two), feed("men") | feed("women") | shop_pages(1))
        assert set(made.listings) == {"1"}

    def test_one_empty_list_is_an_empty_collection(self) -> None:
        made = journey(spider_of(Two), feed("men") | feed("women", [product(1)]) | shop_pages(2))
        assert set(made.listings) == {"1"}
        assert all(map(asked_json, made.asked))

    def test_one_list_that_is_refused_is_read_as_pages(self) -> None:
        made = journey(spider_of(Two), feed("women", [product(1)]) | shop_pages(1, 2))
        assert set(made.listings) == {"1", "2"}
        assert made.doubled == []
        assert made.collections("1") == ["men", "women"]
        assert "/collections/women" not in made.asked

    def test_a_feed_that_breaks_off_is_a_failure_and_loses_nothing(self) -> None:
        pages = feed("men", [product(1)]) | feed("women") | shop_pages(1, 2)
        pages["/collections/men/products.json?limit=250&page=2"] = 500
        made = journey(spider_of(Two), pages)
        assert set(made.listings) == {"1", "2"}
        assert made.doubled == []
        assert [failed.why for failed in made.spider.failures] == ["answered 500"]

    def test_another_list_is_tried_before_the_pages(self) -> None:
        made = journey(spider_of(WithOther), feed("all", [product(1)]) | shop_pages(2))
        assert set(made.listings) == {"1"}
        made = journey(spider_of(WithOther), feed("men") | feed("all", [product(1)]) | shop_pages(2))
        assert set(made.listings) == {"1"}, "an empty list is as good as none"

    def test_and_the_pages_after_it(self) -> None:
        pages = shop_pages(2) | {"/collections/all": "<main></main>"}
        assert set(journey(spider_of(WithOther), pages).listings) == {"2"}

    def test_links_in_menus_and_to_other_shops_are_not_the_collections(self) -> None:
        links = (
            '<header><a href="/products/menu">x</a></header><nav><a href="/products/nav">x</a></nav>'
            '<main><a href="https://other.example/products/other">x</a>'
            '<a href="/products/shoe-1?variant=7">x</a></main>'
            '<footer><a href="/products/foot">x</a></footer>'
        )
        pages = {**shop_pages(1), "/collections/men": links, "/collections/women": links}
        made = journey(spider_of(Two), pages)
        assert set(made.listings) == {"1"}
        assert not any("other" in path or "menu" in path for path in made.asked)


class TestProductPage:
    def read(self, page: str) -> dict[str, Any]:
        made = journey(spider_of(Two), {**shop_pages(1), "/products/shoe-1": page})
        [item] = made.listings.values()
        return dict(item)

    @pytest.mark.parametrize(
        "mark",
        [
            '<script>var meta = {"product":{"id":7123,"vendor":"Nike"}};</script>',
            '<script>var __st={"p":"product","rtyp":"product","rid":7123};</script>',
            '<product-info data-product-id="7123"></product-info>',
            '<form action="/cart/add?x=1"><input type="hidden" name="product-id" value="7123"></form>',
        ],
    )
    def test_a_listings_id_is_the_one_that_the_json_would_give(self, mark: str) -> None:
        assert self.read(page_of(1).partition("<form")[0] + mark)["listing_id"] == "7123"

    def test_or_its_handle_where_no_page_tells_it(self) -> None:
        assert self.read(page_of(1).partition("<form")[0])["listing_id"] == "shoe-1"

    def test_json_ld_goes_before_selectors(self) -> None:
        item = self.read(page_of(1))
        assert (item["title_raw"], item["brand_raw"], item["price"]) == ("Shoe 1", "Nike", 99.95)
        assert item["photo_urls"] == ["https://www.two.example/cdn/shop/files/1.jpg?v=1"]
        assert item["extra"]["read_from"] == "jsonld"

    def test_selectors_stand_in_where_json_ld_is_broken(self) -> None:
        item = self.read(page_of(1).replace('"name"', '"name'))
        assert (item["title_raw"], item["brand_raw"]) == ("Shoe", "Nike")
        assert item["extra"]["read_from"] == "selectors"
        assert "price" not in item

    def test_the_product_that_a_theme_embeds_goes_first(self) -> None:
        whole = product(
            1, title="Embedded", variants=[{"id": 10, "price": 9995, "compare_at_price": 12995, "title": "42"}]
        )
        item = self.read(page_of(1, f'<script type="application/json">{json.dumps({"product": whole})}</script>'))
        assert (item["title_raw"], item["price"], item["extra"]["old_price"]) == ("Embedded", 99.95, 129.95)
        assert item["extra"]["read_from"] == "state"

    def test_an_embedded_product_of_another_page_is_not_taken(self) -> None:
        other = product(2, title="Recommended")
        item = self.read(page_of(1, f'<script type="application/json">{json.dumps([other])}</script>'))
        assert item["title_raw"] == "Shoe 1"

    def test_several_colours_are_kept_apart_by_the_embedded_product(self) -> None:
        colours = [
            {"id": n, "option1": colour, "price": "99.95", "featured_image": {"src": f"/cdn/shop/files/{colour}.jpg"}}
            for n, colour in ((11, "Red"), (12, "Blue"))
        ]
        images = [{"src": f"/cdn/shop/files/{colour}.jpg"} for colour in ("Red", "Blue")]
        whole = product(1, variants=colours, options=["Color"], images=images)
        page = page_of(1, f'<script type="application/json">{json.dumps(whole)}</script>')
        made = journey(spider_of(Two), {**shop_pages(1), "/products/shoe-1": page})
        assert {key: item["photo_urls"] for key, item in made.listings.items()} == {
            "1-red": ["https://www.two.example/cdn/shop/files/Red.jpg"],
            "1-blue": ["https://www.two.example/cdn/shop/files/Blue.jpg"],
        }

    @pytest.mark.parametrize("page", ["", "<title>Just a moment...</title><h1>Checking your browser</h1>", "{}"])
    def test_a_page_that_shows_no_product_is_a_failure(self, page: str) -> None:
        made = journey(spider_of(Two), {**shop_pages(1), "/products/shoe-1": page})
        assert made.listings == {}
        assert [failed.url for failed in made.spider.failures] == ["https://www.two.example/products/shoe-1"]


@pytest.mark.parametrize(
    ("url", "handle"),
    [
        ("https://x.example/products/shoe-1", "shoe-1"),
        ("https://x.example/collections/sneakers/products/550-white-20?variant=1", "550-white-20"),
        ("https://x.example/products/nmd_r1-core-black.json", "nmd_r1-core-black"),
        ("https://x.example/products/caf%C3%A9", "café"),
        ("https://x.example/products/", None),
        ("https://x.example/collections/products", None),
        ("https://x.example/search?q=/products/a", None),
    ],
)
def test_handles(url: str, handle: str | None) -> None:
    assert handle_of(url) == handle
