from __future__ import annotations

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.errors import DataError
from sneakers_ml.index.faiss_store import FaissStore
from sneakers_ml.index.gallery import Gallery, vector_id
from sneakers_ml.index.index import IndexResult, build_index
from sneakers_ml.index.spec import GALLERY, INDEX, IndexSpec, read_index_spec
from sneakers_ml.vectors import unit_rows
from sneakers_ml.workspace.params import IndexParams
from sneakers_ml.workspace.paths import Workspace

FLAT = IndexParams(extractor="compass", codec="flat", similarity_floor=0.25)
ROWS = [  # product, model, side, known, angle in degrees
    ("p1", "m1", "train", True, 0),
    ("p1", "m1", "train", True, 10),
    ("p2", "m1", "test", True, 20),
    ("p3", "m2", "val", True, 50),
    ("p4", "m3", "train", True, 65),
    ("p5", "m4", "val", False, 51),
]


def digest(text):
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


@pytest.fixture
def workspace(tmp_path):
    """Photos whose vectors are angles, longer than unit length, with a brand that isn't learnt."""
    made = Workspace(tmp_path)
    table = pd.DataFrame(ROWS, columns=["product_id", "model_id", "split", "known", "angle"])
    table["photo_id"] = [digest(str(number)) for number in range(len(table))]
    made.photos.mkdir(parents=True)
    made.features.mkdir()
    table[["photo_id", "product_id", "model_id"]].to_parquet(made.photo_table)
    table[["photo_id", "split", "known"]].to_parquet(made.split)
    angles = np.radians(table["angle"].to_numpy())
    np.save(made.features / "compass.npy", (7 * np.stack([np.cos(angles), np.sin(angles)], 1)).astype(np.float32))
    write_meta(made, table["photo_id"].tolist())
    return made


def write_meta(workspace, photo_ids):
    (workspace.features / "compass.json").write_text(json.dumps({"name": "compass", "photo_ids": photo_ids}))


def test_the_gallery_holds_every_photo_of_a_learnt_brand(workspace):
    report = build_index(workspace, FLAT)
    assert report == IndexResult(photos=5, products=4, megabytes=(workspace.index / INDEX).stat().st_size / 1e6)
    shown = pd.read_parquet(workspace.index / GALLERY)
    assert shown.to_dict("list") == {
        "photo_id": [digest(str(number)) for number in range(5)],
        "product_id": ["p1", "p1", "p2", "p3", "p4"],
    }
    store = FaissStore.load(workspace.index / INDEX, dim=2, count=5)
    gallery = Gallery(store, dict(zip(shown["photo_id"], shown["product_id"], strict=True)))
    hits = gallery.search(np.array([1, 0], np.float32), 4)
    assert [hit.product_id for hit in hits] == ["p1", "p2", "p3", "p4"]
    np.testing.assert_allclose([hit.score for hit in hits], np.cos(np.radians([0, 20, 50, 65])), atol=1e-6)


def test_the_spec_says_what_the_index_holds(workspace):
    build_index(workspace, FLAT)
    assert read_index_spec(workspace.index) == IndexSpec(
        extractor="compass", dim=2, codec="flat", photos=5, similarity_floor=0.25
    )


def test_vectors_of_other_photos_are_refused_and_the_old_index_stays(workspace):
    build_index(workspace, FLAT)
    before = {path.name: path.read_bytes() for path in workspace.index.iterdir()}
    write_meta(workspace, [digest(str(number)) for number in reversed(range(6))])
    with pytest.raises(DataError, match="vectors of other photos; run `sneakers embed compass`"):
        build_index(workspace, FLAT)
    assert {path.name: path.read_bytes() for path in workspace.index.iterdir()} == before


def test_a_split_of_other_photos_is_refused(workspace):
    split = pd.read_parquet(workspace.split)
    split[:-1].to_parquet(workspace.split)
    with pytest.raises(DataError, match="a split of other photos; run `sneakers split`"):
        build_index(workspace, FLAT)


@pytest.mark.parametrize(("part", "stage"), [("photo_table", "photos"), ("split", "split")])
def test_a_missing_table_names_its_stage(workspace, part, stage):
    getattr(workspace, part).unlink()
    with pytest.raises(DataError, match=f"run `sneakers {stage}`"):
        build_index(workspace, FLAT)


def test_missing_vectors_name_their_stage(workspace):
    with pytest.raises(DataError, match="run `sneakers embed hog`"):
        build_index(workspace, IndexParams(extractor="hog"))


def test_the_index_of_the_tiny_workspace_finds_every_photo_by_its_own_vector(tiny):
    photos = pd.read_parquet(tiny.workspace.photo_table).merge(pd.read_parquet(tiny.workspace.split), on="photo_id")
    gallery = photos[photos["known"]]
    vectors = unit_rows(np.load(tiny.workspace.features / "efficientnet_lite0.npy")[gallery.index])
    spec = read_index_spec(tiny.workspace.index)
    store = FaissStore.load(tiny.workspace.index / INDEX, dim=spec.dim, count=spec.photos)
    scores, ids = store.search(vectors, 1)
    assert ids[:, 0].tolist() == [vector_id(photo) for photo in gallery["photo_id"]]
    np.testing.assert_allclose(scores, 1, atol=1e-3)
    assert spec.photos == len(gallery) == 108
