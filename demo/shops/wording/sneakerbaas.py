"""sneakerbaas: `Model "Colour"` by several hands; the style code stands in the description."""

from __future__ import annotations

import numpy as np

from demo.shops.offer import slug_of
from demo.shops.wording.brands import spell
from demo.shops.wording.colours import family_of, reword
from demo.shops.wording.words import Shoe, Words, pick

__all__ = ["write"]

STYLES = {"quoted": 0.36, "upper": 0.24, "branded": 0.12, "plain": 0.28}
MARKS = {
    "men": {"": 0.75, " M": 0.2, " MAN": 0.05},
    "women": {"": 0.35, " W": 0.6, " WOMAN": 0.05},
    "unisex": {"": 1.0},
    "kids": {" GS": 0.6, " Kids": 0.4},
}
CODE_LABELS = {"Stijlcode": 0.75, "Stylecode": 0.15, "Style code": 0.1}
BETWEEN = {"/": 0.7, " / ": 0.15, "-": 0.15}


def write(shoe: Shoe, rng: np.random.Generator) -> Words:
    """Draws do not depend on whether the style code is known."""
    brand, written = spell("sneakerbaas", shoe.brand, shoe.model)
    parts = reword(shoe.colour, rng, modified=0.15, renamed=0.04)
    colour = pick(rng, BETWEEN).join(parts)
    style, mark, label = pick(rng, STYLES), pick(rng, MARKS[shoe.gender]), pick(rng, CODE_LABELS)
    lines = [
        f'{written} {shoe.model}{mark} "{colour.lower() if rng.random() < 0.3 else colour}"',
        f"Colour: {' / '.join(family_of(part) for part in shoe.colour.split('/'))}",
        *([f"{label}: {shoe.style_code}"] if shoe.style_code else []),
    ]
    if style != "plain" and rng.random() < 0.15:
        lines = lines[2:]
    title = _title(style, written, f"{shoe.model}{mark}", colour, parts)
    return Words(brand, shoe.model, title, colour, slug_of(f"{shoe.model}{mark} {colour}"), tuple(lines))


def _title(style: str, brand: str, model: str, colour: str, parts: list[str]) -> str:
    if style == "plain":
        return f"{model} {' '.join(parts)}"
    quoted = f'{model} "{colour}"'
    if style == "upper":
        return quoted.upper()
    return f"{brand} {quoted}" if style == "branded" else quoted
