"""kickscrew: `Brand Model 'Colour'` with marks in front; the style code ends the address."""

from __future__ import annotations

import numpy as np

from demo.shops.offer import slug_of
from demo.shops.wording.brands import spell
from demo.shops.wording.colours import reword
from demo.shops.wording.words import Shoe, Words, pick

__all__ = ["write"]

WOMEN = {"(WMNS) ": 0.75, "": 0.25}
KIDS = {"(GS) ": 1.0}
GENERIC = {"": 0.86, " Shoes": 0.1, " Sneakers": 0.04}
QUOTES = {"''": 0.93, "‘’": 0.07}


def write(shoe: Shoe, rng: np.random.Generator) -> Words:
    """Colours have spaces between them, as the shop's nicknames do."""
    brand, written = spell("kickscrew", shoe.brand, shoe.model)
    parts = reword(shoe.colour, rng, modified=0.2, renamed=0.06)
    women, kids = pick(rng, WOMEN), pick(rng, KIDS)
    mark = "(WMNS) " if shoe.marked else {"women": women, "kids": kids}.get(shoe.gender, "")
    generic, quotes = pick(rng, GENERIC), pick(rng, QUOTES)
    colour = " ".join(parts)
    title = f"{mark}{written} {shoe.model}{generic} {quotes[0]}{colour}{quotes[1]}"
    slug = slug_of(f"{mark}{shoe.brand} {shoe.model} {colour} {shoe.style_code or ''}")
    return Words(brand, shoe.model, title, colour, slug)
