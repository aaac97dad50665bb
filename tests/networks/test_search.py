from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from sneakers_ml.networks.pixels import served_batches
from sneakers_ml.networks.search import SearchNetwork, fit_search
from tests.networks.builders import small_network, toy_photos

SIDE = 32
PHOTOS = toy_photos(models=range(4), photos=3)


@pytest.fixture(scope="module")
def network():
    return small_network()


def outputs(network, search):
    pixels = torch.cat(list(served_batches(PHOTOS.shoes, SIDE, network.backbone)))
    with torch.inference_mode():
        pooled, both = network.features(pixels)
        return network(pixels)[0].double().numpy(), pooled, both.double().numpy(), search(pixels).double().numpy()


def whitened(rows, dim):
    """By scikit-learn, up to a sign of each component; directions of hardly any spread are not blown up."""
    pca = PCA(min(dim, len(rows) - 1, rows.shape[1]), svd_solver="full").fit(rows)
    spread = pca.singular_values_
    found = pca.transform(rows) / np.maximum(spread, 0.01 * spread[0])
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_a_row_is_a_unit_vector_and_the_logits(network):
    search = fit_search(network, PHOTOS.shoes, SIDE)
    logits, _, _, rows = outputs(network, search)
    assert rows.shape == (24, search.searched + 2)
    np.testing.assert_allclose(np.linalg.norm(rows[:, : search.searched], axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(rows[:, search.searched :], logits, atol=1e-5)


def test_similarity_weighs_shoe_layout_and_brand(network):
    search = fit_search(network, PHOTOS.shoes, SIDE)
    logits, pooled, both, rows = outputs(network, search)
    width = pooled.shape[1]
    roots = np.exp(logits - logits.max(axis=1, keepdims=True))
    roots = np.sqrt(roots / roots.sum(axis=1, keepdims=True))
    shoe, layout = whitened(both[:, :width], 158), whitened(both[:, width:], 96)
    expected = 0.55 * shoe @ shoe.T + 0.25 * layout @ layout.T + 0.2 * roots @ roots.T
    vectors = rows[:, : search.searched]
    np.testing.assert_allclose(vectors @ vectors.T, expected, atol=2e-3)


def test_it_is_at_most_256_numbers_and_many_labels_leave_the_brand_out(network):
    features = torch.from_numpy(np.random.default_rng(0).normal(size=(400, 32 + 256))).float()
    search = SearchNetwork(network, features)
    assert search.searched == 32 + 96 + 2
    many = small_network()
    many.labels = tuple(map(str, range(97)))
    search = SearchNetwork(many, features)
    assert not search.brand
    assert search.searched == 32 + 96


def test_two_photos_are_enough_to_fit_it(network):
    search = fit_search(network, PHOTOS.shoes[:2], SIDE)
    rows = outputs(network, search)[3]
    assert np.isfinite(rows).all()
