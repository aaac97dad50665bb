"""index.json: what an index holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from sneakers_ml.errors import BundleError
from sneakers_ml.files import read_json
from sneakers_ml.inference.evidence import RecognitionRules
from sneakers_ml.vectors import UNREADABLE

__all__ = [
    "FACTS",
    "GALLERY",
    "INDEX",
    "INDEX_SPEC",
    "PROJECTION",
    "UPDATE",
    "IndexSpec",
    "Reduction",
    "UpdateState",
    "read_index_spec",
    "read_projection",
]

INDEX, GALLERY, INDEX_SPEC = "index.faiss", "gallery.parquet", "index.json"
PROJECTION = "projection.npy"
FACTS, UPDATE = "facts.parquet", "update.json"


class Reduction(BaseModel):
    """How vectors of `dim` numbers became shorter, and what that lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dim: int
    energy: float
    """Share of the squared length of training photos' unit vectors that is kept."""
    recall: float
    """Of the ten nearest photos of a validation photo by whole vectors, the share among its ten by shorter ones."""


class IndexSpec(BaseModel):
    """What the index holds, and the rules that were fitted on it with the brand model `model`.

    `dim` is the length of the vectors that are searched; `settings` and `files` are those of the store.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    extractor: str
    model: str
    dim: int
    codec: str
    photos: int
    rules: RecognitionRules
    store: str = "faiss"
    settings: dict[str, Any] = Field(default_factory=dict)
    files: tuple[str, ...] = (INDEX,)
    reduction: Reduction | None = None


class UpdateState(BaseModel):
    """update.json: what an update must know beside the index."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vectors: str
    """Hash of how the vectors came about; no others may be added."""
    updated: int = 0
    """Photos that came or went since the rules, and what the store learnt, were fitted."""


def read_index_spec(folder: Path) -> IndexSpec:
    """Read index.json.

    Raises:
        BundleError: when it is missing or damaged.
    """
    return read_json(folder / INDEX_SPEC, IndexSpec, "sneakers index")


def read_projection(folder: Path, spec: IndexSpec) -> NDArray[np.float32] | None:
    """(whole, dim) float32 that unit rows are multiplied with and scaled to unit length again; None: they stay whole.

    Raises:
        BundleError: when it is missing, damaged, or of other lengths.
    """
    if spec.reduction is None:
        return None
    path = folder / PROJECTION
    try:
        with path.open("rb") as file:
            projection: NDArray[np.float32] = np.lib.format.read_array(file, allow_pickle=False)
    except UNREADABLE:
        raise BundleError(f"{path}: missing or damaged; run `sneakers index`") from None
    if projection.dtype != np.float32 or projection.shape != (spec.reduction.dim, spec.dim):
        raise BundleError(f"{path}: {projection.shape}, not {(spec.reduction.dim, spec.dim)}; run `sneakers index`")
    return projection
