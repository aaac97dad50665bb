"""One side of a model: every layer of the drawing, from the fabric up to the mark."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from demo.render.curves import Points, dashes, ellipse, normals, offset, resample, stroke
from demo.render.layers import HEIGHT, SCALE, WIDTH, Drawing, to_pixels
from demo.render.lettering import draw_word
from demo.render.marks import place_mark
from demo.render.materials import fabric
from demo.render.outline import Frame
from demo.render.panels import HEELS, QUARTERS, TOES, Panel, collar_band, eyestay
from demo.render.soles import draw_sole, sole_outline
from demo.render.spec import rng_for

__all__ = ["draw_side"]

Mask = NDArray[np.uint8]


def draw_side(frame: Frame, medial: bool) -> Drawing:
    """The lateral side or, less decorated and with its own lettering, the medial one."""
    s, drawing = frame.spec, Drawing()
    rng = rng_for(s.detail, "side")
    upper = drawing.mask(frame.upper)
    tongue = drawing.mask(frame.tongue)
    _tongue(drawing, frame, tongue)
    drawing.coat("base", upper, lift=3.0, soft=1.6, grain=fabric(s.fabric))
    for panel in QUARTERS[s.quarter](frame):
        _panel(drawing, panel, upper)
    for panel in (*HEELS[s.heel](frame), *TOES[s.toe](frame)):
        _panel(drawing, panel, upper)
    _mark(drawing, frame, upper, medial)
    _panel(drawing, eyestay(frame), upper)
    _collar(drawing, frame, upper)
    _perforations(drawing, frame, upper, rng, medial)
    _laces(drawing, frame)
    _crease(drawing, frame, upper)
    draw_sole(drawing, frame, rng)
    draw_word(drawing, frame, medial)
    return drawing


def _panel(d: Drawing, panel: Panel, clip: Mask) -> None:
    role, region, seam = panel
    if role:
        mask = np.minimum(d.mask(region), clip)
        d.shadow(mask, clip, blur=3.0, strength=0.30)
        grain = fabric("suede") * 0.4 if role == "overlay2" else fabric("leather")
        d.coat(role, mask, clip, lift=1.7, soft=1.1, grain=grain)
    inside = offset(resample(seam, 0.004), -0.008)
    d.coat("stitch", d.lines(dashes(inside, 0.0075, 0.0045), 0.0028), clip, alpha=0.85, lift=0.7, soft=0.8)


def _tongue(d: Drawing, f: Frame, mask: Mask) -> None:
    d.coat("tongue", mask, lift=4.0, soft=3.0, grain=fabric("canvas"))
    ridge = offset(resample(f.throat, 0.01), 0.006)[:6]
    d.coat("tongue", d.lines([ridge], 0.004), mask, tint=0.85, lift=-0.8)


def _collar(d: Drawing, f: Frame, upper: Mask) -> None:
    _, region, seam = collar_band(f)
    mask = d.mask(region)
    d.coat("lining", mask, upper, lift=2.6, soft=3.0, grain=fabric("canvas"))
    d.coat(
        "stitch",
        d.lines(dashes(offset(resample(seam, 0.004), -0.006), 0.0075, 0.0045), 0.0028),
        upper,
        alpha=0.8,
        lift=0.6,
    )


def _perforations(d: Drawing, f: Frame, upper: Mask, rng: np.random.Generator, medial: bool) -> None:
    s = f.spec
    spots: list[Points] = []
    if s.toe in ("perforated", "plain", "cap"):
        x0, rows = 0.5 * (s.vamp_x + 0.80) + 0.005, int(rng.integers(2, 4))
        for row in range(rows):
            spots += [_hole(f.at(x0 - 0.028 * k + 0.012 * row, 0.84 - 0.15 * row), 0.0036) for k in range(-1, 3)]
    if medial:
        x0 = s.collar_x + 0.17
        spots += [_hole(f.at(x0 + 0.024 * k, 0.30 + 0.10 * row), 0.0045) for k in range(5) for row in range(3)]
    if spots:
        d.coat("ink", d.mask(*spots), upper, alpha=0.75, lift=-1.2, soft=0.8)


def _hole(at: Sequence[float] | Points, radius: float) -> Points:
    return ellipse(float(at[0]), float(at[1]), radius, radius, n=16)


def _mark(d: Drawing, f: Frame, upper: Mask, medial: bool) -> None:
    s = f.spec
    size = s.mark_size * (0.72 if medial else 1.0)
    centre = f.at(s.mark_x - (0.05 if medial else 0.0), s.mark_t)
    slope = -0.28 if s.front_height < 0.44 else -0.12
    polygons = place_mark(s.brand.mark, centre, size, slope + s.mark_slant + 0.2)
    mask = np.minimum(d.mask(*polygons), upper)
    d.shadow(mask, upper, blur=2.0, strength=0.22)
    d.coat("mark", mask, upper, lift=1.5, soft=0.9, grain=fabric("leather") * 0.6)


def _laces(d: Drawing, f: Frame) -> None:
    """Short bars over the throat: each goes from its eyelet up over the edge, where the solid carries it across."""
    s = f.spec
    line = resample(f.throat, 0.002)
    up = normals(line)
    for k, at in enumerate(np.linspace(0.05, 0.93, s.laces)):
        i = round(at * (len(line) - 1))
        point, normal = line[i], up[i]
        along = np.array([normal[1], -normal[0]])
        eyelet, over = point - 0.030 * normal, point + 0.016 * normal + 0.007 * along
        bar = stroke(np.linspace(eyelet, over, 6), 0.0195)
        halo = d.mask(bar)
        d.shadow(halo, halo | d.mask(f.upper, f.tongue), blur=2.4, strength=0.38)
        d.coat("ink", d.mask(_hole(eyelet, 0.0115)), tint=1.0, alpha=0.7, lift=-1.0)
        d.coat("lace", halo, lift=3.2, soft=1.8, grain=fabric("canvas") * 0.8)
        if k == 0:
            d.coat("lace", d.mask(_hole(eyelet, 0.0100)), lift=1.6, soft=1.5)


def _crease(d: Drawing, f: Frame, upper: Mask) -> None:
    """The dark line where the upper sinks into the sole, and the dusk below the collar."""
    sole = d.mask(sole_outline(f))
    d.shadow(sole, upper, blur=5.0, strength=0.42)
    flat = to_pixels(f.sole_top)
    depth = np.arange(HEIGHT)[:, None] - np.interp(np.arange(WIDTH), flat[:, 0], flat[:, 1])[None, :]
    dusk = np.clip(1 + depth / (0.10 * SCALE), 0, 1) ** 2 * (depth < 0)
    box = (slice(0, HEIGHT), slice(0, WIDTH))
    d.coat("shade", (255 * 0.20 * dusk[box]).astype(np.uint8), upper)
