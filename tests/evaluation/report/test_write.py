from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.learning_curve import CurvePoint
from sneakers_ml.evaluation.metrics.results import Cost, CurveResult, ViewResult
from sneakers_ml.evaluation.metrics.views import view_analysis
from sneakers_ml.evaluation.report.write import write_report
from tests.evaluation.builders import answers, brand_result, flat_photo, retrieval_result, sure

FEW = Resampling(200)


def write(folder, **changes):
    inputs = {"brand": [brand_result()], "retrieval": [retrieval_result()], "load": flat_photo, "resampling": FEW}
    return write_report(folder, **(inputs | changes))


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with the report of one brand model and one extractor, and what `write_report` returned; only read it."""
    folder = tmp_path_factory.mktemp("reports")
    return folder, write(folder)


def test_writes_documents_and_pictures(written):
    assert files(written[0]) == [
        "evaluation.md",
        "evaluation/dino-retrieval-failures.jpg",
        "evaluation/hog-svm-confusion.png",
        "evaluation/hog-svm-f1.png",
        "evaluation/hog-svm-failures.jpg",
        "evaluation/hog-svm-reliability.png",
        "evaluation/hog-svm-unknown.jpg",
        "metrics.json",
    ]


def test_metrics_json_has_the_promised_layout(written):
    text = (written[0] / "metrics.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert document == written[1]
    assert set(document) == {"brand", "retrieval"}
    model = document["brand"]["hog-svm"]
    assert set(model) == {"all", "by_source"}  # no times, which are different each time
    assert set(model["by_source"]) == {"shop", "street"}
    assert model["all"]["accuracy"] == 0.6
    assert model["all"]["macro_f1"] == 0.6667
    assert model["all"]["macro_f1_low"] < 0.6667 < model["all"]["macro_f1_high"]
    assert model["all"]["photos"] == 5
    assert "ece_low" not in model["all"]
    assert model["all"]["macro_f1_delta"] == 0  # the best is as good as itself
    assert "val_macro_f1" not in model["all"]
    assert "macro_f1_delta" not in model["by_source"]["shop"]
    extractor = document["retrieval"]["dino"]
    assert extractor["all"]["recall_at_1"] == 0.25
    assert extractor["all"]["map"] == 0.5833
    # One model on the street: no bounds, and no NaN, which is not JSON.
    assert extractor["by_source"]["street"]["map"] == 0.5
    assert "map_low" not in extractor["by_source"]["street"]
    assert "NaN" not in text
    assert all(len(digits) <= 4 for digits in re.findall(r"\d\.(\d+)", text))


def test_every_link_of_the_page_leads_to_a_picture(written):
    links = re.findall(r"\]\(([^)]+)\)", (written[0] / "evaluation.md").read_text(encoding="utf-8"))
    assert len(links) == 6
    for link in links:
        with Image.open(written[0] / link) as picture:
            assert min(picture.size) > 100


def test_same_input_same_files(written, tmp_path):
    write(tmp_path)
    assert files(tmp_path) == files(written[0])
    for name in files(tmp_path):
        assert (tmp_path / name).read_bytes() == (written[0] / name).read_bytes()


def test_pictures_of_models_that_are_gone_go(tmp_path):
    write(tmp_path, brand=[], retrieval=[retrieval_result("old")])
    note = tmp_path / "evaluation" / "note.txt"
    note.write_text("mine", encoding="utf-8")
    write(tmp_path, brand=[])
    assert files(tmp_path) == [
        "evaluation.md",
        "evaluation/dino-retrieval-failures.jpg",
        "evaluation/note.txt",
        "metrics.json",
    ]


def three_models():
    """The answers of one extractor's two classifiers and of another's, which is untrained."""
    photos = {"truth": "nnaapp", "groups": "abcdef"}
    return [
        answers("hog-svm", "nnaapp", **photos, val_macro_f1=0.9, cost=Cost(60.0, 0.5, 2000)),
        answers("hog-sgd", "naaapp", **photos, val_macro_f1=0.87654),
        answers("resnet152-svm", "aaaapp", **photos, val_macro_f1=0.5, weights="random"),
    ]


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """A folder with the report of the three and of two extractors, and the document; only read it."""
    folder = tmp_path_factory.mktemp("several")
    retrieval = [retrieval_result("hog"), retrieval_result("resnet152", "random")]
    return folder, write(folder, brand=three_models(), retrieval=retrieval)


class TestSeveralModels:
    def test_each_says_where_it_stands(self, several):
        brand = several[1]["brand"]
        assert [figures["all"]["val_macro_f1"] for figures in brand.values()] == [0.9, 0.8765, 0.5]
        assert brand["hog-svm"]["all"]["macro_f1_delta"] == 0
        assert "macro_f1_delta_low" not in brand["hog-svm"]["all"]
        # Of sgd one n of two is found and taken for an a: (2/3 + 4/5 + 1) / 3 against 1.
        other = brand["hog-sgd"]["all"]
        assert other["macro_f1_delta"] == pytest.approx((2 / 3 + 4 / 5 + 1) / 3 - 1, abs=6e-5)
        assert other["macro_f1_delta_low"] < other["macro_f1_delta"] < other["macro_f1_delta_high"] == 0

    def test_an_untrained_one_is_marked(self, several):
        folder, document = several
        marked = {kind: [name for name, it in entries.items() if "weights" in it] for kind, entries in document.items()}
        assert marked == {"brand": ["resnet152-svm"], "retrieval": ["resnet152"]}
        assert document["brand"]["resnet152-svm"]["weights"] == "random"
        text = (folder / "evaluation.md").read_text(encoding="utf-8")
        assert "| resnet152-svm (untrained) |" in text
        assert "| resnet152 (untrained) |" in text

    def test_pictures_are_of_the_best_classifier_of_each_extractor(self, several):
        plots = {name for name in files(several[0]) if name.endswith(".png")}
        kinds = ("confusion", "f1", "reliability")
        assert plots == {f"evaluation/{name}-{kind}.png" for name in ("hog-svm", "resnet152-svm") for kind in kinds}

    def test_another_run_with_another_best_and_other_times(self, several, tmp_path):
        """Pictures of what is no longer chosen go; times are in the page and never in metrics.json."""
        shutil.copytree(several[0], tmp_path, dirs_exist_ok=True)
        slower = [replace(model, cost=Cost(77.7, 0.5, 2000)) for model in three_models()[:2]]
        first = write(tmp_path, brand=[replace(slower[0], val_macro_f1=0.1), slower[1]], retrieval=[])
        shown = {name.split("/")[1].rsplit("-", 1)[0] for name in files(tmp_path) if name.endswith((".png", ".jpg"))}
        assert shown == {"hog-sgd"}
        assert "| 77.7 | 0.50 | 2 |" in (tmp_path / "evaluation.md").read_text(encoding="utf-8")
        assert "77.7" not in (tmp_path / "metrics.json").read_text(encoding="utf-8")
        assert set(first["brand"]["hog-sgd"]) == {"all", "by_source"}

    def test_answers_to_different_photos_cannot_be_compared(self, tmp_path):
        ids = [f"9-{place}-0" for place in range(6)]
        models = three_models()
        with pytest.raises(DataError, match="hog-sgd and hog-svm answered different photos"):
            write(tmp_path, brand=[models[0], replace(models[1], photo_ids=ids)])
        assert files(tmp_path) == []


class TestAnalyses:
    def test_views_and_curve_add_their_sections_and_pictures(self, tmp_path):
        views = [
            ViewResult(name="hog", analysis=view_analysis(*clusters(), Resampling(100))),
            ViewResult(name="cnn", weights="random", analysis=view_analysis(*clusters(), Resampling(100), mapped=0)),
        ]
        points = [CurvePoint(0.5, 4, 5.0, 20.5, 0.61, 0.5, 0.7, 3), CurvePoint(1.0, 8, 10.0, 41.0, 0.75, 0.75, 0.75, 1)]
        write(tmp_path, brand=[], views=views, curve=CurveResult(name="hog-svm", points=points))
        pictures = [name for name in files(tmp_path) if name.endswith(".png")]
        assert pictures == ["evaluation/hog-map.png", "evaluation/hog-svm-curve.png"]
        text = (tmp_path / "evaluation.md").read_text(encoding="utf-8")
        # Two brands that lie apart, each view in both: all neighbours share the brand, the view is chance.
        assert "| hog | 1.000 (1.000–1.000) |" in text
        assert "| cnn (untrained) | 1.000 (1.000–1.000) |" in text
        assert "![map of hog](evaluation/hog-map.png)" in text
        assert "| 50% | 4 | 5 | 20 | 0.610 | 0.500–0.700 | 3 |" in text
        assert "| 100% | 8 | 10 | 41 | 0.750 | – | 1 |" in text
        assert text.index("## Similar sneakers") < text.index("## View angle") < text.index("## Learning curve")


def clusters():
    """Photos of two brands in opposite directions, 6 shoe models each, from two views."""
    generator = np.random.default_rng(0)
    side = np.repeat([1.0, -1.0], 24)
    vectors = np.column_stack([side * 9, generator.normal(size=(48, 3))]).astype(np.float32)
    columns = {
        "brand": np.where(side > 0, "nike", "puma"),
        "view": np.tile(["left", "top"], 24),
        "position": 1,
        "source": "shop",
        "model_id": [f"model {number // 4}" for number in range(48)],
    }
    return vectors, pd.DataFrame(columns)


def test_without_failures_there_are_no_sheets(tmp_path):
    perfect = brand_result(truth=["nike"] * 6, probabilities=sure(["nike"] * 6, brand_result().labels))
    write(tmp_path, brand=[perfect], retrieval=[])
    assert [name for name in files(tmp_path) if name.endswith(".jpg")] == []


def test_each_result_is_counted(tmp_path):
    calls = []
    write(tmp_path, retrieval=[retrieval_result("a"), retrieval_result("b")], on_result=lambda: calls.append(1))
    assert len(calls) == 3


def test_a_failed_run_keeps_the_old_documents(tmp_path):
    write(tmp_path, brand=[])
    before = (tmp_path / "metrics.json").read_bytes()

    def broken(photo_id):
        raise DataError(f"photo {photo_id} is damaged")

    with pytest.raises(DataError, match="is damaged"):
        write(tmp_path, brand=[], retrieval=[retrieval_result("new")], load=broken)
    assert (tmp_path / "metrics.json").read_bytes() == before


def test_refuses_nothing_and_names_that_repeat(tmp_path):
    with pytest.raises(DataError, match="nothing to evaluate"):
        write(tmp_path, brand=[], retrieval=[])
    with pytest.raises(DataError, match="name hog-svm twice"):
        write(tmp_path, brand=[brand_result(), brand_result()])
    with pytest.raises(DataError, match="name dino twice"):
        write(tmp_path, retrieval=[retrieval_result(), retrieval_result()])
    assert files(tmp_path) == []
