from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.classifiers.calibration import fit_temperature, fit_unknown_threshold, source_weights
from sneakers_ml.inference.brand_model import temper


def two_brands(confidence, right, count=20_000):
    """`count` answers of one confidence for the first brand, of which the share `right` is right."""
    probabilities = np.tile(np.array([confidence, 1 - confidence], np.float32), (count, 1))
    return probabilities, np.repeat([0, 1], [round(count * right), count - round(count * right)])


@pytest.mark.parametrize(
    ("confidence", "right", "temperature"),
    [
        (0.9, 0.75, 2.0),  # log(9) / T = log(3): nine to one is said, three to one is true
        (0.75, 0.9, 0.5),
        (0.8, 0.8, 1.0),
        (0.99, 0.75, np.log(99) / np.log(3)),
    ],
)
def test_the_temperature_of_two_brands_by_hand(confidence, right, temperature):
    probabilities, truth = two_brands(confidence, right)
    assert fit_temperature(probabilities, truth) == pytest.approx(temperature, rel=1e-3)


def test_sources_weigh_alike_however_many_photos_they_have():
    """A source of 3,000 photos at 0.9, of which half are right, and one of 1,000, all right: together 0.75."""
    first, second = two_brands(0.9, 0.5, 3000), two_brands(0.9, 1.0, 1000)
    probabilities, truth = (np.concatenate(parts) for parts in zip(first, second, strict=True))
    weights = source_weights(np.repeat(["large", "small"], [3000, 1000]))
    assert fit_temperature(probabilities, truth, weights) == pytest.approx(2.0, rel=1e-2)  # log(9) / T = log(3)
    assert fit_temperature(probabilities, truth) > 3  # five eighths are right: log(9) / T = log(5 / 3)


def test_weights_of_sources_by_hand():
    """Sources of 40, 20 and 10 photos: 1/40, 1/20 and 1/20 each, as the smallest counts as one of 20; 70 in all."""
    weights = source_weights(np.repeat(["a", "b", "c"], [40, 20, 10]))
    np.testing.assert_allclose(weights[[0, 40, 60]], np.array([1, 2, 2]) * 70 / 100)
    assert weights.sum() == pytest.approx(70)
    assert len(source_weights(np.empty(0, str))) == 0


def test_probabilities_that_were_sharpened_are_softened_back():
    """Truth is drawn from the probabilities, which are then sharpened by T = 1/3, that is squared and cubed."""
    rng = np.random.default_rng(0)
    honest = rng.dirichlet(np.ones(4), size=20_000)
    truth = (rng.random((len(honest), 1)) > honest.cumsum(axis=1)).sum(axis=1)
    sharpened = honest**3 / (honest**3).sum(axis=1, keepdims=True)
    assert fit_temperature(sharpened.astype(np.float32), truth) == pytest.approx(3, rel=0.05)


def test_a_temperature_never_makes_the_truth_less_likely():
    rng = np.random.default_rng(1)
    probabilities = rng.dirichlet(np.full(5, 0.3), size=300).astype(np.float32)
    truth = np.where(rng.random(300) < 0.6, probabilities.argmax(axis=1), rng.integers(0, 5, 300))
    best = fit_temperature(probabilities, truth)

    def loss(temperature):
        return -np.log(temper(probabilities, temperature)[np.arange(300), truth]).mean()

    assert all(loss(best) <= loss(other) + 1e-6 for other in (0.1, 0.5, 1, best * 1.1, best / 1.1, 10))


@pytest.mark.parametrize("count", [1, 10, 100])
def test_photos_that_are_all_recognised_allow_only_so_much_confidence(count):
    """Of two brands at 0.8: (n + 1) / (n + 2) after n photos, so log(4) / T = log(n + 1)."""
    probabilities, truth = two_brands(0.8, 1.0, count)
    temperature = fit_temperature(probabilities, truth)
    assert temperature == pytest.approx(np.log(4) / np.log(count + 1), rel=1e-3)
    np.testing.assert_allclose(temper(probabilities, temperature)[:, 0], (count + 1) / (count + 2), atol=1e-3)


def test_answers_that_are_all_right_or_all_impossible_still_have_a_temperature():
    sure = np.tile(np.array([1, 0], np.float32), (10, 1))
    for truth in (np.zeros(10, np.int64), np.ones(10, np.int64)):
        assert 0.04 < fit_temperature(sure, truth) < 21


KNOWN = np.array([0.2, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])


@pytest.mark.parametrize(
    ("unknown", "threshold"),
    [
        ([0.3, 0.4], 0.5),  # from 0.5 on both unknown are refused, at the price of one known
        ([0.1, 0.1], 0.2),  # all unknown are refused by the lowest threshold that keeps all known
        ([0.55, 0.58], 0.6),  # two of eight known are lost, the most that may be
        ([0.65, 0.68], 0.2),  # refusing these would lose three of eight, so nothing is gained by losing any
        ([0.99, 0.99], 0.2),
    ],
)
def test_the_threshold_tells_known_from_unknown_best_by_hand(unknown, threshold):
    assert fit_unknown_threshold(KNOWN, np.array(unknown)) == pytest.approx(threshold)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 9, 50])
def test_no_more_than_a_quarter_of_the_known_are_ever_refused(count):
    known = np.linspace(0.3, 0.9, count)
    unknown = np.linspace(0.0, 0.89, 40)
    assert (known < fit_unknown_threshold(known, unknown)).mean() <= 0.25


def test_without_unknown_photos_19_of_20_known_are_accepted():
    known = np.random.default_rng(2).permutation(np.linspace(0.05, 1, 20))
    threshold = fit_unknown_threshold(known, np.empty(0))
    assert 0.05 < threshold <= 0.1
    assert (known >= threshold).sum() == 19
