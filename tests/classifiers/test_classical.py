from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from sneakers_ml.brand_model import temper
from sneakers_ml.classifiers.calibration import fit_temperature
from sneakers_ml.classifiers.classical import CLASSIFIERS, TrainingSet, _folds, _simplest_of_the_best, fit_classifier
from sneakers_ml.errors import UsageError
from sneakers_ml.params import SvmParams, TrainParams
from tests.classifiers.builders import BRANDS, DIM, PARAMS, blobs, rings


def split_in_two(data):
    """Models 0 to 7 of each brand's 12, and the other four."""
    first = data.groups % 12 < 8
    return (TrainingSet(data.vectors[side], data.brands[side], data.groups[side]) for side in (first, ~first))


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_brands_that_lie_apart_are_learnt(name):
    training, unseen = split_in_two(blobs(brand_spread=3, group_spread=0.5))
    tuned = fit_classifier(name, training, PARAMS)
    assert tuned.score > 0.98
    probabilities = tuned.pipeline.predict_proba(unseen.vectors)
    assert list(tuned.pipeline.classes_) == sorted(BRANDS)
    assert probabilities.shape == (len(unseen.brands), 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-9)
    assert (tuned.pipeline.predict(unseen.vectors) == unseen.brands).mean() > 0.98


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_score_is_not_earned_by_knowing_the_model(name):
    """Brands mean nothing here, yet photos of one model lie close: folds that tore models apart would score 1."""
    data = blobs(brand_spread=0, group_spread=5)
    nearest = np.argsort(((data.vectors[:, None] - data.vectors[None]) ** 2).sum(axis=2), axis=1)[:, 1]
    assert f1_score(data.brands, data.brands[nearest], average="macro") == 1  # the leak is there to be used
    tuned = fit_classifier(name, data, PARAMS)
    assert tuned.score < 0.6


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_confidence_is_not_earned_by_knowing_the_model(name):
    """Where brands mean nothing, the temperature of unseen models leaves nobody sure of other unseen models."""
    training, unseen = split_in_two(blobs(brand_spread=0, group_spread=5))
    tuned = fit_classifier(name, training, PARAMS)
    probabilities = tuned.pipeline.predict_proba(unseen.vectors)
    truth = np.searchsorted(tuned.pipeline.classes_, unseen.brands)
    half = unseen.groups % 2 == 0
    temperature = fit_temperature(probabilities[half], truth[half])
    assert np.median(temper(probabilities[~half], temperature).max(axis=1)) < 0.6


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_folds_never_tear_a_model_and_hold_every_photo_once(folds):
    data = blobs(brand_spread=1, group_spread=1)
    pairs = _folds(data, PARAMS.model_copy(update={"folds": folds}))
    assert len(pairs) == folds
    for train, held_out in pairs:
        assert not set(data.groups[train]) & set(data.groups[held_out])
        assert set(data.brands[held_out]) == set(data.brands[train]) == set(BRANDS)
    assert sorted(np.concatenate([held_out for _, held_out in pairs])) == list(range(len(data.brands)))


def test_a_seed_gives_one_machine():
    data = blobs(brand_spread=1, group_spread=1)
    first, second = (fit_classifier("svm", data, PARAMS) for _ in range(2))
    assert (first.choice, first.score) == (second.choice, second.score)
    np.testing.assert_array_equal(
        first.pipeline.predict_proba(data.vectors), second.pipeline.predict_proba(data.vectors)
    )


@pytest.mark.parametrize(("wanted", "kept"), [(4, 4), (DIM, DIM), (500, DIM)])
def test_no_more_components_than_the_vectors_have(wanted, kept):
    params = TrainParams(names=("svm",), svm=SvmParams(components=wanted, linear_C=(0.1,), rbf_C=(1.0,)))
    tuned = fit_classifier("svm", blobs(brand_spread=2, group_spread=0.5, models=6), params)
    assert tuned.choice["components"] == tuned.pipeline["pca"].n_components_ == kept


def test_no_more_components_than_a_fold_has_photos():
    params = TrainParams(names=("svm",), folds=3, svm=SvmParams(components=12, linear_C=(0.1,), rbf_C=(1.0,)))
    tuned = fit_classifier("svm", blobs(brand_spread=2, group_spread=0.5, models=3, photos=1), params)
    assert tuned.choice["components"] == 6  # nine photos, of which each fold trains on six


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
        ([0.70, 0.85, 0.80, 0.75], 0.02, 1),  # the best of all is linear
        ([0.80, 0.80, 0.80, 0.80], 0.0, 0),
    ],
)
def test_a_linear_machine_within_one_standard_error_is_preferred(means, spread, chosen):
    assert _simplest_of_the_best([True, True, False, False], scores_of(means, spread)) == chosen


def test_a_curved_border_is_worth_its_kernel():
    """No line tells two rings apart, so the RBF machine wins by more than an error."""
    tuned = fit_classifier("svm", rings(), PARAMS)
    assert tuned.choice == {"kernel": "rbf", "C": 1.0, "components": 2}
    assert tuned.score > 0.95


def test_an_unknown_classifier_names_those_there_are():
    with pytest.raises(UsageError, match="no classifier 'forest'; choose from svm"):
        fit_classifier("forest", blobs(brand_spread=1, group_spread=1), PARAMS)
