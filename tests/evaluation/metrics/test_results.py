from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.errors import DataError
from tests.evaluation.builders import brand_result, retrieval_result


def test_what_follows_from_the_probabilities():
    result = brand_result()
    assert result.predicted.tolist() == ["nike", "adidas", "adidas", "nike", "puma", "nike"]
    assert result.known.tolist() == [True, True, True, True, True, False]
    assert result.correct.tolist() == [True, False, True, False, True, False]
    assert result.confidence.tolist() == [0.8, 0.6, 0.7, 0.9, 0.6, 0.65]


def test_confidence_survives_float_rounding():
    probabilities = np.full((6, 3), 0.0, dtype=np.float32)
    probabilities[:, 1] = np.float32(1.0000001)
    assert brand_result(probabilities=probabilities).confidence.tolist() == [1.0] * 6


@pytest.mark.parametrize(
    ("name", "extractor", "classifier"),
    [("hog-svm", "hog", "svm"), ("vit-b-16-logistic", "vit-b-16", "logistic"), ("finetuned", "finetuned", "finetuned")],
)
def test_the_name_says_what_the_model_is_made_of(name, extractor, classifier):
    result = brand_result(name)
    assert (result.extractor, result.classifier) == (extractor, classifier)


@pytest.mark.parametrize(("weights", "mark"), [("", ""), ("none", ""), ("a file", ""), ("random", " (untrained)")])
def test_untrained_weights_are_shown(weights, mark):
    assert brand_result(weights=weights).shown == f"hog-svm{mark}"
    assert retrieval_result(weights=weights).shown == f"dino{mark}"


def test_pandas_columns_are_taken():
    frame = pd.DataFrame({"brand": ["nike", "nike", "adidas", "adidas", "puma", "vans"]})
    assert brand_result(truth=frame["brand"]).known.tolist() == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "../x"}, "cannot name files"),
        ({"name": ""}, "cannot name files"),
        ({"groups": ["a"] * 7}, "6 photos but 7 groups"),
        ({"sources": []}, "6 photos but 0 sources"),
        ({"photo_ids": ["1-1-1"]}, "6 photos but 1 photo_ids"),
        ({"probabilities": np.ones((6, 2))}, r"shape \(6, 2\)"),
        ({"probabilities": np.ones(6)}, r"shape \(6,\)"),
        ({"probabilities": np.full((6, 3), 1.2)}, "outside 0 to 1"),
        ({"probabilities": np.full((6, 3), np.nan)}, "outside 0 to 1"),
        ({"truth": ["vans"] * 6}, "No test photo shows a brand that hog-svm knows"),
    ],
)
def test_brand_result_refuses_what_does_not_fit(changes, message):
    with pytest.raises(DataError, match=message):
        brand_result(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "a/b"}, "cannot name files"),
        ({"groups": ["a"]}, "5 photos but 1 groups"),
        ({"sources": ["a"]}, "5 photos but 1 sources"),
        ({"query_ids": ["a"]}, "5 photos but 1 query_ids"),
        ({"gallery_ids": ["a"]}, "beyond its 1 gallery ids"),
    ],
)
def test_retrieval_result_refuses_what_does_not_fit(changes, message):
    with pytest.raises(DataError, match=message):
        replace(retrieval_result(), **changes)
