from __future__ import annotations

import pytest
import torch
from torch.nn.functional import interpolate
from torchvision.models import VisionTransformer as Torchvision

from sneakers_ml.networks.backbones.vit import VisionTransformer
from sneakers_ml.networks.backbones.vit_weights import of_torchvision


@pytest.fixture(scope="module")
def network():
    """Torchvision's, smaller than any that is published, with positions and class token that matter."""
    torch.manual_seed(0)
    network = Torchvision(image_size=64, patch_size=16, num_layers=6, num_heads=4, hidden_dim=32, mlp_dim=128)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return network.eval()


@pytest.fixture
def backbone(network):
    backbone = VisionTransformer(grid=4, patch=16, dim=32, heads=4, depth=6).eval()
    backbone.load_state_dict(of_torchvision(network.state_dict()))
    return backbone


@pytest.fixture(scope="module")
def photos():
    return torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def test_maps_are_the_tokens_of_torchvisions_encoder(network, backbone, photos):
    """The last map: each patch's token, beside it the class token, the same everywhere. The middle: after 4 of 6."""
    after = []
    handle = network.encoder.layers[3].register_forward_hook(lambda _, __, tokens: after.append(tokens))
    with torch.inference_mode():
        cls = network.class_token.expand(2, -1, -1)
        tokens = network.encoder(torch.cat([cls, network._process_input(photos)], dim=1))
        middle, last = backbone(photos)
    handle.remove()
    assert (middle.shape, last.shape) == ((2, 32, 4, 4), (2, 64, 4, 4))
    torch.testing.assert_close(last[:, :32].flatten(2).transpose(1, 2), tokens[:, 1:], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(last[:, 32:, 2, 3], tokens[:, 0], rtol=1e-4, atol=1e-5)
    assert torch.equal(last[:, 32:], last[:, 32:, :1, :1].expand(-1, -1, 4, 4))
    torch.testing.assert_close(middle.flatten(2).transpose(1, 2), after[0][:, 1:], rtol=1e-4, atol=1e-5)


def test_positions_of_another_side_are_interpolated(network, backbone):
    """As by bicubic interpolation of each number over the grid; the class token's place stays."""
    photos = torch.rand(1, 3, 96, 96, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        before = backbone(photos)
        assert backbone.at_side(96) is backbone
        after = backbone(photos)
    for one, other in zip(before, after, strict=True):
        assert torch.equal(one, other)
    own = network.encoder.pos_embedding
    grid = interpolate(own[:, 1:].mT.unflatten(2, (4, 4)), (6, 6), mode="bicubic").flatten(2).mT
    assert torch.equal(backbone.positions[:, 1:], grid)
    assert torch.equal(backbone.positions[:, :1], own[:, :1])
    assert backbone.positions.is_leaf
    assert backbone.positions.requires_grad


def test_at_its_own_side_positions_stay(network, backbone):
    assert torch.equal(backbone.at_side(64).positions, network.encoder.pos_embedding)


def test_scales_say_how_much_of_a_block_is_added(photos):
    """With scales of zero nothing is, and the middle map is that of the patches and their positions."""
    backbone = VisionTransformer(grid=4, patch=16, dim=32, heads=4, depth=6, scaled=True)
    for block in backbone.blocks:
        torch.nn.init.zeros_(block.scale1)
        torch.nn.init.zeros_(block.scale2)
    expected = backbone.patches(photos).flatten(2) + backbone.positions[:, 1:].mT
    torch.testing.assert_close(backbone(photos)[0].flatten(2), expected)
