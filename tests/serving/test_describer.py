"""Descriptions worked out by hand, of a photo at (0.6, 0.8) among texts and in its colours; then of a real bundle's."""

from __future__ import annotations

import math
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sneakers_ml import images
from sneakers_ml.features.extractor import open_extractor
from sneakers_ml.serving.answer import Description
from sneakers_ml.serving.brand_classifier import Query
from sneakers_ml.serving.describer import PhotoDescriber
from sneakers_ml.serving.manifest import verify
from sneakers_ml.text.lexicon import Lexicon
from sneakers_ml.text.spec import TermReader, save_readers
from tests.serving.builders import WORDS, describer

LEXICON = Lexicon(WORDS)


def flat():
    return Query(np.full((64, 64, 3), 200, np.uint8))


def colours(*logits):
    """A reader that finds each colour by itself, as likely as its log odds say."""
    terms = tuple(LEXICON.terms("colours"))[: len(logits)]
    weights = np.tile(np.array([[5.0, 0.0]], np.float32), (len(logits), 1))  # 3 of every photo
    return {"colours": TermReader(terms, weights, np.array(logits, np.float32) - 3, exclusive=False)}


def kinds(*logits):
    """A reader of kinds by cosine to their texts, times ten and more."""
    terms = tuple(LEXICON.terms("kinds"))[: len(logits)]
    weights = 10 * np.eye(len(logits), dtype=np.float32)
    return {"kinds": TermReader(terms, weights, np.array(logits, np.float32), exclusive=True)}


def said(words):
    return [(word.word, pytest.approx(word.score, abs=1e-5)) for word in words]


def sigmoid(logit):
    return 1 / (1 + math.exp(-logit))


class TestColours:
    def test_those_that_are_likely_enough_the_likeliest_first(self):
        likely = describer({}, colours(-0.3, 1.0, -0.5)).describe(flat(), []).colours
        assert said(likely) == [("red", sigmoid(1)), ("blue", sigmoid(-0.3))]  # green: 0.38, below 0.4

    def test_three_at_most_equals_in_the_order_of_the_words(self):
        likely = describer({}, colours(1.0, 1.0, 2.0, 1.0)).describe(flat(), []).colours
        assert [colour.word for colour in likely] == ["green", "blue", "red"]

    def test_they_are_read_of_the_photos_colours(self):
        """Not of where it lies among texts: 5 times the first number of the vector, less 3."""
        likely = describer({}, colours(0.0), colours=(0.5, 0.0)).describe(flat(), []).colours
        assert said(likely) == []
        assert said(describer({}, colours(0.0), colours=(0.8, 0.6)).describe(flat(), []).colours) == [
            ("blue", sigmoid(1))
        ]


KINDS = {"=low top": (1.0, 0.0), "=high top": (0.0, 1.0), "=slip-on": (-1.0, 0.0)}


class TestKind:
    def test_the_one_whose_text_the_photo_is_nearest_to(self):
        kind = describer(KINDS, kinds(0, 0)).describe(flat(), []).kind
        assert said([kind]) == [("high top", sigmoid(10 * 0.8 - 10 * 0.6))]

    def test_the_readers_bias_counts(self):
        kind = describer(KINDS, kinds(4, 0)).describe(flat(), []).kind
        assert said([kind]) == [("low top", sigmoid(4 + 6 - 8))]

    def test_of_three_that_are_as_likely_none_is_said(self):
        assert describer(KINDS, kinds(2, 0, 14)).describe(flat(), []).kind is None  # 8, 8 and 8


MODELS = {"glide": (0.8, 0.6), "tidal": (0.6, 0.8), "drift": (0.28, 0.96), "curb": (1.0, 0.0), "set": (0.0, -1.0)}


class TestModels:
    def like(self, *names, brand="arvo"):
        models = describer(MODELS).describe(flat(), [(brand, name) for name in names]).models
        return said(models)

    def test_those_whose_names_lie_near_the_photo_the_nearest_first(self):
        assert self.like("Glide", "Set", "Tidal") == [("Tidal", 1.0), ("Glide", 0.96)]  # Set: -0.8, below 0.5

    def test_three_at_most(self):
        assert self.like("Curb", "Drift", "Tidal", "Glide") == [("Tidal", 1.0), ("Glide", 0.96), ("Drift", 0.936)]

    def test_none(self):
        assert self.like() == []

    @pytest.mark.parametrize("name", ["Arvo Men Blue Shoes", "Blue Low Tops", "Mens", "ARVO", "Арво", "", "Shoes"])
    def test_a_name_that_says_no_more_than_brand_colour_kind_and_wearer_is_none(self, name):
        assert self.like(name) == []

    @pytest.mark.parametrize("name", ["Arvo Tidal Blue", "mens tidal"])
    def test_a_name_that_says_more_is_one(self, name):
        assert self.like(name) == [(name, 1.0)]

    def test_another_brands_name_says_more(self):
        models = (
            describer({"arvo": (0.6, 0.8)}).describe(flat(), [("brisko", "Arvo Blue"), ("arvo", "Arvo Blue")]).models
        )
        assert said(models) == [("Arvo Blue", 1.0)]


def test_nothing_is_said_where_nothing_can_be_told():
    """As in a catalogue whose titles name no colour and no kind."""
    assert describer({}).describe(flat(), []) == Description()


@pytest.fixture(scope="module")
def queries(tiny):
    return [images.read(query.path, longest_side=640) for query in tiny.queries]


def load(manifest, folder):
    embedder = open_extractor(manifest.extractor, folder / "embedder.onnx", threads=1)
    return PhotoDescriber.load(folder, manifest.text, embedder, threads=1)


class TestTiny:
    def test_threads_say_what_one_would(self, tiny, queries):
        loaded = load(verify(tiny.workspace.bundle), tiny.workspace.bundle)
        models = [("arvo", "Tidal"), ("brisko", "Volley"), ("arvo", "Arvo Blue")]

        def describe(photo):
            return loaded.describe(Query(photo), models)

        serial = [describe(photo) for photo in queries]
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(describe, queries * 3)) == serial * 3
        assert any(description.models for description in serial)

    def test_a_bundle_with_kinds_names_them(self, tiny, queries, tmp_path):
        """The tiny workspace's titles tell of too few: here a reader that says low tops of everything."""
        bundle = shutil.copytree(tiny.workspace.bundle, tmp_path / "serving")
        manifest = verify(bundle)
        terms = tuple(Lexicon(manifest.text.words).terms("kinds"))[:2]
        reader = TermReader(terms, np.zeros((2, 2), np.float32), np.array([3, 0], np.float32), exclusive=True)
        save_readers({"kinds": reader}, bundle)
        description = load(manifest, bundle).describe(Query(queries[0]), [])
        assert description.colours == ()
        assert said([description.kind]) == [("low top", sigmoid(3))]
