"""RootSIFT descriptors on a grid over a shoe and where on it they lie, encoded as one vector by a fitted codebook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sneakers_ml.features.extractor import KINDS, ExtractorSpec
from sneakers_ml.inference.session import OnnxSession

__all__ = ["COLUMNS", "DESCRIPTOR", "Sift", "describe", "weigh_place"]

_BINS = 8  # orientations of a cell
_CELLS = np.array([-1.5, -0.5, 0.5, 1.5])  # centres of a patch's cells along a side, in cells from the patch's own
DESCRIPTOR = len(_CELLS) ** 2 * _BINS
"""Numbers of a SIFT descriptor: 4 x 4 cells of 8 orientations (Lowe, IJCV 2004)."""
COLUMNS = DESCRIPTOR + 2
"""Numbers of a patch: its descriptor, then its place."""
_WINDOW = np.exp(-(_CELLS**2) / 8)  # Lowe's Gaussian, of half the patch's width, as it is at a cell's centre
_FAINTEST = 5.0  # length of a descriptor, in levels of a byte, below which a patch counts as plain
_CLIP = 0.2


def describe(shoe: NDArray[np.uint8], *, side: int, step: int, cell: int) -> NDArray[np.float32]:
    """Patches of a shoe that is scaled so that its longest side is `side` pixels, on a grid; plain ones are left out.

    A grid in place of a detector's keypoints: it recognises objects better (Nowak, Jurie and Triggs, ECCV 2006) and
    takes a fraction of the time, as all patches share each pixel's work; patches are upright, of one size, and their
    Gaussian window weighs whole cells (Vedaldi and Fulkerson, VLFeat, ACM Multimedia 2010).

    The descriptor is RootSIFT, the square root of SIFT at unit sum, so that Euclidean distance compares histograms as
    the Hellinger kernel does (Arandjelovic and Zisserman, CVPR 2012, section 2). The place is the patch's centre, x and
    y as a share of the shoe's width and height, from -0.5 to 0.5: with it, what lies at the heel differs from the same
    pattern at the toe (Sanchez, Perronnin and de Campos, Pattern Recognition Letters 2012).

    Args:
        shoe: (H, W, 3) RGB.
        side: pixels.
        step: pixels from a patch's centre to the next.
        cell: pixels of a square cell, an even number; a patch has 4 x 4 of them.

    Returns:
        (n, 130) float32, C order: 128 of the descriptor in OpenCV's order, x, y; n is 0 for a plain surface.
    """
    scale = side / max(shoe.shape[:2])
    width, height = (max(1, round(length * scale)) for length in (shoe.shape[1], shoe.shape[0]))
    grey = cv2.cvtColor(np.ascontiguousarray(shoe), cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    down, right = np.arange(step // 2, height, step), np.arange(step // 2, width, step)
    descriptors = _patches(_cell_sums(_orientations(np.asarray(grey, np.uint8)), cell), down, right, cell)
    lengths = np.linalg.norm(descriptors, axis=1)
    kept = lengths >= _FAINTEST
    places = np.stack(np.meshgrid(right / width - 0.5, down / height - 0.5), axis=-1).reshape(-1, 2)
    rows = np.empty((int(kept.sum()), COLUMNS), np.float32)
    clipped = np.minimum(descriptors[kept] / lengths[kept, None], _CLIP)
    rows[:, :DESCRIPTOR] = np.sqrt(clipped / clipped.sum(axis=1, keepdims=True))
    rows[:, DESCRIPTOR:] = places[kept]
    return rows


def _orientations(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(8, H, W): each pixel's gradient, shared between the two nearest of eight directions.

    Directions turn from right to up, as OpenCV's do; gradients are central differences, zero on the border.
    """
    pixels = grey.astype(np.float32)
    across, up = np.zeros_like(pixels), np.zeros_like(pixels)
    across[:, 1:-1] = pixels[:, 2:] - pixels[:, :-2]
    up[1:-1] = pixels[:-2] - pixels[2:]
    magnitude, angle = cv2.cartToPolar(across, up)
    turn = np.asarray(angle).ravel() * (_BINS / (2 * np.pi))
    lower = turn.astype(np.intp)
    share = turn - lower
    maps, pixel = np.zeros((_BINS, grey.size), np.float32), np.arange(grey.size)
    maps[lower % _BINS, pixel] = np.asarray(magnitude).ravel() * (1 - share)
    maps[(lower + 1) % _BINS, pixel] = np.asarray(magnitude).ravel() * share
    return maps.reshape(_BINS, *grey.shape)


def _cell_sums(maps: NDArray[np.float32], cell: int) -> NDArray[np.float32]:
    """(8, H, W): about each pixel, the mean over a cell, in which a gradient fades linearly towards the next cells."""
    fade = (1 - np.abs(np.arange(1 - cell, cell)) / cell).astype(np.float32) / cell
    return np.stack([cv2.sepFilter2D(one, -1, fade, fade, borderType=cv2.BORDER_CONSTANT) for one in maps])


def _patches(
    sums: NDArray[np.float32], down: NDArray[np.int64], right: NDArray[np.int64], cell: int
) -> NDArray[np.float32]:
    """(n, 128) of patches about each of the rows `down` and columns `right`; beyond the photo there is nothing."""
    edge = len(_CELLS) // 2 * cell
    sums = np.pad(sums, ((0, 0), (edge, edge), (edge, edge)))
    offsets = (_CELLS * cell).astype(np.intp) + edge
    rows, columns = down[:, None] + offsets, right[:, None] + offsets
    cells = sums[:, rows[:, :, None, None], columns].transpose(1, 3, 2, 4, 0)
    weighed = cells * (_WINDOW[:, None] * _WINDOW)[..., None].astype(np.float32)
    return np.asarray(weighed.reshape(-1, DESCRIPTOR))


def weigh_place(rows: NDArray[np.float32], place: float) -> NDArray[np.float32]:
    """The rows of `describe` with the place multiplied by a weight: how much it counts beside the descriptor."""
    weights = np.ones(COLUMNS, np.float32)
    weights[DESCRIPTOR:] = place
    return np.asarray(rows * weights, np.float32)


class Sift:
    """The extractor `sift`: a shoe's descriptors, weighed by place, through the graph that encodes them."""

    def __init__(self, session: OnnxSession, *, dim: int, side: int, step: int, cell: int, place: float) -> None:
        self._session = session
        self.dim = dim
        self._grid = {"side": side, "step": step, "cell": cell}
        self._place = place

    def transform(self, shoes: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) float32 unit rows of n shoes, each (H, W, 3) RGB; zeros for one that is plain all over."""
        vectors = np.zeros((len(shoes), self.dim), np.float32)
        for row, shoe in enumerate(shoes):
            patches = describe(shoe, **self._grid)
            if len(patches):
                vectors[row] = self._session.run(weigh_place(patches, self._place))[0]
        return vectors


@KINDS.register("sift")
def load(spec: ExtractorSpec, graph: Path, threads: int) -> Sift:
    """The extractor of a spec and its codebook's graph."""
    return Sift(OnnxSession(graph, threads=threads), dim=spec.dim, **spec.settings)
