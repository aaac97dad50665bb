"""Named colours, and how a model's colourways are put together from them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.seeded import rng_for
from demo.render.shoe.shoe_spec import ShoeSpec

__all__ = ["COLOURS", "Colourway", "distance", "pick_colourways"]

Rgb = tuple[int, int, int]

COLOURS: dict[str, Rgb] = {
    "White": (240, 240, 238), "Cream": (236, 226, 204), "Bone": (214, 204, 186), "Sand": (200, 172, 132),
    "Tan": (176, 128, 84), "Cocoa": (98, 66, 50), "Black": (38, 38, 42), "Graphite": (78, 82, 88),
    "Ash": (156, 160, 162), "Silver": (198, 202, 206), "Navy": (34, 46, 88), "Cobalt": (34, 84, 190),
    "Sky": (138, 188, 222), "Teal": (24, 122, 126), "Mint": (158, 214, 188), "Moss": (92, 112, 62),
    "Pine": (30, 76, 58), "Lime": (182, 214, 60), "Lemon": (244, 216, 82), "Amber": (230, 156, 42),
    "Rust": (178, 80, 40), "Coral": (240, 118, 96), "Red": (196, 36, 44), "Wine": (106, 28, 48),
    "Rose": (232, 168, 180), "Magenta": (200, 46, 122), "Lilac": (180, 160, 212), "Plum": (92, 54, 112),
}  # fmt: skip
LIGHT = ("White", "Cream", "Bone", "Silver")
CALM = (*LIGHT, "Black", "Navy", "Graphite", "Tan")
SOLES_LIGHT = ("White", "White", "Cream")
GUM: Rgb = (170, 112, 62)
SHADE: Rgb = (20, 20, 24)
BRIGHT: Rgb = (255, 255, 255)


@dataclass(frozen=True)
class Colourway:
    """A named choice of colours: `roles` is what a drawing paints with."""

    name: str
    roles: dict[str, Rgb]

    @property
    def slug(self) -> str:
        return self.name.lower().replace("/", "-").replace(" ", "-")


def _lab(colour: Rgb) -> NDArray[np.float32]:
    lab: NDArray[np.float32] = cv2.cvtColor(np.array([[colour]], np.float32) / 255, cv2.COLOR_RGB2LAB)[0, 0]
    return lab


def distance(a: Rgb, b: Rgb) -> float:
    """CIE76 colour difference; about 2 is just noticeable, above 25 is another colour."""
    return float(np.linalg.norm(_lab(a) - _lab(b)))


def pick_colourways(spec: ShoeSpec, count: int, seed: int) -> list[Colourway]:
    """`count` colourways whose main colours differ clearly from one another (CIE76 >= 28)."""
    rng = rng_for(seed, spec.brand.name, spec.name, "colours")
    mains: list[str] = []
    for name in rng.permutation(list(COLOURS)):
        if len(mains) < count and all(distance(COLOURS[name], COLOURS[other]) >= 28 for other in mains):
            mains.append(str(name))
    return [_colourway(spec, main, rng) for main in mains]


def _far(rng: np.random.Generator, away_from: list[Rgb], apart: float, among: tuple[str, ...] = tuple(COLOURS)) -> str:
    """A colour's name, drawn among those that are `apart` from the colours given; else the one furthest from them."""
    good = [name for name in among if all(distance(COLOURS[name], other) >= apart for other in away_from)]
    return str(rng.choice(good or [max(among, key=lambda n: min(distance(COLOURS[n], o) for o in away_from))]))


def _mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """From `a` a share of the way to `b`."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def _colourway(spec: ShoeSpec, main: str, rng: np.random.Generator) -> Colourway:
    """The colours that go with a main one; the order of the draws is part of what a seed means."""
    base, white, black, graphite = (COLOURS[name] for name in (main, "White", "Black", "Graphite"))
    second = _far(rng, [base], 30, CALM if rng.random() < 0.65 else tuple(COLOURS))
    partner = COLOURS[second]
    third = second
    if rng.random() < 0.55:
        third = _far(rng, [base, partner], 42, CALM if rng.random() < 0.5 else tuple(COLOURS))
    extra = COLOURS[third]
    overlay, overlay2 = [
        (partner, _mix(base, partner, 0.35)),
        (_mix(base, SHADE, 0.22), partner),
        (partner, _mix(partner, SHADE, 0.18)),
        (_mix(base, BRIGHT, 0.25), _mix(base, SHADE, 0.16)),
    ][spec.scheme]
    around = [base, overlay2] if spec.quarter in ("saddle", "cage") else [base]
    clear = [c for c in (extra, partner, white, black) if all(distance(c, other) > 32 for other in around)]
    dark_sole = rng.random() < 0.18 and main not in LIGHT
    midsole = black if dark_sole else COLOURS[str(rng.choice(SOLES_LIGHT))]
    midsoles = [partner, _mix(midsole, (128, 128, 128), 0.25), base, _mix(midsole, extra, 0.85)]
    midsole2 = midsoles[int(rng.integers(0, 4))]
    gum = spec.sole in ("cup-gum", "waffle") or rng.random() < 0.2
    outsole = GUM if gum else [black, midsole, partner, graphite][int(rng.integers(0, 4))]
    thread = (BRIGHT, 0.45) if distance(overlay, (0, 0, 0)) < 60 else (SHADE, 0.28)
    laces = white if rng.random() < 0.5 else [base, partner, black][int(rng.integers(0, 3))]
    roles = {
        "base": base,
        "overlay": overlay,
        "overlay2": overlay2,
        "mark": clear[0] if clear else COLOURS[_far(rng, around, 45)],
        "accent": extra,
        "lining": [_mix(base, SHADE, 0.25), partner, COLOURS["Bone"], graphite][int(rng.integers(0, 4))],
        "tongue": [base, partner, _mix(base, partner, 0.2)][int(rng.integers(0, 3))],
        "lace": next(c for c in (laces, white, black) if distance(c, overlay) > 22),
        "midsole": midsole,
        "midsole2": midsole2,
        "outsole": outsole,
        "stitch": _mix(overlay, *thread),
        "stitch2": _mix(midsole, (90, 90, 96), 0.5),
        "word": next(c for c in (extra, graphite, white) if distance(c, midsole) > 40),
        "ink": (34, 33, 36),
        "shade": (14, 13, 18),
    }
    return Colourway(f"{main}/{second}", roles)
