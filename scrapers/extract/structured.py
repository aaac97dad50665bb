"""Structured data of a product page: schema.org Product as JSON-LD or microdata, read by extruct.

https://schema.org/Product, https://schema.org/Offer, https://schema.org/ProductGroup
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from extruct.jsonld import JsonLdExtractor
from extruct.w3cmicrodata import MicrodataExtractor
from pydantic import JsonValue
from scrapy.http import TextResponse

from scrapers.extract.facts import Facts, Source
from scrapers.extract.prices import Money, current_price
from scrapers.extract.text import Json, as_dict, as_list, name_of

__all__ = ["jsonld_facts", "microdata_facts"]

_log = logging.getLogger(__name__)
_KINDS = frozenset({"product", "productgroup", "individualproduct", "productmodel"})
_DEEPEST, _MOST_REFERENCES = 12, 8
"""Microdata items within items, and items that refer to parts elsewhere and are referred to themselves.

extruct recurses along both, and an XPath of lxml that RecursionError interrupts keeps its lock: the next page would
wait for it without end."""
_TOO_DEEP = f"boolean(//*[@itemscope][count(ancestor::*[@itemscope]) >= {_DEEPEST}])"


def jsonld_facts(response: TextResponse, shop_currency: str) -> Facts | None:
    """What the page's JSON-LD states of its product; None where there is none that can be read."""
    items: list[JsonValue] = []
    for script in response.xpath("//script[@type='application/ld+json']"):
        try:
            items += JsonLdExtractor().extract_items(script.root)
        except (ValueError, RecursionError) as error:  # costs this script alone
            _log.info("%s: broken JSON-LD (%s)", response.url, error)
    return _facts("jsonld", items, response.url, shop_currency)


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
    return _facts("microdata", map(_unwrapped, items), response.url, shop_currency)


def _unwrapped(value: Any) -> Any:
    """extruct's {"type", "properties": {…}} as JSON-LD writes it: {"@type", …}."""
    if isinstance(value, dict) and "properties" in value:
        inner = {name: _unwrapped(one) for name, one in value["properties"].items()}
        return {"@type": value.get("type"), **inner}
    return [_unwrapped(one) for one in value] if isinstance(value, list) else value


def _facts(source: Source, items: Iterable[JsonValue], page: str, shop_currency: str) -> Facts | None:
    product = _product_of(items, page)
    if product is None:
        return None
    variants = [as_dict(one) for one in as_list(product.get("hasVariant"))]
    whole = {**(variants[0] if variants else {}), **product}
    descriptions = as_list(whole.get("description"))
    return Facts(
        source=source,
        brand=name_of(whole.get("brand")) or name_of(whole.get("manufacturer")),
        title=name_of(whole.get("name")),
        model=name_of(whole.get("model")),
        colour=name_of(whole.get("color")),
        style_code=name_of(whole.get("mpn")),
        gender=name_of(as_dict(whole.get("audience")).get("suggestedGender")),
        price=_price(whole, shop_currency),
        description=next((one for one in descriptions if isinstance(one, str) and one.strip()), None),
        photos=tuple(_images(whole.get("image"))),
        extra={key: text for key in ("sku", "category", "productID") if (text := name_of(whole.get(key)))},
    )


def _product_of(items: Iterable[JsonValue], page: str) -> Json | None:
    """The page's own product: the one whose address is the page's, else the first with an offer, else the first.

    Other products of a page are recommendations.
    """
    products = []
    for item in _flat(items):
        kinds = {kind.rpartition("/")[2].lower() for kind in as_list(item.get("@type")) if isinstance(kind, str)}
        if kinds & _KINDS:
            products.append(item)
    for product in products:
        if any(_same_page(product.get(key), page) for key in ("url", "@id", "mainEntityOfPage")):
            return product
    offered = (product for product in products if "offers" in product or "hasVariant" in product)
    return next(offered, None) or next(iter(products), None)


def _flat(items: Iterable[JsonValue]) -> Iterator[Json]:
    for item in items:
        if isinstance(item, dict):
            yield item
            yield from _flat(as_list(item.get("@graph")))
            yield from _flat(as_list(item.get("mainEntity")))


def _same_page(address: JsonValue, page: str) -> bool:
    if isinstance(address, dict):
        address = address.get("@id")
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


def _price(product: Json, shop_currency: str) -> Money | None:
    """The price of the product's first offer; of an offer with several (a range, old beside new), the lowest."""
    for offer in map(as_dict, as_list(product.get("offers"))):
        specified = [as_dict(one) for one in as_list(offer.get("priceSpecification"))]
        stated = [offer.get("price"), offer.get("lowPrice"), *(one.get("price") for one in specified)]
        code = name_of(offer.get("priceCurrency")) or (
            name_of(specified[0].get("priceCurrency")) if specified else None
        )
        money = current_price([name_of(one) for one in stated], code, shop_currency)
        if money or (money := _price(offer, shop_currency)):
            return money
    return None
