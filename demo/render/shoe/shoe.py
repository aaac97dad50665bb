"""A shoe ready to be photographed: its solid and its two drawn sides, shared by all its colourways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demo.render.seeded import rng_for
from demo.render.shoe.branding import draw_word, place_mark
from demo.render.shoe.curves import Points, dashes, ellipse, normals, offset, resample, stroke
from demo.render.shoe.layers import HEIGHT, SCALE, WIDTH, Drawing, Mask, to_pixels
from demo.render.shoe.materials import fabric
from demo.render.shoe.outline import Frame, build_frame
from demo.render.shoe.panels import HEELS, QUARTERS, TOES, Panel, collar_band, eyestay
from demo.render.shoe.shoe_spec import ShoeSpec
from demo.render.shoe.soles import draw_sole, sole_outline
from demo.render.shoe.solid import Solid, build_solid

__all__ = ["Shoe", "draw_shoe", "draw_side"]


@dataclass(frozen=True)
class Shoe:
    """Geometry and drawings of one model."""

    spec: ShoeSpec
    solid: Solid
    lateral: Drawing
    medial: Drawing

    def side(self, medial: bool) -> Drawing:
        return self.medial if medial else self.lateral


def draw_shoe(spec: ShoeSpec) -> Shoe:
    """Draw a model once; its colourways are painted from this."""
    frame = build_frame(spec)
    return Shoe(spec, build_solid(frame), draw_side(frame, medial=False), draw_side(frame, medial=True))


def draw_side(f: Frame, medial: bool) -> Drawing:
    """Every layer from the fabric up to the mark: the lateral side or, less decorated, the medial one."""
    s, d = f.spec, Drawing()
    rng = rng_for(s.detail, "side")
    upper, tongue, sole = d.mask(f.upper), d.mask(f.tongue), d.mask(sole_outline(f))
    d.coat("tongue", tongue, lift=4.0, soft=3.0, grain=fabric("canvas"))
    ridge = offset(resample(f.throat, 0.01), 0.006)[:6]
    d.coat("tongue", d.lines([ridge], 0.004), tongue, tint=0.85, lift=-0.8)
    d.coat("base", upper, lift=3.0, soft=1.6, grain=fabric(s.fabric))
    for panel in (*QUARTERS[s.quarter](f), *HEELS[s.heel](f), *TOES[s.toe](f)):
        _panel(d, panel, upper)

    slope = -0.28 if s.front_height < 0.44 else -0.12
    centre = f.at(s.mark_x - (0.05 if medial else 0.0), s.mark_t)
    polygons = place_mark(s.brand.mark, centre, s.mark_size * (0.72 if medial else 1.0), slope + s.mark_slant + 0.2)
    mark = np.minimum(d.mask(*polygons), upper)
    d.shadow(mark, upper, blur=2.0, strength=0.22)
    d.coat("mark", mark, upper, lift=1.5, soft=0.9, grain=fabric("leather") * 0.6)

    _panel(d, eyestay(f), upper)
    _, band, seam = collar_band(f)
    d.coat("lining", d.mask(band), upper, lift=2.6, soft=3.0, grain=fabric("canvas"))
    d.coat("stitch", _stitches(d, seam, 0.006), upper, alpha=0.8, lift=0.6)
    if spots := _perforations(f, rng, medial):
        d.coat("ink", d.mask(*spots), upper, alpha=0.75, lift=-1.2, soft=0.8)
    _laces(d, f)

    # the dark line where the upper sinks into the sole, and the dusk above it
    d.shadow(sole, upper, blur=5.0, strength=0.42)
    flat = to_pixels(f.sole_top)
    depth = np.arange(HEIGHT)[:, None] - np.interp(np.arange(WIDTH), flat[:, 0], flat[:, 1])[None, :]
    dusk = np.clip(1 + depth / (0.10 * SCALE), 0, 1) ** 2 * (depth < 0)
    d.coat("shade", (255 * 0.20 * dusk).astype(np.uint8), upper)
    draw_sole(d, f, rng)
    draw_word(d, f, medial)
    return d


def _panel(d: Drawing, panel: Panel, clip: Mask) -> None:
    role, region, seam = panel
    if role:
        mask = np.minimum(d.mask(region), clip)
        d.shadow(mask, clip, blur=3.0, strength=0.30)
        grain = fabric("suede") * 0.4 if role == "overlay2" else fabric("leather")
        d.coat(role, mask, clip, lift=1.7, soft=1.1, grain=grain)
    d.coat("stitch", _stitches(d, seam, 0.008), clip, alpha=0.85, lift=0.7, soft=0.8)


def _stitches(d: Drawing, seam: Points, inset: float) -> Mask:
    """A dashed line beside a seam, on its right."""
    return d.lines(dashes(offset(resample(seam, 0.004), -inset), 0.0075, 0.0045), 0.0028)


def _hole(at: Sequence[float] | Points, radius: float) -> Points:
    return ellipse(float(at[0]), float(at[1]), radius, radius, n=16)


def _perforations(f: Frame, rng: np.random.Generator, medial: bool) -> list[Points]:
    """Air holes: rows on the toe box of some models, and a field on every medial side."""
    s = f.spec
    spots: list[Points] = []
    if s.toe in ("perforated", "plain", "cap"):
        x = 0.5 * (s.vamp_x + 0.80) + 0.005
        for row in range(int(rng.integers(2, 4))):
            spots += [_hole(f.at(x - 0.028 * k + 0.012 * row, 0.84 - 0.15 * row), 0.0036) for k in range(-1, 3)]
    if medial:
        x = s.collar_x + 0.17
        spots += [_hole(f.at(x + 0.024 * k, 0.30 + 0.10 * row), 0.0045) for k in range(5) for row in range(3)]
    return spots


def _laces(d: Drawing, f: Frame) -> None:
    """Short bars over the throat: each goes from its eyelet up over the edge, where the solid carries it across."""
    line = resample(f.throat, 0.002)
    up = normals(line)
    for k, at in enumerate(np.linspace(0.05, 0.93, f.spec.laces)):
        i = round(at * (len(line) - 1))
        point, normal = line[i], up[i]
        along = np.array([normal[1], -normal[0]])
        eyelet, over = point - 0.030 * normal, point + 0.016 * normal + 0.007 * along
        bar = d.mask(stroke(np.linspace(eyelet, over, 6), 0.0195))
        d.shadow(bar, bar | d.mask(f.upper, f.tongue), blur=2.4, strength=0.38)
        d.coat("ink", d.mask(_hole(eyelet, 0.0115)), alpha=0.7, lift=-1.0)
        d.coat("lace", bar, lift=3.2, soft=1.8, grain=fabric("canvas") * 0.8)
        if k == 0:
            d.coat("lace", d.mask(_hole(eyelet, 0.0100)), lift=1.6, soft=1.5)
