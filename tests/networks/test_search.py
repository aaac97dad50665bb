from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from scipy.special import log_softmax, softmax
from sklearn.decomposition import PCA

from sneakers_ml.networks.pixels import served_batches
from sneakers_ml.networks.search import SearchNetwork, fit_search
from tests.networks.builders import known, small_network, toy_photos

SIDE = 32
PHOTOS = toy_photos(models=range(4), photos=3)
WIDTH = 32 + 16 * 8


@pytest.fixture(scope="module")
def network():
    return small_network()


def outputs(network, search):
    pixels = torch.cat(list(served_batches(PHOTOS.shoes, SIDE, network.backbone)))
    with torch.inference_mode():
        return (
            network(pixels)[0].double().numpy(),
            network.features(pixels)[1].double().numpy(),
            search(pixels).double().numpy(),
        )


def whitened(rows, models, dim):
    """By numpy, scipy and scikit-learn, up to a sign of each component."""
    pairs = [model for model in np.unique(models) if model >= 0 and (models == model).sum() > 1]
    within = np.mean([np.cov(rows[models == model], rowvar=False) for model in pairs], axis=0)
    shrunk = 0.5 * within + 0.5 * np.trace(within) / len(within) * np.eye(len(within))
    apart = rows @ np.linalg.inv(np.real(sqrtm(shrunk)))
    pca = PCA(dim, svd_solver="full").fit(apart)
    found = pca.transform(apart) / pca.explained_variance_**0.25
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def features(rows=300, width=24, seed=0):
    """Rows of which half differ by model, each direction in its own measure."""
    rng = np.random.default_rng(seed)
    models = rng.integers(-1, 40, rows)
    found = rng.normal(size=(41, width))[models + 1] * rng.uniform(0.2, 2, width)
    return found + rng.normal(size=(rows, width)) * rng.uniform(0.2, 2, width), models


def fitted_on(network, rows, models, dim):
    photos = known(np.zeros(len(rows), int), model=models)
    return SearchNetwork(network, torch.from_numpy(rows).float(), photos, dim).shoe


@pytest.mark.parametrize("dim", [5, 24])
def test_the_shoe_is_whitened_by_what_differs_within_a_model(network, dim):
    rows, models = features()
    shoe = fitted_on(network, rows, models, dim)
    with torch.inference_mode():
        found = shoe(torch.from_numpy(rows).float()).numpy()
    expected = whitened(rows, models, dim)
    np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=2e-3)


def test_models_that_were_not_fitted_on_are_told_apart_better_than_by_components_alone(network):
    rows, models = features(rows=1200)
    own = models < 20
    shoe, plain = (fitted_on(network, rows[own], numbers, 10) for numbers in (models[own], np.full(own.sum(), -1)))
    asked = torch.from_numpy(rows[~own]).float()
    right = {}
    for name, part in (("learnt", shoe), ("plain", plain)):
        with torch.inference_mode():
            vectors = part(asked).numpy()
        similarity = vectors @ vectors.T - 9 * np.eye(len(vectors))
        right[name] = np.mean(models[~own][similarity.argmax(axis=1)] == models[~own])
    assert right["learnt"] > right["plain"] + 0.1


def test_where_no_model_is_known_it_is_half_whitened_components(network):
    rows, _ = features()
    shoe = fitted_on(network, rows, np.full(len(rows), -1), 6)
    pca = PCA(6, svd_solver="full").fit(rows)
    expected = pca.transform(rows) / pca.explained_variance_**0.25
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    with torch.inference_mode():
        found = shoe(torch.from_numpy(rows).float()).numpy()
    np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=2e-3)


def test_a_row_is_a_unit_vector_of_shoe_and_brand_and_a_logit_of_each_label(network):
    """Logits are those of the head and, weighed by 0.6, the votes of the photos that are near; 0.01 is for doubt."""
    search = fit_search(network, PHOTOS, SIDE)
    logits, both, rows = outputs(network, search)
    with torch.inference_mode():
        shoe = search.shoe(torch.from_numpy(both).float()).double().numpy()
    brands = log_softmax(logits, axis=1)
    roots = np.exp(brands / 2)
    vectors = rows[:, : search.searched]
    assert rows.shape == (24, search.searched + 2)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(vectors @ vectors.T, 0.85 * shoe @ shoe.T + 0.15 * roots @ roots.T, atol=1e-5)
    votes = softmax(shoe @ shoe.T / 0.05, axis=1) @ np.eye(2)[PHOTOS.label]
    np.testing.assert_allclose(rows[:, search.searched :], brands + 0.6 * np.log(votes + 0.01), atol=5e-3)


def test_it_is_at_most_256_numbers_and_many_labels_leave_the_brand_out(network):
    rows = torch.from_numpy(np.random.default_rng(0).normal(size=(400, WIDTH * 2))).float()
    photos = known([0, 1] * 200)
    assert SearchNetwork(network, rows, photos).searched == 256
    assert SearchNetwork(network, rows, photos, 100).searched == 102
    many = small_network()
    many.labels = tuple(map(str, range(193)))
    search = SearchNetwork(many, rows, photos)
    assert not search.brand
    assert search.searched == 256


def test_two_photos_are_enough_to_fit_it(network):
    search = fit_search(network, PHOTOS.rows(np.arange(2)), SIDE)
    assert np.isfinite(outputs(network, search)[2]).all()
