"""How each shop words a listing: its title, its colour names, its address and its description."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from demo.render.seeded import pick
from demo.shops.stock.offer import slug_of
from demo.shops.stock.vocabulary import colour_family, rename_colour, spell_brand
from sneakers_ml.registry import Registry

__all__ = ["WRITERS", "Facts", "ListingText"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a shop knows of a thing it sells, a shoe or not."""

    brand: str
    model: str
    colour: str
    """As the maker names it: parts joined by "/"."""
    style_code: str | None
    """None: this shop does not state it."""
    gender: str
    """men, women, unisex or kids."""
    marked: bool = False
    """The listing is the one for women of a shoe that the shop lists for men too."""


@dataclass(frozen=True, slots=True)
class ListingText:
    """What a shop makes of the facts."""

    brand: str
    model: str
    title: str
    colour: str
    slug: str
    description: tuple[str, ...] = ()


WRITERS: Registry[Callable[[Facts, np.random.Generator], ListingText]] = Registry("shop")


@WRITERS.register("sneakerbaas")
def _sneakerbaas(facts: Facts, rng: np.random.Generator) -> ListingText:
    """`Model "Colour"` by several hands; the style code stands in the description, and changes nothing else."""
    brand, written = spell_brand("sneakerbaas", facts.brand, facts.model)
    parts = rename_colour(facts.colour, rng, modified=0.15, renamed=0.04)
    colour = pick(rng, {"/": 0.7, " / ": 0.15, "-": 0.15}).join(parts)
    style = pick(rng, {"quoted": 0.36, "upper": 0.24, "branded": 0.12, "plain": 0.28})
    marks = {
        "men": {"": 0.75, " M": 0.2, " MAN": 0.05},
        "women": {"": 0.35, " W": 0.6, " WOMAN": 0.05},
        "unisex": {"": 1.0},
        "kids": {" GS": 0.6, " Kids": 0.4},
    }
    model = facts.model + pick(rng, marks[facts.gender])
    label = pick(rng, {"Stijlcode": 0.75, "Stylecode": 0.15, "Style code": 0.1})
    lines = [
        f'{written} {model} "{colour.lower() if rng.random() < 0.3 else colour}"',
        f"Colour: {' / '.join(colour_family(part) for part in facts.colour.split('/'))}",
        *([f"{label}: {facts.style_code}"] if facts.style_code else []),
    ]
    if style != "plain" and rng.random() < 0.15:
        lines = lines[2:]
    title = {
        "quoted": f'{model} "{colour}"',
        "upper": f'{model} "{colour}"'.upper(),
        "branded": f'{written} {model} "{colour}"',
        "plain": f"{model} {' '.join(parts)}",
    }[style]
    return ListingText(brand, facts.model, title, colour, slug_of(f"{model} {colour}"), tuple(lines))


@WRITERS.register("superkicks")
def _superkicks(facts: Facts, rng: np.random.Generator) -> ListingText:
    """Upper case; `BRAND | MODEL { COLOUR` of late, quotes before, and titles that run the colours together.

    The address keeps those apart.
    """
    brand, written = spell_brand("superkicks", facts.brand, facts.model)
    parts = rename_colour(facts.colour, rng, modified=0.15, renamed=0.04)
    style = pick(rng, {"brace": 0.5, "quoted": 0.38, "glued": 0.12})
    women = pick(rng, {"WMNS ": 0.4, "WMN'S ": 0.25, "": 0.35})
    mark = "WMNS " if facts.marked else women if facts.gender == "women" else ""
    model, colour = f"{mark}{facts.model}".upper(), "/".join(parts).upper()
    title = {
        "brace": f"{written.upper()} | {model} {{ {colour}",
        "quoted": f"{model} '{colour}'",
        "glued": f"{model} {colour.replace('/', '')}",
    }[style]
    return ListingText(brand, model, title, colour, slug_of(f"{mark}{facts.model} {' '.join(parts)}"))


@WRITERS.register("highsnobiety")
def _highsnobiety(facts: Facts, rng: np.random.Generator) -> ListingText:
    """`Brand – Model Colour/Colour`, unquoted, and no style code anywhere."""
    brand, written = spell_brand("highsnobiety", facts.brand, facts.model)
    colour = "/".join(rename_colour(facts.colour, rng, modified=0.08, renamed=0.0))
    title, slug = f"{written} – {facts.model} {colour}", slug_of(f"{written} {facts.model} {colour}")
    about = f"The {facts.model} by {written}, with a rubber outsole."
    return ListingText(brand, facts.model, title, colour, slug, (about,))


@WRITERS.register("kickscrew")
def _kickscrew(facts: Facts, rng: np.random.Generator) -> ListingText:
    """`Brand Model 'Colour'` with marks in front and spaces between colours; the style code ends the address."""
    brand, written = spell_brand("kickscrew", facts.brand, facts.model)
    colour = " ".join(rename_colour(facts.colour, rng, modified=0.2, renamed=0.06))
    marks = {"women": pick(rng, {"(WMNS) ": 0.75, "": 0.25}), "kids": pick(rng, {"(GS) ": 1.0})}
    mark = "(WMNS) " if facts.marked else marks.get(facts.gender, "")
    generic = pick(rng, {"": 0.86, " Shoes": 0.1, " Sneakers": 0.04})
    quotes = pick(rng, {"''": 0.93, "‘’": 0.07})
    title = f"{mark}{written} {facts.model}{generic} {quotes[0]}{colour}{quotes[1]}"
    slug = slug_of(f"{mark}{facts.brand} {facts.model} {colour} {facts.style_code or ''}")
    return ListingText(brand, facts.model, title, colour, slug)


@WRITERS.register("footshop")
def _footshop(facts: Facts, rng: np.random.Generator) -> ListingText:
    """`Brand Model`, with the colour in a field of its own; women's carry a W after the brand, though not always."""
    brand, written = spell_brand("footshop", facts.brand, facts.model)
    separator = pick(rng, {"/ ": 0.8, "-": 0.1, "/": 0.1})
    colour = separator.join(rename_colour(facts.colour, rng, modified=0.2, renamed=0.06))
    kids, often = pick(rng, {" Junior": 0.5, " Kids": 0.3, " GS": 0.2}), rng.random() < 0.4
    mark = " W" if facts.marked or (facts.gender == "women" and often) else ""
    title = f"{written}{mark} {facts.model}{kids if facts.gender == 'kids' else ''}"
    return ListingText(brand, facts.model, title, colour, slug_of(f"{title} {colour}"))
