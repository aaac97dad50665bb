"""The stage `index`: the gallery of the catalogue's photos, and the rules that answers are given by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sneakers_ml.embedding.store import load_features, photo_rows
from sneakers_ml.files import replacing_folder, write_atomically
from sneakers_ml.index.faiss_store import FaissStore
from sneakers_ml.index.gallery import vector_id
from sneakers_ml.index.rules import fit_rules, gallery_photos
from sneakers_ml.index.spec import GALLERY, INDEX, INDEX_SPEC, IndexSpec
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.inference.evidence import RecognitionRules
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.choice import read_choice
from sneakers_ml.workspace.params import IndexParams
from sneakers_ml.workspace.paths import Workspace

__all__ = ["IndexResult", "build_index"]


@dataclass(frozen=True)
class IndexResult:
    """Counts of a run, and the rules that were fitted."""

    photos: int
    products: int
    megabytes: float
    rules: RecognitionRules


def build_index(workspace: Workspace, params: IndexParams) -> IndexResult:
    """Write models/index/: index.faiss, gallery.parquet (photo_id, product_id) and index.json.

    The gallery holds every photo of a brand, learnt or not, whichever side of the split it stands on, as a vector of
    the extractor that reports/choice.json names, refitted where `sneakers refit` did that. The rules are fitted with
    the extractor as it was before, which has not seen the photos that they are fitted on. Photos of other things and of
    no brand are left out.

    Raises:
        BundleError: when there is no choice yet, or the brand model that it names is missing or damaged.
        DataError: when features, photos or split are missing or don't belong together.
    """
    choice = read_choice(workspace.choice)
    features = load_features(workspace.features, choice.extractor)
    photos = photo_rows(workspace, features)
    rows = gallery_photos(photos)
    shown = features
    if workspace.refitted(choice.extractor):
        shown = load_features(workspace.refit, choice.extractor)
        photo_rows(workspace, shown)  # which says where they are of other photos
    vectors = shown.search_rows(rows.index.to_numpy())
    store = FaissStore.create(vectors.shape[1], params.codec)
    store.add(np.array([vector_id(photo) for photo in rows["photo_id"]], np.int64), vectors)
    model = BrandModel.open(workspace.brand_model(choice.name))
    spec = IndexSpec(
        extractor=choice.extractor,
        model=choice.name,
        dim=vectors.shape[1],
        codec=params.codec,
        photos=len(rows),
        rules=fit_rules(photos, features, model, params),
    )
    with replacing_folder(workspace.index) as folder:
        store.save(folder / INDEX)
        write_table(rows[["photo_id", "product_id"]], folder / GALLERY)
        write_atomically(folder / INDEX_SPEC, (spec.model_dump_json(indent=1) + "\n").encode())
        size = (folder / INDEX).stat().st_size / 1e6
    return IndexResult(len(rows), rows["product_id"].nunique(), size, spec.rules)
