"""Which shop sells what: drawn for each colourway alone, so that a larger demo only adds to a smaller one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo.render.seeded import rng_for
from demo.shops.stock.apparel import APPAREL
from demo.shops.stock.offer import KIDS, SHOPS

__all__ = ["COLLECTIONS", "Placement", "collections_of", "place"]

WEIGHTS = {"sneakerbaas": 0.19, "superkicks": 0.21, "highsnobiety": 0.12, "kickscrew": 0.25, "footshop": 0.23}
HOW_MANY = {1: 0.45, 2: 0.33, 3: 0.17, 4: 0.05}
"""In how many shops a colourway stands: 1.8 on average."""
FOR_KIDS = ("sneakerbaas", "kickscrew", "footshop")
STATES_CODE = {"sneakerbaas": 0.9, "superkicks": 0.88, "highsnobiety": 0.0, "kickscrew": 0.97, "footshop": 0.97}
APPAREL_SHARE = {"sneakerbaas": 0.004, "superkicks": 0.018, "highsnobiety": 0.004, "kickscrew": 0.02, "footshop": 0.006}
"""Pieces a colourway: with about a third of all colourways in a shop, 0.018 is 5 % of its listings."""
FIRST_APPAREL = {"kickscrew": 0, "superkicks": 1}
"""What the first colourway of every demo brings along: indices in APPAREL."""
KIDS_SHARE = 0.1
"""Of the colourways, those that are made for children too."""
TWICE_SHARE = 0.09
"""Of the unisex colourways with a code, those that a shop lists once for men and once for women."""
SWATCH_SHARE = 0.25
"""Of the models, those whose colours sneakerbaas shows on one page when it sells several."""
COLLECTIONS: dict[str, tuple[str, ...]] = {
    "sneakerbaas": ("category-kids", "category-men", "category-unisex", "category-women"),
    "superkicks": tuple(
        f"{who}-{what}sneakers" for who in ("men", "women") for what in ("", "basketball-", "classics-", "skateboard-")
    ),
    "highsnobiety": ("category/footwear/sneakers",),
    "kickscrew": ("all-shoes",),
    "footshop": ("5-mens-shoes", "6-womens-shoes", "55-kids-sneakers-and-shoes"),
}
"""A shop's collections, or category pages, as they stand in their addresses."""
SPORTS = {
    "Jundo": "basketball-sneakers",
    "Duskell": "skateboard-sneakers",
    "Brisko": "classics-sneakers",
    "Elmari": "classics-sneakers",
    "Hollin": "classics-sneakers",
}
"""What superkicks files a brand's shoes under, beside all its sneakers."""


@dataclass(frozen=True, slots=True)
class Placement:
    """One thing that one shop sells, before the shop has said a word about it."""

    shop: str
    product_id: str | None
    row: Mapping[str, str]
    """The manifest's; its colour and price serve apparel too."""
    gender: str
    style_code: str | None
    key: str
    """Unique within the shop, and the name its random draws go by."""
    apparel: int | None = None
    """Index in APPAREL."""
    marked: bool = False
    page: str | None = None
    """Colours of one model that share this are offered on one page."""


def collections_of(shop: str, brand: str, gender: str, is_shoe: bool) -> tuple[str, ...]:
    """The collections that hold a listing, sorted; what is for everybody stands with the men's and the women's."""
    people = ("men", "women") if gender == "unisex" else (gender,)
    if shop == "sneakerbaas":
        return tuple(sorted(f"category-{who}" for who in {*people, gender}))
    if shop == "superkicks":
        kinds = ["sneakers", *([SPORTS[brand]] if is_shoe and brand in SPORTS else [])]
        return tuple(sorted(f"{who}-{kind}" for who in people for kind in kinds))
    if shop == "footshop":
        names = dict(zip(("men", "women", "kids"), COLLECTIONS[shop], strict=True))
        return tuple(sorted(names[who] for who in people))
    return COLLECTIONS[shop]


def place(rows: Sequence[Mapping[str, str]], seed: int) -> list[Placement]:
    """`rows` are one a colourway. Every shop gets what is meant for it, in the rows' order."""
    placed: list[Placement] = []
    for number, row in enumerate(rows):
        placed += _adults(row, seed) + _kids(row, seed) + _apparel(row, seed, number)
    return placed


def _adults(row: Mapping[str, str], seed: int) -> list[Placement]:
    identity, gender = row["product_id"], row["gender"]
    rng = rng_for(seed, identity, "shops")
    count = int(rng.choice(list(HOW_MANY), p=list(HOW_MANY.values())))
    chosen = {str(shop) for shop in rng.choice(list(WEIGHTS), count, replace=False, p=list(WEIGHTS.values()))}
    on_one_page = rng_for(seed, row["brand"], row["model"], "swatches").random() < SWATCH_SHARE
    placed = []
    for shop in (shop for shop in SHOPS if shop in chosen):
        code = _code(row, shop, seed)
        page = f"{row['brand']}-{row['model']}-{gender}" if on_one_page and shop == "sneakerbaas" else None
        if gender == "unisex" and code and not page and rng_for(seed, identity, shop, "twice").random() < TWICE_SHARE:
            placed.append(Placement(shop, identity, row, "men", code, identity))
            placed.append(Placement(shop, identity, row, "women", code, f"{identity}-w", marked=True))
        else:
            placed.append(Placement(shop, identity, row, gender, code, identity, page=page))
    return placed


def _code(row: Mapping[str, str], shop: str, seed: int) -> str | None:
    stated = rng_for(seed, row["product_id"], shop, "code").random() < STATES_CODE[shop]
    return row["style_code"] if stated else None


def _kids(row: Mapping[str, str], seed: int) -> list[Placement]:
    """Children's sizes have a style code of their own, 4,000 further on."""
    identity = row["product_id"] + KIDS
    rng = rng_for(seed, identity, "shops")
    if rng.random() >= KIDS_SHARE:
        return []
    letters, digits, tail = row["style_code"][:2], row["style_code"][2:6], row["style_code"][6:]
    code = f"{letters}{int(digits) + 4000}{tail}"
    first = int(rng.integers(0, 3))
    shops = {FOR_KIDS[first], FOR_KIDS[(first + int(rng.integers(0, 3))) % 3]}
    return [
        Placement(shop, identity, row, "kids", code if _code(row, shop, seed) else None, identity)
        for shop in SHOPS
        if shop in shops
    ]


def _apparel(row: Mapping[str, str], seed: int, number: int) -> list[Placement]:
    """The first colourway of a demo always brings a slide and a jacket, so that the smallest demo has them too."""
    placed = []
    for shop in SHOPS:
        rng = rng_for(seed, row["product_id"], shop, "others")
        drawn, piece = rng.random(), int(rng.integers(0, len(APPAREL)))
        if number == 0 and shop in FIRST_APPAREL:
            piece = FIRST_APPAREL[shop]
        elif drawn >= APPAREL_SHARE[shop]:
            continue
        code = f"{row['style_code'][:2]}9{int(rng.integers(0, 1000)):03d}-{row['style_code'][-3:]}"
        stated = code if STATES_CODE[shop] else None
        placed.append(Placement(shop, None, row, "unisex", stated, f"{row['product_id']}-other", piece))
    return placed
