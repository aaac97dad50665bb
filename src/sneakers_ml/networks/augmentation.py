"""A shoe as another shop, street or phone would show it.

What breaks the style of a shop: another ground behind the cut-out shoe (Xiao et al., arXiv 2006.09994), its scale and
place, rotation and perspective, light, colour (Zini et al., "Planckian jitter", arXiv 2202.07993), resolution, JPEG,
blur and occlusion (Zhong et al., "Random erasing", AAAI 2020). notes/features-models.md has the ablation.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sneakers_ml.networks.photos import Shoe
from sneakers_ml.workspace.params import AugmentationParams

__all__ = ["Augmentation"]

_GREY = np.array([0.299, 0.587, 0.114], np.float32)
_TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]], np.float32)


class Augmentation:
    """Shoes at random; may be called from several threads."""

    def __init__(self, params: AugmentationParams, side: int, grounds: Sequence[NDArray[np.uint8]]) -> None:
        """To (side, side, 3); `grounds` are photos (h, w, 3) of which pieces may stand behind a shoe."""
        self._params, self._side, self._grounds = params, side, grounds

    def __call__(self, shoe: Shoe, rng: np.random.Generator, *, true_colours: bool) -> NDArray[np.uint8]:
        """(side, side, 3) RGB; with `true_colours` the colourway can still be told."""
        colours = _lit(self._placed(shoe, rng).astype(np.float32), rng, 0.12 if true_colours else 0.4)
        if rng.random() < (0.3 if true_colours else 0.5):
            colours *= black_body(rng.uniform(4500, 9000) if true_colours else rng.uniform(2800, 15000))
        if not true_colours:
            colours = _recoloured(colours, rng)
        return self._worn(np.clip(colours, 0, 255).astype(np.uint8), rng)

    def _placed(self, shoe: Shoe, rng: np.random.Generator) -> NDArray[np.uint8]:
        """The shoe's box, varied, stretched to the square, before another ground perhaps."""
        side = self._side
        left, top, right, bottom = shoe.box
        size = np.array([right - left, bottom - top]) * np.exp(rng.uniform(-0.22, 0.25))
        size *= np.exp(rng.normal(0, 0.08) * np.array([1, -1]))
        if rng.random() < 0.15:  # as where the whole photo was taken for the shoe: not stretched
            size[:] = size.max()
        centre = np.array([left + right, top + bottom]) / 2 + rng.uniform(-0.08, 0.08, 2) * size
        angle = np.deg2rad(rng.normal(0, 10 if rng.random() < 0.7 else 25))
        corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) + rng.normal(0, 0.03, (4, 2))
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        corners = (corners * size) @ turn + centre
        target = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
        if rng.random() < 0.5:
            target = target[[1, 0, 3, 2]]
        warp = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
        photo = cv2.warpPerspective(shoe.photo, warp, (side, side), borderMode=cv2.BORDER_REPLICATE)
        if shoe.outline is None or rng.random() >= self._params.ground:
            return np.asarray(photo, np.uint8)
        alpha = cv2.erode(cv2.warpPerspective(shoe.outline, warp, (side, side)), np.ones((2, 2), np.uint8))
        alpha = cv2.GaussianBlur(alpha, (0, 0), 0.8).astype(np.float32)[..., None] / 255
        ground = self._ground(rng).astype(np.float32)
        if rng.random() < 0.4:
            shadow = cv2.GaussianBlur(np.roll(alpha[..., 0], rng.integers(2, 10), axis=0), (0, 0), 4)[..., None]
            ground *= 1 - 0.5 * rng.random() * shadow
        return np.asarray(photo * alpha + ground * (1 - alpha), np.uint8)

    def _ground(self, rng: np.random.Generator) -> NDArray[np.uint8]:
        """(side, side, 3): a piece of a photo, a gradient of two colours, or a studio's grey."""
        side, kind = self._side, rng.random()
        if kind < 0.5 and len(self._grounds):
            photo = self._grounds[int(rng.integers(len(self._grounds)))]
            height, width = (min(length, max(1, int(rng.uniform(0.3, 0.9) * length))) for length in photo.shape[:2])
            y, x = rng.integers(0, photo.shape[0] - height + 1), rng.integers(0, photo.shape[1] - width + 1)
            piece = cv2.resize(photo[y : y + height, x : x + width], (side, side))
            return np.asarray(cv2.GaussianBlur(piece, (0, 0), rng.uniform(1, 6)) if rng.random() < 0.3 else piece)
        colourful = kind < 0.7
        first = rng.integers(0, 256, 3) if colourful else np.full(3, rng.integers(120, 256))
        second = np.clip(first + (rng.normal(0, 40, 3) if colourful else rng.normal(0, 25)), 0, 255)
        angle = rng.uniform(0, 2 * np.pi)
        rows, columns = np.mgrid[:side, :side] / side - 0.5
        share = np.clip(np.cos(angle) * columns + np.sin(angle) * rows + 0.5, 0, 1)[..., None]
        ground = first * (1 - share) + second * share
        if rng.random() < 0.3:
            spots = rng.normal(0, 20, (max(1, side // 8), max(1, side // 8))).astype(np.float32)
            ground += cv2.resize(spots, (side, side))[..., None]
        return np.asarray(np.clip(ground, 0, 255), np.uint8)

    def _worn(self, photo: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
        """Fewer pixels, blur, JPEG, and something in front."""
        side, params = self._side, self._params
        if rng.random() < params.low_resolution:
            small = max(1, int(side * rng.uniform(0.25, 0.8)))
            shrunk = cv2.resize(photo, (small, small), interpolation=cv2.INTER_AREA)
            photo = np.asarray(cv2.resize(shrunk, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)
        if rng.random() < params.blur:
            photo = np.asarray(cv2.GaussianBlur(photo, (0, 0), rng.uniform(0.5, 1.8)), np.uint8)
        if rng.random() < params.jpeg:
            encoded = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 90))])[1]
            photo = np.array(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)  # channels in the order they came
        if rng.random() < params.occlusion:
            height, width = (int(share * side) for share in rng.uniform(0.1, 0.35, 2))
            y, x = rng.integers(0, side - height), rng.integers(0, side - width)
            photo[y : y + height, x : x + width] = rng.integers(0, 256, (height, width, 3) if rng.random() < 0.5 else 3)
        return photo


def black_body(kelvin: float) -> NDArray[np.float32]:
    """(3,) gains of red, green and blue that a light of this temperature gives, green being 1 and 6500 K neutral.

    By Tanner Helland's fit of Charity's table of black bodies ("How to convert temperature (K) to RGB", 2012).
    """

    def light(kelvin: float) -> NDArray[np.float64]:
        scale = kelvin / 100
        red = 255 if scale <= 66 else 329.698727446 * (scale - 60) ** -0.1332047592
        green = 99.4708025861 * np.log(scale) - 161.1195681661
        if scale > 66:
            green = 288.1221695283 * (scale - 60) ** -0.0755148492
        blue = 255 if scale >= 66 else 138.5177312231 * np.log(scale - 10) - 305.0447927307
        return np.asarray(np.clip([red, green, blue], 1, 255), np.float64)

    gains = light(kelvin) / light(6500)
    return np.asarray(gains / gains[1], np.float32)


def _lit(photo: NDArray[np.float32], rng: np.random.Generator, range_: float) -> NDArray[np.float32]:
    """Brightness, contrast and gamma."""
    if rng.random() < 0.8:
        photo = photo * np.float32(np.exp(rng.uniform(-range_, range_)))
        mean = photo.mean()
        photo = (photo - mean) * np.float32(np.exp(rng.uniform(-range_, range_))) + mean
    if rng.random() < 0.3:
        photo = 255 * np.power(np.clip(photo, 0, 255) / 255, np.float32(np.exp(rng.uniform(-0.3, 0.3))))
    return photo


def _recoloured(photo: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Another saturation, another hue, or none."""
    if rng.random() < 0.6:
        grey, share = (photo @ _GREY)[..., None], np.float32(rng.uniform(0, 1.8))
        photo = grey * (1 - share) + photo * share
    if rng.random() < 0.5:
        angle = rng.uniform(-0.6, 0.6) if rng.random() < 0.7 else rng.uniform(-np.pi, np.pi)
        turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
        photo = photo @ (np.linalg.inv(_TO_YIQ) @ turn @ _TO_YIQ).T.astype(np.float32)
    if rng.random() < 0.1:
        photo = np.repeat((photo @ _GREY)[..., None], 3, axis=2)
    return photo
