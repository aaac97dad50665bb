from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch.nn.functional import adaptive_avg_pool2d, normalize

from sneakers_ml.networks.backbone import Backbone
from sneakers_ml.networks.network import SneakerNetwork
from tests.networks.builders import small_network

WIDTH = 32 + 16 * 4 * 2  # the last map pooled, and the middle one in cells


@pytest.fixture
def network():
    return small_network()


@pytest.fixture(scope="module")
def photos():
    return torch.from_numpy(np.random.default_rng(0).normal(size=(5, 3, 32, 32))).float()


def spread(rows=80):
    """Features that spread less and less from one direction to the next."""
    rng = np.random.default_rng(0)
    turned = np.linalg.qr(rng.normal(size=(WIDTH, WIDTH)))[0]
    return (rng.normal(size=(rows, WIDTH)) * 0.4 ** np.arange(WIDTH) @ turned + 3).astype(np.float32)


def test_one_pass_gives_logits_and_two_unit_vectors(network, photos):
    with torch.inference_mode():
        logits, model, colourway = network(photos)
    assert [tuple(one.shape) for one in (logits, model, colourway)] == [(5, 2), (5, 6), (5, 4)]
    for vectors in (model, colourway):
        np.testing.assert_allclose(vectors.norm(dim=1), 1, atol=1e-6)


def test_features_are_the_last_map_pooled_and_the_middle_one_in_cells(network, photos):
    """Maps of 8 x 8 and 4 x 4 pixels: a cell is the mean of 2 x 2 and of its mirror image, the pool that of 16."""
    with torch.inference_mode():
        middle, last = (maps.double().numpy() for maps in network.backbone(photos))
        pooled, both = network.features(photos)
    means = last.mean(axis=(2, 3))
    cells = middle.reshape(5, 16, 4, 2, 4, 2).mean(axis=(3, 5))
    cells = ((cells + cells[..., ::-1]) / 2)[..., :2].reshape(5, -1)
    np.testing.assert_allclose(pooled, means, atol=1e-5)
    expected = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (means, cells)]
    np.testing.assert_allclose(both, np.hstack(expected), atol=1e-5)


@pytest.mark.parametrize("length", [1, 3, 4, 10, 14, 17])
def test_cells_of_any_map_are_those_of_adaptive_pooling_both_ways(length):
    maps = torch.from_numpy(np.random.default_rng(0).normal(size=(2, 3, length, length + 2))).float()

    class Maps(Backbone):
        channels = (3, 3)

        def forward(self, photos):
            return photos, photos

        def layers(self):
            return []

    _, both = SneakerNetwork(Maps(), ("arvo",)).features(maps)
    both_ways = [adaptive_avg_pool2d(one, 4) for one in (maps, maps.flip(3))]
    expected = normalize(sum(both_ways)[..., :2].flatten(1), dim=1)
    np.testing.assert_allclose(both[:, 3:], expected, atol=1e-6)


def test_brands_are_told_by_the_pooled_map_alone(network, photos):
    with torch.inference_mode():
        logits, pooled = network(photos)[0], network.features(photos)[0]
        np.testing.assert_allclose(logits, pooled @ network.brand.weight.T + network.brand.bias, atol=1e-5)


def test_projections_start_as_principal_components_half_whitened(network):
    """A component is divided by the square root of its deviation; the colourway's are of the cells alone."""
    features = spread()
    network.start_projections(torch.from_numpy(features))
    for projection, seen in ((network.model, features), (network.colourway, features[:, 32:])):
        pca = PCA(projection.out_features).fit(seen)
        deviation = pca.singular_values_ / np.sqrt(len(seen))
        expected = pca.transform(seen) / np.sqrt(deviation)
        expected *= 2 / np.linalg.norm(expected, axis=1).mean()
        with torch.inference_mode():
            found = projection(torch.from_numpy(seen)).numpy()
        signs = np.sign((found * expected).sum(axis=0))
        np.testing.assert_allclose(found * signs, expected, atol=2e-3)


def test_where_there_are_fewer_photos_than_components_the_others_stay_as_they_were(network):
    weight = network.model.weight.detach().clone()
    network.start_projections(torch.from_numpy(spread(rows=3)))
    assert torch.equal(network.model.weight[3:], weight[3:])
    assert not torch.equal(network.model.weight[:2], weight[:2])


def test_dropout_is_of_training_alone(network, photos):
    assert torch.equal(network(photos)[0], network(photos)[0])
    network.train()
    network.backbone.eval()
    logits, again = network(photos), network(photos)
    assert not torch.equal(logits[0], again[0])
    assert torch.equal(logits[1], again[1])
