"""The soles: an outline each, and what is drawn on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from demo.render.shoe.curves import Points, dashes, ellipse, smooth_closed, spline, stroke
from demo.render.shoe.layers import Drawing, Mask
from demo.render.shoe.outline import Frame
from sneakers_ml.registry import Registry

__all__ = ["SOLES", "draw_sole", "sole_outline"]

SOLES: Registry[Callable[[Drawing, Frame, Mask, np.random.Generator], None]] = Registry("sole")
"""Styles: each draws on the sole's mask."""


def _between(frame: Frame, share: float, low: float = -0.03, high: float = 1.03) -> Points:
    """A line a share of the way up the sole's side, from x = low to high."""
    x = np.linspace(low, high, 90)
    top = np.interp(x, frame.sole_top[:, 0], frame.sole_top[:, 1])
    bottom = np.interp(x, frame.sole_bottom[:, 0], frame.sole_bottom[:, 1])
    return np.stack([x, bottom + share * (top - bottom)], axis=1)


def _below(curve: Points) -> Points:
    """The region under a curve."""
    return np.vstack([curve, [(curve[-1, 0], -0.1), (curve[0, 0], -0.1)]])


def sole_outline(frame: Frame) -> Points:
    """The sole seen from the side; its flare at heel and toe and its teeth depend on the style."""
    style, tread, lid, toe = frame.spec.sole, frame.sole_bottom, frame.sole_top, 0.992
    flares = {"runner": 0.016, "wedge": 0.020, "chunky": 0.030, "stacked": 0.022, "pods": 0.030, "lug": 0.014}
    flare = flares.get(style, 0.004)
    heel_top, toe_top = frame.seam(0.0), frame.seam(toe)
    heel = [
        (0.022, heel_top + 0.006),
        (0.004 - 0.5 * flare, 0.72 * heel_top),
        (0.000 - flare, 0.40 * heel_top),
        (0.010 - 0.6 * flare, 0.012),
        (0.050 + 0.7 * flare, frame.ground(0.07) + 0.001),
    ]
    front = [
        (0.93, frame.ground(0.93)),
        (0.972, frame.ground(0.972) + 0.010),
        (toe + 0.2 * flare, 0.45 * toe_top + 0.55 * frame.ground(toe)),
        (toe - 0.004, toe_top - 0.006),
        (toe - 0.022, toe_top + 0.004),
    ]
    teeth = {"lug": (13, 0.017), "lug-rand": (16, 0.014), "waffle": (26, 0.009), "pods": (5, 0.006)}.get(style)
    if teeth:
        count, depth = teeth
        x = np.linspace(0.035, 0.93, 4 * count + 1)
        wave = np.tile([0.0, 0.0, depth, depth], count + 1)[: len(x)]
        tread = np.stack([x, np.interp(x, tread[:, 0], tread[:, 1]) + wave], axis=1)
    else:
        tread = tread[(tread[:, 0] > 0.08) & (tread[:, 0] < 0.92)]
    lid = lid[(lid[:, 0] > 0.02) & (lid[:, 0] < 0.97)][::-1]
    return smooth_closed(np.vstack([spline(heel, 6), tread, spline(front, 6), lid]), 0.0022 if teeth else 0.004)


def draw_sole(drawing: Drawing, frame: Frame, rng: np.random.Generator) -> None:
    """Paint the sole of the model's style."""
    sole = drawing.mask(sole_outline(frame))
    drawing.coat("midsole", sole, lift=3.0, soft=2.0)
    SOLES[frame.spec.sole](drawing, frame, sole, rng)


@SOLES.register("runner")
def _runner(d: Drawing, f: Frame, sole: Mask, rng: np.random.Generator) -> None:
    h = f.spec.heel_sole
    lower = spline(
        [(-0.05, 0.62 * h), (0.10, 0.50 * h), (0.34, 0.30 * h), (0.58, 0.46 * h), (0.80, 0.40 * h), (1.05, 0.60 * h)]
    )
    d.coat("midsole2", d.mask(_below(lower)), sole, lift=-1.5)
    for k in range(int(rng.integers(3, 6))):
        x = 0.10 + 0.055 * k
        groove = spline([(x, 0.40 * h), (x + 0.05, 0.33 * h), (x + 0.13, 0.34 * h)], 8)
        d.coat("midsole2", d.mask(stroke(groove, 0.010, 0.3)), sole, tint=0.72, lift=-2.5)
    d.coat("outsole", d.mask(_below(_between(f, 0.14))), sole, lift=1.0)
    notches = [np.array([(x, -0.01), (x + 0.006, 0.016 + f.ground(x))]) for x in np.arange(0.52, 0.95, 0.055)]
    d.coat("outsole", d.lines(notches, 0.006), sole, tint=0.5, lift=-2.0)


@SOLES.register("wedge")
def _wedge(d: Drawing, f: Frame, sole: Mask, rng: np.random.Generator) -> None:
    h = f.spec.heel_sole
    low, high = 0.42 * h, 0.74 * h
    wedge = spline([(-0.05, high), (0.20, 0.66 * h), (0.62, 0.30 * h), (0.30, 0.26 * h), (-0.05, low)])
    d.coat("midsole2", d.mask(wedge), sole, lift=1.2)
    d.coat("accent", d.lines([_between(f, 0.86, 0.0, float(rng.uniform(0.5, 0.98)))], 0.006), sole, lift=-0.8)
    d.coat("outsole", d.mask(_below(_between(f, 0.20))), sole, lift=1.4)
    cuts = [np.array([(x, -0.01), (x - 0.008, 0.02 + f.ground(x))]) for x in np.arange(0.08, 0.95, 0.045)]
    d.coat("outsole", d.lines(cuts, 0.005), sole, tint=0.55, lift=-1.6)


@SOLES.register("cup")
@SOLES.register("cup-gum")
def _cup(d: Drawing, f: Frame, sole: Mask, rng: np.random.Generator) -> None:
    line = _between(f, 0.80)
    d.coat("midsole", d.lines([line], 0.004), sole, tint=0.82, lift=-1.4)
    d.coat("stitch2", d.lines(dashes(_between(f, 0.70, 0.02, 0.97), 0.011, 0.006), 0.0035), sole, lift=0.8)
    d.coat("outsole", d.mask(_below(_between(f, 0.20))), sole, lift=-1.0)
    start = float(rng.uniform(0.80, 0.88))
    ribs = [_between(f, share, start, 1.0) for share in (0.32, 0.42, 0.52)]
    d.coat("midsole", d.lines(ribs, 0.004), sole, tint=0.86, lift=-1.2)


@SOLES.register("vulc")
def _vulc(d: Drawing, f: Frame, sole: Mask, rng: np.random.Generator) -> None:
    d.coat("accent", d.lines([_between(f, float(rng.uniform(0.66, 0.78)))], 0.0065), sole, lift=0.4)
    if rng.random() < 0.5:
        d.coat("accent", d.lines([_between(f, 0.55)], 0.0035), sole)
    d.coat("outsole", d.mask(_below(_between(f, 0.13))), sole, lift=0.8)
    bumper = [np.array([(x, 0.0), (x, 0.5)]) for x in np.arange(0.875, 1.0, 0.009)]
    band = d.mask(np.vstack([_between(f, 0.62, 0.86, 1.03), _between(f, 0.16, 0.86, 1.03)[::-1]]))
    d.coat("midsole", d.lines(bumper, 0.004), np.minimum(sole, band), tint=0.88, lift=-1.2)


@SOLES.register("chunky")
def _chunky(d: Drawing, f: Frame, sole: Mask, rng: np.random.Generator) -> None:
    h, g = f.spec.heel_sole, f.spec.fore_sole
    wave = spline([(-0.05, 0.70 * h), (0.09, 0.50 * h), (0.22, 0.72 * h), (0.38, 0.36 * h), (0.55, 0.62 * g),
                   (0.72, 0.40 * g), (0.86, 0.66 * g), (1.05, 0.80 * g)])  # fmt: skip
    d.coat("midsole2", d.mask(_below(wave)), sole, lift=2.6, soft=2.5)
    lobe = spline(
        [(0.06, 0.44 * h), (0.14, 0.56 * h), (0.27, 0.44 * h), (0.31, 0.24 * h), (0.16, 0.20 * h), (0.06, 0.44 * h)]
    )
    d.coat("midsole", d.mask(lobe), sole, lift=2.4, soft=3.0)
    starts = np.arange(0.42, 0.80, rng.uniform(0.07, 0.1))
    slits = [spline([(x, 0.36 * g), (x + 0.02, 0.28 * g), (x + 0.055, 0.27 * g)], 6) for x in starts]
    d.coat("accent", d.lines(slits, 0.010), sole, lift=-2.5)
    d.coat("outsole", d.mask(_below(_between(f, 0.15))), sole, lift=1.4)
    cuts = [np.array([(x, -0.01), (x + 0.012, 0.026 + f.ground(x))]) for x in np.arange(0.06, 0.96, 0.062)]
    d.coat("outsole", d.lines(cuts, 0.010), sole, tint=0.5, lift=-2.2)


@SOLES.register("stacked")
def _stacked(d: Drawing, f: Frame, sole: Mask, rng: np.random.Generator) -> None:
    d.coat("midsole2", d.mask(_below(_between(f, 0.62))), sole, lift=2.0, soft=2.0)
    d.coat("midsole", d.mask(_below(_between(f, 0.36))), sole, tint=0.96, lift=-1.6, soft=2.0)
    d.coat("outsole", d.mask(_below(_between(f, 0.20))), sole, lift=1.8)
    first = 0.12 + 0.02 * float(rng.integers(0, 4))
    centres = [first + 0.062 * k for k in range(int(rng.integers(3, 6)))]
    blocks = [ellipse(x, 0.5 * f.seam(x), 0.020, 0.010, angle=0.25) for x in centres]
    d.coat("accent", d.mask(*blocks), sole, lift=-2.4)
    d.coat("midsole", d.lines([_between(f, 0.86, 0.02, 0.97)], 0.004), sole, tint=0.84, lift=-1.2)


@SOLES.register("lug")
@SOLES.register("lug-rand")
def _lug(d: Drawing, f: Frame, sole: Mask, rng: np.random.Generator) -> None:
    h = f.spec.heel_sole
    ridge = spline([(-0.05, 0.80 * h), (0.12, 0.55 * h), (0.26, 0.66 * h), (0.45, 0.42 * h),
                    (0.62, 0.50 * h), (0.84, 0.44 * h), (1.05, 0.9 * h)])  # fmt: skip
    d.coat("midsole2", d.mask(_below(ridge)), sole, lift=1.8)
    steps = np.arange(0.10, 0.44, rng.uniform(0.024, 0.036))
    zigs = np.array([(x, 0.45 * h + (0.010 if k % 2 else -0.004)) for k, x in enumerate(steps)])
    d.coat("accent", d.lines([zigs], 0.006), sole, lift=-1.2)
    d.coat("outsole", d.mask(_below(_between(f, 0.30))), sole, lift=1.6)
    rows = [np.array([(x, 0.0), (x - 0.012, 0.035 + f.ground(x))]) for x in np.arange(0.06, 0.98, 0.035)]
    d.coat("outsole", d.lines(rows, 0.006), sole, tint=0.6, lift=-1.8)


@SOLES.register("pods")
def _pods(d: Drawing, f: Frame, sole: Mask, rng: np.random.Generator) -> None:
    pods = []
    for k in range(int(rng.integers(4, 7))):
        x = 0.075 + 0.088 * k
        height = f.seam(x) - 0.03
        pods.append(ellipse(x, 0.018 + 0.5 * height, 0.036, 0.40 * height, angle=-0.15))
    d.coat("midsole2", d.mask(*pods), sole, lift=3.2, soft=3.0)
    holes = [
        ellipse(float(p[:, 0].mean()), float(p[:, 1].mean()), 0.017, 0.17 * float(np.ptp(p[:, 1])) + 0.006, angle=-0.15)
        for p in pods
    ]
    d.coat("accent", d.mask(*holes), sole, lift=-3.4, soft=1.6)
    d.coat("midsole", d.lines([_between(f, 0.84, 0.0, 0.98)], 0.004), sole, tint=0.86, lift=-1.4)
    d.coat("outsole", d.mask(_below(_between(f, 0.13))), sole, lift=1.0)


@SOLES.register("waffle")
def _waffle(d: Drawing, f: Frame, sole: Mask, rng: np.random.Generator) -> None:
    h = f.spec.heel_sole
    stripe = spline([(-0.05, 0.66 * h), (0.3, 0.56 * h), (0.75, 0.40 * h), (1.05, 0.6 * h)])
    width = float(rng.uniform(0.010, 0.020))
    d.coat("midsole2", d.lines([stripe], width), sole, lift=-0.8)
    wrap = spline(
        [(-0.06, 0.95 * h), (0.01, 0.60 * h), (0.06, 0.28 * h), (0.16, 0.20 * h), (0.6, 0.20 * h), (1.05, 0.26 * h)]
    )
    d.coat("outsole", d.mask(_below(wrap)), sole, lift=1.2)
    cuts = [np.array([(x, -0.01), (x, 0.015 + f.ground(x))]) for x in np.arange(0.05, 0.97, 0.0344)]
    d.coat("outsole", d.lines(cuts, 0.008), sole, tint=0.62, lift=-1.6)


@SOLES.register("slab")
def _slab(d: Drawing, f: Frame, sole: Mask, rng: np.random.Generator) -> None:
    d.coat("midsole", d.lines([_between(f, 0.84)], 0.004), sole, tint=0.80, lift=-1.6)
    panel = np.vstack([_between(f, 0.66, -0.03, float(rng.uniform(0.3, 0.42))), _between(f, 0.22, -0.03, 0.26)[::-1]])
    d.coat("midsole2", d.mask(smooth_closed(panel, 0.006)), sole, lift=-1.4)
    ribs = [_between(f, share, 0.62, 0.98) for share in (0.36, 0.48, 0.60)]
    d.coat("midsole", d.lines(ribs, 0.0045), sole, tint=0.85, lift=-1.4)
    d.coat("outsole", d.mask(_below(_between(f, 0.17))), sole, lift=-0.8)
