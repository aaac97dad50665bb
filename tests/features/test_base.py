from __future__ import annotations

import shutil

import numpy as np
import pytest

from sneakers_ml.errors import BundleError
from sneakers_ml.features.base import GRAPH, LOADERS, ExtractorSpec, load_extractor, read_spec, unit_rows
from sneakers_ml.features.hog import Hog
from sneakers_ml.features.prepare import PREPARERS, prepare_extractor
from sneakers_ml.params import EmbedParams, HogParams
from tests.support.corpus import draw_shoe

PARAMS = EmbedParams(names=("hog",), hog=HogParams(side=64, orientations=6, cell=16))


@pytest.fixture
def folder(tmp_path):
    prepare_extractor("hog", PARAMS, tmp_path / "hog")
    return tmp_path / "hog"


def test_a_prepared_extractor_computes_what_its_settings_say(folder):
    extractor = load_extractor(folder)
    assert extractor.dim == 4 * 4 * 6
    shoes = [draw_shoe(), draw_shoe(seed=1)]
    np.testing.assert_array_equal(extractor.transform(shoes), Hog(64, 6, 16).transform(shoes))


def test_the_spec_is_read_as_it_was_written(folder, tmp_path):
    spec = read_spec(folder)
    assert spec == ExtractorSpec(
        name="hog", kind="hog", dim=96, settings={"side": 64, "orientations": 6, "cell": 16}, weights="none"
    )
    spec.save(tmp_path)
    assert read_spec(tmp_path) == spec


def test_every_extractor_has_a_loader(lite0_folder, folder):
    specs = {spec.name: spec for spec in map(read_spec, (lite0_folder, folder))}
    assert specs.keys() == PREPARERS.keys()
    assert {spec.kind for spec in specs.values()} == LOADERS.keys()


def test_a_missing_extractor_names_the_command(tmp_path):
    with pytest.raises(BundleError, match=r"sift.extractor\.json: missing; run `sneakers embed sift`"):
        load_extractor(tmp_path / "sift")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"name": "hog"}', '{"name":"x","kind":"pickle","dim":1,"settings":{},"weights":"none"}', "\xff"],
)
def test_a_damaged_spec_is_one_clear_error(folder, text):
    (folder / "extractor.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(BundleError, match=r"extractor\.json: damaged; run `sneakers embed hog`"):
        read_spec(folder)


def test_another_graph_than_the_prepared_one_is_refused(lite0_folder, tmp_path):
    copy = tmp_path / "efficientnet_lite0"
    shutil.copytree(lite0_folder, copy)
    with (copy / GRAPH).open("ab") as graph:
        graph.write(b"\0")
    with pytest.raises(BundleError, match=r"model\.onnx: not the graph"):
        load_extractor(copy)
    (copy / GRAPH).unlink()
    with pytest.raises(BundleError, match=r"model\.onnx: not the graph"):
        load_extractor(copy)


def test_unit_rows_by_hand():
    rows = unit_rows(np.array([[3, 4], [0, -2], [0, 0]], np.float32))
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0, -1], [0, 0]])
