from __future__ import annotations

import json
import re

import pytest

from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.report.findings import brand_entries, retrieval_entries
from sneakers_ml.evaluation.report.metrics_json import metrics_document
from tests.evaluation.builders import brand_result, findings, retrieval_result

FEW = Resampling(200)


@pytest.fixture(scope="module")
def document():
    brands = brand_entries([brand_result()], FEW)
    return metrics_document(findings(brands=brands, extractors=retrieval_entries([retrieval_result()], FEW)))


def test_it_has_the_promised_layout(document):
    text = json.dumps(document)
    assert set(document) == {"brand", "retrieval", "places"}
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


def test_places_are_those_of_the_selection(document):
    assert document["places"]["net-svm"]["street"]["photos"] == 2
    assert document["places"]["net-svm"]["street"]["accuracy_drop"] == 0.1667


def test_each_says_where_it_stands_and_an_untrained_one_what_it_is():
    brand = metrics_document(findings())["brand"]
    assert [figures["all"]["val_macro_f1"] for figures in brand.values()] == [0.9, 0.8765]
    # Of the other one n of two is found and taken for an a: (2/3 + 4/5 + 1) / 3 against 1.
    assert brand["res-svm"]["all"]["macro_f1_delta"] == pytest.approx((2 / 3 + 4 / 5 + 1) / 3 - 1, abs=6e-5)
    assert [name for name, each in brand.items() if "weights" in each] == ["res-svm"]
    assert brand["res-svm"]["weights"] == "random"
