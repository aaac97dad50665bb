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
from scrapers.extract.text import Json, as_dict, as_list, as_text

__all__ = ["jsonld_facts", "microdata_facts", "product_of"]

_log = logging.getLogger(__name__)
_KINDS = frozenset({"product", "productgroup", "individualproduct", "productmodel"})


def jsonld_facts(response: TextResponse, shop_currency: str) -> Facts | None:
    """What the page's JSON-LD states of its product; None where there is none that can be read."""
    return _facts("jsonld", product_of(_jsonld(response), response.url), shop_currency)


def microdata_facts(response: TextResponse, shop_currency: str) -> Facts | None:
    """What the page's microdata states of its product; None where there is none that can be read."""
    return _facts("microdata", product_of(_microdata(response), response.url), shop_currency)


def product_of(items: Iterable[Json], page: str) -> Json | None:
    """The page's own product: the one whose address is the page's, else the first with an offer, else the first.

    Other products of a page are recommendations.
    """
    products = [item for item in _flat(items) if _kinds(item) & _KINDS]
    for product in products:
        if any(_same_page(product.get(key), page) for key in ("url", "@id", "mainEntityOfPage")):
            return product
    return next((product for product in products if "offers" in product or "hasVariant" in product), None) or next(
        iter(products), None
    )


def _jsonld(response: TextResponse) -> Iterator[Json]:
    """Script by script, so that a broken one costs only itself."""
    for script in response.xpath("//script[@type='application/ld+json']"):
        try:
            yield from (item for item in JsonLdExtractor().extract_items(script.root) if isinstance(item, dict))
        except (ValueError, RecursionError) as error:
            _log.info("%s: broken JSON-LD (%s)", response.url, error)


def _microdata(response: TextResponse) -> list[Json]:
    try:
        items = MicrodataExtractor().extract_items(response.selector.root.getroottree().getroot(), response.url)
    except (
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:  # what its HTML cleaner makes of odd markup
        _log.info("%s: broken microdata (%s)", response.url, error)
        return []
    return [_unwrapped(item) for item in items if isinstance(item, dict)]


def _unwrapped(value: Any) -> Any:
    """extruct's {"type", "properties": {…}} as JSON-LD writes it: {"@type", …}."""
    if isinstance(value, dict) and "properties" in value:
        inner = {name: _unwrapped(one) for name, one in value["properties"].items()}
        return {"@type": value.get("type"), **inner}
    return [_unwrapped(one) for one in value] if isinstance(value, list) else value


def _flat(items: Iterable[JsonValue]) -> Iterator[Json]:
    for item in items:
        if isinstance(item, dict):
            yield item
            yield from _flat(as_list(item.get("@graph")))
            yield from _flat(as_list(item.get("mainEntity")))


def _kinds(item: Json) -> set[str]:
    return {kind.rpartition("/")[2].lower() for kind in as_list(item.get("@type")) if isinstance(kind, str)}


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


def _facts(source: Source, product: Json | None, shop_currency: str) -> Facts | None:
    if product is None:
        return None
    variants = [as_dict(one) for one in as_list(product.get("hasVariant"))]
    whole = {**(variants[0] if variants else {}), **product}
    return Facts(
        source=source,
        brand=_name(whole.get("brand")) or _name(whole.get("manufacturer")),
        title=_name(whole.get("name")),
        model=_name(whole.get("model")),
        colour=_name(whole.get("color")),
        style_code=_name(whole.get("mpn")),
        gender=_gender(as_dict(whole.get("audience"))),
        price=_money(whole, shop_currency),
        description=_raw(whole.get("description")),
        photos=tuple(_images(whole.get("image"))),
        extra={key: text for key in ("sku", "category", "productID") if (text := _name(whole.get(key)))},
    )


def _raw(value: JsonValue) -> str | None:
    """A description keeps its lines."""
    return next((one for one in as_list(value) if isinstance(one, str) and one.strip()), None)


def _name(value: JsonValue) -> str | None:
    """Text, the name of a thing, or the first of several that has either."""
    for one in as_list(value):
        text = _name(one.get("name")) if isinstance(one, dict) else as_text(one)
        if text:
            return text
    return None


def _gender(audience: Json) -> str | None:
    return _name(audience.get("suggestedGender"))


def _images(value: JsonValue) -> Iterator[str]:
    for one in as_list(value):
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            yield from _images(one.get("contentUrl") or one.get("url") or one.get("image"))


def _money(product: Json, shop_currency: str) -> Money | None:
    """The price of the product's first offer; of an offer with several (a range, old beside new), the lowest."""
    for value in as_list(product.get("offers")):
        offer = as_dict(value)
        specified = [as_dict(one) for one in as_list(offer.get("priceSpecification"))]
        stated = [offer.get("price"), offer.get("lowPrice"), *(one.get("price") for one in specified)]
        code = _name(offer.get("priceCurrency")) or next((_name(one.get("priceCurrency")) for one in specified), None)
        money = current_price([text for one in stated if (text := _name(one))], code, shop_currency)
        if money or (money := _money(offer, shop_currency)):
            return money
    return None
