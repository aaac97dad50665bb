"""The five shops' stock, worked out from the manifest's rows and a seed alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from demo.render.spec import rng_for
from demo.shops.non_shoes import THINGS
from demo.shops.offer import CURRENCIES, SHOPS, STOCK_SEED, Offer, ShopPhoto
from demo.shops.placing import Placed, place
from demo.shops.shelves import collections_of
from demo.shops.swatches import join_colours
from demo.shops.wording import WRITERS, Shoe
from demo.shops.wording.words import pick

__all__ = ["build_stock"]

Row = Mapping[str, str]
Photos = dict[str, dict[str, str]]
"""The rendered photos: product id -> view -> file."""

ROUBLES = {"sneakerbaas": 95.0, "superkicks": 0.95, "highsnobiety": 84.0, "kickscrew": 88.0, "footshop": 92.0}
"""A shop's roubles to one unit of its currency, its margin included."""
ON_SALE = {"sneakerbaas": 0.3, "superkicks": 0.2, "highsnobiety": 0.2, "kickscrew": 0.2, "footshop": 0.35}
VIEWS: dict[str, tuple[tuple[str, ...], ...]] = {
    "sneakerbaas": (("left", "right"), ("left", "right", "three_quarter")),
    "superkicks": (("right", "left", "three_quarter"), ("right", "three_quarter")),
    "highsnobiety": (("right", "three_quarter"),),
    "kickscrew": (("right",), ("right", "three_quarter"), ("right", "left")),
    "footshop": (("three_quarter", "right"), ("three_quarter", "right", "left")),
}
"""The views a shop shows and their order; a listing takes one of the choices."""
FORMS = {"kickscrew": {"png": 0.25, "webp": 0.15, "jpeg": 0.6}}
WITHOUT_PHOTO = 0.015
NAMES = {
    "sneakerbaas": "{number}-{place}",
    "superkicks": "{place}_{number}",
    "highsnobiety": "{number}-pdp-{place}",
    "kickscrew": "main-square_{number}-{place}",
    "footshop": "{number}-{place}-big",
}


def build_stock(rows: Sequence[Row], seed: int = STOCK_SEED, style_codes: bool = True) -> dict[str, list[Offer]]:
    """Every shop's listings in the order in which it shows them.

    `rows` are those of manifest.csv. The result depends on the arguments alone, and what is said of a colourway hardly
    depends on what else the demo holds. Without `style_codes` the shops sell the same things under the same listing
    ids, and no code stands anywhere.
    """
    products: dict[str, Row] = {}
    photos: Photos = {}
    for row in rows:
        products.setdefault(row["product_id"], row)
        photos.setdefault(row["product_id"], {})[row["view"]] = row["file"]
    everything = place(list(products.values()), seed)
    if not style_codes:
        everything = [replace(placed, style_code=None) for placed in everything]
    return {
        shop: _shelf(shop, [placed for placed in everything if placed.shop == shop], photos, seed) for shop in SHOPS
    }


def _shelf(shop: str, shelf: list[Placed], photos: Photos, seed: int) -> list[Offer]:
    numbers = _numbers(shop, [placed.key for placed in shelf])
    offers = [_offer(placed, number, photos, seed) for placed, number in zip(shelf, numbers, strict=True)]
    pages = join_colours(offers, [placed.page for placed in shelf])
    return _with_own_slugs(sorted(pages, key=lambda offer: hashlib.sha256(offer.listing_id.encode()).digest()))


def _numbers(shop: str, keys: list[str]) -> list[int]:
    """Numbers that look like the shop's, from the keys; where two keys hit upon the same, the later takes the next."""
    low, span = (100_000, 900_000) if shop == "footshop" else (7_000_000_000_000, 10**12)
    taken: set[int] = set()
    numbers = []
    for key in keys:
        number = low + int.from_bytes(hashlib.sha256(f"{shop}|{key}".encode()).digest()[:8]) % span
        while number in taken:
            number += 1
        taken.add(number)
        numbers.append(number)
    return numbers


def _with_own_slugs(offers: list[Offer]) -> list[Offer]:
    """Shops number the addresses that would be the same: -1, -2 ..."""
    seen: Counter[str] = Counter()
    result = []
    for offer in offers:
        slug = f"{offer.slug}-{seen[offer.slug]}" if seen[offer.slug] else offer.slug
        seen[offer.slug] += 1
        result.append(replace(offer, slug=slug, listing_id=slug if offer.shop == "highsnobiety" else offer.listing_id))
    return result


def _offer(placed: Placed, number: int, photos: Photos, seed: int) -> Offer:
    shop, row = placed.shop, placed.facts
    thing = None if placed.thing is None else THINGS[placed.thing]
    shoe = Shoe(
        row["brand"],
        thing.name if thing else row["model"],
        row["colour"],
        placed.style_code,
        placed.gender,
        placed.marked,
    )
    words = WRITERS[shop](shoe, rng_for(seed, placed.key, shop, "words"))
    price, old_price = _prices(placed, seed)
    return Offer(
        shop=shop,
        listing_id=words.slug if shop == "highsnobiety" else str(number),
        product_id=placed.product_id,
        slug=words.slug,
        brand=words.brand,
        model=words.model,
        title=words.title,
        colour=words.colour,
        style_code=placed.style_code,
        gender=placed.gender,
        price=price,
        old_price=old_price,
        currency=CURRENCIES[shop],
        collections=collections_of(shop, row["brand"], placed.gender, thing is None),
        description=words.description,
        kind=thing.kind if thing else "Sneakers",
        photos=_photos(placed, number, photos, seed),
    )


def _prices(placed: Placed, seed: int) -> tuple[float, float | None]:
    """(what it costs now, what it cost before a sale), rounded as the shop does."""
    rng = rng_for(seed, placed.key, placed.shop, "price")
    share, on_sale, off = (
        float(rng.uniform(0.93, 1.07)),
        rng.random() < ON_SALE[placed.shop],
        rng.choice([0.5, 0.7, 0.8]),
    )
    kids = 0.6 if placed.gender == "kids" else 1.0
    full = float(placed.facts["price"]) / ROUBLES[placed.shop] * share * kids
    whole = {"superkicks": round(full, -2) - 1, "sneakerbaas": round(full / 5) * 5 - 0.05}.get(
        placed.shop, float(round(full / 5) * 5)
    )
    if not on_sale:
        return whole, None
    return (float(round(whole * off)) if placed.shop == "superkicks" else round(whole * off, 2)), whole


def _photos(placed: Placed, number: int, photos: Photos, seed: int) -> tuple[ShopPhoto, ...]:
    rng = rng_for(seed, placed.key, placed.shop, "photos")
    choices = VIEWS[placed.shop]
    chosen, form = int(rng.integers(0, len(choices))), pick(rng, FORMS.get(placed.shop, {"jpeg": 1.0}))
    if placed.shop == "kickscrew" and rng.random() < WITHOUT_PHOTO:
        return ()
    if placed.thing is not None:
        sources = [f"{placed.thing}:{placed.facts['colour']}"]
    else:
        by_view = photos[placed.facts["product_id"]]
        sources = [by_view[view] for view in choices[chosen] if view in by_view]
    ending = "png" if form == "png" else "jpg"
    names = [
        f"{NAMES[placed.shop].format(number=number, place=place)}.{ending}" for place in range(1, len(sources) + 1)
    ]
    kids = placed.gender == "kids"
    return tuple(ShopPhoto(name, source, form, kids) for name, source in zip(names, sources, strict=True))
