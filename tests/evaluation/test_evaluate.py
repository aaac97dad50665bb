"""The stage on the tiny workspace, its figures worked out again by scikit-learn from the files of other stages."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, roc_auc_score
from sklearn.preprocessing import normalize

from sneakers_ml.errors import BundleError, DataError, UsageError
from sneakers_ml.evaluation.evaluate import evaluate
from sneakers_ml.workspace.choice import read_choice
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import Workspace
from tests.support.tiny import CLASSIFIERS, EXTRACTORS, TRAINED

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
    for kind in ("brand", "retrieval"):
        for slices in metrics[kind].values():
            figures = {name: value for name, value in slices["all"].items() if name not in standing}
            assert slices["by_source"] == {"demo": figures}


class TestComparison:
    def test_every_pair_is_there_with_what_validation_said_of_it(self, tiny, metrics):
        assert set(metrics["brand"]) == {f"{extractor}-{name}" for extractor in TRAINED for name in CLASSIFIERS}
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
        for entries in (metrics["brand"], metrics["retrieval"]):
            assert {name for name, it in entries.items() if "weights" in it} == {
                name for name in entries if name.startswith("tinynet")
            }
        page = (tiny.workspace.reports / "evaluation.md").read_text()
        assert "| tinynet-svm (untrained) |" in page

    def test_the_page_for_the_browser_shows_times_views_and_the_learning_curve(self, tiny):
        page = plain((tiny.workspace.reports / "index.html").read_text())
        took = json.loads(tiny.workspace.train_report("hog-svm").read_text())
        size = (tiny.workspace.brand_model("hog-svm") / "model.onnx").stat().st_size
        seconds = took["tune_seconds"] + took["fit_seconds"]
        assert f" {seconds:,.1f} {took['predict_ms']:,.2f} {size / 1000:,.0f} " in page
        assert "nearest photos of other shoe models" in page
        assert "trained on ever larger parts of its shoe models" in page


def plain(page):
    """The text of a page in HTML."""
    text = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text.replace("&nbsp;", " "))


def one_pair(workspace):
    """Its parameters with one extractor and one classifier, which is quick."""
    params = load_params(workspace.params)
    embed = params.embed.model_copy(update={"names": ("hog",), "fitted": (), "joined": ()})
    train = params.train.model_copy(update={"extractors": ("hog",), "names": ("svm",)})
    evaluated = params.evaluate.model_copy(update={"serve": None})
    return params.model_copy(update={"embed": embed, "train": train, "evaluate": evaluated})


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
        assert {path.name for path in reports.iterdir()} == {
            *("choice.json", "evaluation.md", "index.html", "metrics.json", "plots", "times.json")
        }

    def test_it_reports_progress(self, ran):
        # choice, views, curve, labels, model, retrieval, page
        assert ran[2] == [(step, 7) for step in range(1, 8)]

    def test_the_last_point_of_the_curve_is_the_model_itself(self, ran):
        reports, document, _ = ran
        last = next(
            line for line in (reports / "evaluation.md").read_text().splitlines() if line.startswith("| 100% |")
        )
        assert f"| {document['brand']['hog-svm']['all']['macro_f1']:.3f} |" in last

    def test_without_a_report_of_training_the_times_are_left_open(self, ran):
        size = (Workspace(ran[0].parent).brand_model("hog-svm") / "model.onnx").stat().st_size
        assert f" – – – – – {size / 1000:,.0f} " in plain((ran[0] / "index.html").read_text())

    def test_labels_are_checked_by_an_extractor_that_has_learnt_none(self, ran, photos):
        text = plain((ran[0] / "index.html").read_text())
        assert "A logistic regression on the vectors of hog" in text
        assert f"of {photos['known'].sum()} photos are suspected" in text


def street(workspace):
    """Of the validation photos those of two models become photos of a street that was not trained on."""
    photos, split = pd.read_parquet(workspace.photo_table), pd.read_parquet(workspace.split)
    models = photos.loc[split["known"] & (split["split"] == "val"), "model_id"].drop_duplicates()[:2]
    unseen = photos["model_id"].isin(models)
    photos.loc[unseen, "source"] = "street"
    photos.to_parquet(workspace.photo_table)
    split.assign(unseen=unseen).to_parquet(workspace.split)
    return unseen.to_numpy()


class TestChoice:
    def test_the_one_of_the_tiny_workspace_was_set(self, tiny):
        choice = read_choice(tiny.workspace.choice)
        assert choice.name == "efficientnet_lite0-svm"
        assert choice.rule == "Set by `evaluate.serve` in params.yaml."
        assert (choice.stand_in, choice.unseen_sources) == (True, ())
        names = {f"{extractor}-{classifier}" for extractor in TRAINED for classifier in CLASSIFIERS}
        assert {each.name for each in choice.candidates} == names
        for each in choice.candidates:
            assert each.untrained == (each.extractor == "tinynet")
            assert (each.score is None) == each.untrained
            spec = json.loads((tiny.workspace.extractor(each.extractor) / "extractor.json").read_text())
            assert (each.left_out == "not one ONNX graph") == (spec["graph_sha256"] is None)
        vectors = 144 * (2 * 1280 + 8)
        graphs = (tiny.workspace.extractor("efficientnet_lite0"), tiny.workspace.brand_model(choice.name))
        size = vectors + sum((folder / "model.onnx").stat().st_size for folder in graphs)
        chosen = next(each for each in choice.candidates if each.name == choice.name)
        assert chosen.megabytes == pytest.approx(size / 1e6, abs=0.051)

    def test_figures_are_of_the_source_that_was_kept_out_of_training(self, tiny, tmp_path):
        workspace = tiny.copy(tmp_path)
        unseen = street(workspace)
        document = evaluate(workspace, one_pair(workspace))
        choice = read_choice(workspace.choice)
        assert (choice.name, choice.stand_in, choice.unseen_sources) == ("hog-svm", False, ("street",))
        photos = pd.read_parquet(workspace.photo_table)
        answered, labels = probabilities(tiny, "hog", "svm", unseen)
        truth, predicted = photos.loc[unseen, "brand"].to_numpy(str), labels[answered.argmax(axis=1)]
        found = choice.candidates[0]
        assert found.accuracy == pytest.approx(accuracy_score(truth, predicted), abs=ROUNDED)
        macro = f1_score(truth, predicted, average="macro", labels=np.unique(truth))
        assert found.macro_f1 == pytest.approx(macro, abs=ROUNDED)
        gallery = pd.read_parquet(workspace.split)["known"].to_numpy()
        vectors = normalize(np.load(workspace.features / "hog.npy"))
        models, precisions = photos["model_id"].to_numpy(str), []
        for row in np.flatnonzero(unseen):
            others = gallery & (np.arange(len(photos)) != row)
            precisions.append(average_precision_score(models[others] == models[row], vectors[others] @ vectors[row]))
        assert found.map == pytest.approx(np.mean(precisions), abs=1e-3)  # scikit-learn parts ties another way
        assert found.score == pytest.approx((found.macro_f1 + found.map) / 2, abs=ROUNDED)
        assert set(document["places"]["hog-svm"]) == {"own shops", "street"}
        own, there = (document["places"]["hog-svm"][place] for place in ("own shops", "street"))
        assert there["photos"] == unseen.sum()
        assert own["macro_f1"] == document["brand"]["hog-svm"]["all"]["macro_f1"]
        assert there["macro_f1_drop"] == pytest.approx(own["macro_f1"] - there["macro_f1"], abs=2 * ROUNDED)
        assert there["map_drop"] == pytest.approx(own["map"] - there["map"], abs=2 * ROUNDED)
        page = (workspace.reports / "evaluation.md").read_text()
        assert "**hog-svm** serves" in page
        assert "Kept out of training: street." in page

    def test_a_fine_tuned_network_with_its_own_head_is_a_candidate(self, tiny, tmp_path):
        """Here the network is EfficientNet-Lite0 by another name, and its head an SVM."""
        workspace = tiny.copy(tmp_path)
        folders = (workspace.extractor("efficientnet_lite0"), workspace.brand_model("efficientnet_lite0-svm"))
        shutil.copytree(folders[0], workspace.extractor("tuned_net"))
        shutil.copytree(folders[1], workspace.brand_model("tuned_net-head"))
        shutil.copy(workspace.features / "efficientnet_lite0.npy", workspace.features / "tuned_net.npy")
        meta = json.loads((workspace.features / "efficientnet_lite0.json").read_text())
        (workspace.features / "tuned_net.json").write_text(json.dumps({**meta, "name": "tuned_net"}))
        for file, change in (
            (workspace.extractor("tuned_net") / "extractor.json", {"name": "tuned_net"}),
            (
                workspace.brand_model("tuned_net-head") / "model.json",
                {"extractor": "tuned_net", "classifier": "head", "metrics": {"val_macro_f1": 1.0}},
            ),
        ):
            file.write_text(json.dumps(json.loads(file.read_text()) | change))
        params = one_pair(workspace)
        finetune = params.finetune.model_copy(update={"names": ("net", "not_trained_yet")})
        document = evaluate(workspace, params.model_copy(update={"finetune": finetune}))
        choice = read_choice(workspace.choice)
        assert choice.name == "tuned_net-head"  # HOG is no graph
        assert [each.name for each in choice.candidates] == ["tuned_net-head", "hog-svm"]
        same = next(e for e in read_choice(tiny.workspace.choice).candidates if e.name == "efficientnet_lite0-svm")
        found = choice.candidates[0].model_dump(exclude={"extractor", "classifier"})
        assert found == same.model_dump(exclude={"extractor", "classifier"})
        assert set(document["retrieval"]) == {"hog", "tuned_net"}
        page = plain((workspace.reports / "index.html").read_text())
        assert "hog-svm with the settings it was tuned to" in page
        assert "A logistic regression on the vectors of hog" in page
        assert "Photos near each other have similar vectors (t-SNE of tuned_net)" in page

    def test_run_again_it_is_the_same_byte_by_byte(self, ran, tiny):
        workspace = Workspace(ran[0].parent)
        before, times = workspace.choice.read_bytes(), workspace.times.read_bytes()
        evaluate(workspace, one_pair(workspace))
        assert (workspace.choice.read_bytes(), workspace.times.read_bytes()) == (before, times)

    def test_a_model_to_serve_that_is_not_there_is_named(self, tiny, tmp_path):
        workspace = tiny.copy(tmp_path)
        params = one_pair(workspace)
        params = params.model_copy(update={"evaluate": params.evaluate.model_copy(update={"serve": "hog-forest"})})
        before = workspace.choice.read_bytes()
        with pytest.raises(UsageError, match=r"evaluate\.serve: there is no model 'hog-forest'; choose from hog-svm"):
            evaluate(workspace, params)
        assert workspace.choice.read_bytes() == before


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
        assert not (workspace.reports / "metrics.json").exists()

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
