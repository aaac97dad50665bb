"""The five shops' stock, worked out from the manifest's rows and a seed alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from demo.render.seeded import pick, rng_for
from demo.shops.stock.apparel import APPAREL
from demo.shops.stock.offer import CURRENCIES, SHOPS, STOCK_SEED, Offer, ShopPhoto, Swatch, slug_of
from demo.shops.stock.placing import Placement, collections_of, place
from demo.shops.stock.wording import WRITERS, Facts

__all__ = ["build_stock"]

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


def build_stock(
    rows: Sequence[Mapping[str, str]], seed: int = STOCK_SEED, style_codes: bool = True
) -> dict[str, list[Offer]]:
    """Every shop's listings in the order in which it shows them.

    `rows` are those of manifest.csv. The result depends on the arguments alone, and what is said of a colourway hardly
    depends on what else the demo holds. Without `style_codes` the shops sell the same things under the same listing
    ids, and no code stands anywhere.
    """
    products: dict[str, Mapping[str, str]] = {}
    photos: Photos = {}
    for row in rows:
        products.setdefault(row["product_id"], row)
        photos.setdefault(row["product_id"], {})[row["view"]] = row["file"]
    everything = place(list(products.values()), seed)
    if not style_codes:
        everything = [replace(placed, style_code=None) for placed in everything]
    stock = {}
    for shop in SHOPS:
        sold = [placed for placed in everything if placed.shop == shop]
        numbers = _numbers(shop, [placed.key for placed in sold])
        offers = [_offer(placed, number, photos, seed) for placed, number in zip(sold, numbers, strict=True)]
        stock[shop] = _in_order(shop, _join_colours(offers, [placed.page for placed in sold]))
    return stock


def _numbers(shop: str, keys: list[str]) -> list[int]:
    """Numbers that look like the shop's, from the keys; where two keys hit upon the same, the later takes the next."""
    low, span = (100_000, 900_000) if shop == "footshop" else (7_000_000_000_000, 10**12)
    numbers: dict[int, None] = {}
    for key in keys:
        number = low + int.from_bytes(hashlib.sha256(f"{shop}|{key}".encode()).digest()[:8]) % span
        while number in numbers:
            number += 1
        numbers[number] = None
    return list(numbers)


def _join_colours(offers: list[Offer], pages: list[str | None]) -> list[Offer]:
    """Offers whose page (parallel to `offers`; None: one of its own) is the same become one with a choice of colours.

    The page takes the first one's id and price, its title is the model alone, and no style code is stated: one line of
    text could not say whose it is.
    """
    groups: dict[str, list[Offer]] = {}
    for number, (offer, page) in enumerate(zip(offers, pages, strict=True)):
        groups.setdefault(page or f"own page {number}", []).append(offer)
    joined = []
    for group in groups.values():
        first = group[0]
        if len(group) > 1:
            first = replace(
                first,
                slug=slug_of(f"{first.model} colours"),
                title=first.model,
                colour="",
                style_code=None,
                description=(f"{first.model} in {len(group)} colours",),
                photos=tuple(photo for offer in group for photo in offer.photos),
                swatches=tuple(Swatch(offer.colour, offer.product_id or "", offer.photos) for offer in group),
            )
        joined.append(first)
    return joined


def _in_order(shop: str, offers: list[Offer]) -> list[Offer]:
    """In the shop's order; it numbers the addresses that would be the same: -1, -2 ..."""
    seen: Counter[str] = Counter()
    result = []
    for offer in sorted(offers, key=lambda offer: hashlib.sha256(offer.listing_id.encode()).digest()):
        slug = f"{offer.slug}-{seen[offer.slug]}" if seen[offer.slug] else offer.slug
        seen[offer.slug] += 1
        result.append(replace(offer, slug=slug, listing_id=slug if shop == "highsnobiety" else offer.listing_id))
    return result


def _offer(placed: Placement, number: int, photos: Photos, seed: int) -> Offer:
    shop, row = placed.shop, placed.row
    piece = None if placed.apparel is None else APPAREL[placed.apparel]
    model = piece.name if piece else row["model"]
    facts = Facts(row["brand"], model, row["colour"], placed.style_code, placed.gender, placed.marked)
    text = WRITERS[shop](facts, rng_for(seed, placed.key, shop, "words"))
    price, old_price = _prices(placed, seed)
    return Offer(
        shop=shop,
        listing_id=text.slug if shop == "highsnobiety" else str(number),
        product_id=placed.product_id,
        slug=text.slug,
        brand=text.brand,
        model=text.model,
        title=text.title,
        colour=text.colour,
        style_code=placed.style_code,
        gender=placed.gender,
        price=price,
        old_price=old_price,
        currency=CURRENCIES[shop],
        collections=collections_of(shop, row["brand"], placed.gender, piece is None),
        description=text.description,
        kind=piece.kind if piece else "Sneakers",
        photos=_photos(placed, number, photos, seed),
    )


def _prices(placed: Placement, seed: int) -> tuple[float, float | None]:
    """(what it costs now, what it cost before a sale), rounded as the shop does."""
    rng = rng_for(seed, placed.key, placed.shop, "price")
    share, on_sale = float(rng.uniform(0.93, 1.07)), rng.random() < ON_SALE[placed.shop]
    off = rng.choice([0.5, 0.7, 0.8])
    full = float(placed.row["price"]) / ROUBLES[placed.shop] * share * (0.6 if placed.gender == "kids" else 1.0)
    fives = round(full / 5) * 5
    whole = {"superkicks": round(full, -2) - 1, "sneakerbaas": fives - 0.05}.get(placed.shop, float(fives))
    if not on_sale:
        return whole, None
    return (float(round(whole * off)) if placed.shop == "superkicks" else round(whole * off, 2)), whole


def _photos(placed: Placement, number: int, photos: Photos, seed: int) -> tuple[ShopPhoto, ...]:
    shop = placed.shop
    rng = rng_for(seed, placed.key, shop, "photos")
    choice, form = int(rng.integers(0, len(VIEWS[shop]))), pick(rng, FORMS.get(shop, {"jpeg": 1.0}))
    if shop == "kickscrew" and rng.random() < WITHOUT_PHOTO:
        return ()
    if placed.apparel is not None:
        sources = [f"{placed.apparel}:{placed.row['colour']}"]
    else:
        by_view = photos[placed.row["product_id"]]
        sources = [by_view[view] for view in VIEWS[shop][choice] if view in by_view]
    ending, kids = "png" if form == "png" else "jpg", placed.gender == "kids"
    return tuple(
        ShopPhoto(f"{NAMES[shop].format(number=number, place=place)}.{ending}", source, form, kids)
        for place, source in enumerate(sources, start=1)
    )
