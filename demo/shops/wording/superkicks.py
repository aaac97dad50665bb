"""superkicks: upper case; `BRAND | MODEL { COLOUR` of late, quotes before, and colours that lost their separator."""

from __future__ import annotations

import numpy as np

from demo.shops.offer import slug_of
from demo.shops.wording.brands import spell
from demo.shops.wording.colours import reword
from demo.shops.wording.words import Shoe, Words, pick

__all__ = ["write"]

STYLES = {"brace": 0.5, "quoted": 0.38, "glued": 0.12}
WOMEN = {"WMNS ": 0.4, "WMN'S ": 0.25, "": 0.35}


def write(shoe: Shoe, rng: np.random.Generator) -> Words:
    """The address keeps the words apart that the glued titles run together."""
    brand, written = spell("superkicks", shoe.brand, shoe.model)
    parts = reword(shoe.colour, rng, modified=0.15, renamed=0.04)
    style, mark = pick(rng, STYLES), pick(rng, WOMEN)
    if shoe.marked:
        mark = "WMNS "
    elif shoe.gender != "women":
        mark = ""
    model, colour = f"{mark}{shoe.model}".upper(), "/".join(parts).upper()
    title = {
        "brace": f"{written.upper()} | {model} {{ {colour}",
        "quoted": f"{model} '{colour}'",
        "glued": f"{model} {colour.replace('/', '')}",
    }[style]
    return Words(brand, model, title, colour, slug_of(f"{mark}{shoe.model} {' '.join(parts)}"))
