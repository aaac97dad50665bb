"""State that a page embeds for its scripts: Next.js's __NEXT_DATA__, Hypernova's data, a theme's product."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator

from pydantic import JsonValue
from scrapy.http import TextResponse

from scrapers.extract.facts import Facts
from scrapers.extract.photo_urls import largest_of
from scrapers.extract.prices import Money, current_price, json_amount
from scrapers.extract.text import Json, as_list, as_text, as_texts, first_of, name_of

__all__ = ["hypernova", "json_scripts", "next_data", "objects", "product_facts"]

_ADDRESS = re.compile(r"(?:https?:/)?/\S+$")
_CURRENCIES = ("currency", "currencyCode", "priceCurrency")
_MOST_OBJECTS = 200_000
"""Objects of one page's state that are looked at."""


def next_data(response: TextResponse) -> JsonValue:
    """The page's `<script id="__NEXT_DATA__">`; None where it is missing or broken."""
    return _parse(response.xpath("//script[@id='__NEXT_DATA__']/text()").get())


def hypernova(response: TextResponse, key: str) -> JsonValue:
    """The data of the component `key`: `<script data-hypernova-key="key"><!-- {…} --></script>`; None if unreadable.

    Hypernova writes `&` and `>` as entities, so that the data can't end the comment that wraps it.
    """
    text = response.xpath("//script[@data-hypernova-key=$key]/text()", key=key).get()
    return _parse(text and text.replace("&gt;", ">").replace("&amp;", "&"))


def json_scripts(response: TextResponse) -> Iterator[JsonValue]:
    """Every readable `<script type="application/json">` of the page; the type may have parameters."""
    for text in response.xpath("//script[starts-with(normalize-space(@type), 'application/json')]/text()").getall():
        value = _parse(text)
        if value is not None:
            yield value


def objects(value: JsonValue) -> Iterator[Json]:
    """Every object of a JSON value, outer ones first."""
    waiting = deque([value])
    seen = 0
    while waiting and seen < _MOST_OBJECTS:
        one = waiting.popleft()
        seen += 1
        if isinstance(one, dict):
            yield one
            waiting.extend(inner for inner in one.values() if isinstance(inner, dict | list))
        elif isinstance(one, list):
            waiting.extend(inner for inner in one if isinstance(inner, dict | list))


def product_facts(product: Json, shop_currency: str, stated: str | None = None) -> Facts:
    """What a product of embedded state says of itself, under the names that such states use.

    Args:
        product: an object of the state.
        shop_currency: ISO 4217 code that holds where none is stated.
        stated: the currency that the page states beside the product.
    """
    price = first_of(product, ("price", "prices", "pricing"))
    return Facts(
        source="state",
        brand=_name(first_of(product, ("brand", "vendor", "manufacturer", "designer"))),
        title=_name(first_of(product, ("name", "title"))),
        colour=_name(first_of(product, ("color", "colour", "colorway"))),
        style_code=_name(first_of(product, ("styleCode", "style_code", "mpn"))),
        gender=_name(product.get("gender")),
        price=_price(price, _name(first_of(product, _CURRENCIES)) or stated, shop_currency),
        description=next((one for one in as_list(product.get("description")) if isinstance(one, str) and one), None),
        photos=tuple(_photos(first_of(product, ("images", "gallery", "photos", "image")))),
        extra={key: text for key in ("id", "sku", "category") if (text := _name(product.get(key)))},
    )


def _parse(text: str | None) -> JsonValue:
    stripped = (text or "").strip().removeprefix("<!--").removesuffix("-->").strip()
    if not stripped:
        return None
    try:
        value: JsonValue = json.loads(stripped, strict=False)
    except (ValueError, RecursionError):
        return None
    return value


def _name(value: JsonValue) -> str | None:
    return name_of(value, lambda thing: first_of(thing, ("name", "title", "label")))


def _price(price: JsonValue, currency: str | None, shop_currency: str) -> Money | None:
    if not isinstance(price, dict):
        return current_price(map(json_amount, as_texts(price)), currency, shop_currency)
    now = [json_amount(price.get(name)) for name in ("sale", "current", "amount", "value", "price", "formatted")]
    old = [
        json_amount(price.get(name))
        for name in ("compareAt", "compareAtPrice", "regular", "original", "old", "value_old")
    ]
    code = _name(first_of(price, _CURRENCIES)) or currency
    return current_price(now, code, shop_currency, next((text for text in old if text), None))


def _photos(value: JsonValue) -> Iterator[str]:
    """Addresses of a gallery: text, objects with an address, or objects that group such ("main", "other").

    Of an object without an address, text that is one counts, and whatever lies deeper; no names, ids and captions.
    """
    for one in as_list(value):
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            yield from _photos(one)
        elif isinstance(one, dict):
            srcset = as_text(one.get("srcset")) or as_text(one.get("srcSet"))
            address = (largest_of(srcset) if srcset else None) or first_of(one, ("url", "src", "image", "href"))
            inner = [deep for deep in one.values() if not isinstance(deep, str) or _ADDRESS.match(deep)]
            yield from _photos(address or inner)
