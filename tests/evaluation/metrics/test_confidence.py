from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.confidence import (
    ReliabilityBin,
    expected_calibration_error,
    known_unknown_auroc,
    reliability_table,
    weighted_auroc,
)


def test_equal_width_bins_by_hand():
    # Halves (0, .5] and (.5, 1]: .5 belongs below. Means .35 and .8; accuracies 1/2 and 1/3.
    confidence, correct = np.array([0.9, 0.2, 0.5, 0.8, 0.7]), np.array([True, False, True, False, False])
    assert reliability_table(confidence, correct, bins=2) == [
        ReliabilityBin(0.0, 0.5, 2, pytest.approx(0.35), pytest.approx(1 / 2)),
        ReliabilityBin(0.5, 1.0, 3, pytest.approx(0.8), pytest.approx(1 / 3)),
    ]
    expected = (2 * abs(0.5 - 0.35) + 3 * abs(1 / 3 - 0.8)) / 5
    assert expected_calibration_error(confidence, correct, bins=2) == pytest.approx(expected)


def test_bins_of_equal_mass_by_hand():
    confidence, correct = np.array([0.9, 0.6, 0.8, 0.7]), np.array([True, False, False, True])
    table = reliability_table(confidence, correct, bins=2, binning="mass")
    assert [(row.low, row.high, row.count, row.accuracy) for row in table] == [(0.6, 0.7, 2, 0.5), (0.8, 0.9, 2, 0.5)]
    error = expected_calibration_error(confidence, correct, bins=2, binning="mass")
    assert error == pytest.approx((0.15 + 0.35) / 2)


def test_empty_bins_are_absent_and_the_ends_belong_to_the_outer_bins():
    table = reliability_table(np.array([0.0, 1.0]), np.array([False, True]), bins=10)
    assert [(row.low, row.high, row.count) for row in table] == [(0.0, 0.1, 1), (0.9, 1.0, 1)]
    assert expected_calibration_error(np.array([0.0, 1.0]), np.array([False, True])) == 0


def test_more_bins_than_photos():
    assert len(reliability_table(np.array([0.3, 0.4]), np.array([True, True]), bins=5, binning="mass")) == 2


@pytest.mark.parametrize("binning", ["width", "mass"])
def test_a_model_that_is_right_as_often_as_it_says_has_no_error(binning):
    generator = np.random.default_rng(0)
    confidence = generator.random(100_000)
    correct = generator.random(100_000) < confidence
    assert expected_calibration_error(confidence, correct, binning=binning) < 0.01
    # Claiming the square root of the truth is overconfident by the mean of sqrt(p) - p over p in [0, 1]: 2/3 - 1/2.
    too_sure = expected_calibration_error(np.sqrt(confidence), correct, binning=binning)
    assert too_sure == pytest.approx(1 / 6, abs=0.01)


@pytest.mark.parametrize(
    ("confidence", "correct", "bins"),
    [([], [], 5), ([0.5], [True, False], 5), ([1.2], [True], 5), ([np.nan], [True], 5), ([0.5], [True], 0)],
)
def test_refuses_what_cannot_be_binned(confidence, correct, bins):
    with pytest.raises(DataError):
        reliability_table(np.array(confidence), np.array(correct, dtype=bool), bins)


def test_auroc_by_hand():
    # Pairs (known, unknown): .9 beats both; .5 beats .3 and ties .5 -> (2 + 1.5) / 4.
    assert known_unknown_auroc(np.array([0.9, 0.5]), np.array([0.5, 0.3])) == pytest.approx(3.5 / 4)
    assert known_unknown_auroc(np.array([0.8, 0.9]), np.array([0.1])) == 1
    assert known_unknown_auroc(np.array([0.1]), np.array([0.8, 0.9])) == 0
    assert known_unknown_auroc(np.array([0.5, 0.5]), np.array([0.5])) == 0.5


@pytest.mark.parametrize("seed", range(5))
def test_weighted_auroc_agrees_with_scikit_learn(seed):
    generator = np.random.default_rng(seed)
    scores, positive = generator.integers(0, 20, 200) / 20, generator.random(200) < 0.3
    weights = generator.integers(0, 4, (3, 200)).astype(float)
    expected = [roc_auc_score(positive, scores, sample_weight=row) for row in weights]
    assert weighted_auroc(scores, positive, weights) == pytest.approx(expected)


def test_auroc_without_one_side():
    with pytest.raises(DataError, match="0 known and 1 unknown"):
        known_unknown_auroc(np.array([]), np.array([0.5]))
    nothing = weighted_auroc(np.array([0.1, 0.2]), np.array([True, False]), np.array([[1.0, 0.0]]))
    assert np.isnan(nothing).all()
