from __future__ import annotations

import pytest

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.report.findings import brand_entries, ranked, retrieval_entries
from tests.evaluation.builders import answers, brand_result, retrieval_result

FEW = Resampling(50)
PHOTOS = {"truth": "nnaapp", "groups": "abcdef"}


def test_each_model_is_compared_with_the_best_on_validation_and_counted():
    calls = []
    models = [
        answers("hog-svm", "nnaapp", **PHOTOS, val_macro_f1=0.9),
        answers("hog-sgd", "naaapp", **PHOTOS, val_macro_f1=0.8),
    ]
    best, other = brand_entries(models, FEW, lambda: calls.append(1))
    assert best.comparison is None
    # Of sgd one n of two is found and taken for an a: (2/3 + 4/5 + 1) / 3 against 1.
    assert other.comparison.macro_f1.value == pytest.approx((2 / 3 + 4 / 5 + 1) / 3 - 1)
    assert len(calls) == 2


def test_ranked_by_a_figure_those_without_it_last():
    models = [answers("b-svm", "aaaaaa", **PHOTOS), answers("a-svm", "nnaapp", **PHOTOS, val_macro_f1=0.1)]
    entries = brand_entries(models, FEW)
    assert [each.result.name for each in ranked(entries, "macro_f1")] == ["a-svm", "b-svm"]
    assert [each.result.name for each in ranked(entries, "known_auroc")] == ["a-svm", "b-svm"]  # by name


def test_names_that_repeat_are_refused():
    with pytest.raises(DataError, match="name hog-svm twice"):
        brand_entries([brand_result(), brand_result()], FEW)
    with pytest.raises(DataError, match="name dino twice"):
        retrieval_entries([retrieval_result(), retrieval_result()], FEW)
    assert brand_entries([], FEW) == []
