from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch
from torchvision.models import ResNet
from torchvision.models.resnet import BasicBlock

from sneakers_ml.embedding.resnet152 import export_resnet152, resnet152_hub
from sneakers_ml.embedding.weights import Hub
from sneakers_ml.errors import DataError
from sneakers_ml.inference.session import OPSET, OnnxSession
from sneakers_ml.workspace.paths import PROJECT_ROOT
from tests.support.tinynet import small_resnet


@pytest.fixture(scope="module")
def network():
    """As if trained: its batch normalisations have seen something."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        made = small_resnet(num_classes=7)
        for module in made.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.2)
                module.running_var.uniform_(0.5, 2)
                module.weight.data.uniform_(0.5, 1.5)
                module.bias.data.normal_(0, 0.2)
    return made.eval()


@pytest.fixture(scope="module")
def exported(network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("resnet")
    torch.save(network.state_dict(), folder / "mine.pth")
    return export_resnet152(str(folder / "mine.pth"), folder / "model.onnx", build=small_resnet), folder / "model.onnx"


def photos(count):
    return np.random.default_rng(count).normal(size=(count, 3, 224, 224)).astype(np.float32)


def penultimate(network, batch):
    """What its average pooling gives, to unit length."""
    seen = []
    hook = network.avgpool.register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    with torch.inference_mode():
        network(torch.from_numpy(batch))
    hook.remove()
    rows = seen[0].flatten(1).numpy()
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_graph_answers_as_torch_does_for_any_number_of_photos(network, exported, count):
    rows = OnnxSession(exported[1], threads=1).run(photos(count))
    assert (rows.shape, rows.dtype) == ((count, 2048), np.float32)
    np.testing.assert_allclose(rows, penultimate(network, photos(count)), atol=1e-5)


def test_the_classifier_of_the_file_does_not_matter_and_the_file_is_told(exported):
    weights, _ = exported
    assert weights.origin.startswith("file mine.pth ")
    assert (weights.state, weights.warning) == (None, "")


def test_the_graph_is_one_file_of_the_promised_opset_with_a_free_first_axis(exported):
    model = onnx.load(exported[1])
    onnx.checker.check_model(model)
    assert [opset.version for opset in model.opset_import if opset.domain == ""] == [OPSET]
    for value, rest in ((model.graph.input[0], [3, 224, 224]), (model.graph.output[0], [2048])):
        first, *others = value.type.tensor_type.shape.dim
        assert first.dim_param
        assert [axis.dim_value for axis in others] == rest
    content = exported[1].read_bytes()
    assert str(PROJECT_ROOT).encode() not in content
    assert b"site-packages" not in content
    assert [file.name for file in sorted(exported[1].parent.iterdir())] == ["mine.pth", "model.onnx"]


def test_untrained_networks_are_the_same_to_the_byte_and_give_finite_unit_rows(tmp_path):
    for name in ("one", "two"):
        torch.manual_seed(len(list(tmp_path.iterdir())))  # whatever happened before
        before = torch.random.get_rng_state()
        assert export_resnet152("random", tmp_path / name, build=small_resnet).origin == "random"
        assert torch.equal(torch.random.get_rng_state(), before)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    rows = OnnxSession(tmp_path / "one", threads=1).run(photos(2))
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.abs(rows[0] - rows[1]).max() > 1e-4


def test_without_weights_the_warning_is_handed_on(tmp_path):
    hub = Hub("Toy", "http://127.0.0.1:1/toy-00000000.pth", tmp_path / "cache", timeout=1)
    weights = export_resnet152("auto", tmp_path / "model.onnx", hub=hub, build=small_resnet)
    assert weights.origin == "random"
    assert weights.warning.startswith("embed.resnet152.weights: toy-00000000.pth is not in ")


def test_weights_of_another_network_are_refused(tmp_path):
    torch.save(ResNet(BasicBlock, [1, 1, 1, 1]).state_dict(), tmp_path / "other.pth")
    with pytest.raises(
        DataError, match=r"other\.pth holds the weights of another network than torchvision's resnet152$"
    ):
        export_resnet152(str(tmp_path / "other.pth"), tmp_path / "model.onnx", build=small_resnet)
    assert not (tmp_path / "model.onnx").exists()


def test_the_hub_is_that_of_torchvisions_second_weights():
    hub = resnet152_hub()
    assert hub.name == "ResNet152_Weights.IMAGENET1K_V2"
    assert hub.url == "https://download.pytorch.org/models/resnet152-f82ba261.pth"
    assert (hub.cache.name, hub.file.name) == ("checkpoints", "resnet152-f82ba261.pth")


@pytest.mark.slow
def test_the_real_network_untrained_gives_finite_unit_rows_that_differ(tmp_path):
    """Its activations grow to millions, and its rows differ by thousandths at most, plain and noisy photos by less."""
    export_resnet152("random", tmp_path / "model.onnx")
    session, batch = OnnxSession(tmp_path / "model.onnx"), photos(2)
    batch[1] = np.linspace(-2, 2, 224)  # from dark to light, beside noise
    rows = session.run(batch)
    assert rows.shape == (2, 2048)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.abs(rows[0] - rows[1]).max() > 1e-4
    np.testing.assert_allclose(session.run(batch[:1]), rows[:1], atol=1e-5)
