from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, softmax

from sneakers_ml.errors import BundleError
from sneakers_ml.features.extractor import ExtractorSpec
from sneakers_ml.text.lexicon import lexicon
from sneakers_ml.text.spec import (
    READERS,
    TEXT_SPEC,
    TermReader,
    TextSpec,
    load_readers,
    part_graph,
    read_text_spec,
    save_readers,
)
from tests.text.builders import BLUE, BOOT, DAMAGED, LOW, RED, small_lexicon

COLOURS = TermReader(
    (BLUE, RED), np.array([[1, 0], [0, -2]], np.float32), np.array([0, 1], np.float32), exclusive=False
)
KINDS = TermReader((LOW, BOOT), np.array([[1, 0], [0, -2]], np.float32), np.array([0, 1], np.float32), exclusive=True)
ROWS = np.array([[0, 0], [2, -1], [-3, 40]], np.float32)
LOGITS = np.array([[0, 1], [2, 3], [-3, -79]])


class TestProbabilities:
    def test_colours_are_told_each_by_itself(self):
        np.testing.assert_allclose(COLOURS.probabilities(ROWS), expit(LOGITS), atol=1e-7)

    def test_kinds_are_told_one_of_them(self):
        np.testing.assert_allclose(KINDS.probabilities(ROWS), softmax(LOGITS, axis=1), atol=1e-7)

    def test_large_numbers_are_certain(self):
        far = np.array([[2000, 0], [-400, 0]], np.float32)
        np.testing.assert_allclose(KINDS.probabilities(far)[:, 0], [1, 0], atol=1e-7)
        np.testing.assert_allclose(COLOURS.probabilities(far)[:, 0], [1, 0], atol=1e-7)


class TestReaders:
    @pytest.mark.parametrize("readers", [{"colours": COLOURS, "kinds": KINDS}, {"kinds": KINDS}, {}])
    def test_they_come_back_from_their_file(self, tmp_path, readers):
        save_readers(readers, tmp_path)
        again = load_readers(tmp_path)
        assert list(again) == list(readers)
        for section, reader in readers.items():
            assert again[section].terms == reader.terms
            assert again[section].exclusive == reader.exclusive
            np.testing.assert_array_equal(again[section].probabilities(ROWS), reader.probabilities(ROWS))

    def test_the_same_readers_are_the_same_file(self, tmp_path):
        (tmp_path / "other").mkdir()
        for folder in (tmp_path, tmp_path / "other"):
            save_readers({"colours": COLOURS}, folder)
        assert (tmp_path / READERS).read_bytes() == (tmp_path / "other" / READERS).read_bytes()

    def test_missing_ones_are_one_line(self, tmp_path):
        with pytest.raises(BundleError, match=rf"{READERS}: missing or damaged; run `sneakers text`$"):
            load_readers(tmp_path)

    @pytest.mark.parametrize("make", DAMAGED.values(), ids=DAMAGED.keys())
    def test_damaged_ones_are_one_line(self, tmp_path, make):
        (tmp_path / READERS).write_bytes(make())
        with pytest.raises(BundleError, match=rf"{READERS}: missing or damaged; run `sneakers text`$"):
            load_readers(tmp_path)

    @pytest.mark.parametrize("change", [{"bias": np.zeros(3, np.float32)}, {"weights": np.zeros((5, 2), np.float32)}])
    def test_terms_that_do_not_fit_weights_or_bias_are_one_line(self, tmp_path, change):
        save_readers({"kinds": replace(KINDS, **change)}, tmp_path)
        with pytest.raises(BundleError, match=rf"{READERS}: missing or damaged; run `sneakers text`$"):
            load_readers(tmp_path)

    def test_a_section_whose_weights_are_gone_is_one_line(self, tmp_path):
        np.savez(tmp_path / READERS, **{"sections": np.array(["colours"]), "colours.terms": np.array(["blue"])})
        with pytest.raises(BundleError, match=rf"{READERS}: missing or damaged; run `sneakers text`$"):
            load_readers(tmp_path)


SPEC = TextSpec(
    parts=(ExtractorSpec(name="hog", kind="hog", dim=8, settings={}, weights="none"),),
    dim=8,
    gallery_sha256="2",
    weight=0.5,
    floor=0.1,
    words=small_lexicon().file,
    tower_sha256="0",
    head_sha256="1",
)


class TestTextSpec:
    def test_it_comes_back_from_its_file(self, tmp_path):
        (tmp_path / TEXT_SPEC).write_text(SPEC.model_dump_json(), encoding="utf-8")
        assert read_text_spec(tmp_path) == SPEC

    def test_a_missing_one_names_its_stage(self, tmp_path):
        with pytest.raises(BundleError, match=rf"{TEXT_SPEC}: missing; run `sneakers text`$"):
            read_text_spec(tmp_path)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[]",
            json.dumps(SPEC.model_dump(mode="json") | {"more": 1}),
            json.dumps(SPEC.model_dump(mode="json") | {"words": {}}),
            json.dumps(SPEC.model_dump(mode="json") | {"dim": "many"}),
        ],
    )
    def test_a_damaged_one_names_its_stage(self, tmp_path, text):
        (tmp_path / TEXT_SPEC).write_text(text, encoding="utf-8")
        with pytest.raises(BundleError, match=rf"{TEXT_SPEC}: damaged; run `sneakers text`$"):
            read_text_spec(tmp_path)

    def test_that_of_the_tiny_workspace_holds_the_words_it_was_made_with(self, tiny):
        assert read_text_spec(tiny.workspace.text).words == lexicon().file


def test_a_parts_graph_is_named_after_it():
    assert part_graph(SPEC.parts[0]) == "photo_hog.onnx"
