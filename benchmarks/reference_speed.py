"""Photos a second from decoded photo to vector: the earlier recipe's loop against ours as the stage `embed` runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import seconds_by_name
from benchmarks.reference_features import Recipe
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import Extractor
from sneakers_ml.parallel import ordered_map
from sneakers_ml.workspace.params import EmbedParams

__all__ = ["speeds"]

Photo = NDArray[np.uint8]


def speeds(
    recipe: Recipe, extractor: Extractor, photos: Sequence[Photo], params: EmbedParams, rounds: int
) -> dict[str, float]:
    """Photos a second of `earlier` and `ours`, the median of rounds in which both take their turn.

    The earlier recipe goes as it did: one process, one photo after another (ResNet152 in batches of 64), with as many
    threads inside a call as its libraries like. Ours finds the shoe and cuts it, and takes chunks of photos on
    `params.workers` threads, each call on one.
    """
    jobs: dict[str, Callable[[], object]] = {
        "earlier": lambda: recipe(photos),
        "ours": lambda: list(ordered_map(embed_chunk, chunks, workers=params.workers)),
    }
    chunks = [photos[start : start + params.chunk] for start in range(0, len(photos), params.chunk)]

    def embed_chunk(chunk: Sequence[Photo]) -> NDArray[np.float32]:
        return extractor.transform([cut(photo, shoe_region(photo)) for photo in chunk])

    return {name: len(photos) / seconds for name, seconds in seconds_by_name(jobs, rounds).items()}
