"""Photos as another shop or a phone might have taken them: a stand-in where no source can be kept out of training."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sneakers_ml import images
from sneakers_ml.features.concat import Concat
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import load_extractor, read_spec
from sneakers_ml.images.ground import outline
from sneakers_ml.parallel import ordered_map
from sneakers_ml.workspace.paths import Workspace

__all__ = ["restyled", "restyled_photo", "restyled_vectors"]

_SCALE = 0.6, 1.0
_GAIN, _GAMMA = (0.85, 1.15), (0.7, 1.4)
_SIDE = 96, 320  # pixels
_QUALITY = 30, 80
_CHUNK = 16  # photos


def restyled(photo: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The photo smaller and off its place, in other light, of low resolution, saved as a poor JPEG.

    A plain ground is exchanged for a gradient between two greys; what is behind other photos stays.

    Args:
        photo: (H, W, 3) RGB.
        rng: draws how.

    Returns:
        (h, w, 3) RGB, the longest side 96 to 320.
    """
    height, width = photo.shape[:2]
    scale = rng.uniform(*_SCALE)
    left, top = rng.random(2) * (1 - scale) * (width, height)
    place = np.array([[scale, 0, left], [0, scale, top]], np.float32)
    moved = cv2.warpAffine(photo, place, (width, height), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8)
    shot = moved.astype(np.float64)
    if (shoe := outline(photo)) is not None:
        behind = 1 - cv2.warpAffine(shoe, place, (width, height)) / 255
        behind = np.asarray(cv2.GaussianBlur(behind, (0, 0), 1), np.float64)[..., None]
        one, other = rng.uniform(60, 235, 2)
        across, down = np.linspace(0, 1, width), np.linspace(0, 1, height)[:, None]
        slant = rng.random()
        ground = one + (other - one) * (slant * across + (1 - slant) * down)
        shot = shot * (1 - behind) + ground[..., None] * behind
    light = rng.uniform(*_GAIN, 3)
    shot = 255 * np.clip(shot * light / 255, 0, 1) ** rng.uniform(*_GAMMA)
    side = round(np.exp(rng.uniform(*np.log(_SIDE))))
    size = [max(images.MIN_SIDE, round(length * side / max(width, height))) for length in (width, height)]
    small = cv2.resize(np.asarray(np.rint(shot), np.uint8), size, interpolation=cv2.INTER_AREA)
    return images.decode(images.encode_jpeg(np.asarray(small, np.uint8), int(rng.integers(*_QUALITY))))


def restyled_photo(workspace: Workspace, photo_id: str, seed: int) -> NDArray[np.uint8]:
    """The photo restyled, (h, w, 3) RGB: the same each time for a seed, and another picture for each photo.

    Raises:
        DataError: when the photo is missing or damaged.
    """
    photo = images.read_stored(workspace.photos / "images" / f"{photo_id}.jpg")
    return restyled(photo, np.random.default_rng([seed, int(photo_id[:8], 16)]))


def restyled_vectors(
    workspace: Workspace, photo_ids: Sequence[str], names: Sequence[str], seed: int
) -> dict[str, NDArray[np.float32]]:
    """(n, dim) vectors of n photos restyled, by the name of each extractor; a photo looks the same to all of them.

    Raises:
        BundleError: when an extractor is missing or damaged.
        DataError: when a photo is missing or damaged.
    """
    parts = {name: read_spec(workspace.extractor(name)).settings.get("parts", [name]) for name in names}
    extractors = {
        name: load_extractor(workspace.extractor(name), threads=1)
        for name in sorted({part for of in parts.values() for part in of})
    }

    def embed(chunk: Sequence[str]) -> list[NDArray[np.float32]]:
        shoes = []
        for photo_id in chunk:
            shot = restyled_photo(workspace, photo_id, seed)
            shoes.append(cut(shot, shoe_region(shot)))
        return [extractor.transform(shoes) for extractor in extractors.values()]

    chunks = [photo_ids[start : start + _CHUNK] for start in range(0, len(photo_ids), _CHUNK)]
    columns = zip(*ordered_map(embed, chunks, workers=2), strict=True)
    vectors = dict(zip(extractors, map(np.concatenate, columns), strict=True))
    return {
        name: Concat.join([vectors[part] for part in of]) if of != [name] else vectors[name]
        for name, of in parts.items()
    }
