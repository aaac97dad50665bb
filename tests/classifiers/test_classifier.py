from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from sneakers_ml.classifiers.calibration import fit_temperature
from sneakers_ml.classifiers.classifier import TrainingSet, fit_classifier, refit_classifier
from sneakers_ml.errors import ParamsError, UsageError
from sneakers_ml.inference.brand_model import temper
from tests.classifiers.builders import BRANDS, CLASSIFIERS, DIM, PARAMS, blobs, rings, split_in_two, with_settings

EVERY = pytest.mark.parametrize("name", CLASSIFIERS)
REDUCED = ("svm", "sgd", "logistic")


@pytest.fixture(scope="module", params=CLASSIFIERS)
def fitted(request):
    """A classifier's name, brands that lie apart as training and validation photos, and what came of them."""
    training, unseen = split_in_two(blobs(brand_spread=3, group_spread=0.5))
    return request.param, training, unseen, fit_classifier(request.param, training, unseen, PARAMS)


def test_brands_that_lie_apart_are_learnt(fitted):
    name, _, unseen, tuned = fitted
    assert tuned.score > (0.9 if name == "catboost" else 0.98)
    probabilities = tuned.fitted.predict_proba(unseen.vectors)
    assert probabilities.shape == (len(unseen.brands), 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    predicted = tuned.fitted.classes_[probabilities.argmax(axis=1)]
    assert (predicted == unseen.brands).mean() > 0.95


def test_the_columns_of_the_answer_are_the_brands_in_order(fitted):
    assert list(fitted[3].fitted.classes_) == sorted(BRANDS)


def test_fitting_again_with_the_choice_gives_the_same_pipeline(fitted):
    name, training, unseen, tuned = fitted
    again = refit_classifier(name, tuned.choice, training, unseen, PARAMS)
    assert type(again) is type(tuned.fitted)
    np.testing.assert_array_equal(again.predict_proba(unseen.vectors), tuned.fitted.predict_proba(unseen.vectors))


def test_any_number_of_workers_gives_one_model(fitted):
    name, training, unseen, tuned = fitted
    for update in ({"workers": 1}, {"workers": 5}):
        other = fit_classifier(name, training, unseen, PARAMS.model_copy(update=update))
        assert (other.choice, other.score) == (tuned.choice, tuned.score)
        np.testing.assert_array_equal(
            other.fitted.predict_proba(unseen.vectors), tuned.fitted.predict_proba(unseen.vectors)
        )


def test_what_it_took_is_told_and_no_part_of_equality(fitted):
    assert fitted[3].tune_seconds > 0
    assert fitted[3].fit_seconds > 0


@EVERY
def test_a_score_is_not_earned_by_knowing_the_model(name):
    """Brands mean nothing here, yet photos of one model lie close: folds that tore models apart would score 1."""
    data = blobs(brand_spread=0, group_spread=5)
    nearest = np.argsort(((data.vectors[:, None] - data.vectors[None]) ** 2).sum(axis=2), axis=1)[:, 1]
    assert f1_score(data.brands, data.brands[nearest], average="macro") == 1  # the leak is there to be used
    assert fit_classifier(name, data, data, PARAMS).score < 0.6


@EVERY
def test_confidence_is_not_earned_by_knowing_the_model(name):
    """Where brands mean nothing, the temperature of unseen models leaves nobody sure of other unseen models."""
    training, unseen = split_in_two(blobs(brand_spread=0, group_spread=5))
    half = unseen.groups % 2 == 0
    tuned = fit_classifier(name, training, unseen.rows(half), PARAMS)
    probabilities = tuned.fitted.predict_proba(unseen.vectors)
    truth = np.searchsorted(tuned.fitted.classes_, unseen.brands)
    temperature = fit_temperature(probabilities[half], truth[half])
    assert np.median(temper(probabilities[~half], temperature).max(axis=1)) < 0.65


@EVERY
def test_a_rare_brand_weighs_as_much_as_a_common_one(name):
    """One brand in ten, spread alike in one column and a spread's width away: the border lies midway for equal weights.

    Unweighed, the common brand would claim the middle and far into the rare brand's side.
    """
    rng = np.random.default_rng(3)
    brands = np.repeat(["nike", "puma"], [900, 100])
    vectors = rng.normal(size=(1000, 2)).astype(np.float32)
    vectors[brands == "puma", 0] += 1.5
    data = TrainingSet(vectors, brands, np.arange(1000))
    tuned = fit_classifier(name, data, data, PARAMS)
    # Pairwise coupling calibrates SVC's probabilities to how often brands occur; its votes are what is weighed.
    predicted = tuned.fitted.predict(vectors).ravel()
    recalls = [(predicted[brands == brand] == brand).mean() for brand in ("nike", "puma")]
    assert min(recalls) > 0.65  # of the border midway, 0.77 each by the normal distribution


@EVERY
def test_every_candidate_is_heard_of_once_a_fold(name):
    heard = []
    data = blobs(brand_spread=3, group_spread=0.5, models=6)
    fit_classifier(name, data, data, PARAMS, lambda done, total: heard.append((done, total)))
    candidates = {"svm": 3, "sgd": 2, "catboost": 2, "logistic": 4}[name]
    assert heard == [(done, 3 * candidates) for done in range(1, 3 * candidates + 1)]


@pytest.mark.parametrize("name", REDUCED)
@pytest.mark.parametrize(("wanted", "kept"), [(4, 4), (DIM, DIM), (500, DIM)])
def test_no_more_components_than_the_vectors_have(name, wanted, kept):
    data = blobs(brand_spread=2, group_spread=0.5, models=6)
    tuned = fit_classifier(name, data, data, with_settings(name, components=wanted))
    assert tuned.choice["components"] == tuned.fitted["pca"].n_components_ == kept


@pytest.mark.parametrize("name", REDUCED)
def test_no_more_components_than_a_fold_has_photos(name):
    """Nine photos, of which each fold trains on six; six points span five directions about their mean."""
    data = blobs(brand_spread=2, group_spread=0.5, models=3, photos=1)
    tuned = fit_classifier(name, data, data, with_settings(name, components=12))
    assert tuned.choice["components"] == 5


@pytest.mark.parametrize("name", REDUCED)
def test_a_choice_made_on_many_photos_can_be_fitted_on_few(name):
    many = blobs(brand_spread=3, group_spread=0.5)
    few = many.rows(np.concatenate([np.flatnonzero(many.brands == brand)[:5] for brand in BRANDS]))
    choice = {**fit_classifier(name, many, many, PARAMS).choice, "components": 400}
    pipeline = refit_classifier(name, choice, few, many, PARAMS)
    assert (pipeline.predict(many.vectors) == many.brands).mean() > 0.8


def test_a_curved_border_is_worth_its_kernel():
    """No line tells two rings apart, so the RBF kernel wins by more than an error."""
    tuned = fit_classifier("svm", rings(), rings(), PARAMS)
    assert tuned.choice == {"kernel": "rbf", "C": 1.0, "components": 2}
    assert tuned.score > 0.95


@pytest.mark.parametrize("ask", [fit_classifier, lambda name, *rest: refit_classifier(name, {}, *rest)])
def test_an_unknown_classifier_names_those_there_are(ask):
    data = blobs(brand_spread=1, group_spread=1)
    with pytest.raises(UsageError, match=r"no classifier 'forest'; choose from .*catboost, head, logistic, sgd, svm"):
        ask("forest", data, data, PARAMS)


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("svm", {"linear_C": []}, "train.svm.linear_C: Tuple should have at least 1 item"),
        ("svm", {"rbf_C": [1, 0]}, "train.svm.rbf_C.1: Input should be greater than 0"),
        ("sgd", {"alfa": [1]}, "train.sgd.alfa: Extra inputs are not permitted"),
        ("catboost", {"depth": [11]}, "train.catboost.depth.0: Input should be less than or equal to 10"),
    ],
)
def test_settings_that_do_not_fit_are_named(name, settings, message):
    data = blobs(brand_spread=1, group_spread=1)
    with pytest.raises(ParamsError, match=rf"^params\.yaml: {message}"):
        fit_classifier(name, data, data, with_settings(name, **settings))


def test_settings_of_no_classifier_are_named():
    data = blobs(brand_spread=1, group_spread=1)
    with pytest.raises(ParamsError, match=r"^params\.yaml: train\.forest: there is no classifier of that name"):
        fit_classifier("svm", data, data, PARAMS.model_copy(update={"forest": {}}))
