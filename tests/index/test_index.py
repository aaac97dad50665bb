from __future__ import annotations

import hashlib
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from onnx import TensorProto, helper, numpy_helper

from sneakers_ml.errors import BundleError, DataError
from sneakers_ml.index.faiss_store import FaissStore
from sneakers_ml.index.gallery import Gallery, vector_id
from sneakers_ml.index.index import build_index
from sneakers_ml.index.spec import GALLERY, INDEX, IndexSpec, read_index_spec
from sneakers_ml.inference.brand_model import MODEL_GRAPH, MODEL_SPEC, BrandModelSpec
from sneakers_ml.vectors import unit_rows
from sneakers_ml.workspace.choice import Choice
from sneakers_ml.workspace.params import IndexParams
from sneakers_ml.workspace.paths import Workspace

FLAT = IndexParams(codec="flat")
ROWS = [  # product, model, side, brand, angle in degrees
    ("p1", "m1", "train", "nike", 0),
    ("p1", "m1", "train", "nike", 10),
    ("p2", "m1", "test", "nike", 20),
    ("p3", "m2", "val", "nike", 50),
    ("p4", "m3", "train", "puma", 65),
    ("p5", "m4", "val", "mizuno", 51),
    ("p6", "m5", "val", "unknown", 5),
    ("p7", "m6", "val", "#no sneaker", 6),
]


def digest(text):
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


@pytest.fixture
def workspace(tmp_path):
    """Photos whose vectors are angles, longer than unit length; a brand isn't learnt, one photo shows other things."""
    made = Workspace(tmp_path)
    table = pd.DataFrame(ROWS, columns=["product_id", "model_id", "split", "brand", "angle"])
    table["known"] = table["brand"].isin(["nike", "puma"])
    table["source"] = ["things" if brand == "#no sneaker" else "shop" for brand in table["brand"]]
    table["group"] = pd.factorize(table["model_id"])[0]
    table["duplicate_group"] = range(len(table))
    table["photo_id"] = [digest(str(number)) for number in range(len(table))]
    made.photos.mkdir(parents=True)
    made.features.mkdir()
    columns = ["photo_id", "product_id", "model_id", "brand", "source", "duplicate_group"]
    table[columns].to_parquet(made.photo_table)
    table[["photo_id", "split", "known", "group"]].to_parquet(made.split)
    angles = np.radians(table["angle"].to_numpy())
    np.save(made.features / "compass.npy", (7 * np.stack([np.cos(angles), np.sin(angles)], 1)).astype(np.float32))
    write_meta(made, table["photo_id"].tolist())
    write_choice(made, "compass")
    write_model(made)
    return made


def write_model(workspace, dim=2):
    """A brand model that says nike where the first number of a vector is large."""
    nodes = [
        helper.make_node("MatMul", ["vectors", "weights"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
    ]
    inputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [None, dim])]
    outputs = [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])]
    weights = numpy_helper.from_array(np.eye(dim, 2, dtype=np.float32), "weights")
    graph = helper.make_graph(nodes, "compass", inputs, outputs, [weights])
    folder = workspace.brand_model("compass-svm")
    folder.mkdir(parents=True)
    data = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9).SerializeToString()
    (folder / MODEL_GRAPH).write_bytes(data)
    spec = BrandModelSpec(
        extractor="compass",
        classifier="svm",
        labels=("nike", "puma"),
        dim=dim,
        temperature=1.0,
        unknown_threshold=0.5,
        choice={},
        metrics={},
        data_sha256="",
        graph_sha256=hashlib.sha256(data).hexdigest(),
        graph_bytes=len(data),
        opset=18,
    )
    (folder / MODEL_SPEC).write_text(spec.model_dump_json())


def write_meta(workspace, photo_ids):
    (workspace.features / "compass.json").write_text(json.dumps({"name": "compass", "photo_ids": photo_ids}))


def write_choice(workspace, extractor):
    choice = Choice(extractor=extractor, classifier="svm", rule="", unseen_sources=(), stand_in=False, candidates=())
    workspace.reports.mkdir(exist_ok=True)
    workspace.choice.write_text(choice.model_dump_json())


def test_the_gallery_holds_every_photo_of_a_brand_learnt_or_not(workspace):
    report = build_index(workspace, FLAT)
    assert (report.photos, report.products) == (6, 5)
    assert report.megabytes == (workspace.index / INDEX).stat().st_size / 1e6
    shown = pd.read_parquet(workspace.index / GALLERY)
    assert shown.to_dict("list") == {
        "photo_id": [digest(str(number)) for number in range(6)],
        "product_id": ["p1", "p1", "p2", "p3", "p4", "p5"],
    }
    store = FaissStore.load(workspace.index / INDEX, dim=2, count=6)
    gallery = Gallery(store, dict(zip(shown["photo_id"], shown["product_id"], strict=True)))
    hits = gallery.search(np.array([1, 0], np.float32), 5)
    assert [hit.product_id for hit in hits] == ["p1", "p2", "p3", "p5", "p4"]
    np.testing.assert_allclose([hit.score for hit in hits], np.cos(np.radians([0, 20, 50, 51, 65])), atol=1e-6)


def test_a_refitted_extractor_shows_the_photos_and_the_rules_are_those_of_the_one_before(workspace):
    before = build_index(workspace, FLAT)
    workspace.refit.mkdir(parents=True)
    shutil.copyfile(workspace.features / "compass.json", workspace.refit / "compass.json")
    turned = np.load(workspace.features / "compass.npy")[:, ::-1]  # an angle of a becomes one of 90 - a degrees
    np.save(workspace.refit / "compass.npy", np.ascontiguousarray(turned))
    after = build_index(workspace, FLAT)
    assert after.rules == before.rules
    shown = pd.read_parquet(workspace.index / GALLERY)
    store = FaissStore.load(workspace.index / INDEX, dim=2, count=6)
    gallery = Gallery(store, dict(zip(shown["photo_id"], shown["product_id"], strict=True)))
    hits = gallery.search(np.array([1, 0], np.float32), 5)
    assert [hit.product_id for hit in hits] == ["p4", "p5", "p3", "p2", "p1"]


def test_the_spec_says_what_the_index_holds(workspace):
    report = build_index(workspace, FLAT)
    assert read_index_spec(workspace.index) == IndexSpec(
        extractor="compass", model="compass-svm", dim=2, codec="flat", photos=6, rules=report.rules
    )
    assert "things: called a sneaker" in report.rules.figures


def test_vectors_of_other_photos_are_refused_and_the_old_index_stays(workspace):
    build_index(workspace, FLAT)
    before = {path.name: path.read_bytes() for path in workspace.index.iterdir()}
    write_meta(workspace, [digest(str(number)) for number in reversed(range(len(ROWS)))])
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
    write_choice(workspace, "hog")
    with pytest.raises(DataError, match="run `sneakers embed hog`"):
        build_index(workspace, FLAT)


def test_a_brand_model_that_was_not_trained_is_named(workspace):
    (workspace.brand_model("compass-svm") / MODEL_SPEC).unlink()
    with pytest.raises(BundleError, match=r"compass-svm/model\.json: missing; run `sneakers train"):
        build_index(workspace, FLAT)


def test_before_anything_was_chosen_it_says_what_chooses(workspace):
    workspace.choice.unlink()
    with pytest.raises(BundleError, match=r"choice\.json: missing; run `sneakers evaluate`"):
        build_index(workspace, FLAT)


def test_the_index_of_the_tiny_workspace_finds_every_photo_by_its_own_vector(tiny):
    photos = pd.read_parquet(tiny.workspace.photo_table).merge(pd.read_parquet(tiny.workspace.split), on="photo_id")
    gallery = photos
    vectors = unit_rows(np.load(tiny.workspace.features / "efficientnet_lite0.npy")[gallery.index])
    spec = read_index_spec(tiny.workspace.index)
    store = FaissStore.load(tiny.workspace.index / INDEX, dim=spec.dim, count=spec.photos)
    scores, ids = store.search(vectors, 1)
    assert ids[:, 0].tolist() == [vector_id(photo) for photo in gallery["photo_id"]]
    np.testing.assert_allclose(scores, 1, atol=1e-3)
    assert spec.photos == len(gallery) == 144
