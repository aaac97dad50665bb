from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from sneakers_ml.classifiers.classifier import TrainingSet
from sneakers_ml.classifiers.tuning import cross_validate, grouped_folds, preferred_within_one_error, workers_within
from sneakers_ml.progress import no_progress
from sneakers_ml.workspace.params import TrainParams
from tests.classifiers.builders import BRANDS, PARAMS, blobs


class Always(ClassifierMixin, BaseEstimator):
    """Answers with one brand."""

    def __init__(self, brand):
        self.brand = brand

    def fit(self, vectors, brands):
        self.classes_ = np.unique(brands)
        return self

    def predict(self, vectors):
        return np.full(len(vectors), self.brand)


class Watched:
    """A reduction that changes nothing and remembers how many ran at a time, and on how many photos."""

    def __init__(self, together):
        self.rows, self.most, self._running = [], 0, 0
        self._lock, self._meeting = threading.Lock(), threading.Barrier(together)

    def __call__(self, vectors):
        with self._lock:
            self._running += 1
            self.most = max(self.most, self._running)
            self.rows.append(len(vectors))
        self._meeting.wait(timeout=10)
        time.sleep(0.02)  # for one that should not be running to be seen
        with self._lock:
            self._running -= 1
        return Pipeline([("same", FunctionTransformer())]).fit(vectors), vectors


def params(**update):
    return TrainParams.model_validate({**PARAMS.model_dump(), **update})


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_folds_never_tear_a_model_and_hold_every_photo_once(folds):
    data = blobs(brand_spread=1, group_spread=1)
    pairs = grouped_folds(data, params(folds=folds))
    assert len(pairs) == folds
    for train, held_out in pairs:
        assert not set(data.groups[train]) & set(data.groups[held_out])
        assert set(data.brands[held_out]) == set(data.brands[train]) == set(BRANDS)
    assert sorted(np.concatenate([held_out for _, held_out in pairs])) == list(range(len(data.brands)))


def test_scores_by_hand():
    """Held out are six nike and two puma: always nike has an F1 of 12/14 for nike and 0 for puma, and so on."""
    brands = np.repeat(["nike", "puma"], [12, 4])
    data = TrainingSet(np.zeros((16, 2), np.float32), brands, np.arange(16))
    even = np.arange(0, 16, 2)
    folds = [(even, even + 1), (even + 1, even)]
    models = [Always("nike"), Always("puma")]
    scores = cross_validate(data, folds, Watched(1), models, params(workers=1), no_progress)
    np.testing.assert_allclose(scores, [[6 / 14] * 2, [(4 / 10) / 2] * 2])


def test_a_reduction_is_fitted_once_a_fold_on_what_is_trained_on_alone():
    data = blobs(brand_spread=3, group_spread=0.5)
    folds, watched = grouped_folds(data, PARAMS), Watched(1)
    models = [KNeighborsClassifier(neighbours) for neighbours in (1, 3, 5, 7)]
    cross_validate(data, folds, watched, models, params(workers=1), no_progress)
    assert sorted(watched.rows) == sorted(len(train) for train, _ in folds)


def test_scores_are_the_same_for_any_number_of_workers():
    data = blobs(brand_spread=1, group_spread=1)
    folds = grouped_folds(data, params(folds=4))
    models = [KNeighborsClassifier(neighbours) for neighbours in (1, 3, 9)]
    one, two = (
        cross_validate(data, folds, Watched(workers), models, params(workers=workers), no_progress)
        for workers in (1, 2)
    )
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(("memory_mb", "most"), [(1024, 2), (256, 1)])
def test_memory_for_one_fold_alone_is_worth_one_worker(memory_mb, most):
    """A fold trains on 6 vectors of 2,000,000 numbers: 192 MB by the estimate of four copies of 4 bytes each."""
    data = TrainingSet(np.zeros((12, 2_000_000), np.float32), np.tile(["nike", "puma"], 6), np.arange(12))
    folds = [(np.arange(6), np.arange(6, 8)), (np.arange(6, 12), np.arange(2))]
    watched = Watched(most)
    cross_validate(data, folds, watched, [Always("nike")], params(workers=2, memory_mb=memory_mb), no_progress)
    assert watched.most == most


@pytest.mark.parametrize(
    ("workers", "memory_mb", "bytes_each", "allowed"),
    [
        (4, 1024, 100 * 2**20, 4),
        (4, 1024, 400 * 2**20, 2),
        (4, 1024, 512 * 2**20, 2),
        (4, 1024, 512 * 2**20 + 1, 1),
        (4, 256, 2**40, 1),
        (1, 4096, 1, 1),
    ],
)
def test_workers_that_memory_allows_by_hand(workers, memory_mb, bytes_each, allowed):
    assert workers_within(params(workers=workers, memory_mb=memory_mb), bytes_each) == allowed


def scores_of(means, spread):
    """(candidates, 5) scores of the means given; the five folds' standard error is `spread`."""
    offsets = np.array([-2, -1, 0, 1, 2]) / np.sqrt(10 / 4) * np.sqrt(5) * spread
    return np.array(means)[:, None] + offsets


@pytest.mark.parametrize(
    ("means", "spread", "chosen"),
    [
        ([0.70, 0.79, 0.80, 0.75], 0.02, 1),
        ([0.70, 0.785, 0.80, 0.75], 0.02, 1),
        ([0.70, 0.775, 0.80, 0.75], 0.02, 2),
        ([0.79, 0.70, 0.75, 0.80], 0.02, 0),
        ([0.70, 0.79, 0.75, 0.80], 0.0, 3),
        ([0.70, 0.85, 0.80, 0.75], 0.02, 1),  # the best of all is plain
        ([0.80, 0.80, 0.80, 0.80], 0.0, 0),
    ],
)
def test_a_plain_candidate_within_one_standard_error_is_preferred(means, spread, chosen):
    assert preferred_within_one_error([True, True, False, False], scores_of(means, spread)) == chosen
