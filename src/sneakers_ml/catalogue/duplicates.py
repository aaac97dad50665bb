"""Near-duplicates: the same picture saved twice, by perceptual hash and colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from skimage.color import rgb2lab

__all__ = ["Fingerprint", "duplicate_groups", "fingerprint"]

_HASH_SIDE = 16
_COLOUR_SIDE = 4
_PART = 64  # bits of a part at most, by faiss


@dataclass(frozen=True)
class Fingerprint:
    """`bits` (32,) uint8: 256-bit perceptual hash of the luminance; `colours` (48,) float32: 4 x 4 CIELAB thumbnail."""

    bits: NDArray[np.uint8]
    colours: NDArray[np.float32]


def fingerprint(photo: NDArray[np.uint8]) -> Fingerprint:
    """Fingerprint of a photo (H, W, 3) RGB; the hash is pHash (Zauner, 2010) of 16 x 16 DCT coefficients."""
    image = Image.fromarray(photo)
    bits = np.packbits(imagehash.phash(image, hash_size=_HASH_SIDE).hash.ravel())
    thumbnail = np.asarray(image.resize((_COLOUR_SIDE, _COLOUR_SIDE), Image.Resampling.BOX))
    return Fingerprint(bits, rgb2lab(thumbnail).astype(np.float32).ravel())


def duplicate_groups(
    fingerprints: Sequence[Fingerprint], hash_distance: int, colour_distance: float
) -> NDArray[np.int64]:
    """(n,) number of the group that each photo belongs to; two photos are joined when both distances are small.

    Shops show colourways in the same pose, so alike hashes alone don't make duplicates: the CIELAB difference of every
    cell of the thumbnail has to be small as well. The mean over cells won't do, as most of a shop's photo is white.

    Of hashes cut into more parts than bits may differ, near ones have a part in common, so that only those are compared
    (Norouzi et al., "Fast search in Hamming space with multi-index hashing", 2012): exact, and not quadratic.
    """
    bits = np.stack([f.bits for f in fingerprints])
    colours = np.stack([f.colours for f in fingerprints]).reshape(len(fingerprints), -1, 3)
    length = 8 * bits.shape[1]
    parts = min(hash_distance + 1, length)
    index = faiss.IndexBinaryMultiHash(length, parts, min(_PART, length // parts))
    index.add(bits)
    limits, _, neighbours = index.range_search(bits, hash_distance + 1)  # faiss takes "closer than"
    limits = limits.astype(np.int64)
    left = np.repeat(np.arange(len(bits)), limits[1:] - limits[:-1])
    right = neighbours.astype(np.int64)
    difference = np.linalg.norm(colours[left] - colours[right], axis=2).max(axis=1)
    left, right = left[difference <= colour_distance], right[difference <= colour_distance]
    graph = coo_matrix((np.ones(len(left), bool), (left, right)), shape=(len(bits), len(bits)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)
