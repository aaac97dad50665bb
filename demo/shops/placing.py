"""Which shop sells what: drawn for each colourway alone, so that a larger demo only adds to a smaller one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo.render.spec import rng_for
from demo.shops.non_shoes import THINGS
from demo.shops.offer import KIDS, SHOPS

__all__ = ["Placed", "place"]

WEIGHTS = {"sneakerbaas": 0.19, "superkicks": 0.21, "highsnobiety": 0.12, "kickscrew": 0.25, "footshop": 0.23}
HOW_MANY = {1: 0.45, 2: 0.33, 3: 0.17, 4: 0.05}
"""In how many shops a colourway stands: 1.8 on average."""
FOR_KIDS = ("sneakerbaas", "kickscrew", "footshop")
STATES_CODE = {"sneakerbaas": 0.9, "superkicks": 0.88, "highsnobiety": 0.0, "kickscrew": 0.97, "footshop": 0.97}
OTHER_THINGS = {"sneakerbaas": 0.004, "superkicks": 0.018, "highsnobiety": 0.004, "kickscrew": 0.02, "footshop": 0.006}
"""Non-shoes a colourway: with about a third of all colourways in a shop, 0.018 is 5 % of its listings."""
FIRST_THINGS = {"kickscrew": 0, "superkicks": 1}
"""What the first colourway of every demo brings along: indices in THINGS."""
KIDS_SHARE = 0.1
"""Of the colourways, those that are made for children too."""
TWICE_SHARE = 0.09
"""Of the unisex colourways with a code, those that a shop lists once for men and once for women."""
SWATCH_SHARE = 0.25
"""Of the models, those whose colours sneakerbaas shows on one page when it sells several."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One thing on one shop's shelf, before the shop has said a word about it."""

    shop: str
    product_id: str | None
    facts: Mapping[str, str]
    """The manifest's row; its colour and price serve a non-shoe too."""
    gender: str
    style_code: str | None
    key: str
    """Unique within the shop, and the name its random draws go by."""
    thing: int | None = None
    """Index in THINGS."""
    marked: bool = False
    page: str | None = None
    """Colours of one model that share this are offered on one page."""


def place(rows: Sequence[Mapping[str, str]], seed: int) -> list[Placed]:
    """`rows` are one a colourway. Every shop gets what is meant for it, in the rows' order."""
    placed: list[Placed] = []
    for number, row in enumerate(rows):
        placed += _adults(row, seed) + _kids(row, seed) + _others(row, seed, number)
    return placed


def _adults(row: Mapping[str, str], seed: int) -> list[Placed]:
    identity, gender = row["product_id"], row["gender"]
    rng = rng_for(seed, identity, "shops")
    count = int(rng.choice(list(HOW_MANY), p=list(HOW_MANY.values())))
    chosen = {str(shop) for shop in rng.choice(list(WEIGHTS), count, replace=False, p=list(WEIGHTS.values()))}
    placed = []
    for shop in (shop for shop in SHOPS if shop in chosen):
        code, page = _code(row, shop, seed), _page(row, shop, seed)
        if gender == "unisex" and code and not page and rng_for(seed, identity, shop, "twice").random() < TWICE_SHARE:
            placed.append(Placed(shop, identity, row, "men", code, identity))
            placed.append(Placed(shop, identity, row, "women", code, f"{identity}-w", marked=True))
        else:
            placed.append(Placed(shop, identity, row, gender, code, identity, page=page))
    return placed


def _page(row: Mapping[str, str], shop: str, seed: int) -> str | None:
    if shop != "sneakerbaas" or rng_for(seed, row["brand"], row["model"], "swatches").random() >= SWATCH_SHARE:
        return None
    return f"{row['brand']}-{row['model']}-{row['gender']}"


def _code(row: Mapping[str, str], shop: str, seed: int) -> str | None:
    stated = rng_for(seed, row["product_id"], shop, "code").random() < STATES_CODE[shop]
    return row["style_code"] if stated else None


def _kids(row: Mapping[str, str], seed: int) -> list[Placed]:
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
        Placed(shop, identity, row, "kids", code if _code(row, shop, seed) else None, identity)
        for shop in SHOPS
        if shop in shops
    ]


def _others(row: Mapping[str, str], seed: int, number: int) -> list[Placed]:
    """The first colourway of a demo always brings a slide and a jacket, so that the smallest demo has them too."""
    placed = []
    for shop in SHOPS:
        rng = rng_for(seed, row["product_id"], shop, "others")
        drawn, thing = rng.random(), int(rng.integers(0, len(THINGS)))
        if number == 0 and shop in FIRST_THINGS:
            thing = FIRST_THINGS[shop]
        elif drawn >= OTHER_THINGS[shop]:
            continue
        code = f"{row['style_code'][:2]}9{int(rng.integers(0, 1000)):03d}-{row['style_code'][-3:]}"
        said = code if STATES_CODE[shop] else None
        placed.append(Placed(shop, None, row, "unisex", said, f"{row['product_id']}-other", thing))
    return placed
