from __future__ import annotations

from time import process_time

import numpy as np
import pytest
from sklearn.metrics import f1_score

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import (
    Interval,
    Resampling,
    intervals_of_sums,
    intervals_of_weights,
    mean_intervals,
)
from sneakers_ml.evaluation.metrics.classification import brand_counts, macro_f1

DEFAULT = Resampling()


def mean_interval(values, groups, resampling=DEFAULT):
    return mean_intervals({"mean": values}, groups, resampling)["mean"]


def slow_bootstrap(groups, statistic, resamples, seed):
    """The definition, photo by photo: draw models, collect their photos, compute."""
    generator = np.random.default_rng(seed)
    names = np.unique(groups)
    members = {name: np.flatnonzero(groups == name) for name in names}
    samples = [
        statistic(np.concatenate([members[name] for name in generator.choice(names, len(names))]))
        for _ in range(resamples)
    ]
    return np.quantile(samples, [0.025, 0.975])


def plain_macro_f1(truth, predicted):
    scores = []
    for brand in set(truth.tolist()):
        hits = ((truth == brand) & (predicted == brand)).sum()
        scores.append(2 * hits / ((truth == brand).sum() + (predicted == brand).sum()))
    return sum(scores) / len(scores)


def photos_of_models(seed, models=60):
    """Truth and prediction of photos in models of 1 to 8; a model is recognised in all its photos or hardly at all."""
    generator = np.random.default_rng(seed)
    groups = np.repeat(np.arange(models), generator.integers(1, 9, models))
    truth = generator.integers(0, 3, models)[groups]
    easy = (generator.random(models) < 0.6)[groups]
    guess = generator.integers(0, 3, len(groups))
    return groups, truth, np.where(easy, truth, guess)


def test_macro_f1_interval_agrees_with_the_slow_bootstrap():
    groups, truth, predicted = photos_of_models(3)
    table = brand_counts(truth.astype(str), predicted.astype(str), ["0", "1", "2"])
    fast = intervals_of_sums(table, groups, {"f1": macro_f1}, Resampling(4000, seed=1))["f1"]
    slow = slow_bootstrap(groups, lambda rows: plain_macro_f1(truth[rows], predicted[rows]), 3000, seed=2)
    assert fast.value == pytest.approx(f1_score(truth, predicted, average="macro"))
    assert [fast.low, fast.high] == pytest.approx(slow, abs=0.012)


def test_mean_interval_agrees_with_the_slow_bootstrap():
    groups, truth, predicted = photos_of_models(4)
    right = (truth == predicted).astype(float)
    fast = mean_interval(right, groups, Resampling(4000, seed=1))
    slow = slow_bootstrap(groups, lambda rows: right[rows].mean(), 4000, seed=2)
    assert fast.value == pytest.approx(right.mean())
    assert [fast.low, fast.high] == pytest.approx(slow, abs=0.012)


def test_interval_covers_the_true_mean_as_often_as_it_says():
    generator = np.random.default_rng(5)
    groups = np.repeat(np.arange(50), 4)
    covered = 0
    for trial in range(300):
        skill = generator.beta(2, 1, 50)  # mean 2/3, the truth to be covered
        values = (generator.random(200) < skill[groups]).astype(float)
        found = mean_interval(values, groups, Resampling(300, seed=trial))
        covered += found.low <= 2 / 3 <= found.high
    # 95 % of 300 are 285 with a standard deviation of 4; percentile intervals of 50 groups run a little short.
    assert 268 <= covered <= 297


def test_resampling_photos_instead_of_models_would_be_too_sure():
    groups = np.repeat(np.arange(40), 10)
    values = np.repeat(np.arange(40) % 2, 10).astype(float)
    by_model = mean_interval(values, groups)
    by_photo = mean_interval(values, np.arange(400))
    # The standard error of a share of 1/2 is .5/sqrt(n): ten times the photos of a model narrow it by sqrt(10).
    assert by_model.high - by_model.low == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(40), rel=0.12)
    assert by_photo.high - by_photo.low == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(400), rel=0.12)


def test_weights_and_sums_give_the_same_interval():
    groups, truth, predicted = photos_of_models(6)
    right = (truth == predicted).astype(float)
    how = Resampling(500, seed=9)
    weighted = intervals_of_weights(groups, {"mean": lambda weights: weights @ right / weights.sum(axis=1)}, how)
    summed = mean_interval(right, groups, how)
    assert [weighted["mean"].low, weighted["mean"].high] == pytest.approx([summed.low, summed.high])


def test_seed_decides():
    values, groups = np.random.default_rng(0).random(100), np.arange(100) // 3
    assert mean_interval(values, groups, Resampling(seed=1)) == mean_interval(values, groups, Resampling(seed=1))
    assert mean_interval(values, groups, Resampling(seed=1)) != mean_interval(values, groups, Resampling(seed=2))


def test_order_of_photos_and_names_of_models_do_not_matter():
    values, groups = np.random.default_rng(0).random(90), np.arange(90) // 3
    order = np.random.default_rng(1).permutation(90)
    named = np.array([f"model {code:03d}" for code in groups])
    first, second = mean_interval(values, groups), mean_interval(values[order], named[order])
    assert [first.low, first.high] == pytest.approx([second.low, second.high])


def test_level_widens():
    values, groups = np.random.default_rng(0).random(100), np.arange(100)
    narrow, wide = (mean_interval(values, groups, Resampling(level=level)) for level in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high


def test_one_model_has_no_bounds():
    found = mean_interval(np.array([0.0, 1.0]), ["pegasus", "pegasus"])
    assert found.value == 0.5
    assert not found.bounded
    assert np.isnan([found.low, found.high]).all()
    assert not Interval(0.3).bounded
    assert Interval(0.3, 0.2, 0.4).bounded


def test_resamples_without_a_value_are_left_out():
    # The share among photos of model a only: a resample that misses a (1 in 4) has none.
    table = np.array([[1.0, 1.0], [0.0, 0.0]])

    def share(sums):
        return np.divide(sums[:, 0], sums[:, 1], out=np.full(len(sums), np.nan), where=sums[:, 1] > 0)

    assert intervals_of_sums(table, ["a", "b"], {"share": share}, DEFAULT)["share"] == Interval(1.0, 1.0, 1.0)


@pytest.mark.parametrize("changes", [{"resamples": 0}, {"level": 0.0}, {"level": 1.0}])
def test_refuses_an_impossible_resampling(changes):
    with pytest.raises(DataError, match="bootstrap needs"):
        Resampling(**changes)


def test_refuses_nothing_and_lengths_that_differ():
    with pytest.raises(DataError, match="nothing to resample"):
        mean_interval(np.array([]), [])
    with pytest.raises(DataError, match="one row each"):
        intervals_of_sums(np.ones((2, 1)), ["a"], {}, DEFAULT)


def test_ten_thousand_photos_take_seconds_at_most():
    generator = np.random.default_rng(0)
    table = generator.integers(0, 2, (10_000, 39)).astype(float)
    start = process_time()
    intervals_of_sums(table, np.arange(10_000), {"f1": macro_f1}, Resampling(1000))
    # About half a second alone; a loop over resamples and photos would take minutes.
    assert process_time() - start < 15
