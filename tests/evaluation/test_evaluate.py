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
from sneakers_ml.evaluation.evaluate import evaluate
from sneakers_ml.workspace.params import load_params
from tests.support.tiny import CLASSIFIERS, EXTRACTORS

PAIRS = (
    ("hog", "svm"),
    ("efficientnet_lite0", "sgd"),
    ("sift", "catboost"),
    ("concat", "logistic"),
    ("tinynet", "svm"),
)
"""Each extractor and each classifier once at least."""
ROUNDED = 6e-5
"""metrics.json keeps four digits."""


@pytest.fixture(scope="module")
def metrics(tiny):
    return json.loads((tiny.workspace.reports / "metrics.json").read_text())


@pytest.fixture(scope="module")
def photos(tiny):
    table = pd.read_parquet(tiny.workspace.photo_table)
    return table.merge(pd.read_parquet(tiny.workspace.split), on="photo_id", validate="one_to_one")


def probabilities(tiny, extractor, classifier, rows):
    """Calibrated probabilities as model.json describes them, and the brands of their columns."""
    folder = tiny.workspace.brand_model(f"{extractor}-{classifier}")
    spec = json.loads((folder / "model.json").read_text())
    vectors = np.load(tiny.workspace.features / f"{extractor}.npy")[rows]
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    raw = np.maximum(session.run(None, {session.get_inputs()[0].name: vectors})[-1].astype(float), 1e-12)
    powered = raw ** (1 / spec["temperature"])
    return powered / powered.sum(axis=1, keepdims=True), np.array(spec["labels"])


@pytest.mark.parametrize(("extractor", "classifier"), PAIRS)
class TestBrands:
    def test_accuracy_and_f1(self, tiny, metrics, photos, extractor, classifier):
        test = photos[photos["known"] & (photos["split"] == "test")]
        answered, labels = probabilities(tiny, extractor, classifier, test.index)
        predicted, truth = labels[answered.argmax(axis=1)], test["brand"].to_numpy(str)
        figures = metrics["brand"][f"{extractor}-{classifier}"]["all"]
        assert figures["photos"] == len(test) == 18
        assert figures["models"] == test["model_id"].nunique()
        assert figures["accuracy"] == pytest.approx(accuracy_score(truth, predicted), abs=ROUNDED)
        macro = f1_score(truth, predicted, average="macro", labels=np.unique(truth))
        assert figures["macro_f1"] == pytest.approx(macro, abs=ROUNDED)
        assert figures["macro_f1_low"] <= figures["macro_f1"] <= figures["macro_f1_high"]

    def test_calibration(self, tiny, metrics, photos, extractor, classifier):
        test = photos[photos["known"] & (photos["split"] == "test")]
        answered, labels = probabilities(tiny, extractor, classifier, test.index)
        sure, right = answered.max(axis=1), labels[answered.argmax(axis=1)] == test["brand"].to_numpy(str)
        bins = np.minimum(np.ceil(sure * 15).astype(int), 15)
        gaps = [abs(right[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
        assert metrics["brand"][f"{extractor}-{classifier}"]["all"]["ece"] == pytest.approx(sum(gaps), abs=1e-3)

    def test_known_against_unknown_brands(self, tiny, metrics, photos, extractor, classifier):
        test = photos[photos["split"] == "test"]
        sure = probabilities(tiny, extractor, classifier, test.index)[0].max(axis=1)
        figures = metrics["brand"][f"{extractor}-{classifier}"]["all"]
        assert figures["unknown_photos"] == (~test["known"]).sum() == 18
        assert figures["known_auroc"] == pytest.approx(roc_auc_score(test["known"], sure), abs=ROUNDED)


@pytest.mark.parametrize("extractor", [name for name in EXTRACTORS if name != "tinynet"])
def test_retrieval(tiny, metrics, photos, extractor):
    """Not of untrained vectors: so alike that the steps of 1e-6, in which similarities are ranked, make them ties."""
    gallery = photos[photos["known"]]
    vectors = np.load(tiny.workspace.features / f"{extractor}.npy").astype(float)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    precisions, first = [], []
    for row, query in gallery[gallery["split"] == "test"].iterrows():
        others = gallery.drop(index=row)
        scores, relevant = vectors[others.index] @ vectors[row], others["model_id"] == query["model_id"]
        precisions.append(average_precision_score(relevant, scores))
        first.append(relevant.to_numpy()[np.argsort(-scores)])
    figures = metrics["retrieval"][extractor]["all"]
    assert figures["queries"] == len(first) == 18
    assert figures["map"] == pytest.approx(np.mean(precisions), abs=ROUNDED)
    for k in (1, 5, 10):
        share = np.mean([ranked[:k].any() for ranked in first])
        assert figures[f"recall_at_{k}"] == pytest.approx(share, abs=ROUNDED)


def test_the_only_source_has_the_figures_of_all(metrics):
    standing = {"val_macro_f1", "macro_f1_delta", "macro_f1_delta_low", "macro_f1_delta_high"}
    for models in metrics.values():
        for slices in models.values():
            figures = {name: value for name, value in slices["all"].items() if name not in standing}
            assert slices["by_source"] == {"demo": figures}


class TestComparison:
    def test_every_pair_is_there_with_what_validation_said_of_it(self, tiny, metrics):
        assert set(metrics["brand"]) == {f"{extractor}-{name}" for extractor in EXTRACTORS for name in CLASSIFIERS}
        assert set(metrics["retrieval"]) == set(EXTRACTORS)
        for name, slices in metrics["brand"].items():
            spec = json.loads((tiny.workspace.brand_model(name) / "model.json").read_text())
            assert slices["all"]["val_macro_f1"] == pytest.approx(spec["metrics"]["val_macro_f1"], abs=ROUNDED)

    def test_differences_are_to_the_best_on_validation(self, metrics):
        figures_of = {name: slices["all"] for name, slices in metrics["brand"].items()}
        best = min(
            figures_of.values(), key=lambda figures: abs(figures["macro_f1_delta"]) + ("macro_f1_delta_low" in figures)
        )
        assert best["val_macro_f1"] == max(figures["val_macro_f1"] for figures in figures_of.values())
        for figures in figures_of.values():
            difference = figures["macro_f1"] - best["macro_f1"]
            assert figures["macro_f1_delta"] == pytest.approx(difference, abs=2 * ROUNDED)

    def test_what_hangs_on_untrained_weights_says_so(self, tiny, metrics):
        for entries in metrics.values():
            assert {name for name, it in entries.items() if "weights" in it} == {
                name for name in entries if name.startswith("tinynet")
            }
        page = (tiny.workspace.reports / "evaluation.md").read_text()
        assert "| tinynet-svm (untrained) |" in page

    def test_the_page_shows_times_views_and_the_learning_curve(self, tiny):
        page = (tiny.workspace.reports / "evaluation.md").read_text()
        took = json.loads(tiny.workspace.train_report("hog-svm").read_text())
        size = (tiny.workspace.brand_model("hog-svm") / "model.onnx").stat().st_size
        row = next(line for line in page.splitlines() if line.startswith("| hog-svm |") and line.count("|") == 12)
        seconds = took["tune_seconds"] + took["fit_seconds"]
        assert row.endswith(f"| {seconds:,.1f} | {took['predict_ms']:,.2f} | {size / 1000:,.0f} |")
        assert "## View angle" in page
        assert "## Learning curve" in page


def one_pair(workspace):
    """Its parameters with one extractor and one classifier, which is quick."""
    params = load_params(workspace.params)
    embed = params.embed.model_copy(update={"names": ("hog",), "fitted": (), "joined": ()})
    train = params.train.model_copy(update={"extractors": ("hog",), "names": ("svm",)})
    return params.model_copy(update={"embed": embed, "train": train})


@pytest.fixture(scope="module")
def ran(tiny, tmp_path_factory):
    """The reports' folder, what the stage returned, and the progress it reported; only read it."""
    workspace, progress = tiny.copy(tmp_path_factory.mktemp("pair")), []
    assert not workspace.train_report("hog-svm").exists()
    document = evaluate(workspace, one_pair(workspace), lambda done, total: progress.append((done, total)))
    return workspace.reports, document, progress


class TestOnePair:
    """A run without reports of training, which `copy` leaves behind."""

    def test_it_returns_what_it_writes(self, ran, metrics):
        reports, document, _ = ran
        assert document == json.loads((reports / "metrics.json").read_text())
        assert document["brand"]["hog-svm"]["by_source"] == metrics["brand"]["hog-svm"]["by_source"]
        assert document["brand"]["hog-svm"]["all"]["macro_f1_delta"] == 0
        assert document["retrieval"] == {"hog": metrics["retrieval"]["hog"]}
        assert (reports / "evaluation" / "hog-map.png").is_file()
        assert (reports / "evaluation" / "hog-svm-curve.png").is_file()

    def test_it_reports_progress(self, ran):
        assert ran[2] == [(1, 4), (2, 4), (3, 4), (4, 4)]  # views, curve, model, retrieval

    def test_the_last_point_of_the_curve_is_the_model_itself(self, ran):
        reports, document, _ = ran
        last = next(
            line for line in (reports / "evaluation.md").read_text().splitlines() if line.startswith("| 100% |")
        )
        assert f"| {document['brand']['hog-svm']['all']['macro_f1']:.3f} |" in last

    def test_without_a_report_of_training_the_times_are_left_open(self, ran):
        lines = (ran[0] / "evaluation.md").read_text().splitlines()
        assert "| – | – | – | – | – |" in next(line for line in lines if line.startswith("| hog-svm |"))


class TestRefuses:
    @pytest.fixture
    def workspace(self, tiny, tmp_path):
        return tiny.copy(tmp_path)

    @pytest.fixture
    def params(self, workspace):
        return one_pair(workspace)

    def test_vectors_of_other_photos(self, workspace, params):
        file = workspace.features / "hog.json"
        meta = json.loads(file.read_text())
        meta["photo_ids"][:2] = meta["photo_ids"][1::-1]
        file.write_text(json.dumps(meta))
        with pytest.raises(DataError, match=r"vectors of other photos; run `sneakers embed hog`"):
            evaluate(workspace, params)
        assert not workspace.reports.exists()

    def test_a_split_of_other_photos(self, workspace, params):
        pd.read_parquet(workspace.split)[1:].to_parquet(workspace.split)
        with pytest.raises(DataError, match="a split of other photos; run `sneakers split`"):
            evaluate(workspace, params)

    def test_a_model_that_was_not_trained(self, workspace, params):
        shutil.rmtree(workspace.brand_model("hog-svm"))
        with pytest.raises(BundleError, match=r"hog-svm.*run `sneakers train"):
            evaluate(workspace, params)

    def test_a_damaged_report_of_training(self, workspace, params):
        report = workspace.train_report("hog-svm")
        report.parent.mkdir(parents=True)
        for text in ("", "{", "{}", '{"tune_seconds": -1, "fit_seconds": 1, "predict_ms": 1}'):
            report.write_text(text)
            with pytest.raises(BundleError, match=r"hog-svm\.json: damaged; run `sneakers train hog svm`"):
                evaluate(workspace, params)

    def test_photos_that_are_gone_are_named(self, workspace, params):
        shutil.rmtree(workspace.photos / "images")
        with pytest.raises(DataError, match=r"[0-9a-f]{40}\.jpg: There is no such file.*run `sneakers photos`"):
            evaluate(workspace, params)
