from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.errors import DataError
from tests.evaluation.builders import brand_result, retrieval_run


def test_known_correct_and_confidence():
    result = brand_result()
    assert result.known.tolist() == [True, True, True, True, True, False]
    assert result.correct.tolist() == [True, False, True, False, True, False]
    assert result.confidence.tolist() == [0.8, 0.6, 0.7, 0.9, 0.6, 0.65]


def test_known_score_is_the_highest_probability_unless_given():
    assert brand_result().known_score.tolist() == [0.8, 0.6, 0.7, 0.9, 0.6, 0.65]
    given = np.array([6.0, 5.0, 4.0, 3.0, 2.0, 1.0])
    assert brand_result(known_scores=given).known_score.tolist() == given.tolist()


def test_confidence_is_of_the_predicted_brand_even_if_another_is_likelier():
    result = brand_result(predicted=["puma", "adidas", "adidas", "nike", "puma", "nike"])
    assert result.confidence[0] == 0.1


def test_confidence_survives_float_rounding():
    probabilities = np.full((6, 3), 0.0, dtype=np.float32)
    probabilities[:, 1] = np.float32(1.0000001)
    result = brand_result(predicted=["nike"] * 6, probabilities=probabilities)
    assert result.confidence.tolist() == [1.0] * 6


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
    assert retrieval_run(weights=weights).shown == f"dino{mark}"


def test_pandas_columns_are_taken():
    frame = pd.DataFrame({"brand": ["nike", "nike", "adidas", "adidas", "puma", "vans"]})
    assert brand_result(truth=frame["brand"]).known.tolist() == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "../x"}, "cannot name files"),
        ({"name": ""}, "cannot name files"),
        ({"predicted": ["nike"]}, "6 photos but 1 predicted"),
        ({"groups": ["a"] * 7}, "6 photos but 7 groups"),
        ({"sources": []}, "6 photos but 0 sources"),
        ({"photo_ids": ["1-1-1"]}, "6 photos but 1 photo_ids"),
        ({"known_scores": np.ones(2)}, "6 photos but 2 known_scores"),
        ({"probabilities": np.ones((6, 2))}, r"shape \(6, 2\)"),
        ({"probabilities": np.ones(6)}, r"shape \(6,\)"),
        ({"predicted": ["vans"] * 6}, "'vans' is not among"),
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
def test_retrieval_run_refuses_what_does_not_fit(changes, message):
    with pytest.raises(DataError, match=message):
        replace(retrieval_run(), **changes)
