from __future__ import annotations

import pytest

from sneakers_ml.brand_model import file_sha256
from sneakers_ml.errors import UsageError
from sneakers_ml.features.base import GRAPH, read_spec
from sneakers_ml.features.prepare import prepare_extractor
from sneakers_ml.params import EmbedParams, HogParams


def params(side):
    return EmbedParams(names=("hog",), hog=HogParams(side=side))


def test_preparing_again_replaces_the_folder_whole(tmp_path):
    folder = tmp_path / "models" / "hog"
    prepare_extractor("hog", params(64), folder)
    (folder / "left-over.txt").touch()
    spec = prepare_extractor("hog", params(32), folder)
    assert read_spec(folder) == spec
    assert spec.settings["side"] == 32
    assert [file.name for file in folder.iterdir()] == ["extractor.json"]
    assert list(folder.parent.iterdir()) == [folder]


def test_an_unknown_extractor_names_those_there_are_and_touches_nothing(tmp_path):
    with pytest.raises(UsageError, match="no extractor 'vgg'; choose from efficientnet_lite0, hog"):
        prepare_extractor("vgg", params(32), tmp_path / "vgg")
    assert not list(tmp_path.iterdir())


def test_the_networks_folder_holds_its_graph_and_how_to_feed_it(lite0_folder):
    spec = read_spec(lite0_folder)
    assert {file.name for file in lite0_folder.iterdir()} == {GRAPH, "extractor.json"}
    assert spec.graph_sha256 == file_sha256(lite0_folder / GRAPH)
    assert (spec.kind, spec.dim) == ("onnx", 1280)
    assert spec.settings == {"side": 224, "mean": [127.0] * 3, "std": [128.0] * 3}
