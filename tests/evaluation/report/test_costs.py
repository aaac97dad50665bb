from __future__ import annotations

import json

import pytest

from sneakers_ml.errors import BundleError
from sneakers_ml.evaluation.report.costs import Cost, read_cost


def test_tuning_and_fitting_are_added(tmp_path):
    file = tmp_path / "hog-svm.json"
    file.write_text(json.dumps({"tune_seconds": 10.0, "fit_seconds": 2.5, "predict_ms": 0.4, "bytes": 9}))
    assert read_cost(file, "hog-svm", 1234) == Cost(fit_seconds=12.5, predict_ms=0.4, size=1234)


def test_without_a_report_only_the_size_is_known(tmp_path):
    assert read_cost(tmp_path / "hog-svm.json", "hog-svm", 1234) == Cost(size=1234)


@pytest.mark.parametrize("text", ["", "{", "{}", '{"tune_seconds": -1, "fit_seconds": 1, "predict_ms": 1}'])
def test_a_damaged_report_says_how_to_make_it_again(tmp_path, text):
    (tmp_path / "hog-svm.json").write_text(text)
    with pytest.raises(BundleError, match=r"hog-svm\.json: damaged; run `sneakers train hog svm`"):
        read_cost(tmp_path / "hog-svm.json", "hog-svm", 1)
