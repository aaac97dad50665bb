"""Products of Shopify's JSON, and their listings: one, or one for each colour where a product's options hold several.

https://shopify.dev/docs/api/ajax/reference/product and the fields of /collections/<handle>/products.json
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue, PlainValidator, model_validator
from scrapy.http import Response, TextResponse

from scrapers.extract.embedded import json_scripts, objects
from scrapers.extract.facts import Facts
from scrapers.extract.prices import Amount, Money, current_price, json_amount
from scrapers.extract.style_codes import code_of_stock
from scrapers.extract.text import Json, as_dict, as_list, as_text, as_texts, slug_of

__all__ = ["Product", "ShopifyListing", "embedded_product", "page_product_id", "read_products", "shopify_listings"]

_COLOUR = frozenset(
    """
    color colors colour colours colorway colorways colourway colourways farbe farben couleur
    couleurs kleur kleuren colore colori colores cor cores kolor kolory barva farba boja culoare
    szín värv krāsa spalva färg farve farge väri litur renk цвет колір цвят боја χρώμα 色 颜色 顏色 カラー
    색상 색깔 컬러 اللون צבע warna màu
    """.split()  # noqa: SIM905
)
_BESIDE_COLOUR = frozenset(
    {"name", "option", "options", "select", "choose", "shoe", "sneaker", "product", "way", "main"}
)
"""Words of an option's name that leave it one of colours."""
_SIZE_PHOTO = re.compile(r"size[-_ ]?(?:chart|guide)|swatch|logo", re.IGNORECASE)
_NO_OPTION = frozenset({"", "default", "default-title"})
_IDS = (
    re.compile(r'"rtyp"\s*:\s*"product"\s*,\s*"rid"\s*:\s*(\d+)'),
    re.compile(r'"product"\s*:\s*\{\s*"id"\s*:\s*(\d+)'),
)
"""Where Shopify's own scripts, which every theme loads, name the page's product."""


@dataclass(frozen=True, slots=True)
class Image:
    """A photo of the gallery, and the ids of the variants that it is tied to."""

    src: str
    variant_ids: frozenset[str] = frozenset()


def _images(value: JsonValue) -> tuple[Image, ...]:
    """Each photo is an address alone or an object; a size chart, as its text tells, is none."""
    images = []
    for one in as_list(value):
        image = as_dict(one)
        src = one if isinstance(one, str) else as_text(image.get("src"))
        if isinstance(one, str) or (src and not _SIZE_PHOTO.fullmatch(as_text(image.get("alt")) or "")):
            images.append(Image(str(src), frozenset(as_texts(image.get("variant_ids")))))
    return tuple(images)


def _objects(value: JsonValue) -> list[JsonValue]:
    return [one for one in as_list(value) if as_dict(one)]


def _tags(value: JsonValue) -> tuple[str, ...]:
    words = value.split(",") if isinstance(value, str) else as_list(value)
    return tuple(tag for word in words if (tag := as_text(word)))


def _option_names(value: JsonValue) -> tuple[str, ...]:
    names = (one.get("name") if isinstance(one, dict) else one for one in as_list(value))
    return tuple(name if isinstance(name, str) else "" for name in names)


def _only(*kinds: type) -> PlainValidator:
    """A value of another type counts as not stated, for a shop's apps write here too."""
    return PlainValidator(lambda value: value if type(value) in kinds else None)


_Text = Annotated[str | None, PlainValidator(as_text)]
_Price = Annotated[
    Amount,
    PlainValidator(
        lambda value: json_amount(value) if type(value) is str else value if type(value) in (int, float) else None
    ),
]


class _Priced(BaseModel):
    """What has a price."""

    model_config = ConfigDict(frozen=True)

    price: _Price = None
    compare_at_price: _Price = None


class Variant(_Priced):
    """A size, or a size of a colour."""

    id: _Text = None
    title: _Text = None
    sku: _Text = None
    available: Annotated[bool | None, _only(bool)] = None
    option1: _Text = None
    option2: _Text = None
    option3: _Text = None
    featured_image: Annotated[str | None, PlainValidator(lambda value: as_text(as_dict(value).get("src")))] = None

    @property
    def options(self) -> tuple[str | None, ...]:
        return self.option1, self.option2, self.option3


class Product(_Priced):
    """An entry of `products`, or the product that a theme embeds in its page, which names some fields otherwise."""

    id: _Text = None
    handle: _Text = None
    title: _Text = None
    vendor: _Text = None
    product_type: _Text = None
    published_at: _Text = None
    body_html: Annotated[str | None, _only(str)] = None
    tags: Annotated[tuple[str, ...], PlainValidator(_tags)] = ()
    options: Annotated[tuple[str, ...], PlainValidator(_option_names)] = ()
    variants: Annotated[tuple[Variant, ...], BeforeValidator(_objects)] = ()
    images: Annotated[tuple[Image, ...], PlainValidator(_images)] = ()

    @model_validator(mode="before")
    @classmethod
    def _theme_names(cls, raw: Any) -> Any:
        description = raw.get("body_html") or raw.get("description") or raw.get("content")
        return {**raw, "body_html": description, "product_type": raw.get("product_type") or raw.get("type")}


def read_products(response: Response) -> list[Product | None] | None:
    """The products of a page of products.json, None for an entry that is no object; None if it is no such page."""
    try:
        body = response.json() if isinstance(response, TextResponse) else None
    except (ValueError, RecursionError):
        return None
    products = as_dict(body).get("products")
    if not isinstance(products, list):
        return None
    return [Product.model_validate(value) if isinstance(value, dict) else None for value in products]


def embedded_product(response: TextResponse, handle: str) -> Product | None:
    """The product that the page's theme embeds for its scripts."""
    for script in json_scripts(response):
        for value in objects(script):
            if value.get("handle") == handle and as_list(value.get("variants")) and as_text(value.get("title")):
                return Product.model_validate(value)
    return None


def page_product_id(response: TextResponse) -> str | None:
    """Shopify's number of the page's product."""
    for pattern in _IDS:
        if found := pattern.search(response.text):
            return found[1]
    inputs = "//form[contains(@action, '/cart/add')]//input[@name='product-id']/@value"
    marks = "//*[self::product-info or self::main or self::section or self::form or self::div]/@data-product-id"
    numbers = response.xpath(f"{inputs} | {marks}").getall()
    return next((number for number in numbers if number.isdigit()), None)


@dataclass(frozen=True, slots=True)
class ShopifyListing:
    """One colour of a product; `suffix` ends its id. "" and no variant where the product has one colour."""

    suffix: str
    variant: str | None
    facts: Facts


def shopify_listings(
    product: Product, currency: str, source: Literal["json", "state"] = "json", stated: str | None = None
) -> list[ShopifyListing]:
    """The listings of one product.

    A product whose colour option has several values is several colourways, each with the photos tied to its variants;
    where the shop ties none, each has all photos.

    Args:
        product: of the shop's JSON, or of a theme's state.
        currency: ISO 4217, the shop's own.
        source: where the product was found. A theme may write prices as whole cents.
        stated: the currency that the answer states beside the JSON, which states none.
    """
    place = next((place for place, name in enumerate(product.options[:3]) if _is_colour(name)), None)
    by_slug: dict[str, tuple[str, list[Variant]]] = {}
    for variant in product.variants:
        colour = (variant.options[place] if place is not None else None) or ""
        by_slug.setdefault(slug_of(colour), (colour, []))[1].append(variant)
    colours = {slug: found for slug, found in by_slug.items() if slug not in _NO_OPTION}
    if len(colours) < 2:
        only = next((colour for colour, _ in colours.values()), None)
        photos = tuple(image.src for image in product.images)
        price = _price(product, product.variants, source, stated, currency)
        return [ShopifyListing("", None, _facts(product, product.variants, only, photos, price, source))]
    listings = []
    for slug, (colour, variants) in colours.items():
        photos, price = _photos_of_colour(product, variants), _price(product, variants, source, stated, currency)
        facts = _facts(product, variants, colour, photos, price, source)
        listings.append(ShopifyListing(f"-{slug}", variants[0].id, facts))
    return listings


def _is_colour(option: str) -> bool:
    """Whether an option is one of colours, by its name in one or more languages: "Farbe / Color"."""
    words = set(re.findall(r"[^\W\d_]+", option.casefold()))
    return bool(words & _COLOUR) and words <= _COLOUR | _BESIDE_COLOUR


def _facts(
    product: Product,
    variants: Sequence[Variant],
    colour: str | None,
    photos: tuple[str, ...],
    price: Money | None,
    source: Literal["json", "state"],
) -> Facts:
    extra: Json = {
        "handle": product.handle,
        "vendor": product.vendor,
        "product_type": product.product_type,
        "published_at": product.published_at,
        "tags": [*product.tags],
        "variants": [one.model_dump(include={"title", "sku", "available"}, exclude_none=True) for one in variants],
    }
    stock = [(one.sku or "", [text for text in (*one.options, one.title) if text]) for one in variants]
    return Facts(
        source=source,
        brand=product.vendor,
        title=product.title,
        colour=colour,
        style_code=code_of_stock(stock),
        price=price,
        description=product.body_html,
        photos=photos,
        extra={key: value for key, value in extra.items() if value},
    )


def _price(
    product: Product, variants: Sequence[Variant], source: Literal["json", "state"], stated: str | None, currency: str
) -> Money | None:
    """The lowest price of what can be bought, of all sizes where nothing can."""
    on_sale = [variant for variant in variants if variant.available is not False]
    for priced in (on_sale, variants, (product,)):
        prices = [current_price(one.price, stated, currency, one.compare_at_price) for one in priced]
        if found := [price for price in prices if price]:
            lowest = min(found, key=lambda money: money.amount)
            break
    else:
        return None
    if source == "state" and product.variants and all(isinstance(one.price, int) for one in product.variants):  # cents
        before = None if lowest.before is None else lowest.before / 100
        return replace(lowest, amount=lowest.amount / 100, before=before)
    return lowest


def _photos_of_colour(product: Product, variants: Sequence[Variant]) -> tuple[str, ...]:
    """The gallery's photos that are tied to a colour's variants, or else those that are tied to no colour."""
    ids = {variant.id for variant in variants if variant.id}
    shown = {variant.featured_image for variant in variants if variant.featured_image}
    bare = set(map(_bare, shown))
    tied = [image.src for image in product.images if image.variant_ids & ids or _bare(image.src) in bare]
    free = [image.src for image in product.images if not image.variant_ids]
    return tuple(tied or free or sorted(shown))


def _bare(src: str) -> str:
    """An address without its scheme and query: themes write the gallery's without, the variants' with https."""
    return re.sub(r"^(?:https?:)?//", "", src).partition("?")[0]
