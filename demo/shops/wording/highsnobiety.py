"""highsnobiety: `Brand – Model Colour/Colour`, unquoted, and no style code anywhere."""

from __future__ import annotations

import numpy as np

from demo.shops.offer import slug_of
from demo.shops.wording.brands import spell
from demo.shops.wording.colours import reword
from demo.shops.wording.words import Shoe, Words

__all__ = ["write"]


def write(shoe: Shoe, rng: np.random.Generator) -> Words:
    """The colour stands at the title's end."""
    brand, written = spell("highsnobiety", shoe.brand, shoe.model)
    colour = "/".join(reword(shoe.colour, rng, modified=0.08, renamed=0.0))
    title = f"{written} – {shoe.model} {colour}"
    about = f"The {shoe.model} by {written}, with a rubber outsole."
    return Words(brand, shoe.model, title, colour, slug_of(f"{written} {shoe.model} {colour}"), (about,))
