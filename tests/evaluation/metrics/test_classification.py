from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.classification import (
    BrandScores,
    ReliabilityBin,
    accuracy,
    brand_counts,
    brand_scores,
    expected_calibration_error,
    macro_f1,
    reliability_table,
    weighted_auroc,
)

BRANDS = ["adidas", "asics", "nike", "puma", "vans"]


def sums(truth, predicted, labels=BRANDS):
    return brand_counts(truth, predicted, labels).sum(axis=0)


class TestCounts:
    def test_of_each_photo_in_the_order_of_the_labels(self):
        counts = brand_counts(["b", "a"], ["b", "b"], ["b", "a"])
        assert counts.tolist() == [[1, 0, 1, 0, 1, 0], [0, 0, 0, 1, 1, 0]]  # hits, truth, predicted

    def test_worked_example(self):
        # nike: 1 hit, 2 true, 2 predicted -> 1/2. adidas: 1 hit, 2 true, 1 predicted -> 2/3. puma: 1, 1, 2 -> 2/3.
        truth, predicted = ["nike", "nike", "adidas", "adidas", "puma"], ["nike", "puma", "adidas", "nike", "puma"]
        assert accuracy(sums(truth, predicted)) == pytest.approx(3 / 5)
        assert macro_f1(sums(truth, predicted)) == pytest.approx((1 / 2 + 2 / 3 + 2 / 3) / 3)

    def test_source_with_few_brands_is_averaged_over_the_brands_it_holds(self):
        # The source holds nike and vans only. nike: 1 hit, 2 true, 1 predicted -> 2/3; vans: 2 hits, 2, 2 -> 1.
        found = macro_f1(sums(["nike", "nike", "vans", "vans"], ["nike", "puma", "vans", "vans"]))
        assert found == pytest.approx((2 / 3 + 1) / 2)

    @pytest.mark.parametrize("present", [BRANDS, ["nike", "vans"]])
    @pytest.mark.parametrize("seed", range(3))
    def test_many_at_once_agree_with_scikit_learn(self, seed, present):
        generator = np.random.default_rng(seed)
        truth = generator.choice(present, 300)
        predicted = np.where(generator.random(300) < 0.6, truth, generator.choice(BRANDS, 300))
        parts = generator.integers(0, 4, 300)
        counts = brand_counts(truth, predicted, BRANDS)
        table = np.stack([counts[parts == part].sum(axis=0) for part in range(4)])
        pairs = [(truth[parts == part], predicted[parts == part]) for part in range(4)]
        assert accuracy(table) == pytest.approx([accuracy_score(*pair) for pair in pairs])
        expected = [f1_score(*pair, labels=np.unique(pair[0]), average="macro") for pair in pairs]
        assert macro_f1(table) == pytest.approx(expected)

    def test_no_photo_has_no_f1(self):
        table = np.array([[0.0, 1, 0, 2, 1, 1], np.zeros(6)])  # of the second brand 1 hit, 2 true, 1 predicted
        assert macro_f1(table) == pytest.approx([2 / 3, np.nan], nan_ok=True)

    @pytest.mark.parametrize(
        ("truth", "predicted", "labels", "message"),
        [
            (["nike"], [], ["nike"], "1 true and 0 predicted"),
            (["vans"], ["nike"], ["nike"], "'vans' is not among the 1 brand labels"),
            (["nike"], ["vans"], ["nike"], "'vans' is not among"),
            (["nike"], ["nike"], ["nike", "nike"], "repeat a brand"),
        ],
    )
    def test_refuses_what_does_not_fit(self, truth, predicted, labels, message):
        with pytest.raises(DataError, match=message):
            brand_counts(truth, predicted, labels)


def test_scores_of_each_brand_in_the_truth():
    # nike: 1 hit, 2 true, 2 predicted; adidas: 1 hit, 2 true, 1 predicted; asics: never predicted.
    scores = brand_scores(
        np.array(["nike", "nike", "adidas", "adidas", "asics"]), np.array(["nike", "puma", "adidas", "nike", "puma"])
    )
    assert scores == {
        "adidas": BrandScores(1.0, 0.5, pytest.approx(2 / 3), 2),
        "asics": BrandScores(0.0, 0.0, 0.0, 1),
        "nike": BrandScores(0.5, 0.5, 0.5, 2),
    }


class TestCalibration:
    def test_bins_by_hand(self):
        # Halves (0, .5] and (.5, 1]: .5 belongs below. Means .35 and .8; accuracies 1/2 and 1/3.
        confidence, correct = np.array([0.9, 0.2, 0.5, 0.8, 0.7]), np.array([True, False, True, False, False])
        assert reliability_table(confidence, correct, bins=2) == [
            ReliabilityBin(0.0, 0.5, 2, pytest.approx(0.35), pytest.approx(1 / 2)),
            ReliabilityBin(0.5, 1.0, 3, pytest.approx(0.8), pytest.approx(1 / 3)),
        ]
        expected = (2 * abs(0.5 - 0.35) + 3 * abs(1 / 3 - 0.8)) / 5
        assert expected_calibration_error(confidence, correct, bins=2) == pytest.approx(expected)

    def test_empty_bins_are_absent_and_the_ends_belong_to_the_outer_bins(self):
        table = reliability_table(np.array([0.0, 1.0]), np.array([False, True]), bins=10)
        assert [(row.low, row.high, row.photos) for row in table] == [(0.0, 0.1, 1), (0.9, 1.0, 1)]
        assert expected_calibration_error(np.array([0.0, 1.0]), np.array([False, True])) == 0

    @pytest.mark.parametrize("correct", [True, False])
    def test_photos_that_are_all_right_or_all_wrong(self, correct):
        assert expected_calibration_error(np.full(3, 0.75), np.full(3, correct)) == (0.25 if correct else 0.75)

    def test_a_model_that_is_right_as_often_as_it_says_has_no_error(self):
        generator = np.random.default_rng(0)
        confidence = generator.random(100_000)
        correct = generator.random(100_000) < confidence
        assert expected_calibration_error(confidence, correct) < 0.01
        # Claiming the square root of the truth is overconfident by the mean of sqrt(p) - p over p in [0, 1]: 2/3 - 1/2.
        assert expected_calibration_error(np.sqrt(confidence), correct) == pytest.approx(1 / 6, abs=0.01)


class TestAuroc:
    def test_by_hand(self):
        # Pairs (positive, negative): .9 beats both; .5 beats .3 and ties .5 -> (2 + 1.5) / 4.
        scores, positive = np.array([0.9, 0.5, 0.5, 0.3]), np.array([True, True, False, False])
        assert weighted_auroc(scores, positive, np.ones((1, 4))) == pytest.approx([3.5 / 4])

    @pytest.mark.parametrize("seed", range(5))
    def test_agrees_with_scikit_learn(self, seed):
        generator = np.random.default_rng(seed)
        scores, positive = generator.integers(0, 20, 200) / 20, generator.random(200) < 0.3
        weights = generator.integers(0, 4, (3, 200)).astype(float)
        expected = [roc_auc_score(positive, scores, sample_weight=row) for row in weights]
        assert weighted_auroc(scores, positive, weights) == pytest.approx(expected)

    def test_without_one_side_there_is_none(self):
        nothing = weighted_auroc(np.array([0.1, 0.2]), np.array([True, False]), np.array([[1.0, 0.0]]))
        assert np.isnan(nothing).all()
