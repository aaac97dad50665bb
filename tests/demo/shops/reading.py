"""A reader of the shops' pages that shares no code with the crawler: what a visitor finds by following links."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urljoin

from lxml import html

SHOPIFY = ("sneakerbaas", "superkicks", "kickscrew")
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


class Unmoved(urllib.request.HTTPRedirectHandler):
    """Redirects are answers, too."""

    def redirect_request(self, *args, **kwargs):
        return None


OPENER = urllib.request.build_opener(Unmoved)


def fetch(url: str, most: int = -1, **headers: str) -> SimpleNamespace:
    """`status`, `headers`, `body` of a GET, whatever the status; `most` bytes of it."""
    request = urllib.request.Request(url, headers={name.replace("_", "-"): text for name, text in headers.items()})  # noqa: S310
    try:
        with OPENER.open(request, timeout=20) as answer:
            return SimpleNamespace(status=answer.status, headers=answer.headers, body=answer.read(most))
    except urllib.error.HTTPError as error:
        with error:
            return SimpleNamespace(status=error.code, headers=error.headers, body=error.read())


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
