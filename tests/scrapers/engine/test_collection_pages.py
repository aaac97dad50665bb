"""Walking through a shop's collections page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import TextResponse
from twisted.internet.error import ConnectionLost

from scrapers.engine.collection_pages import Card, CollectionSpider
from scrapers.extract.facts import Facts
from scrapers.items import ListingItem
from tests.scrapers.browsing import Page, journey, spider_of


class Pages(CollectionSpider):
    """A shop whose products are links to /p/<key>, each with its key as heading."""

    name = "pages"
    home = "https://shop.example"
    currency = "EUR"
    collections = ("men", "women")

    def collection_path(self, collection: str) -> str:
        return f"/{collection}"

    def cards(self, response: TextResponse) -> Iterator[Card]:
        for href in response.css("a.product::attr(href)").getall():
            url = self.own_url(href, response.url)
            if url:
                key = url.rpartition("/")[2]
                yield Card(key, url, Facts("microdata", title=f"card {key}") if response.css("b") else None)

    def read_product(self, response: TextResponse, card: Card) -> Iterator[ListingItem]:
        title = response.css("h1::text").get()
        if title:
            yield self.listing(card.key, card.key, card.url, [Facts("selectors", title=title)])


class Men(Pages):
    collections = ("men",)


class ZeroBased(Men):
    zero_based = True


def grid(*keys: str, links: tuple[str, ...] = (), more: str = "") -> str:
    """A collection's page."""
    products = "".join(f'<a class="product" href="/p/{key}">{key}</a>' for key in keys)
    return f"<body>{products}{''.join(f'<a href={link!r}>page</a>' for link in links)}{more}</body>"


def products(*keys: str) -> dict[str, Page]:
    return {f"/p/{key}": f"<h1>{key}</h1>" for key in keys}


def test_goes_on_until_a_page_brings_nothing_new() -> None:
    pages = {"/men": grid("a", "b"), "/men?page=2": grid("c"), "/men?page=3": grid(), **products("a", "b", "c")}
    made = journey(spider_of(Men), pages)
    assert set(made.listings) == {"a", "b", "c"}
    assert made.spider.failures == []
    assert [path for path in made.asked if path.startswith("/men")] == ["/men", "/men?page=2", "/men?page=3"]


def test_a_last_page_that_is_not_found_is_no_failure() -> None:
    made = journey(spider_of(Men), {"/men": grid("a"), **products("a")})
    assert set(made.listings) == {"a"}
    assert made.spider.failures == []


def test_a_shop_that_repeats_its_last_page_for_ever_is_left() -> None:
    pages = {"/men": grid("a"), **products("a", "b")} | {
        f"/men?page={number}": grid("b", links=(f"/men?page={number + 1}",)) for number in range(2, 50)
    }
    made = journey(spider_of(Men), pages)
    assert set(made.listings) == {"a", "b"}
    assert "/men?page=4" not in made.asked


def test_ever_new_products_end_at_the_cap_and_are_reported() -> None:
    class Capped(Men):
        max_pages = 5

    pages: dict[str, Page] = {f"/men?page={number}": grid(f"p{number}") for number in range(2, 50)}
    made = journey(spider_of(Capped), {"/men": grid("p1"), **pages, **products(*(f"p{n}" for n in range(50)))})
    assert set(made.listings) == {"p1", "p2", "p3", "p4", "p5"}
    assert [failed.url for failed in made.spider.failures] == ["https://shop.example/men?page=5"]


def test_follows_the_link_to_the_next_page_where_there_is_one() -> None:
    pages = {
        "/men": grid("a", more='<a rel="next" href="/men/page-2">next</a>'),
        "/men/page-2": grid("b", more='<a rel="prev" href="/men">back</a>'),
        **products("a", "b"),
    }
    assert set(journey(spider_of(Men), pages).listings) == {"a", "b"}


@pytest.mark.parametrize("link", ["https://other.example/men?page=2", "/women?page=2", "/men"])
def test_a_next_link_that_leads_elsewhere_is_not_followed(link: str) -> None:
    pages = {
        "/men": grid("a", more=f'<link rel="next" href="{link}">'),
        "/men?page=2": grid("b"),
        **products("a", "b"),
    }
    made = journey(spider_of(Men), pages)
    assert set(made.listings) == {"a", "b"}
    assert not any(path.startswith("/women") for path in made.asked)


def test_a_broken_page_in_the_middle_hides_nothing() -> None:
    """The first page says that there are four; the second is broken, the third fails."""
    pages = {
        "/men": grid("a", links=("/men?page=2", "/men?page=4")),
        "/men?page=2": "<body>",
        "/men?page=3": 500,
        "/men?page=4": grid("d"),
        **products("a", "d"),
    }
    made = journey(spider_of(Men), pages)
    assert set(made.listings) == {"a", "d"}
    assert [(failed.url, failed.why) for failed in made.spider.failures] == [
        ("https://shop.example/men?page=2", "shows no products"),
        ("https://shop.example/men?page=3", "answered 500"),
    ]


def test_an_empty_collection_that_promises_ever_more_pages_is_left() -> None:
    pages: dict[str, Page] = {f"/men?page={n}": grid(links=(f"/men?page={n + 1}",)) for n in range(2, 50)}
    made = journey(spider_of(Men), {"/men": grid(links=("/men?page=2",)), **pages})
    assert made.asked == ["/men"]


def test_page_numbers_of_other_things_do_not_count() -> None:
    links = ("/reviews?page=90", "https://other.example/men?page=80", "http://[/men?page=70")
    made = journey(spider_of(Men), {"/men": grid("a", links=links), **products("a")})
    assert made.asked == ["/men", "/p/a", "/men?page=2"]


@pytest.mark.parametrize(
    "page", ["", "<body>No shoes</body>", b"\x89PNG", 404, 500, ConnectionLost(), IgnoreRequest("x")]
)
def test_a_collection_that_cannot_be_read_is_a_failure(page: Page) -> None:
    made = journey(spider_of(Pages), {"/men": page, "/women": grid("a"), **products("a")})
    assert [failed.url for failed in made.spider.failures] == ["https://shop.example/men"]
    assert set(made.listings) == {"a"}, "and costs only itself"


def test_a_product_of_two_collections_is_fetched_once_and_stands_in_both() -> None:
    pages = {"/men": grid("a", "b"), "/women": grid("b", "c"), **products("a", "b", "c")}
    made = journey(spider_of(Pages), pages)
    assert made.doubled == []
    found = {key: made.collections(key) for key in made.listings}
    assert found == {"a": ["men"], "b": ["men", "women"], "c": ["women"]}
    assert sum(path == "/p/b" for path in made.asked) == 1


def test_links_to_other_hosts_are_ignored() -> None:
    more = '<a class="product" href="https://other.example/p/x">x</a><a class="product" href="//cdn.example/p/y">y</a>'
    made = journey(spider_of(Men), {"/men": grid("a", more=more), **products("a", "x", "y")})
    assert set(made.listings) == {"a"}


class TestPagesCountedFromZero:
    """Reading on from ?page=1 of an index that begins at 0, the first page was lost."""

    def test_the_first_page_is_not_lost_where_pages_count_from_zero(self) -> None:
        pages = {"/men": grid("a"), "/men?page=1": grid("b"), "/men?page=2": grid("c"), **products("a", "b", "c")}
        assert set(journey(spider_of(ZeroBased), pages).listings) == {"a", "b", "c"}

    def test_nor_anything_where_they_count_from_one_after_all(self) -> None:
        pages = {
            "/men": grid("a"),
            "/men?page=1": grid("a"),
            "/men?page=2": grid("b"),
            "/men?page=3": grid("c"),
            **products("a", "b", "c"),
        }
        assert set(journey(spider_of(ZeroBased), pages).listings) == {"a", "b", "c"}

    def test_a_shop_with_one_page_is_left_soon(self) -> None:
        pages: dict[str, Any] = {"/men": grid("a"), **products("a")}
        pages |= {f"/men?page={number}": grid("a") for number in range(1, 50)}
        made = journey(spider_of(ZeroBased), pages)
        assert [path for path in made.asked if path.startswith("/men")] == ["/men", "/men?page=1", "/men?page=2"]


@pytest.mark.parametrize("page", ["<body>Just a moment</body>", b"\x00", 404, 500, ConnectionLost()])
def test_a_product_that_cannot_be_read_is_a_failure(page: Page) -> None:
    made = journey(spider_of(Men), {"/men": grid("a", "b"), "/p/a": page, **products("b")})
    assert [failed.url for failed in made.spider.failures] == ["https://shop.example/p/a"]
    assert set(made.listings) == {"b"}


@pytest.mark.parametrize("page", ["<body></body>", 500])
def test_then_its_card_speaks_for_it(page: Page) -> None:
    made = journey(spider_of(Men), {"/men": grid("a", more="<b></b>"), "/p/a": page})
    assert made.listings["a"]["title_raw"] == "card a"
    assert len(made.spider.failures) == 1


def test_but_not_while_the_crawl_is_being_stopped() -> None:
    spider = spider_of(Men)
    spider.stopping = True
    made = journey(spider, {"/men": grid("a", more="<b></b>"), "/p/a": IgnoreRequest("stopping")})
    assert made.listings == {}


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_limit_ends_the_crawl(limit: int) -> None:
    pages = {"/men": grid("a", "b"), "/men?page=2": grid("c", "d"), "/women": grid("e"), **products(*"abcde")}
    made = journey(spider_of(Pages, limit=limit), pages)
    assert len(made.listings) == limit
