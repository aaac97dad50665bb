from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.classifiers.train import train
from sneakers_ml.embedding.store import FeatureWriter
from sneakers_ml.errors import DataError, UsageError
from sneakers_ml.files import file_sha256
from sneakers_ml.inference.brand_model import BrandModel, BrandModelSpec
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.paths import Workspace
from tests.classifiers.builders import BRANDS, CLASSIFIERS, DIM, PARAMS, blobs, make_workspace

DATA = blobs(brand_spread=3, group_spread=0.5, models=10, photos=4)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A workspace on which `train` ran, and its report."""
    workspace = Workspace(tmp_path_factory.mktemp("trained"))
    make_workspace(workspace, DATA)
    return workspace, train(workspace, "toy", "svm", PARAMS)


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path)
    make_workspace(workspace, DATA)
    return workspace


def test_the_model_on_disk_recognises_models_it_has_never_seen(trained):
    workspace, _ = trained
    model = BrandModel.open(workspace.brand_model("toy-svm"))
    test = DATA.groups % 5 == 4
    probabilities = model.probabilities(DATA.vectors[test])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    predicted = np.asarray(model.spec.labels)[probabilities.argmax(axis=1)]
    assert (predicted == DATA.brands[test]).mean() > 0.97


def test_the_json_says_what_the_model_is(trained):
    workspace, report = trained
    folder = workspace.brand_model("toy-svm")
    spec = BrandModelSpec.model_validate(json.loads((folder / "model.json").read_text()))
    assert spec == report.spec
    assert (spec.name, spec.labels, spec.dim) == ("toy-svm", BRANDS, DIM)
    assert spec.graph_sha256 == file_sha256(folder / "model.onnx")
    assert spec.graph_bytes == (folder / "model.onnx").stat().st_size
    assert set(spec.metrics) == {"cv_macro_f1", "val_macro_f1", "val_accuracy"}
    assert min(spec.metrics.values()) > 0.97
    assert 0 < spec.unknown_threshold < 1
    assert {file.name for file in folder.iterdir()} == {"model.onnx", "model.json"}


def test_the_exported_model_is_proven_equal(trained):
    _, report = trained
    assert 0 <= report.parity < 1e-4


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_training_again_gives_the_same_bytes(tmp_path, name):
    folders = []
    for run in ("first", "second"):
        workspace = Workspace(tmp_path / run)
        make_workspace(workspace, DATA)
        train(workspace, "toy", name, PARAMS)
        folders.append(workspace.brand_model(f"toy-{name}"))
    for file in ("model.onnx", "model.json"):
        assert (folders[0] / file).read_bytes() == (folders[1] / file).read_bytes()


def test_what_it_took_is_written_apart_from_the_model(trained):
    workspace, report = trained
    took = json.loads(workspace.train_report("toy-svm").read_text())
    assert took == report.costs
    assert set(took) == {"tune_seconds", "fit_seconds", "predict_ms", "bytes"}
    assert took["bytes"] == (workspace.brand_model("toy-svm") / "model.onnx").stat().st_size
    assert 0 < took["predict_ms"] < 1000
    assert min(took["tune_seconds"], took["fit_seconds"]) > 0
    assert [file.name for file in workspace.train_report("toy-svm").parent.iterdir()] == ["toy-svm.json"]


@pytest.mark.parametrize("weights", ["none", "random"])
def test_the_report_tells_of_the_weights_behind_the_vectors(workspace, weights):
    make_workspace(workspace, DATA, weights=weights)
    assert train(workspace, "toy", "logistic", PARAMS).weights == weights


def test_the_threshold_refuses_photos_of_brands_that_were_not_learnt(tmp_path):
    """Vans lies apart from the brands that are learnt, and midway between them: nothing should be sure of it."""
    workspace = Workspace(tmp_path)
    data = blobs(brand_spread=3, group_spread=0.5, models=10, photos=4)
    centres = {brand: data.vectors[data.brands == brand].mean(axis=0) for brand in BRANDS}
    between = (centres["nike"] + centres["puma"]) / 2
    data.vectors[data.brands == "vans"] += between - centres["vans"]
    make_workspace(workspace, data, unknown="vans")
    spec = train(workspace, "toy", "svm", PARAMS).spec
    assert spec.labels == ("nike", "puma")
    model = BrandModel.open(workspace.brand_model("toy-svm"))
    test = data.groups % 5 == 4
    accepted = model.probabilities(data.vectors[test]).max(axis=1) >= spec.unknown_threshold
    vans = data.brands[test] == "vans"
    assert accepted[~vans].mean() > 0.75
    assert accepted[vans].mean() < 0.5


def test_the_test_photos_have_no_part_in_training(trained, tmp_path):
    """With the test photos' vectors replaced by noise, the model is the same to the byte."""
    workspace = Workspace(tmp_path)
    spoilt = blobs(brand_spread=3, group_spread=0.5, models=10, photos=4)
    spoilt.vectors[spoilt.groups % 5 == 4] = 99
    make_workspace(workspace, spoilt)
    assert train(workspace, "toy", "svm", PARAMS) == trained[1]


def old_model(workspace):
    folder = workspace.brand_model("toy-svm")
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"the old model")
    return folder


def assert_kept(folder):
    assert (folder / "model.onnx").read_bytes() == b"the old model"
    assert list(folder.parent.iterdir()) == [folder]


def test_a_model_that_cannot_be_validated_leaves_the_old_one(workspace):
    folder = old_model(workspace)
    split = pd.read_parquet(workspace.split)
    write_table(split.assign(split=split["split"].replace("val", "test")), workspace.split)
    with pytest.raises(DataError, match=r"no photo to validate on; give split\.validation a larger share"):
        train(workspace, "toy", "svm", PARAMS)
    assert_kept(folder)


def test_a_brand_to_validate_that_nothing_is_learnt_of_leaves_the_old_model(workspace):
    """A validation photo of a brand that training lacks, which only a split made by hand can hold, stops it."""
    folder = old_model(workspace)
    split = pd.read_parquet(workspace.split)
    vans = pd.read_parquet(workspace.photo_table).set_index("photo_id").loc[split["photo_id"], "brand"].eq("vans")
    train_vans = (split["split"] == "train") & vans.to_numpy()
    write_table(split.assign(split=split["split"].mask(train_vans, "test")), workspace.split)
    with pytest.raises(DataError, match="vans"):
        train(workspace, "toy", "svm", PARAMS)
    assert_kept(folder)


def test_an_unknown_classifier_is_a_usage_error_and_leaves_nothing(workspace):
    with pytest.raises(UsageError, match="no classifier 'forest'"):
        train(workspace, "toy", "forest", PARAMS)
    assert not workspace.brand_models.exists()


@pytest.mark.parametrize(("lost", "stage"), [("features", "embed toy"), ("photo_table", "photos"), ("split", "split")])
def test_a_missing_input_names_the_stage_that_makes_it(workspace, lost, stage):
    path = getattr(workspace, lost)
    (path / "toy.npy" if lost == "features" else path).unlink()
    with pytest.raises(DataError, match=rf"missing; run `sneakers {stage}`"):
        train(workspace, "toy", "svm", PARAMS)


def test_vectors_of_other_photos_are_refused(workspace):
    with FeatureWriter(workspace.features, "toy", ["another"], {"name": "toy", "dim": DIM}) as writer:
        writer.append(DATA.vectors[:1])
    with pytest.raises(DataError, match=r"vectors of other photos; run `sneakers embed toy`"):
        train(workspace, "toy", "svm", PARAMS)


def test_a_split_of_other_photos_is_refused(workspace):
    write_table(pd.read_parquet(workspace.split).iloc[1:], workspace.split)
    with pytest.raises(DataError, match=r"split\.parquet: a split of other photos; run `sneakers split`"):
        train(workspace, "toy", "svm", PARAMS)
