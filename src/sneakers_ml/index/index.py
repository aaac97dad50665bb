"""The stage `index`: the gallery of the catalogue's photos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sneakers_ml.embedding.store import load_features, photo_rows
from sneakers_ml.files import replacing_folder, write_atomically
from sneakers_ml.index.faiss_store import FaissStore
from sneakers_ml.index.gallery import vector_id
from sneakers_ml.index.spec import GALLERY, INDEX, INDEX_SPEC, IndexSpec
from sneakers_ml.tables import write_table
from sneakers_ml.vectors import unit_rows
from sneakers_ml.workspace.params import IndexParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["IndexResult", "build_index"]


@dataclass(frozen=True)
class IndexResult:
    """Counts of a run."""

    photos: int
    products: int
    megabytes: float


def build_index(workspace: Workspace, params: IndexParams) -> IndexResult:
    """Write models/index/: index.faiss, gallery.parquet (photo_id, product_id) and index.json.

    The gallery holds every photo of a learnt brand, whichever side of the split it stands on.

    Raises:
        DataError: when features, photos or split are missing or don't belong together.
    """
    features = load_features(workspace.features, params.extractor)
    photos = photo_rows(workspace, features)
    rows = photos[photos["known"]]
    vectors = unit_rows(np.asarray(features.vectors[rows.index]))
    store = FaissStore.create(vectors.shape[1], params.codec)
    store.add(np.array([vector_id(photo) for photo in rows["photo_id"]], np.int64), vectors)
    spec = IndexSpec(
        extractor=params.extractor,
        dim=vectors.shape[1],
        codec=params.codec,
        photos=len(rows),
        similarity_floor=params.similarity_floor,
    )
    with replacing_folder(workspace.index) as folder:
        store.save(folder / INDEX)
        write_table(rows[["photo_id", "product_id"]], folder / GALLERY)
        write_atomically(folder / INDEX_SPEC, (spec.model_dump_json(indent=1) + "\n").encode())
        size = (folder / INDEX).stat().st_size / 1e6
    return IndexResult(len(rows), rows["product_id"].nunique(), size)
