from __future__ import annotations

import math
from binascii import crc32

import numpy as np
import pytest

from sneakers_ml.features.extractor import ExtractorSpec
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.text.lexicon import lexicon, spoken
from sneakers_ml.text.spec import TOWER
from sneakers_ml.text.tower import BUCKETS, MOST_GRAMS, NgramTower, gram_ids, photo_input, photo_width
from tests.text.builders import meant

COMPASS = ExtractorSpec(name="compass", kind="onnx", dim=4, settings={}, weights="none", searched=2, brands=("a", "b"))
PLAIN = ExtractorSpec(name="plain", kind="onnx", dim=2, settings={}, weights="none")


def buckets(*grams):
    """The bucket of each n-gram: its CRC-32, counted from 1."""
    return [1 + crc32(gram.encode()) % 8192 for gram in grams]


class TestGrams:
    def test_a_word_is_itself_and_its_runs_of_three_and_four_letters(self):
        grams = ["<nike>", "<ni", "nik", "ike", "ke>", "<nik", "nike", "ike>"]
        assert gram_ids([["nike"]]).tolist() == [[buckets(*grams)]]

    def test_a_term_is_a_single_one_whatever_its_name(self):
        assert gram_ids([["=low top"]]).tolist() == [[buckets("<=low top>")]]

    def test_a_short_word_has_what_there_is(self):
        assert gram_ids([["2"]]).tolist() == [[buckets("<2>", "<2>")]]

    def test_russian_letters_are_letters(self):
        assert gram_ids([["дет"]]).tolist() == [[buckets("<дет>", "<де", "дет", "ет>", "<дет", "дет>")]]

    def test_a_long_word_has_no_more_than_the_most(self):
        ids = gram_ids([["a" * 10 + "b" * 90]])
        assert ids.shape == (1, 1, MOST_GRAMS)
        assert ids.all()

    def test_shorter_texts_and_words_are_filled_up_with_zeros(self):
        ids = gram_ids([["=red"], ["nike", "=blue"]])
        assert ids.shape == (2, 2, 8)
        assert ids.dtype == np.int64
        assert np.count_nonzero(ids, axis=2).tolist() == [[1, 0], [8, 1]]

    @pytest.mark.parametrize("texts", [[[]], [[], []], [["ar1212200"]]])
    def test_a_text_that_says_nothing_is_a_row_of_zeros(self, texts):
        assert gram_ids(texts).tolist() == [[[0]]] * len(texts)

    def test_no_texts_are_no_rows(self):
        assert len(gram_ids([])) == 0

    def test_buckets_are_numbered_from_one(self):
        ids = gram_ids([[str(number) for number in range(10_000, 10_010)] + ["word" * 5, "=blue"]])
        assert 1 <= ids[ids > 0].min() <= ids.max() <= BUCKETS


@pytest.mark.parametrize(
    ("token", "kept"),
    [
        ("nike", True),
        ("550", True),
        ("2002r", True),
        ("2000", True),
        ("=low top", True),
        ("550s9", True),
        ("dd1391", False),
        ("b75807", False),
        ("ar1212200", False),
        ("315122", False),
    ],
)
def test_codes_are_not_spoken(token, kept):
    assert spoken(["the", token, "end"]) == (["the", token, "end"] if kept else ["the", "end"])


class TestPhotoInput:
    def test_the_searched_numbers_at_unit_length_then_roots_of_the_brands_shares(self):
        """Logits of log 1 and log 3 are shares of a quarter and three quarters."""
        vectors = np.array([[3, 4, 0, math.log(3)], [-8, 6, 5, 5]], np.float32)
        expected = [[0.6, 0.8, 0.5, math.sqrt(0.75)], [-0.8, 0.6, math.sqrt(0.5), math.sqrt(0.5)]]
        np.testing.assert_allclose(photo_input([(COMPASS, vectors)]), expected, atol=1e-6)

    def test_extractors_stand_side_by_side(self):
        sides = [(PLAIN, np.array([[0, 2]], np.float32)), (COMPASS, np.array([[5, 0, 1, 1]], np.float32))]
        rows = photo_input(sides)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(rows, [[0, 1, 1, 0, math.sqrt(0.5), math.sqrt(0.5)]], atol=1e-6)

    def test_large_logits_are_shares_too(self):
        rows = photo_input([(COMPASS, np.array([[1, 0, 900, -900]], np.float32))])
        np.testing.assert_allclose(rows, [[1, 0, 1, 0]], atol=1e-6)

    @pytest.mark.parametrize("spec", [COMPASS, PLAIN], ids=["with brands", "without"])
    def test_its_width_is_told(self, spec):
        assert photo_width(spec) == photo_input([(spec, np.ones((3, spec.dim), np.float32))]).shape[1]


@pytest.fixture(scope="module")
def tower(tiny):
    return NgramTower(OnnxSession(tiny.workspace.text / TOWER, threads=1))


class TestTinyTower:
    TEXTS = ("arvo drift navy", "red", "corvane", "", "белые brisko court mono из замши без шнурков")

    @pytest.mark.parametrize("size", [1, 2, 5])
    def test_a_batch_of_any_size_gives_each_text_its_vector(self, tower, size):
        texts = [lexicon().read(text) for text in self.TEXTS[:size]]
        rows = tower.vectors(texts)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(rows, np.concatenate([tower.vectors([text]) for text in texts]), atol=1e-5)

    def test_no_texts_give_no_vectors(self, tower):
        assert len(tower.vectors([])) == 0

    def test_the_order_of_words_does_not_matter(self, tower):
        one, other = tower.vectors([meant("arvo", "drift", "=blue"), meant("=blue", "drift", "arvo")])
        np.testing.assert_allclose(one, other, atol=1e-5)

    def test_codes_do_not_matter(self, tower):
        one, other = tower.vectors([meant("arvo"), meant("arvo", "ar1212200")])
        np.testing.assert_allclose(one, other, atol=1e-6)

    @pytest.mark.parametrize(
        ("slip", "word", "other"), [("corvnae", "corvan", "brisko"), ("briskko", "brisko", "arvo")]
    )
    def test_a_misspelt_word_lies_nearer_to_its_own_than_to_another(self, tower, slip, word, other):
        misspelt, own, stranger = tower.vectors([meant(slip), meant(word), meant(other)])
        assert misspelt @ own > misspelt @ stranger
