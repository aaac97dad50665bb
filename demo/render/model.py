"""A model ready to be photographed: its solid and its two drawn sides, shared by all its colourways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.render.camera import Pose, look
from demo.render.layers import SCALE, Drawing
from demo.render.light import Light, Shape, shade, shape_of
from demo.render.outline import Frame, build_frame
from demo.render.palette import Colourway
from demo.render.side import draw_side
from demo.render.solid import Solid, build_solid, footprint
from demo.render.spec import Spec

__all__ = ["Cutout", "Model", "build_model", "cut_out", "shadow_outline"]


@dataclass(frozen=True)
class Model:
    """Geometry and drawings of one model."""

    frame: Frame
    solid: Solid
    lateral: Drawing
    medial: Drawing

    @property
    def spec(self) -> Spec:
        return self.frame.spec

    def side(self, medial: bool) -> Drawing:
        return self.medial if medial else self.lateral

    def shape(self, pose: Pose, medial: bool) -> Shape:
        """What a pose shows of one side, toe to the right."""
        return shape_of(self.solid, self.side(medial).relief, look(self.solid, pose))


@dataclass(frozen=True)
class Cutout:
    """A lit shoe without background, on its own small screen."""

    rgba: NDArray[np.float32]
    """(H, W, 4): RGB 0 to 255, alpha 0 to 1."""
    shadow: NDArray[np.float64]
    """(n, 2): the sole's outline on the ground, in pixels of the screen."""

    def mirrored(self) -> Cutout:
        """Toe to the other side."""
        flipped = self.shadow.copy()
        flipped[:, 0] = self.rgba.shape[1] - 1 - flipped[:, 0]
        return Cutout(np.ascontiguousarray(self.rgba[:, ::-1]), flipped)


def build_model(spec: Spec) -> Model:
    """Draw a model once; its colourways are painted from this."""
    frame = build_frame(spec)
    return Model(frame, build_solid(frame), draw_side(frame, medial=False), draw_side(frame, medial=True))


def shadow_outline(width: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sole's outline on the ground: x in shoe lengths and depth in shoe lengths, once round."""
    t = np.linspace(0, np.pi, 60)
    x = 0.5 - 0.475 * np.cos(t)
    half = footprint(x, width).astype(np.float64) * np.sqrt(np.clip(np.sin(t), 0, 1)) * 0.97
    return np.concatenate([x, x[::-1]]), np.concatenate([half, -half[::-1]])


def cut_out(shape: Shape, painted: NDArray[np.float32], colourway: Colourway, light: Light, width: float) -> Cutout:
    """Light a painted side."""
    x, z = shadow_outline(width)
    return Cutout(shade(shape, painted, colourway.roles["lining"], light), shape.seen.ground(x, z * SCALE))
