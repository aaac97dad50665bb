from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.classifiers.classifier import TrainingSet, make_classifier
from sneakers_ml.errors import DataError
from sneakers_ml.progress import no_progress
from tests.classifiers.builders import BRANDS, PARAMS, blobs, split_in_two, with_settings

CHOICE = {"depth": 3, "columns": 8}


def boosting(**settings):
    return with_settings("catboost", **settings)


def tune(data, params):
    return make_classifier("catboost", params).tune(data, no_progress)


def refit(choice, data, validation, params):
    return make_classifier("catboost", params).fit(choice, data, validation)


def test_it_stops_where_validation_photos_stop_getting_better():
    """Photos of the wrong brands get worse with every tree; those learnt from get better to the last."""
    data = blobs(brand_spread=3, group_spread=0.5)
    others = dict(zip(BRANDS, np.roll(BRANDS, 1), strict=True))
    wrong = TrainingSet(data.vectors, np.array([others[brand] for brand in data.brands]), data.groups)
    params = boosting(iterations=60, patience=5)
    assert refit(CHOICE, data, wrong, params)["catboost"].tree_count_ <= 2
    assert refit(CHOICE, data, data, params)["catboost"].tree_count_ == 60


def test_validation_photos_do_nothing_but_stop():
    """Two sets of them that both let every tree grow give the same trees."""
    training, unseen = split_in_two(blobs(brand_spread=4, group_spread=0.3))
    params = boosting(iterations=10, patience=50)
    first, second = (refit(CHOICE, training, seen, params) for seen in (training, unseen))
    assert first["catboost"].tree_count_ == second["catboost"].tree_count_ == 10
    np.testing.assert_array_equal(first.predict_proba(unseen.vectors), second.predict_proba(unseen.vectors))


def test_brands_that_depend_on_two_columns_together_need_depth():
    """Puma where the signs of two columns differ: a tree of one question sees nothing of it."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(400, 3)).astype(np.float32)
    brands = np.where((vectors[:, 0] > 0) == (vectors[:, 1] > 0), "nike", "puma")
    choice, score = tune(TrainingSet(vectors, brands, np.arange(400)), boosting(depth=(1, 4)))
    assert choice["depth"] == 4
    assert score > 0.85


def test_the_columns_kept_are_those_that_tell_brands_apart():
    rng = np.random.default_rng(0)
    brands = np.tile(["nike", "puma"], 100)
    vectors = rng.normal(size=(200, 10)).astype(np.float32)
    vectors[brands == "puma", 3] += 2
    vectors[brands == "puma", 7] -= 2
    vectors[:, 5] = 1  # a constant column tells nothing, and is no reason to warn
    data = TrainingSet(vectors, brands, np.arange(200))
    model = refit({"depth": 3, "columns": 2}, data, data, boosting(columns=2))
    assert list(model["columns"].get_support(indices=True)) == [3, 7]
    blind = vectors.copy()
    blind[:, [0, 1, 2, 4, 5, 6, 8, 9]] = 0  # and the model sees no other
    np.testing.assert_array_equal(model.predict_proba(blind), model.predict_proba(vectors))


def test_validation_photos_of_brands_that_are_not_learnt_have_no_say():
    data = blobs(brand_spread=3, group_spread=0.5)
    without = data.rows(data.brands != "vans")
    first, second = (refit(CHOICE, without, seen, PARAMS) for seen in (data, without))
    np.testing.assert_array_equal(first.predict_proba(data.vectors), second.predict_proba(data.vectors))


def test_without_a_photo_to_stop_by_it_says_so():
    data = blobs(brand_spread=3, group_spread=0.5, models=6)
    with pytest.raises(DataError, match="no validation photo of the brands to be learnt"):
        refit(CHOICE, data.rows(data.brands == "nike"), data.rows(data.brands == "vans"), PARAMS)
