from __future__ import annotations

import pytest
import torch
from torchvision.models import ResNet18_Weights, resnet18
from torchvision.models.feature_extraction import create_feature_extractor

from sneakers_ml.errors import DataError
from sneakers_ml.networks.backbone import BACKBONES
from sneakers_ml.networks.backbones.published import Published


@pytest.fixture(scope="module")
def network():
    """Torchvision's own, untrained."""
    torch.manual_seed(0)
    return resnet18().eval()


@pytest.fixture
def file(network, tmp_path):
    torch.save(network.state_dict(), tmp_path / "mine.pth")
    return tmp_path / "mine.pth"


def test_maps_are_those_of_torchvision_with_the_weights_of_a_file(network, file):
    backbone = BACKBONES["resnet18"](Published(weights=str(file))).eval()
    photos = torch.rand(2, 3, 70, 96, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected = create_feature_extractor(network, ["layer3", "layer4"])(photos)
        middle, last = backbone(photos)
    assert torch.equal(middle, expected["layer3"])
    assert torch.equal(last, expected["layer4"])
    assert backbone.weights.startswith("file mine.pth ")


def test_the_classifier_may_be_missing_or_of_other_classes(network, tmp_path):
    state = {name: value for name, value in network.state_dict().items() if not name.startswith("fc.")}
    torch.save(state, tmp_path / "headless.pth")
    backbone = BACKBONES["resnet18"](Published(weights=str(tmp_path / "headless.pth")))
    assert torch.equal(backbone.conv1.weight, network.conv1.weight)


def test_the_weights_of_another_network_are_a_data_error(file):
    with pytest.raises(DataError, match=r"^finetune\.resnet50\.weights: file mine\.pth .* of another network$"):
        BACKBONES["resnet50"](Published(weights=str(file)))
    with pytest.raises(DataError, match=r"^finetune\.vit_b_16\.weights: file mine\.pth .* of another network$"):
        BACKBONES["vit_b_16"](BACKBONES.settings("vit_b_16", {"vit_b_16": {"weights": str(file)}}))


def test_a_missing_file_names_the_setting(tmp_path):
    with pytest.raises(DataError, match=r"^finetune\.resnet18\.weights: there is no file"):
        BACKBONES["resnet18"](Published(weights=str(tmp_path / "gone.pth")))


def test_the_pixels_it_was_trained_on():
    backbone, transforms = BACKBONES["resnet18"](Published(weights="random")), ResNet18_Weights.DEFAULT.transforms()
    assert backbone.mean == pytest.approx([255 * value for value in transforms.mean])
    assert backbone.std == pytest.approx([255 * value for value in transforms.std])
