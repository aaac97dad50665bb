from __future__ import annotations

import numpy as np
import onnx
import pytest
from scipy.special import softmax

from sneakers_ml.classifiers.classifier import TrainingSet, fit_classifier, make_classifier, refit_classifier
from sneakers_ml.classifiers.export import check_parity
from sneakers_ml.classifiers.train import train
from sneakers_ml.embedding.store import FeatureWriter, load_features
from sneakers_ml.errors import UsageError
from sneakers_ml.workspace.params import TrainParams
from sneakers_ml.workspace.paths import Workspace
from tests.classifiers.builders import BRANDS, blobs, make_workspace

PARAMS = TrainParams(extractors=("toy",), names=("head",))
LABELS = ("#bags", "vans", "adidas", "nike", "puma")
"""Of the last five of eight numbers; nike, puma and vans are learnt, the others aren't."""


@pytest.fixture
def data():
    """Photos whose logit of their own brand is the highest of the learnt ones, but lower than that of #bags."""
    rng = np.random.default_rng(0)
    brands = np.array(BRANDS * 10)
    vectors = rng.normal(size=(30, 8)).astype(np.float32)
    vectors[:, 3] = 20
    for row, brand in enumerate(brands):
        vectors[row, 3 + LABELS.index(brand)] = 6
    return TrainingSet(vectors, brands, np.arange(30), LABELS)


def test_probabilities_are_the_softmax_of_the_learnt_brands_logits(data):
    tuned = fit_classifier("head", data, data, PARAMS)
    assert list(tuned.fitted.classes_) == ["nike", "puma", "vans"]
    assert (tuned.choice, tuned.score) == ({}, 1)
    expected = softmax(data.vectors[:, [6, 7, 4]].astype(float), axis=1)
    np.testing.assert_allclose(tuned.fitted.predict_proba(data.vectors), expected, atol=1e-6)


def test_brands_that_are_not_trained_on_are_left_out(data):
    two = data.rows(data.brands != "puma")
    fitted = refit_classifier("head", {}, two, two, PARAMS)
    assert list(fitted.classes_) == ["nike", "vans"]
    expected = softmax(data.vectors[:, [6, 4]].astype(float), axis=1)
    np.testing.assert_allclose(fitted.predict_proba(data.vectors), expected, atol=1e-6)


def test_its_graph_answers_alike(data, tmp_path):
    fitted = refit_classifier("head", {}, data, data, PARAMS)
    model = make_classifier("head", PARAMS).to_onnx(fitted)
    onnx.checker.check_model(model, full_check=True)
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
    assert check_parity(fitted, tmp_path / "model.onnx", data.vectors) < 1e-6
    assert check_parity(fitted, tmp_path / "model.onnx", data.vectors[:1]) < 1e-6


@pytest.mark.parametrize("logits", [(), ("nike", "#bags")])
def test_a_brand_without_a_logit_is_a_usage_error(data, logits):
    other = TrainingSet(data.vectors, data.brands, data.groups, logits)
    with pytest.raises(UsageError, match=r"head: the extractor has no logits of (nike, )?puma, vans; run `sneakers"):
        fit_classifier("head", other, other, PARAMS)


def test_the_stage_train_takes_the_labels_from_the_features(tmp_path):
    """Logits of (vans, nike, puma) after two numbers that are searched, each the brand's own but for a little noise."""
    workspace, photos = Workspace(tmp_path), blobs(brand_spread=3, group_spread=0.5)
    make_workspace(workspace, photos)
    labels = ("vans", "nike", "puma")
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(photos.brands), 5)).astype(np.float32)
    vectors[np.arange(len(vectors)), [2 + labels.index(brand) for brand in photos.brands]] += 9
    ids = load_features(workspace.features, "toy").photo_ids
    meta = {"name": "tuned_toy", "dim": 5, "weights": "random", "searched": 2, "brands": list(labels)}
    with FeatureWriter(workspace.features, "tuned_toy", ids, meta) as writer:
        writer.append(vectors)
    result = train(workspace, "tuned_toy", "head", PARAMS)
    assert result.spec.labels == ("nike", "puma", "vans")
    assert result.spec.dim == 5
    assert result.spec.metrics["val_accuracy"] > 0.98
    assert result.parity < 1e-6
