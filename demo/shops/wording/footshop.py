"""footshop: `Brand Model`, with the colour in a field of its own."""

from __future__ import annotations

import numpy as np

from demo.shops.offer import slug_of
from demo.shops.wording.brands import spell
from demo.shops.wording.colours import reword
from demo.shops.wording.words import Shoe, Words, pick

__all__ = ["write"]

BETWEEN = {"/ ": 0.8, "-": 0.1, "/": 0.1}
KIDS = {" Junior": 0.5, " Kids": 0.3, " GS": 0.2}


def write(shoe: Shoe, rng: np.random.Generator) -> Words:
    """Women's versions carry a W after the brand, though not always."""
    brand, written = spell("footshop", shoe.brand, shoe.model)
    colour = pick(rng, BETWEEN).join(reword(shoe.colour, rng, modified=0.2, renamed=0.06))
    kids, often = pick(rng, KIDS), rng.random() < 0.4
    mark = " W" if shoe.marked or (shoe.gender == "women" and often) else ""
    title = f"{written}{mark} {shoe.model}{kids if shoe.gender == 'kids' else ''}"
    return Words(brand, shoe.model, title, colour, slug_of(f"{title} {colour}"))
