"""The upper's panels: toe, quarter, heel and collar, as regions to be clipped to the upper."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from demo.render.shoe.curves import Points, offset, spline
from demo.render.shoe.outline import Frame

__all__ = ["HEELS", "QUARTERS", "TOES", "Panel", "collar_band", "eyestay"]

Panel = tuple[str, Points, Points]
"""Role ("" for a seam alone), region, and the seam along which it is stitched."""
Cut = Callable[[Frame], list[Panel]]
Knots = list[tuple[float, float]]


def _patches(*patches: tuple[str, Knots, Knots]) -> Cut:
    """Panels from a role, the knots of a seam (x, share of the way up to the top line), and corners that close it."""

    def cut(f: Frame) -> list[Panel]:
        seams = [f.path(*knots) for _, knots, _ in patches]
        return [
            (role, np.vstack([seam, corners]), seam) for (role, _, corners), seam in zip(patches, seams, strict=True)
        ]

    return cut


_plain = _patches()
_cap = _patches(
    ("overlay", [(0.800, 1.15), (0.822, 0.85), (0.832, 0.45), (0.815, -0.15)], [(0.82, -0.1), (1.1, -0.1), (1.1, 0.5)])
)

TOES: dict[str, Cut] = {
    "mudguard": _patches((
        "overlay", [(0.955, 0.95), (0.90, 0.62), (0.82, 0.46), (0.72, 0.37), (0.60, 0.22), (0.50, -0.12)],
        [(0.5, -0.1), (1.1, -0.1), (1.1, 0.5)],
    )),
    "tip": _patches((
        "overlay", [(0.885, 1.15), (0.90, 0.80), (0.875, 0.45), (0.80, 0.20), (0.70, -0.15)],
        [(0.7, -0.1), (1.1, -0.1), (1.1, 0.5)],
    )),
    "cap": _cap,
    "bumper": _patches((
        "midsole", [(0.865, 1.2), (0.872, 0.8), (0.868, 0.4), (0.848, -0.15)],
        [(0.85, -0.1), (1.1, -0.1), (1.1, 0.5)],
    )),
    "rand": _patches((
        "overlay2",
        [(0.925, 1.2), (0.90, 0.78), (0.84, 0.52), (0.74, 0.26), (0.55, 0.20), (0.30, 0.16), (0.02, 0.20)],
        [(-0.1, 0.1), (-0.1, -0.1), (1.1, -0.1), (1.1, 0.5)],
    )),
    "plain": _plain,
    "perforated": _cap,
}  # fmt: skip


_low_counter = _patches(
    ("overlay", [(-0.02, 0.44), (0.08, 0.42), (0.15, 0.26), (0.19, -0.15)], [(0.19, -0.1), (-0.1, -0.1), (-0.1, 0.3)])
)


def _tab(f: Frame) -> list[Panel]:
    top = f.spec.heel_height
    rise = top - f.seam(0.03)
    low, high = top - 0.42 * rise, top - 0.25 * rise
    seam = spline([(-0.05, low), (0.05, low), (0.085, high), (0.080, top + 0.02)])
    return [("accent", np.vstack([seam, [(-0.05, top + 0.05)]]), seam), *_low_counter(f)]


HEELS: dict[str, Cut] = {
    "counter": _patches((
        "overlay", [(-0.02, 0.74), (0.07, 0.70), (0.15, 0.50), (0.22, 0.22), (0.27, -0.15)],
        [(0.27, -0.1), (-0.1, -0.1), (-0.1, 0.5)],
    )),
    "clip": _patches((
        "overlay2", [(-0.02, 0.52), (0.06, 0.50), (0.13, 0.34), (0.30, 0.14), (0.34, -0.15)],
        [(0.34, -0.1), (-0.1, -0.1), (-0.1, 0.3)],
    ), (
        "accent", [(-0.02, 0.34), (0.05, 0.32), (0.10, 0.20), (0.15, -0.10)],
        [(0.14, -0.1), (-0.1, -0.1), (-0.1, 0.2)],
    )),
    "tab": _tab,
    "strip": _patches((
        "accent", [(0.075, 1.1), (0.085, 0.7), (0.085, 0.3), (0.095, -0.15)],
        [(0.095, -0.1), (-0.1, -0.1), (-0.1, 0.8), (0.075, 0.8)],
    )),
}  # fmt: skip


def _saddle(f: Frame) -> list[Panel]:
    cx, vx = f.spec.collar_x, f.spec.vamp_x
    front = f.path((vx - 0.05, 1.1), (vx - 0.055, 0.6), (vx - 0.03, -0.15))
    back = f.path((cx + 0.03, -0.15), (cx + 0.055, 0.5), (cx + 0.015, 1.1))
    return [("overlay2", np.vstack([front, back]), front), ("", back, back)]


def _court(f: Frame) -> list[Panel]:
    x = f.spec.collar_x
    seam = f.path((0.02, 0.60), (0.16, 0.64), (x + 0.02, 0.62), (x + 0.14, 0.70), (x + 0.22, 1.1))
    return [("overlay2", np.vstack([seam, [(x + 0.2, 0.8), (-0.1, 0.8), (-0.1, 0.4)]]), seam)]


def _cage(f: Frame) -> list[Panel]:
    cx, vx = f.spec.collar_x, f.spec.vamp_x
    panels: list[Panel] = []
    for k in range(3):
        low = cx + 0.01 + 0.085 * k
        high = cx + 0.075 + (vx - cx - 0.09) * k / 2.6
        front = f.path((low + 0.020, -0.12), (0.5 * (low + high) + 0.012, 0.45), (high + 0.014, 1.0))
        back = f.path((high - 0.014, 1.0), (0.5 * (low + high) - 0.014, 0.45), (low - 0.018, -0.12))
        panels.append(("overlay2", np.vstack([front, back]), front))
    return panels


QUARTERS: dict[str, Cut] = {"plain": _plain, "saddle": _saddle, "court": _court, "cage": _cage}


def eyestay(f: Frame) -> Panel:
    """The band that holds the eyelets, along the throat and round its lower end."""
    inner = offset(f.throat, -0.058)
    end = spline([inner[-1], *np.add(f.throat[-1], [(0.012, -0.052), (0.034, -0.020), (0.026, 0.03)])], 10)
    seam = np.vstack([inner[:-1], end])
    return "overlay", np.vstack([seam, np.add(f.throat, (0.0, 0.05))[::-1]]), seam


def collar_band(f: Frame) -> Panel:
    """The padded edge of the opening."""
    seam = offset(f.collar, -0.030)
    return "lining", np.vstack([seam, np.add(f.collar, (0.0, 0.05))[::-1]]), seam
