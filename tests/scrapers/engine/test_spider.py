"""What every shop's spider can do."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import TimeoutError as RequestTimeout
from twisted.python.failure import Failure

from scrapers.engine.spider import FailedPage, KnownProducts, ShopSpider
from scrapers.extract.facts import Facts
from scrapers.extract.prices import Money
from scrapers.items import ListingItem, Membership
from scrapers.registry import SHOPS, load_spider
from sneakers_ml.catalogue.listing import Listing
from tests.scrapers.browsing import spider_of

DEMO = "http://127.0.0.1:8801"


class Shop(ShopSpider):
    name = "shop"
    home = "https://www.shop.example"
    currency = "EUR"
    collections = ("all",)


@pytest.mark.parametrize("shop", SHOPS)
def test_every_shop_says_what_it_must(shop: str) -> None:
    kind = load_spider(shop)
    assert kind.name == shop
    assert kind.home.startswith("https://")
    assert not kind.home.endswith("/")
    assert len(kind.currency) == 3
    assert kind.collections
    assert set(kind.floors) <= set(Listing.model_fields)
    assert all(0 < share <= 1 for share in kind.floors.values())
    assert {"title_raw", "price", "photo_urls"} <= set(kind.floors)
    assert "style_code" not in kind.floors, "a shop may state none"


def test_paths_are_joined_to_the_base() -> None:
    assert spider_of(Shop).url("/products/a") == "https://www.shop.example/products/a"
    assert spider_of(Shop, base=DEMO + "/").url("/products/a") == "http://127.0.0.1:8801/products/a"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/products/a", "https://www.shop.example/products/a"),
        ("b?page=2#top", "https://www.shop.example/collections/b?page=2"),
        ("//www.shop.example/products/a", "https://www.shop.example/products/a"),
        ("http://shop.example/products/a", "https://www.shop.example/products/a"),
        (" https://WWW.shop.example/products/a ", "https://www.shop.example/products/a"),
        ("https://other.example/products/a", None),
        ("//cdn.shop.example/products/a", None),
        ("https://shop.example.evil.example/products/a", None),
        ("https://www.shop.example:8443/products/a", None),
        ("mailto:a@shop.example", None),
        ("javascript:void(0)", None),
        ("http://[", None),
    ],
)
def test_only_the_shops_own_links_are_followed(href: str, url: str | None) -> None:
    assert spider_of(Shop).own_url(href, "https://www.shop.example/collections/a") == url


def test_a_link_to_the_shops_own_address_leads_to_the_base() -> None:
    spider = spider_of(Shop, base=DEMO)
    page = f"{DEMO}/collections/a"
    assert spider.own_url("https://www.shop.example/products/a", page) == f"{DEMO}/products/a"
    assert spider.own_url("/products/a", page) == f"{DEMO}/products/a"
    assert spider.own_url("http://127.0.0.1:9999/products/a", page) is None


def test_a_limit_is_reached_once() -> None:
    spider = spider_of(Shop, limit="2")
    assert [spider.take() for _ in range(3)] == [True, True, False]
    assert spider.full()
    assert not spider_of(Shop).full()


def test_a_failed_page_is_counted_and_remembered() -> None:
    spider = spider_of(Shop)
    spider.fail(Response("https://www.shop.example/a"), "shows no products")
    spider.fail(Request("https://www.shop.example/b"), "answered 500")
    assert spider.failures == [
        FailedPage("https://www.shop.example/a", "shows no products"),
        FailedPage("https://www.shop.example/b", "answered 500"),
    ]
    assert spider.crawler.stats is not None
    assert spider.crawler.stats.get_value("shop/failed_pages") == 2


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (HttpError(Response("https://x.example", status=503)), "answered 503"),
        (IgnoreRequest("Forbidden by robots.txt"), "Forbidden by robots.txt"),
        (IgnoreRequest(), "not allowed"),
        (RequestTimeout(), "no answer (TimeoutError)"),
    ],
)
def test_says_which_page_could_not_be_had_and_why(error: Exception, why: str) -> None:
    failure = Failure(error)
    with pytest.raises(TypeError):
        spider_of(Shop).unanswered(failure)
    failure.request = request = Request("https://x.example")  # type: ignore[attr-defined]
    assert spider_of(Shop).unanswered(failure) == (request, why)


def test_a_name_alone_is_no_product() -> None:
    spider = spider_of(Shop)
    assert not spider.readable([Facts("selectors", title="Just a moment...")])
    assert not spider.readable([Facts("selectors", price=Money(5.0, "EUR"))])
    assert spider.readable([Facts("jsonld", brand="Nike"), Facts("selectors", title="Dunk")])


def test_what_a_listing_was_read_from_is_counted() -> None:
    spider = spider_of(Shop)
    spider.known.add("a", ["men", "kids"])
    item = spider.listing("a", "1", "https://www.shop.example/a", [Facts("jsonld", title="Dunk")])
    assert item["collections"] == ["kids", "men"]
    assert spider.crawler.stats is not None
    assert spider.crawler.stats.get_value("shop/from/jsonld") == 1


def test_a_product_is_met_first_on_each_collections_pages() -> None:
    known = KnownProducts()
    assert [known.first_in(pages, "a") for pages in ("men", "men", "women")] == [True, False, True]


def test_a_product_goes_by_its_address_before_its_page_is_read_and_then_by_all_its_listings() -> None:
    known = KnownProducts()
    assert "a" not in known
    known.add("a", ["men"])
    assert "a" in known
    assert list(known.add_collections("a", "https://x/a", ["men"])) == [], "the same collection is no news"
    assert list(known.add_collections("a", "https://x/a", ["women"])) == [
        Membership(url="https://x/a", collection="women")
    ]
    assert known.collections_of("a") == ["men", "women"], "the listing will carry both"
    known.set_listings("a", [ListingItem(listing_id="1-red"), ListingItem(listing_id="1-blue")])
    assert list(known.add_collections("a", "https://x/a", ["kids", "men"])) == [
        Membership(listing_id="1-red", collection="kids"),
        Membership(listing_id="1-blue", collection="kids"),
    ]
    known.set_listings("a", [])
    assert list(known.add_collections("a", "https://x/a", ["outlet"])) == [], "it has turned out to be no product"
