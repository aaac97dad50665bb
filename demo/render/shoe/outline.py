"""The side elevation of a model: sole, upper and tongue as polygons, and the lines that panels hang on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.render.shoe.curves import Points, normals, smooth_closed, spline
from demo.render.shoe.shoe_spec import ShoeSpec

__all__ = ["Frame", "build_frame"]


@dataclass(frozen=True)
class Frame:
    """The shape of one model in shoe space."""

    spec: ShoeSpec
    upper: Points
    tongue: Points
    sole_top: Points
    """Where upper and sole meet, heel to toe, x increasing."""
    sole_bottom: Points
    """The tread line, heel to toe, x increasing."""
    collar: Points
    """Heel top to collar front."""
    throat: Points
    """Collar front down to the vamp."""
    top: Points
    """The upper's top line without the tongue, x increasing."""

    def seam(self, x: float) -> float:
        """Height of the seam between sole and upper."""
        return float(np.interp(x, self.sole_top[:, 0], self.sole_top[:, 1]))

    def ground(self, x: float) -> float:
        """Height of the tread line."""
        return float(np.interp(x, self.sole_bottom[:, 0], self.sole_bottom[:, 1]))

    def at(self, x: float, t: float) -> tuple[float, float]:
        """The point a share `t` of the way from the seam (0) to the top line (1) at `x`."""
        low, high = self.seam(x), float(np.interp(x, self.top[:, 0], self.top[:, 1]))
        return x, low + t * (high - low)

    def path(self, *knots: tuple[float, float]) -> Points:
        """A smooth curve through knots given as (x, t)."""
        return spline([self.at(x, t) for x, t in knots])


def _toe_line(s: ShoeSpec, vamp: tuple[float, float], tip: tuple[float, float]) -> Points:
    """From the vamp over the toe box down to the seam."""
    square = s.toe_square
    shoulder = s.toe_height + 0.25 * s.spring
    return spline(
        [
            vamp,
            (0.5 * (s.vamp_x + 0.84), 0.5 * (vamp[1] + shoulder) - 0.010 + 0.008 * square),
            (0.84, shoulder),
            (0.905 + 0.012 * square, shoulder - 0.020 + 0.012 * square),
            (0.952 + 0.012 * square, 0.5 * (shoulder + tip[1]) + 0.016 * square),
            (tip[0] - 0.002, tip[1] + 0.012),
            tip,
        ]
    )


def build_frame(s: ShoeSpec) -> Frame:
    """The outlines of a model."""
    mid, tread = 0.35 * s.heel_sole + 0.65 * s.fore_sole, s.fore_sole
    sole_top = spline([
        (-0.02, s.heel_sole + 0.022), (0.06, s.heel_sole + 0.004), (0.25, s.heel_sole - 0.006), (0.50, mid - 0.004),
        (0.74, tread + 0.12 * s.spring), (0.90, tread + 0.55 * s.spring), (1.02, tread + 1.15 * s.spring),
    ])  # fmt: skip
    sole_bottom = spline([
        (-0.02, 0.022), (0.03, 0.006), (0.10, 0.0), (0.40, 0.003), (0.68, 0.0),
        (0.84, 0.26 * s.spring), (1.02, 1.12 * s.spring),
    ])  # fmt: skip
    heel_seam, toe_seam = (float(np.interp(x, sole_top[:, 0], sole_top[:, 1])) for x in (0.02, 0.982))
    rise = s.heel_height - heel_seam
    lean = s.heel_lean + 0.02 * (s.heel_height > 0.38)
    heel = spline([
        (0.022, heel_seam - 0.03), (0.012, heel_seam + 0.22 * rise), (0.020 + lean, heel_seam + 0.60 * rise),
        (0.030 + 1.6 * lean, heel_seam + 0.84 * rise), (0.026 + lean, s.heel_height - 0.006),
    ])  # fmt: skip
    collar = spline([
        (0.034 + lean, s.heel_height), (0.060 + lean, s.heel_height - 0.006), (0.5 * s.collar_x + 0.01, s.dip),
        (s.collar_x - 0.045, s.dip + 0.45 * (s.front_height - s.dip)), (s.collar_x, s.front_height),
    ])  # fmt: skip
    run = (s.vamp_x - 0.84) / (s.collar_x - 0.84)
    height = s.toe_height + 0.25 * s.spring + (min(s.front_height, 0.40) - s.toe_height) * run * 0.62
    vamp = (s.vamp_x, height)
    tall = max(s.front_height - 0.36, 0.0)
    bend = (0.46 * s.vamp_x + 0.54 * s.collar_x - 0.22 * tall, 0.52 * s.front_height + 0.48 * height - 0.28 * tall)
    throat = spline([(s.collar_x + 0.012, s.front_height), bend, vamp])
    toe = _toe_line(s, vamp, (0.982, toe_seam))
    under = np.array([(0.975, toe_seam - 0.03), (0.5, 0.03), (0.03, heel_seam - 0.04)])
    upper = smooth_closed(np.vstack([heel, collar, throat, toe, under]), 0.006)
    top = np.vstack([[(-0.02, s.heel_height)], collar, throat, toe])
    top = top[np.concatenate([[True], np.diff(np.maximum.accumulate(top[:, 0])) > 0])]
    return Frame(s, upper, _tongue(s, throat), sole_top, sole_bottom, collar, throat, top)


def _tongue(s: ShoeSpec, throat: Points) -> Points:
    """A padded flap that rises behind the laces and shows a little above the throat all the way down."""
    out = throat + normals(throat) * np.linspace(0.016, 0.004, len(throat))[:, None]
    head = throat[0]
    tip = head + s.tongue * np.array([-0.30 - 0.28 * (s.front_height < 0.44), 0.82])
    back = np.array([-0.046, -0.018])
    crown = [np.add(tip, (0.024, 0.004)), np.add(tip, (0.008, 0.012)), tip + 0.5 * back + (0, 0.010), tip + back]
    flap = np.vstack([out[::-1], crown, [head + 1.1 * back + (0.0, -0.03)], np.add(throat, (-0.01, -0.03))])
    return smooth_closed(flap, 0.007)
