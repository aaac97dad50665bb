"""A reader of the shops' pages that shares no code with the crawler: what a visitor finds by following links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urljoin

from lxml import html

from tests.demo.shops.conftest import fetch

STARTS = {
    "sneakerbaas": [f"/collections/sneakers/category-{who}" for who in ("kids", "unisex", "women", "men")],
    "superkicks": [
        f"/collections/{who}-{kind}sneakers"
        for who in ("men", "women")
        for kind in ("", "basketball-", "classics-", "skateboard-")
    ],
    "kickscrew": ["/collections/all-shoes"],
    "footshop": ["/en/5-mens-shoes", "/en/6-womens-shoes", "/en/55-kids-sneakers-and-shoes"],
    "highsnobiety": ["/en-us/shop/category/footwear/sneakers"],
}
CARDS = {
    "sneakerbaas": "//div[@class='product-item']/a[@class='product-item-title']/@href",
    "superkicks": "//ul[@id='product-grid']//div[contains(@class, 'product-card2')]//a/@href",
    "kickscrew": "//li[@class='product-card']/a/@href",
    "footshop": "//div[@itemprop='itemListElement']/meta[@itemprop='url']/@content",
    "highsnobiety": "//a[@data-testid='product-card']/@href",
}


def page(url: str) -> html.HtmlElement:
    answer = fetch(url)
    assert answer.status == 200, url
    return html.fromstring(answer.body.decode())


def listed(shop: str, base: str) -> Iterator[tuple[str, str]]:
    """(collection's path, product page's address) of every card, page after page."""
    for start in STARTS[shop]:
        url = base + start
        while url:
            tree = page(url)
            yield from ((start, urljoin(url, href)) for href in tree.xpath(CARDS[shop]))
            following = tree.xpath("//a[@rel='next']/@href")
            url = urljoin(url, following[0]) if following else ""


def feed(base: str, path: str = "/products.json", limit: int = 250) -> Iterator[dict]:
    """All products of a Shopify feed."""
    number = 1
    while products := json.loads(fetch(f"{base}{path}?limit={limit}&page={number}").body)["products"]:
        yield from products
        number += 1
