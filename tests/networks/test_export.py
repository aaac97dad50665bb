from __future__ import annotations

import numpy as np
import pytest
import torch

from sneakers_ml.errors import ParityError
from sneakers_ml.features.extractor import GRAPH, load_extractor, read_spec
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.networks.backbones.vit import VisionTransformer
from sneakers_ml.networks.export import check_parity, export
from sneakers_ml.networks.network import SneakerNetwork
from sneakers_ml.networks.pixels import served, served_batches
from sneakers_ml.networks.search import fit_search
from tests.networks.builders import small_network, toy_photos

PHOTOS = toy_photos(models=range(2), photos=2)


def transformer():
    """Made for 16 px, of patches of 4, so that at 24 px its positions are interpolated."""
    torch.manual_seed(0)
    backbone = VisionTransformer(grid=4, patch=4, dim=16, heads=2, depth=3, scaled=True)
    backbone.weights = "random"
    return SneakerNetwork(backbone, ("arvo", "brisko"), model_dim=6, colourway_dim=4).eval()


def fitted(network, side):
    return fit_search(network, PHOTOS, side)


@pytest.fixture(scope="module", params=[(small_network, 32), (transformer, 16), (transformer, 24)])
def exported(request, tmp_path_factory):
    """A network, its folder and its spec."""
    network, folder = fitted(request.param[0](), request.param[1]), tmp_path_factory.mktemp("exported")
    return network, folder, export(network, folder, name="tuned_toy", side=request.param[1])


def expected_rows(network, side):
    """Vectors and logits as torch works them out."""
    with torch.inference_mode():
        return network(torch.cat(list(served_batches(PHOTOS.shoes, side, network.network.backbone)))).numpy()


def test_the_folder_is_an_extractors_whose_rows_are_vector_and_logits(exported):
    network, folder, spec = exported
    assert read_spec(folder) == spec
    searched = network.searched
    assert (spec.name, spec.kind, spec.brands) == ("tuned_toy", "onnx", ("arvo", "brisko"))
    assert (spec.dim, spec.searched) == (searched + 2, searched)
    assert (spec.weights, spec.settings["mean"]) == ("random", list(network.network.backbone.mean))
    rows = load_extractor(folder, threads=1).transform([served(shoe) for shoe in PHOTOS.shoes])
    np.testing.assert_allclose(rows, expected_rows(network, spec.settings["side"]), atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(rows[:, :searched], axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_graph_takes_any_number_of_photos(exported, size):
    network, folder, spec = exported
    pixels = torch.cat(list(served_batches(PHOTOS.shoes[:size], spec.settings["side"], network.network.backbone)))
    rows = OnnxSession(folder / GRAPH, threads=1).run(pixels.contiguous().numpy())
    np.testing.assert_allclose(rows, expected_rows(network, spec.settings["side"])[:size], atol=1e-5)


def test_a_network_and_its_graph_answer_alike(exported):
    assert 0 <= check_parity(*exported, PHOTOS) < 1e-5


@pytest.mark.parametrize("name", ["network.brand.bias", "shoe.bias"])
def test_other_weights_are_a_parity_error(exported, name):
    network, folder, spec = exported
    weight = network.get_parameter(name)
    before = weight.detach().clone()
    try:
        with torch.no_grad():
            weight[0] += 0.01
        with pytest.raises(ParityError, match=r"differs from the trained one by up to 0\.\d+ \(allowed: 0\.0001\)"):
            check_parity(network, folder, spec, PHOTOS)
        with torch.no_grad():
            weight[0] = torch.nan
        with pytest.raises(ParityError, match="by up to nan"):
            check_parity(network, folder, spec, PHOTOS)
    finally:
        weight.data.copy_(before)


def test_the_same_weights_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        export(fitted(small_network(), 32), tmp_path / name, name="tuned_toy", side=32)
    assert (tmp_path / "one" / GRAPH).read_bytes() == (tmp_path / "two" / GRAPH).read_bytes()
