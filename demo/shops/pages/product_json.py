"""A product in the three kinds of JSON that Shopify's shops hold: their feed, their statistics and schema.org's."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from demo.shops.shop_photos import STYLES
from demo.shops.stock.offer import Offer

__all__ = ["analytics_meta", "image_src", "linked_data", "product_json", "sizes_of"]

SIZES = {
    "men": ("41", "42", "43", "44.5"),
    "women": ("36", "37.5", "38", "39"),
    "unisex": ("38", "40", "42", "44"),
    "kids": ("28", "30", "33", "35"),
}
PUBLISHED = "2025-11-03T10:00:00+01:00"


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


def product_json(offer: Offer, base: str, more_photos: Sequence[str] = (), single: bool = False) -> dict[str, Any]:
    """The object of products.json, or, with `single`, that of /products/<handle>.json, which differs in its tags.

    sneakerbaas files its products by tags, the other shops put other things there.
    """
    images = _images(offer, base, more_photos)
    sizes = {"name": "Size", "position": 1, "values": list(sizes_of(offer))}
    colours = {"name": "Color", "position": 2, "values": [swatch.colour for swatch in offer.swatches]}
    brand = offer.brand.lower()
    tags = [*offer.collections, brand] if offer.shop == "sneakerbaas" else [brand, offer.gender, offer.kind.lower()]
    lines = [line.replace("&", "&amp;") for line in offer.description]
    hyphen = "- " if len(lines) > 1 else ""
    return {
        "id": int(offer.listing_id),
        "title": offer.title,
        "handle": offer.slug,
        "body_html": f"<p>{'<br>'.join(hyphen + line for line in lines)}</p>" if lines else "",
        "published_at": PUBLISHED,
        "created_at": PUBLISHED,
        "updated_at": PUBLISHED,
        "vendor": offer.brand,
        "product_type": offer.kind if offer.shop != "kickscrew" else "Shoes",
        "tags": ", ".join(tags) if single else tags,
        "variants": _variants(offer, images),
        "images": images,
        "options": [sizes, colours] if offer.swatches else [sizes],
    }


def _number(*names: str) -> int:
    """A number that looks like one of Shopify's, from names."""
    return 40_000_000_000_000 + zlib.crc32("|".join(names).encode()) * 211


def _variant_id(offer: Offer, size: str, colour: str) -> int:
    return _number("variant", offer.listing_id, size, colour)


def _images(offer: Offer, base: str, more: Sequence[str]) -> list[dict[str, Any]]:
    """Photos are tied to no variants but where there is a choice of colours."""
    width, height = STYLES[offer.shop].size
    variants = {
        image_src(offer.shop, photo.name, base): [_variant_id(offer, size, swatch.colour) for size in sizes_of(offer)]
        for swatch in offer.swatches
        for photo in swatch.photos
    }
    addresses = [*(image_src(offer.shop, photo.name, base) for photo in offer.photos), *more]
    return [
        {
            "id": _number("image", offer.listing_id, str(place)),
            "product_id": int(offer.listing_id),
            "position": place,
            "created_at": PUBLISHED,
            "updated_at": PUBLISHED,
            "variant_ids": variants.get(address, []),
            "src": address,
            "width": width,
            "height": height,
        }
        for place, address in enumerate(addresses, start=1)
    ]


def _variants(offer: Offer, images: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One a size, or one a size and colour."""
    colours: list[str | None] = [swatch.colour for swatch in offer.swatches]
    variants = []
    for colour in colours or [None]:
        for place, size in enumerate(sizes_of(offer)):
            identity = _variant_id(offer, size, colour or "")
            if offer.shop == "superkicks" and offer.style_code:
                sku = f"{offer.style_code}-{size}"
            else:  # the other shops count boxes
                sku = str(_number(offer.shop, offer.listing_id, "box", str(place)))
            variants.append(
                {
                    "id": identity,
                    "product_id": int(offer.listing_id),
                    "title": f"{size} / {colour}" if colour else size,
                    "option1": size,
                    "option2": colour,
                    "option3": None,
                    "sku": sku,
                    "price": f"{offer.price:.2f}",
                    "compare_at_price": f"{offer.old_price:.2f}" if offer.old_price else None,
                    "available": (identity // 211) % 4 > 0 or place == 0,
                    "featured_image": next((image for image in images if identity in image["variant_ids"]), None),
                }
            )
    return variants


def analytics_meta(offer: Offer, whole: Mapping[str, Any]) -> dict[str, Any]:
    """What Shopify itself writes into every product page, for its own statistics; `whole` is its product_json."""
    variants = [
        {
            "id": variant["id"],
            "price": round(float(variant["price"]) * 100),
            "name": f"{offer.title} - {variant['title']}",
            "public_title": variant["title"],
            "sku": variant["sku"],
        }
        for variant in whole["variants"]
    ]
    return {"id": int(offer.listing_id), "vendor": offer.brand, "type": offer.kind, "variants": variants}


def linked_data(offer: Offer, whole: Mapping[str, Any], base: str) -> dict[str, Any]:
    """The product as JSON-LD; `whole` is its product_json."""
    return {
        "@context": "http://schema.org/",
        "@type": "Product",
        "name": offer.title,
        "url": f"{base}/products/{offer.slug}",
        "image": [image["src"] for image in whole["images"]],
        "description": "\n".join(offer.description),
        "brand": {"@type": "Brand", "name": offer.brand},
        "offers": [
            {
                "@type": "Offer",
                "availability": f"http://schema.org/{'InStock' if variant['available'] else 'OutOfStock'}",
                "price": float(variant["price"]),
                "priceCurrency": offer.currency,
                "url": f"{base}/products/{offer.slug}?variant={variant['id']}",
            }
            for variant in whole["variants"]
        ],
    }
