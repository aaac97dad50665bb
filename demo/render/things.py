"""Photos of other things: what is no sneaker, for a network to learn that there is more in the world than sneakers.

Things stand on a table or where people photograph their sneakers; scenes fill the photo. Two kinds show nothing at all
and yet have the statistics of photographs, by which a network learns as from those (Baradad et al., "Learning to See by
Looking at Noise", NeurIPS 2021): shapes of all sizes that hide each other (dead leaves; Lee, Mumford and Huang, IJCV
2001), and noise whose amplitude falls with the frequency.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.render.scene.backgrounds import BACKGROUNDS, background
from sneakers_ml.registry import Registry

__all__ = ["KINDS", "thing_photo"]

Canvas = NDArray[np.float32]
"""(height, width, 3), RGB, 0 to 255."""
Points = NDArray[np.float64]
"""(n, 2): x and y of a polygon's corners, both within 0 to 1, y downwards."""
Part = tuple[Points, int]
"""A polygon, and which of the thing's colours it has."""
Size = tuple[int, int]

KINDS: Registry[Callable[[Size, np.random.Generator], Canvas]] = Registry("thing")
SIZES = ((480, 360), (360, 480), (420, 420))


def thing_photo(kind: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One photo (height, width, 3) RGB of a thing of this kind, as a phone takes it."""
    size = SIZES[int(rng.integers(len(SIZES)))]
    canvas = np.clip(KINDS[kind](size, rng), 0, 255) * np.float32(rng.uniform(0.75, 1.05))
    canvas *= (1 + rng.uniform(-0.06, 0.06) * np.array([1, 0, -1])).astype(np.float32)
    canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), float(rng.uniform(0.3, 1.2))), np.float32)
    canvas += rng.normal(0, rng.uniform(0.5, 4), canvas.shape).astype(np.float32)
    return np.asarray(np.clip(np.round(canvas), 0, 255), np.uint8)


def _thing(make: Callable[[np.random.Generator], list[Part]]) -> Callable[[Size, np.random.Generator], Canvas]:
    """A kind that stands somewhere: `make` gives its parts, those further behind first."""

    def draw(size: Size, rng: np.random.Generator) -> Canvas:
        places = BACKGROUNDS.names()
        place = int(rng.integers(2 * len(places)))
        table = np.full((size[1], size[0], 3), rng.uniform(225, 252), np.float32)
        canvas = background(places[place], size, rng) if place < len(places) else table
        parts = make(rng)
        scale = rng.uniform(0.55, 0.85) * min(size)
        turn, angle = rng.choice([-1, 1]), np.deg2rad(rng.normal(0, 8))
        move = scale * np.array([[turn * np.cos(angle), -np.sin(angle)], [turn * np.sin(angle), np.cos(angle)]])
        centre = np.array(size) * rng.uniform(0.45, 0.55, 2)
        colours = rng.uniform(20, 235, (4, 3))
        colours += (colours.mean(axis=1, keepdims=True) - colours) * rng.uniform(0, 1, (4, 1))
        light = np.linspace(rng.uniform(0.6, 1.3), rng.uniform(0.6, 1.3), size[0], dtype=np.float32)[None, :, None]
        outline = np.vstack([points for points, _ in parts])
        feet = (outline[outline[:, 1] > outline[:, 1].max() - 0.08] - 0.5) @ move.T + centre
        shadow = np.zeros((size[1], size[0]), np.float32)
        left, right = feet[:, 0].min(), feet[:, 0].max()
        spot = ((int((left + right) / 2), int(feet[:, 1].max())), (int(0.6 * (right - left)) + 4, 9))
        cv2.ellipse(shadow, *spot, 0, 0, 360, 1.0, -1)
        canvas *= 1 - 0.6 * cv2.GaussianBlur(shadow, (0, 0), 7)[..., None]
        for points, colour in parts:
            mask = np.zeros((size[1], size[0]), np.float32)
            corners = np.round(16 * ((points - 0.5) @ move.T + centre)).astype(np.int32)
            cv2.fillPoly(mask, [corners], 1.0, cv2.LINE_AA, 4)
            surface = np.broadcast_to(colours[colour].astype(np.float32), canvas.shape).copy()
            if rng.random() < 0.5:
                _pattern(surface, colours, scale, rng)
            texture = rng.uniform(0, 14) * _noise(size, float(rng.uniform(0.6, 2)), rng)[..., None]
            canvas += (np.clip(surface * light + texture, 0, 255) - canvas) * mask[..., None]
        return np.asarray(canvas, np.float32)

    return draw


def _pattern(surface: Canvas, colours: NDArray[np.float64], scale: float, rng: np.random.Generator) -> None:
    """Lines, spots or patches all over a surface, in place: seams, laces, prints."""
    height, width = surface.shape[:2]
    kind, many = int(rng.integers(3)), int(rng.integers(8, 40))
    angle = rng.uniform(0, np.pi) + rng.normal(0, rng.choice([0.03, 0.6]), many)
    for turn, x, y in zip(angle, rng.uniform(0, width, many), rng.uniform(0, height, many), strict=True):
        colour = tuple(float(level) for level in colours[int(rng.integers(4))] * rng.uniform(0.5, 1.3))
        at, length = (int(x), int(y)), scale * rng.uniform(0.02, 0.12)
        along = np.array([np.cos(turn), np.sin(turn)]) * (length if kind else scale)
        start, end = (tuple(int(c) for c in at + side * along) for side in (-1, 1))
        if kind == 2:
            axes = (int(length) + 1, int(length * rng.uniform(0.3, 1)) + 1)
            cv2.ellipse(surface, at, axes, float(np.rad2deg(turn)), 0, 360, colour, -1, cv2.LINE_AA)
        else:
            cv2.line(surface, start, end, colour, int(rng.integers(1, 6)), cv2.LINE_AA)


def _noise(size: Size, falling: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """(height, width) unit noise whose amplitude falls with this power of the frequency."""
    across, down = np.meshgrid(np.fft.rfftfreq(size[0]), np.fft.fftfreq(size[1]))
    spectrum = np.fft.rfft2(rng.standard_normal((size[1], size[0])))
    spectrum /= np.maximum(np.hypot(across, down), 1 / max(size)) ** falling
    noise = np.fft.irfft2(spectrum, (size[1], size[0]))
    return np.asarray((noise - noise.mean()) / noise.std(), np.float32)


def _box(left: float, top: float, right: float, bottom: float, taper: float = 0.0) -> Points:
    """A rectangle, narrower at the bottom by `taper` on either side."""
    return np.array([(left, top), (right, top), (right - taper, bottom), (left + taper, bottom)])


def _round(x: float, y: float, across: float, down: float, first: float = 0, last: float = 360) -> Points:
    """An ellipse, or what a chord between two angles leaves of it, 0 at the right and 90 at the bottom."""
    angles = np.deg2rad(np.linspace(first, last, 48))
    return np.stack([x + across * np.cos(angles), y + down * np.sin(angles)], axis=1)


@KINDS.register("bag")
@_thing
def _bag(rng: np.random.Generator) -> list[Part]:
    top, wide = rng.uniform(0.35, 0.5), rng.uniform(0.3, 0.45)
    handle = rng.uniform(0.12, 0.22)
    return [
        (_round(0.5, top, handle, rng.uniform(0.15, 0.3), 180, 360), 1),
        (_round(0.5, top, handle - 0.04, 0.12, 180, 360), 3),
        (_box(0.5 - wide, top, 0.5 + wide, 0.9, rng.uniform(-0.06, 0.06)), 0),
        (_box(0.5 - wide, top, 0.5 + wide, top + rng.uniform(0.05, 0.2)), 1),
        (_box(0.42, top + 0.18, 0.58, top + 0.28), 2),
    ]


@KINDS.register("mug")
@_thing
def _mug(rng: np.random.Generator) -> list[Part]:
    top, bottom, wide = rng.uniform(0.2, 0.35), rng.uniform(0.75, 0.88), rng.uniform(0.2, 0.28)
    middle = (top + bottom) / 2
    return [
        (_round(0.45 + wide, middle, 0.17, 0.18), 0),
        (_round(0.45 + wide, middle, 0.1, 0.11), 3),
        (_box(0.45 - wide, top, 0.45 + wide, bottom, rng.uniform(0, 0.06)), 0),
        (_round(0.45, bottom, wide - 0.04, 0.05), 0),
        (_box(0.45 - wide, middle, 0.45 + wide, middle + rng.uniform(0.04, 0.15)), 2),
        (_round(0.45, top, wide, 0.07), 1),
    ]


@KINDS.register("chair")
@_thing
def _chair(rng: np.random.Generator) -> list[Part]:
    seat, leg = rng.uniform(0.48, 0.6), rng.uniform(0.02, 0.05)
    legs = [(_box(x, seat, x + leg, 0.95), 1) for x in (0.24, 0.36, 0.62, 0.74)]
    slats = [(_box(0.26, y, 0.74, y + 0.06), 0) for y in np.arange(0.08, seat - 0.08, rng.uniform(0.09, 0.16))]
    back = [(_box(x, 0.05, x + leg, seat), 1) for x in (0.26, 0.74 - leg)]
    return [*legs, *slats, *back, (_box(0.18, seat, 0.82, seat + 0.08, -0.03), 2)]


@KINDS.register("bottle")
@_thing
def _bottle(rng: np.random.Generator) -> list[Part]:
    wide, neck, shoulder = rng.uniform(0.1, 0.2), rng.uniform(0.03, 0.07), rng.uniform(0.28, 0.45)
    return [
        (_box(0.5 - neck, 0.05, 0.5 + neck, shoulder), 0),
        (_round(0.5, shoulder + 0.08, wide, 0.16, 180, 360), 0),
        (_box(0.5 - wide, shoulder + 0.08, 0.5 + wide, 0.95), 0),
        (_box(0.5 - wide, 0.55, 0.5 + wide, rng.uniform(0.68, 0.85)), 1),
        (_box(0.5 - neck - 0.01, 0.04, 0.5 + neck + 0.01, 0.12), 2),
    ]


@KINDS.register("shirt")
@_thing
def _shirt(rng: np.random.Generator) -> list[Part]:
    sleeve, hem = rng.uniform(0.35, 0.75), rng.uniform(0.75, 0.95)
    side = [(0.38, 0.1), (0.25, 0.14), (0.03, sleeve), (0.14, sleeve + 0.06), (0.28, 0.36), (0.27, hem)]
    left = np.array(side)
    return [
        (np.vstack([left, (left * (-1, 1) + (1, 0))[::-1]]), 0),
        (_round(0.5, 0.1, 0.12, rng.uniform(0.05, 0.16), 0, 180), 1),
        (_box(0.38, 0.38, 0.62, rng.uniform(0.42, 0.6)), 2),
    ]


@KINDS.register("face")
@_thing
def _face(rng: np.random.Generator) -> list[Part]:
    wide, eyes = rng.uniform(0.2, 0.28), rng.uniform(0.4, 0.48)
    apart = rng.uniform(0.08, 0.12)
    features = [(_round(0.5 + side * apart, eyes, 0.035, 0.025), 3) for side in (-1, 1)]
    return [
        (_box(0.4, 0.6, 0.6, 0.95), 0),
        (_round(0.5, 1.0, 0.4, 0.2, 180, 360), 2),
        (_round(0.5, 0.42, wide + 0.05, rng.uniform(0.33, 0.4)), 1),
        (_round(0.5, 0.48, wide, 0.3), 0),
        *features,
        (np.array([(0.5, eyes + 0.03), (0.54, eyes + 0.15), (0.47, eyes + 0.15)]), 1),
        (_round(0.5, 0.66, 0.09, rng.uniform(0.02, 0.05), 0, 180), 3),
    ]


@KINDS.register("plant")
@_thing
def _plant(rng: np.random.Generator) -> list[Part]:
    leaves: list[Part] = []
    for _ in range(int(rng.integers(8, 24))):
        angle, length = rng.uniform(-2.9, -0.25), rng.uniform(0.2, 0.48)
        along = np.array([np.cos(angle), np.sin(angle)]) * length
        across = np.array([-along[1], along[0]]) * rng.uniform(0.08, 0.25)
        root = np.array([0.5, 0.62])
        leaves.append((np.array([root, root + 0.5 * along + across, root + along, root + 0.5 * along - across]), 0))
    return [*leaves, (_box(0.34, 0.62, 0.66, 0.95, rng.uniform(0.02, 0.1)), 1)]


def _soft(*corners: tuple[float, float]) -> Points:
    """A closed outline with its corners cut (Chaikin, 1974)."""
    points = np.array(corners)
    for _ in range(3):
        after = np.roll(points, -1, axis=0)
        points = np.stack([0.75 * points + 0.25 * after, 0.25 * points + 0.75 * after], axis=1).reshape(-1, 2)
    return points


@KINDS.register("boot")
@_thing
def _boot(rng: np.random.Generator) -> list[Part]:
    top, toe, sole = rng.uniform(0.05, 0.4), rng.uniform(0.62, 0.72), rng.uniform(0.03, 0.08)
    shaft = rng.uniform(0.34, 0.44)
    upper = [
        (0.1, top),
        (shaft, top),
        (shaft, 0.55),
        (0.6, toe - 0.04),
        (0.86, toe),
        (0.95, 0.88),
        (0.08, 0.88),
        (0.12, 0.6),
    ]
    return [
        (_box(0.08, 0.86, 0.93, 0.87 + sole), 1),
        (_box(0.08, 0.86, 0.3, 0.9 + sole, rng.uniform(0, 0.04)), 1),
        (_soft(*upper), 0),
        (_soft((0.08, top), (shaft + 0.02, top), (shaft + 0.02, top + 0.09), (0.08, top + 0.09)), 2),
        (_soft((0.2, 0.55), (0.3, 0.5), (0.36, 0.62), (0.24, 0.8)), 3),
    ]


@KINDS.register("heel")
@_thing
def _heel(rng: np.random.Generator) -> list[Part]:
    lift, thick = rng.uniform(0.1, 0.3), rng.uniform(0.02, 0.07)
    back = 0.86 - lift
    return [
        (np.array([(0.08, back), (0.2, back + 0.02), (0.12 + thick, 0.92), (0.1, 0.92)]), 1),
        (
            _soft(
                (0.06, back),
                (0.3, back + 0.02),
                (0.6, 0.88),
                (0.95, 0.88),
                (0.93, 0.93),
                (0.56, 0.93),
                (0.28, back + 0.1),
            ),
            1,
        ),
        (
            _soft(
                (0.05, back - 0.22),
                (0.2, back - 0.16),
                (0.45, 0.72),
                (0.7, 0.7),
                (0.97, 0.86),
                (0.6, 0.9),
                (0.07, back + 0.02),
            ),
            0,
        ),
        (_soft((0.16, back - 0.18), (0.5, 0.68), (0.7, 0.7), (0.48, 0.76), (0.2, back - 0.1)), 3),
    ]


@KINDS.register("sandal")
@_thing
def _sandal(rng: np.random.Generator) -> list[Part]:
    thick = rng.uniform(0.04, 0.14)
    straps = [
        (_soft((x, 0.8), (x + 0.03, 0.55), (x + 0.2, 0.55), (x + 0.26, 0.8), (x + 0.18, 0.8), (x + 0.1, 0.64)), 0)
        for x in rng.uniform((0.08, 0.5), (0.25, 0.68))
    ]
    sole = _soft(
        (0.04, 0.78), (0.5, 0.82), (0.97, 0.76), (0.97, 0.8 + thick), (0.5, 0.84 + thick), (0.04, 0.82 + thick)
    )
    return [(sole, 1), *straps, (_box(0.1, 0.79, 0.9, 0.81), 2)]


@KINDS.register("legs")
@_thing
def _legs(rng: np.random.Generator) -> list[Part]:
    hem, wide = rng.uniform(0.6, 0.85), rng.uniform(0.07, 0.13)
    parts: list[Part] = []
    for hip in (0.4, 0.6):
        foot = hip + rng.uniform(-0.15, 0.15)
        trousers = np.array([(hip - 0.13, 0.0), (hip + 0.13, 0.0), (foot + wide, hem), (foot - wide, hem)])
        parts += [
            (_box(foot - 0.05, hem - 0.02, foot + 0.05, 0.92), 1),
            (
                _soft(
                    (foot - 0.08, 0.86),
                    (foot + 0.08, 0.84),
                    (foot + 0.2, 0.93),
                    (foot + 0.2, 0.97),
                    (foot - 0.09, 0.97),
                ),
                2,
            ),
            (trousers, 0),
        ]
    return parts


@KINDS.register("page")
def _page(size: Size, rng: np.random.Generator) -> Canvas:
    canvas = np.full((size[1], size[0], 3), rng.uniform(190, 250, 3), np.float32)
    ink, font = tuple(float(level) for level in rng.uniform(0, 110, 3)), rng.uniform(0.35, 0.8)
    step = int(34 * font)
    for y in range(step, size[1], step):
        words = ["".join(chr(97 + letter) for letter in rng.integers(0, 26, rng.integers(2, 10))) for _ in range(14)]
        cv2.putText(canvas, " ".join(words), (int(rng.integers(8, 30)), y), cv2.FONT_HERSHEY_TRIPLEX, font, ink, 1)
    return canvas + 8 * _noise(size, 1.5, rng)[..., None]


@KINDS.register("street")
def _street(size: Size, rng: np.random.Generator) -> Canvas:
    width, height = size
    sky = np.linspace(rng.uniform(120, 255, 3), rng.uniform(150, 255, 3), height, dtype=np.float32)
    canvas = np.broadcast_to(sky[:, None], (height, width, 3)).copy() + 8 * _noise(size, 1.8, rng)[..., None]
    ground = int(height * rng.uniform(0.6, 0.8))
    left = 0
    while left < width:
        right, top = left + int(rng.integers(40, 140)), int(ground * rng.uniform(0.05, 0.7))
        wall, pane = rng.uniform(40, 220, 3), rng.uniform(10, 255, 3)
        canvas[top:ground, left:right] = wall + 10 * rng.standard_normal((ground - top, 1, 1))
        pitch = int(rng.integers(14, 34))
        for y in range(top + 8, ground - 12, pitch):
            for x in range(left + 6, right - pitch // 2, pitch):
                canvas[y : y + pitch // 2, x : x + pitch // 2] = pane * rng.uniform(0.3, 1.1)
        left = right
    asphalt = rng.uniform(60, 150) + 12 * _noise((width, height - ground), 0.7, rng)
    canvas[ground:] = asphalt[..., None]
    lane = np.array([(width * 0.48, height), (width * 0.52, height), (width * 0.505, ground), (width * 0.495, ground)])
    cv2.fillPoly(canvas, [lane.astype(np.int32)], (235, 235, 225), cv2.LINE_AA)
    return canvas


@KINDS.register("leaves")
def _leaves(size: Size, rng: np.random.Generator) -> Canvas:
    colours = rng.uniform(0, 255, (12, 3))
    canvas = np.full((size[1], size[0], 3), colours[0], np.float32)
    corners = int(rng.integers(3, 9))
    radii = np.sort((rng.uniform(0.18**2, 1 / 0.012**2 / 1e3, 400) + 4) ** -0.5)[::-1]
    for radius in radii * max(size) * 0.9:
        angles = np.sort(rng.uniform(0, 2 * np.pi, corners)) if corners < 8 else np.linspace(0, 2 * np.pi, 24)
        centre, stretch = rng.uniform(0, 1, 2) * size, rng.uniform(0.5, 1, 2)
        points = centre + radius * stretch * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        shade = colours[int(rng.integers(12))] * rng.uniform(0.5, 1.2)
        cv2.fillPoly(canvas, [points.astype(np.int32)], tuple(shade), cv2.LINE_AA)
    return canvas * (1 + 0.12 * _noise(size, float(rng.uniform(0.8, 1.6)), rng)[..., None])


@KINDS.register("noise")
def _clouds(size: Size, rng: np.random.Generator) -> Canvas:
    falling = float(rng.uniform(0.6, 2.2))
    bands = np.stack([_noise(size, falling, rng) for _ in range(3)], axis=2)
    mixed = bands @ (rng.standard_normal((3, 3)) * 0.4 + 0.6).astype(np.float32)
    return np.asarray(rng.uniform(60, 200, 3) + rng.uniform(15, 45) * mixed, np.float32)
