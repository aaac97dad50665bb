from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from sneakers_ml.embedding.export import export_graph
from sneakers_ml.features.crop import cut, fill_square, shoe_region
from sneakers_ml.features.network import OnnxExtractor
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.networks.photos import cut_shoe
from sneakers_ml.networks.pixels import as_tensor, served, served_batches
from tests.networks.builders import draw
from tests.support.corpus import draw_shoe
from tests.support.tinybackbone import TinyBackbone

SIDE = 20
PHOTOS = [
    draw_shoe(),
    draw_shoe(300, 170, seed=1),
    draw(1, 0),
    np.random.default_rng(0).integers(0, 256, (90, 41, 3), dtype=np.uint8),
]


@pytest.fixture(scope="module")
def extractor(tmp_path_factory):
    """Gives the pixels that its graph is fed."""
    graph = tmp_path_factory.mktemp("pixels") / "model.onnx"
    export_graph(nn.Flatten(), graph, torch.zeros(2, 3, SIDE, SIDE), dim=3 * SIDE**2)
    backbone = TinyBackbone()
    return OnnxExtractor(OnnxSession(graph), dim=3 * SIDE**2, side=SIDE, mean=backbone.mean, std=backbone.std)


@pytest.mark.parametrize("photo", PHOTOS)
def test_the_cut_of_a_photo_is_the_one_that_is_served(photo):
    np.testing.assert_array_equal(served(cut_shoe(photo, None)), cut(photo, shoe_region(photo)))


def test_validation_and_parity_see_the_pixels_that_an_extractor_feeds_its_graph(extractor):
    fed = extractor.transform([cut(photo, shoe_region(photo)) for photo in PHOTOS]).reshape(-1, 3, SIDE, SIDE)
    (seen,) = served_batches([cut_shoe(photo, None) for photo in PHOTOS], SIDE, TinyBackbone())
    assert seen.is_contiguous(memory_format=torch.channels_last)
    np.testing.assert_array_equal(seen.numpy(), fed)


def test_a_training_square_is_scaled_as_an_extractor_scales_it(extractor):
    """Of a square of the network's side, stretching leaves each pixel as it is."""
    squares = [fill_square(photo, SIDE) for photo in PHOTOS]
    seen = as_tensor(squares, TinyBackbone())
    np.testing.assert_array_equal(seen.numpy().reshape(len(PHOTOS), -1), extractor.transform(squares))
    np.testing.assert_allclose(seen[0].numpy(), (squares[0].transpose(2, 0, 1).astype(float) - 128) / 64, atol=1e-6)


def test_many_photos_come_in_batches_in_their_order():
    shoes = [cut_shoe(draw(0, number % 70), None) for number in range(150)]
    batches = list(served_batches(shoes, 8, TinyBackbone()))
    assert [len(batch) for batch in batches] == [64, 64, 22]
    alone = torch.cat(list(served_batches(shoes[100:101], 8, TinyBackbone())))
    assert torch.equal(torch.cat(batches)[100:101], alone)
