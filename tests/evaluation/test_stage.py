"""The stage on the tiny workspace, its figures worked out again by scikit-learn from the files of other stages."""

from __future__ import annotations

import json
import shutil

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, roc_auc_score

from sneakers_ml.errors import BundleError, DataError
from sneakers_ml.evaluation.stage import evaluate
from sneakers_ml.params import EvaluateParams
from tests.support.tiny import EXTRACTORS

PARAMS = EvaluateParams(resamples=100)
ROUNDED = 6e-5
"""metrics.json keeps four digits."""


@pytest.fixture(scope="module")
def metrics(tiny):
    return json.loads((tiny.workspace.reports / "metrics.json").read_text())


@pytest.fixture(scope="module")
def photos(tiny):
    table = pd.read_parquet(tiny.workspace.photo_table)
    return table.merge(pd.read_parquet(tiny.workspace.split), on="photo_id", validate="one_to_one")


def probabilities(tiny, extractor, rows):
    """Calibrated probabilities as model.json describes them, and the brands of their columns."""
    folder = tiny.workspace.brand_model(f"{extractor}-svm")
    spec = json.loads((folder / "model.json").read_text())
    vectors = np.load(tiny.workspace.features / f"{extractor}.npy")[rows]
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    raw = np.maximum(session.run(None, {session.get_inputs()[0].name: vectors})[-1].astype(float), 1e-12)
    powered = raw ** (1 / spec["temperature"])
    return powered / powered.sum(axis=1, keepdims=True), np.array(spec["labels"])


@pytest.mark.parametrize("extractor", EXTRACTORS)
class TestBrands:
    def test_accuracy_and_f1(self, tiny, metrics, photos, extractor):
        test = photos[photos["known"] & (photos["split"] == "test")]
        answered, labels = probabilities(tiny, extractor, test.index)
        predicted, truth = labels[answered.argmax(axis=1)], test["brand"].to_numpy(str)
        told = metrics["brand"][f"{extractor}-svm"]["all"]
        assert told["photos"] == len(test) == 18
        assert told["models"] == test["model_id"].nunique()
        assert told["accuracy"] == pytest.approx(accuracy_score(truth, predicted), abs=ROUNDED)
        macro = f1_score(truth, predicted, average="macro", labels=np.unique(truth))
        assert told["macro_f1"] == pytest.approx(macro, abs=ROUNDED)
        assert told["macro_f1_low"] <= told["macro_f1"] <= told["macro_f1_high"]

    def test_calibration(self, tiny, metrics, photos, extractor):
        test = photos[photos["known"] & (photos["split"] == "test")]
        answered, labels = probabilities(tiny, extractor, test.index)
        sure, right = answered.max(axis=1), labels[answered.argmax(axis=1)] == test["brand"].to_numpy(str)
        bins = np.minimum(np.ceil(sure * 15).astype(int), 15)
        gaps = [abs(right[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
        assert metrics["brand"][f"{extractor}-svm"]["all"]["ece"] == pytest.approx(sum(gaps), abs=1e-3)

    def test_known_against_unknown_brands(self, tiny, metrics, photos, extractor):
        test = photos[photos["split"] == "test"]
        sure = probabilities(tiny, extractor, test.index)[0].max(axis=1)
        told = metrics["brand"][f"{extractor}-svm"]["all"]
        assert told["unknown_photos"] == (~test["known"]).sum() == 18
        assert told["known_auroc"] == pytest.approx(roc_auc_score(test["known"], sure), abs=ROUNDED)

    def test_retrieval(self, tiny, metrics, photos, extractor):
        gallery = photos[photos["known"]]
        vectors = np.load(tiny.workspace.features / f"{extractor}.npy").astype(float)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        precisions, first = [], []
        for row, query in gallery[gallery["split"] == "test"].iterrows():
            others = gallery.drop(index=row)
            scores, relevant = vectors[others.index] @ vectors[row], others["model_id"] == query["model_id"]
            precisions.append(average_precision_score(relevant, scores))
            first.append(relevant.to_numpy()[np.argsort(-scores)])
        told = metrics["retrieval"][extractor]["all"]
        assert told["queries"] == len(first) == 18
        assert told["map"] == pytest.approx(np.mean(precisions), abs=ROUNDED)
        for k in (1, 5, 10):
            share = np.mean([ranked[:k].any() for ranked in first])
            assert told[f"recall_at_{k}"] == pytest.approx(share, abs=ROUNDED)


def test_the_only_source_has_the_figures_of_all(metrics):
    for models in metrics.values():
        for slices in models.values():
            assert slices["by_source"] == {"demo": slices["all"]}


class TestRuns:
    @pytest.fixture
    def workspace(self, tiny, tmp_path):
        return tiny.copy(tmp_path)

    def test_it_answers_what_it_writes_and_tells_of_its_progress(self, workspace, metrics):
        heard = []
        document = evaluate(workspace, ("hog",), ("svm",), PARAMS, lambda done, total: heard.append((done, total)))
        assert document == json.loads((workspace.reports / "metrics.json").read_text())
        assert document["brand"] == {"hog-svm": metrics["brand"]["hog-svm"]}
        assert document["retrieval"] == {"hog": metrics["retrieval"]["hog"]}
        assert heard == [(1, 2), (2, 2)]
        assert (workspace.reports / "evaluation.md").is_file()

    def test_vectors_of_other_photos(self, workspace):
        file = workspace.features / "efficientnet_lite0.json"
        meta = json.loads(file.read_text())
        meta["photo_ids"][:2] = meta["photo_ids"][1::-1]
        file.write_text(json.dumps(meta))
        with pytest.raises(DataError, match=r"vectors of other photos; run `sneakers embed efficientnet_lite0`"):
            evaluate(workspace, EXTRACTORS, ("svm",), PARAMS)
        assert not workspace.reports.exists()

    def test_a_split_of_other_photos(self, workspace):
        pd.read_parquet(workspace.split)[1:].to_parquet(workspace.split)
        with pytest.raises(DataError, match="a split of other photos; run `sneakers split`"):
            evaluate(workspace, ("hog",), ("svm",), PARAMS)

    def test_a_model_that_was_not_trained(self, workspace):
        shutil.rmtree(workspace.brand_model("hog-svm"))
        with pytest.raises(BundleError, match=r"hog-svm.*run `sneakers train"):
            evaluate(workspace, ("hog",), ("svm",), PARAMS)

    def test_photos_that_are_gone_are_named(self, workspace):
        shutil.rmtree(workspace.photos / "images")
        with pytest.raises(DataError, match=r"[0-9a-f]{40}\.jpg: There is no such file.*run `sneakers photos`"):
            evaluate(workspace, ("hog",), ("svm",), PARAMS)
