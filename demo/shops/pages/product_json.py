"""A product as Shopify's JSON has it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from demo.shops.offer import Offer
from demo.shops.photos import STYLES

__all__ = ["image_src", "number_of", "product_json", "sizes_of", "tags_of", "variants_of"]

SIZES = {
    "men": ("41", "42", "43", "44.5"),
    "women": ("36", "37.5", "38", "39"),
    "unisex": ("38", "40", "42", "44"),
    "kids": ("28", "30", "33", "35"),
}
PUBLISHED = "2025-11-03T10:00:00+01:00"


def number_of(*names: str) -> int:
    """A number that looks like one of Shopify's, from names."""
    return 40_000_000_000_000 + zlib.crc32("|".join(names).encode()) * 211


def sizes_of(offer: Offer) -> tuple[str, ...]:
    """The sizes on sale; things that are not shoes have their own."""
    if offer.product_id is None and offer.kind != "Slides":
        return ("S", "M", "L") if offer.kind not in ("Bags", "Caps", "Socks") else ("One size",)
    return SIZES[offer.gender]


def image_src(shop: str, name: str, base: str, suffix: str = "") -> str:
    """A photo's address; `suffix` ("_x480") stands before the extension. superkicks never names the scheme."""
    stem, _, ending = name.rpartition(".")
    host = base.partition(":")[2] if shop == "superkicks" or suffix else base
    return f"{host}/cdn/shop/files/{stem}{suffix}.{ending}?v={1_690_000_000 + zlib.crc32(name.encode()) % 60_000_000}"


def tags_of(offer: Offer) -> list[str]:
    """sneakerbaas files its products by tags, the other shops put other things there."""
    brand = offer.brand.lower()
    return [*offer.collections, brand] if offer.shop == "sneakerbaas" else [brand, offer.gender, offer.kind.lower()]


def product_json(offer: Offer, base: str, strange: Sequence[str] = (), single: bool = False) -> dict[str, Any]:
    """The object of products.json, or, with `single`, that of /products/<handle>.json, which differs in its tags."""
    images = _images(offer, base, strange)
    sizes = {"name": "Size", "position": 1, "values": list(sizes_of(offer))}
    colours = {"name": "Color", "position": 2, "values": [swatch.colour for swatch in offer.swatches]}
    tags = tags_of(offer)
    return {
        "id": int(offer.listing_id),
        "title": offer.title,
        "handle": offer.slug,
        "body_html": body_html(offer),
        "published_at": PUBLISHED,
        "created_at": PUBLISHED,
        "updated_at": PUBLISHED,
        "vendor": offer.brand,
        "product_type": offer.kind if offer.shop != "kickscrew" else "Shoes",
        "tags": ", ".join(tags) if single else tags,
        "variants": variants_of(offer, images),
        "images": images,
        "options": [sizes, colours] if offer.swatches else [sizes],
    }


def body_html(offer: Offer) -> str:
    """The description; sneakerbaas starts every line with a hyphen."""
    if not offer.description:
        return ""
    lines = [line.replace("&", "&amp;") for line in offer.description]
    return "<p>" + "<br>".join(f"- {line}" if len(lines) > 1 else line for line in lines) + "</p>"


def _images(offer: Offer, base: str, strange: Sequence[str]) -> list[dict[str, Any]]:
    width, height = STYLES[offer.shop].size
    addresses = [image_src(offer.shop, photo.name, base) for photo in offer.photos] + list(strange)
    owners = _variants_by_photo(offer)
    names = [photo.name for photo in offer.photos] + [""] * len(strange)
    return [
        {
            "id": number_of("image", offer.listing_id, str(place)),
            "product_id": int(offer.listing_id),
            "position": place,
            "created_at": PUBLISHED,
            "updated_at": PUBLISHED,
            "variant_ids": owners.get(name, []),
            "src": address,
            "width": width,
            "height": height,
        }
        for place, (address, name) in enumerate(zip(addresses, names, strict=True), start=1)
    ]


def _variant_id(offer: Offer, size: str, colour: str) -> int:
    return number_of("variant", offer.listing_id, size, colour)


def _variants_by_photo(offer: Offer) -> dict[str, list[int]]:
    """Which variants a photo is tied to: none, but where there is a choice of colours."""
    return {
        photo.name: [_variant_id(offer, size, swatch.colour) for size in sizes_of(offer)]
        for swatch in offer.swatches
        for photo in swatch.photos
    }


def variants_of(offer: Offer, images: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One a size, or one a size and colour."""
    colours: list[str | None] = [swatch.colour for swatch in offer.swatches]
    variants = []
    for colour in colours or [None]:
        for place, size in enumerate(sizes_of(offer)):
            identity = _variant_id(offer, size, colour or "")
            variants.append(
                {
                    "id": identity,
                    "product_id": int(offer.listing_id),
                    "title": f"{size} / {colour}" if colour else size,
                    "option1": size,
                    "option2": colour,
                    "option3": None,
                    "sku": _sku(offer, size, place),
                    "price": f"{offer.price:.2f}",
                    "compare_at_price": f"{offer.old_price:.2f}" if offer.old_price else None,
                    "available": (identity // 211) % 4 > 0 or place == 0,
                    "featured_image": next((image for image in images if identity in image["variant_ids"]), None),
                }
            )
    return variants


def _sku(offer: Offer, size: str, place: int) -> str:
    """superkicks: article code and size, where it has a code; the others count boxes."""
    if offer.shop == "superkicks" and offer.style_code:
        return f"{offer.style_code}-{size}"
    return str(number_of(offer.shop, offer.listing_id, "box", str(place)))
