from __future__ import annotations

import math

import numpy as np
import pytest

from sneakers_ml.text.training.word_index import index_words
from tests.text.builders import small_lexicon

WORDS = small_lexicon()


def dense(index):
    """{token: score of each document}."""
    rows = {}
    for token in index.vocabulary:
        column, row = index.column(token), np.zeros(index.size)
        row[index.documents[column]] = index.scores[column]
        rows[token] = row.tolist()
    return rows


def idf(documents, holders):
    """Of Lucene: log(1 + (N - n + 0.5) / (n + 0.5))."""
    return math.log(1 + (documents - holders + 0.5) / (holders + 0.5))


def test_a_document_has_its_stems_its_terms_and_its_brand():
    index = index_words([("nike", "nike runs in the sky blue shoes"), ("puma", "Puma boots")], WORDS)
    assert set(index.vocabulary) == {
        *("nike", "run", "in", "sky", "blue", "=blue", "@nike"),
        *("puma", "boot", "=boot", "@puma"),
    }
    assert index.size == 2
    assert (index.starts[0], index.starts[-1]) == (0, len(index.scores))


def test_scores_of_documents_of_one_length_are_those_of_bm25():
    """Each token stands once in one of average length, so its weight is its rarity by 1 / (1 + 1.5)."""
    index = index_words([("nike", "nike tidal"), ("nike", "nike zoom"), ("puma", "puma zoom")], WORDS)
    one, two = idf(3, 1) / 2.5, idf(3, 2) / 2.5
    expected = {
        "nike": [two, two, 0],
        "@nike": [two, two, 0],
        "tidal": [one, 0, 0],
        "zoom": [0, two, two],
        "puma": [0, 0, one],
        "@puma": [0, 0, one],
    }
    scores = dense(index)
    assert scores.keys() == expected.keys()
    for token, row in expected.items():
        assert scores[token] == pytest.approx(row, rel=1e-5), token


def test_a_word_weighs_more_in_a_short_text():
    scores = dense(index_words([("nike", "tidal"), ("nike", "tidal and many a word that says other things")], WORDS))
    assert scores["tidal"][0] > scores["tidal"][1] > 0


def test_saying_a_word_twice_does_not_help():
    scores = dense(index_words([("nike", "tidal zoom"), ("nike", "tidal tidal tidal zoom")], WORDS))
    assert scores["tidal"][0] == scores["tidal"][1]


def test_a_product_that_says_nothing_keeps_its_place():
    index = index_words([("nike", "nike"), ("the", "the shoes"), ("puma", "puma")], WORDS)
    assert index.size == 3
    assert dense(index)["puma"][:2] == [0, 0]
    assert dense(index)["puma"][2] > 0


def test_the_same_documents_give_the_same_index():
    documents = [("nike", "nike sky blue"), ("puma", "puma boots red")]
    one, other = index_words(documents, WORDS), index_words(iter(documents), WORDS)
    assert list(one.vocabulary) == list(other.vocabulary)
    np.testing.assert_array_equal(one.scores, other.scores)
    np.testing.assert_array_equal(one.documents, other.documents)
