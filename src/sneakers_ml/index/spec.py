"""index.json: what an index holds."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sneakers_ml.files import read_json
from sneakers_ml.inference.evidence import RecognitionRules

__all__ = ["GALLERY", "INDEX", "INDEX_SPEC", "IndexSpec", "read_index_spec"]

INDEX, GALLERY, INDEX_SPEC = "index.faiss", "gallery.parquet", "index.json"


class IndexSpec(BaseModel):
    """What the index holds, and the rules that were fitted on it with the brand model `model`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    extractor: str
    model: str
    dim: int
    codec: str
    photos: int
    rules: RecognitionRules


def read_index_spec(folder: Path) -> IndexSpec:
    """Read index.json.

    Raises:
        BundleError: when it is missing or damaged.
    """
    return read_json(folder / INDEX_SPEC, IndexSpec, "sneakers index")
