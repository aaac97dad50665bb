"""Structured data of a product page: schema.org Product as JSON-LD, or as microdata, which extruct reads.

https://schema.org/Product, https://schema.org/Offer, https://schema.org/ProductGroup, https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import json
import logging
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from extruct.w3cmicrodata import MicrodataExtractor
from pydantic import JsonValue
from scrapy.http import TextResponse
from w3lib.html import replace_entities

from scrapers.extract.facts import Facts, Source
from scrapers.extract.prices import Money, current_price, json_amount
from scrapers.extract.storefront import stated_currency
from scrapers.extract.text import Json, as_dict, as_list, name_of

__all__ = ["jsonld_facts", "microdata_facts"]

_log = logging.getLogger(__name__)
_JSONLD = (
    "//script[contains(translate(@type, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'),"
    " 'application/ld+json')]"
)
_DECODER = json.JSONDecoder(strict=False)
_STRING = r'("(?:[^"\\]|\\.|\\\Z)*+(?:"|\Z))'
_STRING_OR_NOISE = re.compile(
    rf"{_STRING}|(?://\s*)?<!\[CDATA\[|(?://\s*)?\]\]>|<!--|-->|/\*.*?(?:\*/|\Z)|//[^\r\n]*|\ufeff", re.DOTALL
)
_STRING_OR_COMMA = re.compile(rf"{_STRING}|,(?=\s*[\]}}])", re.DOTALL)
_ESCAPE = re.compile(r"(\\[\"\\/bfnrtu])|\\")
_START = re.compile(r"[\[{]")
_OBJECT = re.compile(r'(?<!:)(?<!: )\{\s*+"@(?:context|type|graph|id)"')
"""Where an object begins that can stand on its own."""
_MOST_BROKEN = 20
"""Values of one script that are given up, each of which costs a look at all before it."""
_MOST_AGAIN = 500_000
"""Characters of one script that are tidied again behind values that are given up."""
_KINDS = frozenset({"product", "productgroup", "individualproduct", "productmodel"})
_SOLD_OUT = frozenset({"outofstock", "soldout", "discontinued", "unavailable", "notavailable"})
_DEEPEST, _MOST_REFERENCES = 12, 8
"""Microdata items within items, and items that refer to parts elsewhere and are referred to themselves.

extruct recurses along both, and an XPath of lxml that RecursionError interrupts keeps its lock: the next page would
wait for it without end."""
_TOO_DEEP = f"boolean(//*[@itemscope][count(ancestor::*[@itemscope]) >= {_DEEPEST}])"


def jsonld_facts(response: TextResponse, shop_currency: str) -> Facts | None:
    """What the page's JSON-LD states of its product; None where there is none that can be read."""
    items: list[JsonValue] = []
    for text in response.xpath(_JSONLD).xpath("string()").getall():
        try:
            for value in _jsonld_values(text):
                items.append(value)  # noqa: PERF402 - those before a broken one are kept
        except (ValueError, RecursionError) as error:  # costs this script alone
            _log.info("%s: broken JSON-LD (%s)", response.url, error)
    return _facts("jsonld", items, response, shop_currency)


def _jsonld_values(text: str) -> Iterator[JsonValue]:
    """The values of a script, one behind the other, in the state in which templates leave them.

    What is no JSON is taken out: comments and CDATA marks around it or in it, commas and semicolons behind it, marks of
    byte order, escapes that only JavaScript knows. Of a value that is broken all the same the next ones are looked for.

    Raises:
        ValueError: the script has a value that can't be read; those before it have been given.
    """
    try:
        yield _DECODER.decode(text.strip())
        return
    except ValueError:
        text = unescape(text) if "&quot;" in text and '"' not in text else text
    clean, place, left, broken = _without_noise(text), 0, _MOST_AGAIN, list[ValueError]()
    while len(broken) < _MOST_BROKEN and (start := _START.search(clean, place)):
        try:
            value, place = _DECODER.raw_decode(clean, start.start())
            yield value
        except ValueError as error:
            broken.append(error)
            again = _OBJECT.search(text, start.end())
            place = again.start() if again else len(text)
            left -= len(text) - place
            if left > 0:  # a broken quote has turned over what is a string and what is none
                text = text[place:]
                clean, place = _without_noise(text), 0
    if broken:
        raise broken[0]


def _without_noise(text: str) -> str:
    """JSON of the same length: each place stays where it was."""

    def string(found: re.Match[str]) -> str:
        return (_ESCAPE.sub(r"\1", found[1]) if found[1] else "").ljust(len(found[0]))

    return _STRING_OR_COMMA.sub(string, _STRING_OR_NOISE.sub(string, text))


def microdata_facts(response: TextResponse, shop_currency: str) -> Facts | None:
    """What the page's microdata states of its product; None where there is none that can be read."""
    items = []
    references = {name for names in response.xpath("//@itemref").getall() for name in names.split()}
    chained = [
        item
        for item in response.xpath("//*[@itemref]")
        if any(place.get("id") in references for place in (item.root, *item.root.iterancestors()))
    ]
    if len(chained) > _MOST_REFERENCES or response.xpath(_TOO_DEEP).get() == "1":
        _log.info("%s: microdata too deeply nested", response.url)
        return None
    try:
        items = MicrodataExtractor().extract_items(response.selector.root.getroottree().getroot(), response.url)
    except (ValueError, TypeError, AttributeError) as error:  # what its HTML cleaner makes of odd markup
        _log.info("%s: broken microdata (%s)", response.url, error)
    return _facts("microdata", list(map(_unwrapped, items)), response, shop_currency)


def _unwrapped(value: Any) -> Any:
    """extruct's {"type", "properties": {…}} as JSON-LD writes it: {"@type", …}."""
    if isinstance(value, dict) and "properties" in value:
        inner = {name: _unwrapped(one) for name, one in value["properties"].items()}
        return {"@type": value.get("type"), **inner}
    return [_unwrapped(one) for one in value] if isinstance(value, list) else value


def _facts(source: Source, items: list[JsonValue], response: TextResponse, shop_currency: str) -> Facts | None:
    things = list(_things(items))
    product = _product_of(things, response.url)
    if product is None:
        return None
    named = {name: one for one in things if isinstance(name := one.get("@id"), str)}
    product = _linked(product, named)
    variants = [_linked(as_dict(one), named) for one in as_list(product.get("hasVariant"))]
    whole = {**(variants[0] if variants else {}), **product}
    if "offers" not in product:  # of those in the colour that is told
        colour = name_of(whole.get("color"))
        same = [one for one in variants if name_of(one.get("color")) in (None, colour)]
        whole["offers"] = [
            {"priceCurrency": one.get("priceCurrency"), **as_dict(offer)}
            for one in same
            for offer in as_list(one.get("offers"))
        ]
    descriptions = as_list(whole.get("description"))
    return Facts(
        source=source,
        brand=_words(whole.get("brand")) or _words(whole.get("manufacturer")),
        title=_words(whole.get("name")),
        model=_words(whole.get("model")),
        colour=_words(whole.get("color")),
        style_code=name_of(whole.get("mpn")),
        gender=name_of(as_dict(whole.get("audience")).get("suggestedGender")),
        price=_price(
            whole.get("offers"), source, name_of(whole.get("priceCurrency")) or stated_currency(response), shop_currency
        ),
        description=next((one for one in descriptions if isinstance(one, str) and one.strip()), None),
        photos=tuple(_images(whole.get("image"))),
        extra={key: text for key in ("sku", "category", "productID") if (text := name_of(whole.get(key)))},
    )


def _words(value: JsonValue) -> str | None:
    """What a thing is called; templates that escape for HTML do so here too ("Dunk Low &#39;Panda&#39;")."""
    return replace_entities(name_of(value) or "") or None


def _product_of(things: Iterable[Json], page: str) -> Json | None:
    """The page's own product: the one whose address is the page's, else the first with an offer, else the first.

    Other products of a page are recommendations.
    """
    products = [thing for thing in things if _kinds(thing.get("@type") or thing.get("type")) & _KINDS]
    for product in products:
        if any(_same_page(product.get(key), page) for key in ("url", "@id", "mainEntityOfPage")):
            return product
    offered = (product for product in products if "offers" in product or "hasVariant" in product)
    return next(offered, None) or next(iter(products), None)


def _kinds(value: JsonValue) -> set[str]:
    """The names of types and members of lists, however they are written: "http://schema.org/InStock", "in stock"."""
    last = (re.split(r"[/#:]", kind.strip(" /"))[-1] for kind in as_list(value) if isinstance(kind, str))
    return {re.sub(r"[^a-z]", "", name.lower()) for name in last}


def _things(items: Iterable[JsonValue]) -> Iterator[Json]:
    """The objects that a page states on their own, in arrays and graphs of any depth."""
    waiting = deque(items)
    while waiting:
        item = waiting.popleft()
        if isinstance(item, dict):
            yield item
            waiting.extendleft(reversed([*as_list(item.get("@graph")), *as_list(item.get("mainEntity"))]))
        elif isinstance(item, list):
            waiting.extendleft(reversed(item))


def _linked(thing: Json, named: Mapping[str, Json]) -> Json:
    """A thing with what its references name ({"brand": {"@id": "#brand"}}) in their place."""

    def named_by(value: JsonValue) -> JsonValue:
        name = value.get("@id") if isinstance(value, dict) and value.keys() <= {"@id", "@type"} else None
        return named.get(name, value) if isinstance(name, str) else value

    return {
        key: [named_by(one) for one in value] if isinstance(value, list) else named_by(value)
        for key, value in thing.items()
    }


def _same_page(address: JsonValue, page: str) -> bool:
    address = _id_of(address)
    if not isinstance(address, str):
        return False
    try:
        path = urlsplit(urljoin(page, address)).path.rstrip("/")
    except ValueError:
        return False
    own = urlsplit(page).path.rstrip("/")
    return bool(path) and (path == own or (own.endswith(path) and "/products/" in path))


def _images(value: JsonValue) -> Iterator[str]:
    for one in as_list(value):
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            yield from _images(one.get("contentUrl") or one.get("url") or one.get("image"))


def _price(offers: JsonValue, source: Source, stated: str | None, shop_currency: str) -> Money | None:
    """The lowest price of what can be bought, of all offers where nothing can; never across currencies."""
    found = list(_offered(offers, source, stated, shop_currency))
    prices = [price for price, sold_out in found if not sold_out] or [price for price, _ in found]
    codes = [price.currency for price in prices]
    code = shop_currency if shop_currency in codes else next(iter(codes), None)
    return min((one for one in prices if one.currency == code), key=lambda one: one.amount, default=None)


def _offered(
    offers: JsonValue, source: Source, stated: str | None, shop_currency: str, depth: int = 4
) -> Iterator[tuple[Money, bool]]:
    """The price of each single offer, of a range the lowest, and whether it is sold out or of more than one pair.

    An offer that holds others is told by them, or by itself where they state no price.
    """
    for offer in map(as_dict, as_list(offers)):
        parts = (offer, *_specified(offer))
        code = next(filter(None, (name_of(one.get("priceCurrency")) for one in parts)), stated)
        inner = list(_offered(offer.get("offers"), source, code, shop_currency, depth - 1)) if depth else []
        yield from inner
        amounts = [
            json_amount(text) if source == "jsonld" else text
            for part in parts
            for key in ("price", "lowPrice", "minPrice")
            if (text := name_of(part.get(key)))
        ]
        price = None if inner else current_price(amounts, code, shop_currency)
        if price:
            sold_out = bool(_kinds([_id_of(one) for one in as_list(offer.get("availability"))]) & _SOLD_OUT)
            yield price, sold_out or not _of_one_pair(offer)


def _specified(offer: Json) -> list[Json]:
    """The price specifications of an offer that are of what everybody pays for one pair, at once.

    One without tax, or for several pairs, counts where nothing else states a price.
    """
    found = [
        one
        for one in map(as_dict, as_list(offer.get("priceSpecification")))
        if not _kinds(one.get("@type")) & {"deliverychargespecification", "paymentchargespecification"}
        and not {"priceComponentType", "billingDuration", "billingIncrement", "validForMemberTier"} & one.keys()
        and "minimumadvertisedprice" not in _kinds(one.get("priceType"))
    ]
    whole = [one for one in found if _of_one_pair(one)]
    stated = any(one.keys() & {"price", "lowPrice", "minPrice"} for one in (offer, *whole))
    return whole if stated else found


def _of_one_pair(price: Json) -> bool:
    """Whether a price holds its tax, and is asked of who buys a single pair."""
    taxed = price.get("valueAddedTaxIncluded")
    least = name_of(as_dict(price.get("eligibleQuantity")).get("minValue")) or "1"
    several = re.fullmatch(r"\s*\d+(?:\.\d+)?\s*", least, re.ASCII) and float(least) > 1
    return taxed is not False and "false" not in _kinds(taxed) and not several


def _id_of(value: JsonValue) -> JsonValue:
    return value.get("@id") if isinstance(value, dict) else value
