from __future__ import annotations

import shutil

import numpy as np
import pytest

from sneakers_ml.embedding.prepare import prepare_extractor
from sneakers_ml.errors import BundleError
from sneakers_ml.features.extractor import GRAPH, ExtractorSpec, load_extractor, read_spec, shown_name
from sneakers_ml.features.hog import Hog
from sneakers_ml.vectors import unit_rows
from sneakers_ml.workspace.params import EmbedParams
from tests.support.corpus import draw_shoe

PARAMS = EmbedParams.model_validate({"names": ["hog"], "hog": {"side": 64, "orientations": 6, "cell": 16, "block": 1}})


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
    settings = {"side": 64, "aspect": "fill", "orientations": 6, "cell": 16, "block": 1}
    assert spec == ExtractorSpec(name="hog", kind="hog", dim=96, settings=settings, weights="none")
    spec.save(tmp_path)
    assert read_spec(tmp_path) == spec


def test_a_missing_extractor_names_the_command(tmp_path):
    with pytest.raises(BundleError, match=r"sift.extractor\.json: missing; run `sneakers embed sift`"):
        load_extractor(tmp_path / "sift")


def test_a_kind_that_this_version_does_not_know_is_one_clear_error(folder):
    (folder / "extractor.json").write_text('{"name":"x","kind":"pickle","dim":1,"settings":{},"weights":"none"}')
    with pytest.raises(BundleError, match=r"x: there is no kind of extractor 'pickle'.*; run `sneakers embed x`"):
        load_extractor(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "hog"}', "\xff"])
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


@pytest.mark.parametrize(
    ("weights", "shown"), [("random", "net (untrained)"), ("none", "net"), ("random forest", "net")]
)
def test_an_untrained_network_is_shown_as_such(weights, shown):
    assert shown_name("net", weights) == shown


class TestConcat:
    @pytest.fixture
    def joined(self, folder, tmp_path):
        """`hog` and a copy of it by another name, of other settings."""
        other = tmp_path / "other"
        other.mkdir()
        settings = {"side": 32, "orientations": 4, "cell": 16, "block": 1, "aspect": "keep"}
        ExtractorSpec(name="other", kind="hog", dim=16, settings=settings, weights="none").save(other)
        self.save(tmp_path / "concat", ["hog", "other"], 96 + 16)
        return tmp_path / "concat"

    def save(self, target, parts, dim):
        target.mkdir(exist_ok=True)
        spec = ExtractorSpec(name="concat", kind="concat", dim=dim, settings={"parts": parts}, weights="none")
        spec.save(target)

    def test_its_parts_are_loaded_from_beside_it(self, joined):
        extractor = load_extractor(joined, threads=1)
        vectors = extractor.transform([draw_shoe()])
        assert (extractor.dim, vectors.shape) == (112, (1, 112))
        hog = Hog(64, 6, 16).transform([draw_shoe()])
        np.testing.assert_allclose(vectors[:, :96], hog / np.linalg.norm(hog), atol=1e-6)

    def test_a_part_that_changed_since_is_noticed(self, joined):
        self.save(joined, ["hog", "other"], 200)
        with pytest.raises(BundleError, match=r"other extractors than lie beside it; run `sneakers embed concat`"):
            load_extractor(joined)

    def test_one_that_holds_itself_is_refused_rather_than_loaded_for_ever(self, joined):
        self.save(joined, ["hog", "concat"], 112)
        with pytest.raises(BundleError, match="other extractors than lie beside it"):
            load_extractor(joined)

    def test_a_missing_part_names_its_command(self, joined):
        shutil.rmtree(joined.parent / "other")
        with pytest.raises(BundleError, match=r"missing; run `sneakers embed other`"):
            load_extractor(joined)
