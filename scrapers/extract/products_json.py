"""A product of Shopify's JSON as listings: one, or one for each colour where its options hold several.

https://shopify.dev/docs/api/ajax/reference/product and the fields of /collections/<handle>/products.json
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from scrapers.extract.facts import Facts
from scrapers.extract.prices import Money, current_price
from scrapers.extract.style_codes import code_of_stock
from scrapers.extract.text import Json, as_dict, as_list, as_text, slug_of

__all__ = ["ShopifyListing", "shopify_listings"]

_COLOUR = re.compile(r"colou?r(?:way)?s?|kleur(?:en)?|farbe|couleur", re.IGNORECASE)
_SIZE_PHOTO = re.compile(r"size[-_ ]?(?:chart|guide)|swatch|logo", re.IGNORECASE)
_NO_OPTION = frozenset({"", "default", "default-title"})


@dataclass(frozen=True, slots=True)
class ShopifyListing:
    """One colour of a product; `suffix` ends its id. "" and no variant where the product has one colour."""

    suffix: str
    variant: str | None
    facts: Facts


def shopify_listings(
    product: Json, currency: str, source: Literal["json", "state"] = "json", *, cents: bool = False
) -> list[ShopifyListing]:
    """The listings of one product.

    A product whose colour option has several values is several colourways, each with the photos tied to its variants;
    where the shop ties none, each has all photos.

    Args:
        product: an entry of `products`, or the product that a theme embeds in its page.
        currency: ISO 4217, for the JSON states none.
        source: where the product was found.
        cents: whether prices are whole cents, as themes write them.
    """
    variants = [variant for value in as_list(product.get("variants")) if (variant := as_dict(value))]
    place = _colour_option(product)
    by_colour: dict[str, list[Json]] = {}
    for variant in variants if place else []:
        by_colour.setdefault(slug_of(_option(variant, place)), []).append(variant)
    colours = {slug: group for slug, group in by_colour.items() if slug not in _NO_OPTION}
    if len(colours) < 2:
        colour = next((_option(group[0], place) for group in colours.values()), None)
        return [ShopifyListing("", None, _facts(product, variants, colour, _photos(product), currency, source, cents))]
    return [
        ShopifyListing(
            f"-{slug}",
            as_text(group[0].get("id")),
            _facts(product, group, _option(group[0], place), _photos(product, group), currency, source, cents),
        )
        for slug, group in colours.items()
    ]


def _facts(
    product: Json,
    variants: list[Json],
    colour: str | None,
    photos: tuple[str, ...],
    currency: str,
    source: Literal["json", "state"],
    cents: bool,
) -> Facts:
    description = product.get("body_html") or product.get("description") or product.get("content")
    return Facts(
        source=source,
        brand=as_text(product.get("vendor")),
        title=as_text(product.get("title")),
        colour=colour,
        style_code=code_of_stock((as_text(one.get("sku")) or "", _options(one)) for one in variants),
        price=_money(variants, product, currency, cents),
        description=description if isinstance(description, str) else None,
        photos=photos,
        extra=_extra(product, variants),
    )


def _extra(product: Json, variants: list[Json]) -> Json:
    """What the shop tells beyond a listing's fields; variants in brief."""
    tags = product.get("tags")
    words = tags.split(",") if isinstance(tags, str) else as_list(tags)
    extra: Json = {
        "handle": as_text(product.get("handle")),
        "vendor": as_text(product.get("vendor")),
        "product_type": as_text(product.get("product_type") or product.get("type")),
        "published_at": as_text(product.get("published_at")),
        "tags": [tag for word in words if (tag := as_text(word))],
        "variants": [_brief(variant) for variant in variants],
    }
    return {key: value for key, value in extra.items() if value}


def _brief(variant: Json) -> Json:
    brief: Json = {"title": as_text(variant.get("title")), "sku": as_text(variant.get("sku"))}
    available = variant.get("available")
    if isinstance(available, bool):
        brief["available"] = available
    return {key: value for key, value in brief.items() if value is not None}


def _money(variants: list[Json], product: Json, currency: str, cents: bool) -> Money | None:
    """The lowest price of what can be bought, of all sizes where nothing can."""
    on_sale = [variant for variant in variants if variant.get("available") is not False]
    priced = _priced(on_sale, currency) or _priced(variants, currency) or _priced([product], currency)
    if not priced:
        return None
    lowest = min(priced, key=lambda money: money.amount)
    if not cents:
        return lowest
    return Money(lowest.amount / 100, lowest.currency, None if lowest.before is None else lowest.before / 100)


def _priced(sellable: list[Json], currency: str) -> list[Money]:
    found = (
        current_price(_number(one.get("price")), None, currency, _number(one.get("compare_at_price")))
        for one in sellable
    )
    return [money for money in found if money]


def _number(value: JsonValue) -> str | float | None:
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _colour_option(product: Json) -> int:
    """Which of option1 to option3 holds the colour; 0 if none does."""
    for place, value in enumerate(as_list(product.get("options")), start=1):
        name = as_dict(value).get("name") if isinstance(value, dict) else value
        if isinstance(name, str) and _COLOUR.fullmatch(name.strip()):
            return place
    return 0


def _option(variant: Json, place: int) -> str:
    return as_text(variant.get(f"option{place}")) or ""


def _options(variant: Json) -> list[str]:
    options = (as_text(variant.get(key)) for key in ("option1", "option2", "option3", "title"))
    return [option for option in options if option]


def _photos(product: Json, colour: list[Json] | None = None) -> tuple[str, ...]:
    """The gallery in its order; of a colour, what is tied to its variants, or else what is tied to no colour."""
    images = [image for value in as_list(product.get("images")) if (image := _image(value))]
    if colour is None:
        return tuple(image.src for image in images)
    own = {number for variant in colour if (number := as_text(variant.get("id")))}
    shown = {src for variant in colour if (src := as_text(as_dict(variant.get("featured_image")).get("src")))}
    places = set(map(_place, shown))
    tied = [image for image in images if image.variants & own or _place(image.src) in places]
    free = [image for image in images if not image.variants]
    return tuple(image.src for image in tied or free) or tuple(sorted(shown))


@dataclass(frozen=True, slots=True)
class _Image:
    src: str
    variants: frozenset[str]


def _image(value: JsonValue) -> _Image | None:
    """A photo of the gallery; None for a size chart, as its text tells."""
    if isinstance(value, str):
        return _Image(value, frozenset())
    image = as_dict(value)
    src, alt = as_text(image.get("src")), as_text(image.get("alt")) or ""
    if not src or _SIZE_PHOTO.fullmatch(alt):
        return None
    return _Image(src, frozenset(_texts(image.get("variant_ids"))))


def _place(src: str) -> str:
    """An address without its scheme and query: themes write the gallery's without, the variants' with https."""
    return re.sub(r"^(?:https?:)?//", "", src).partition("?")[0]


def _texts(value: JsonValue) -> Iterator[str]:
    for one in as_list(value):
        text = as_text(one)
        if text:
            yield text
