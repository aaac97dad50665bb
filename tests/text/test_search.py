from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sneakers_ml.errors import BundleError
from sneakers_ml.text.lexicon import Meaning, lexicon, tokens_of
from sneakers_ml.text.search import WORD_INDEX, WordIndex, WordSearch, brand_token
from tests.text.builders import BLUE, BOOT, DAMAGED, LOW, RED, index_of, small_lexicon

SHELVES = index_of(
    "nike air max blue =blue @nike",
    "nike court king =low top @nike",
    "puma tidal crimson =red @puma",
    "reebok tidal 550 @reebok",
    "reebok balenciaga vapormax 2002 @reebok",
)
SEARCH = WordSearch(SHELVES, small_lexicon())


def said(search, text):
    return tokens_of(search.understand(text))


class TestIndex:
    def test_a_column_holds_the_documents_of_its_token(self):
        assert SHELVES.documents[SHELVES.column("reebok")].tolist() == [3, 4]
        assert SHELVES.documents[SHELVES.column("=red")].tolist() == [2]

    def test_a_token_that_no_document_has_has_an_empty_column(self):
        assert len(SHELVES.documents[SHELVES.column("vans")]) == 0

    def test_it_comes_back_from_its_file(self, tmp_path):
        SHELVES.save(tmp_path)
        again = WordIndex.load(tmp_path)
        assert (again.vocabulary, again.size) == (SHELVES.vocabulary, 5)
        for part in ("starts", "documents", "scores"):
            np.testing.assert_array_equal(getattr(again, part), getattr(SHELVES, part))
            assert getattr(again, part).dtype == getattr(SHELVES, part).dtype

    def test_the_same_index_is_the_same_file(self, tmp_path):
        (tmp_path / "other").mkdir()
        SHELVES.save(tmp_path)
        SHELVES.save(tmp_path / "other")
        assert (tmp_path / WORD_INDEX).read_bytes() == (tmp_path / "other" / WORD_INDEX).read_bytes()

    def test_a_catalogue_without_words_comes_back_too(self, tmp_path):
        index_of("", "").save(tmp_path)
        again = WordIndex.load(tmp_path)
        assert (again.vocabulary, again.size) == ({}, 2)


@pytest.mark.parametrize("make", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_index_is_one_line(tmp_path, make):
    (tmp_path / WORD_INDEX).write_bytes(make())
    with pytest.raises(BundleError, match=rf"{WORD_INDEX}: missing or damaged; run `sneakers text`$"):
        WordIndex.load(tmp_path)


def test_a_missing_index_is_one_line(tmp_path):
    with pytest.raises(BundleError, match=rf"{WORD_INDEX}: missing or damaged; run `sneakers text`$"):
        WordIndex.load(tmp_path)


class TestUnderstand:
    @pytest.mark.parametrize(
        ("slip", "word"),
        [
            ("reabok", "reebok"),  # a letter wrong
            ("rebok", "reebok"),  # missing
            ("reeebok", "reebok"),  # too many
            ("reeobk", "reebok"),  # two swapped
            ("nkie", "nike"),
            ("Tidla", "tidal"),
            ("balencaiga", "balenciaga"),
            ("balensiagga", "balenciaga"),  # two slips in a long word
            ("vapprmox", "vapormax"),
        ],
    )
    def test_a_slip_is_mended(self, slip, word):
        assert said(SEARCH, slip) == [word]

    @pytest.mark.parametrize(
        "word", ["mex", "reabbk", "resbak", "551", "2003", "balenxxxga", "vaprmox", "nike2", "vans"]
    )
    def test_short_words_numbers_and_what_is_too_far_off_are_left_out(self, word):
        assert SEARCH.understand(word) == []

    @pytest.mark.parametrize(
        ("text", "meanings"),
        [
            ("bleu", [Meaning(("blue",), BLUE)]),
            ("крассные", [Meaning(("red",), RED)]),
            ("синии", [Meaning(("blue",), BLUE)]),
            ("ботинкии", [Meaning(("boot",), BOOT)]),
            ("кросовки", []),
            ("shoos", []),
        ],
    )
    def test_slips_in_the_lexicons_own_words_are_mended(self, text, meanings):
        assert SEARCH.understand(text) == meanings

    def test_what_is_known_is_not_mended(self):
        search = WordSearch(index_of("tidal", "tidel tidal", "tidal"), small_lexicon())
        assert said(search, "tidel") == ["tidel"]

    def test_of_spellings_equally_near_the_most_frequent_is_taken(self):
        often = WordSearch(index_of("tidal", "tidel", "tidel"), small_lexicon())
        seldom = WordSearch(index_of("tidal", "tidel", "tidal"), small_lexicon())
        assert (said(often, "tidol"), said(seldom, "tidol")) == (["tidel"], ["tidal"])

    def test_a_nearer_spelling_goes_before_a_frequent_one(self):
        search = WordSearch(index_of("balenciaga", "balenciaxy", "balenciaxy"), small_lexicon())
        assert said(search, "balenciagx") == ["balenciaga"]

    @pytest.mark.parametrize(
        ("text", "meanings"),
        [
            ("nike nike NIKE", [Meaning(("nike",), None)]),
            ("the red nike", [Meaning(("red",), RED), Meaning(("nike",), None)]),
            ("navy", [Meaning(("navi",), BLUE)]),
            ("court king", [Meaning(("court",), None), Meaning(("king",), None), Meaning((), LOW)]),
            ("cuort kign", [Meaning(("court",), None), Meaning(("king",), None), Meaning((), LOW)]),
            ("корт кинк", [Meaning(("court",), None), Meaning(("king",), None), Meaning((), LOW)]),
            ("найк аир макс", [Meaning(("nike",), None), Meaning(("air",), None), Meaning(("max",), None)]),
            ("vans shoes", []),
            ("550", [Meaning(("550",), None)]),
            ("", []),
            ("?!", []),
        ],
    )
    def test_what_is_understood(self, text, meanings):
        assert SEARCH.understand(text) == meanings

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("NIKE Courts", ["NIKE", "Courts"]),
            ("the red nike", ["red", "nike"]),
            ("красные найк", ["red", "nike"]),
            ("найк аир макс", ["nike", "air", "max"]),
            ("Tidla", ["tidal"]),  # mended
            ("синии nkie", ["blue", "nike"]),
            ("Max max MAX", ["Max"]),
            ("vans tidal", ["tidal"]),  # unheard of
        ],
    )
    def test_what_is_said(self, text, said):
        assert [one.said for one in SEARCH.understand(text)] == said

    def test_a_term_that_no_document_has_stays_for_the_photos(self):
        assert SEARCH.understand("boots") == [Meaning(("boot",), BOOT)]

    def test_an_empty_catalogue_understands_the_lexicons_terms_only(self):
        search = WordSearch(index_of(), small_lexicon())
        assert search.understand("red nike") == [Meaning(("red",), RED)]
        assert search.scores(search.understand("red nike")).tolist() == []

    @given(st.text(max_size=40))
    def test_any_text_may_be_asked(self, text):
        meanings = SEARCH.understand(text)
        assert SEARCH.scores(meanings).shape == (5,)


class TestScores:
    def test_no_words_score_nothing(self):
        assert SEARCH.scores([]).tolist() == [0] * 5

    def test_who_has_all_words_best_scores_one(self):
        scores = SEARCH.scores(SEARCH.understand("reebok tidal 550"))
        assert scores == pytest.approx([0, 0, 0.25, 1, 0.5])  # of reebok, @reebok, tidal and 550

    def test_words_weigh_as_their_scores(self):
        index = index_of("fast sand", "sand", scores={"fast": 3.0, "sand": 1.0})
        search = WordSearch(index, small_lexicon())
        assert search.scores([Meaning(("fast",), None), Meaning(("sand",), None)]) == pytest.approx([1, 0.25])

    def test_a_word_that_no_document_has_weighs_as_the_rarest(self):
        """Nobody has boots: who has the other word is half of what was asked for."""
        search = WordSearch(index_of("tidal", "nike nike"), small_lexicon())
        assert search.scores(search.understand("tidal boots")) == pytest.approx([0.5, 0])

    def test_the_tokens_of_a_phrase_weigh_as_one_word(self):
        """Half of `navy` is that it is blue: with `tidal` it makes 1/2 of 2, or a quarter."""
        search = WordSearch(index_of("navi =blue", "sky blue =blue", "tidal"), small_lexicon())
        assert search.scores(search.understand("navy tidal")) == pytest.approx([0.5, 0.25, 0.5])

    def test_a_brand_weighs_more_than_a_word_of_its_name(self):
        search = WordSearch(index_of("jordan @jordan", "nike jordan @nike"), small_lexicon())
        assert search.scores(search.understand("jordan")) == pytest.approx([1, 0.5])

    def test_nobody_types_the_sign_of_a_brand(self):
        assert tokens_of(SEARCH.understand(brand_token("nike"))) == ["nike"]

    @given(st.lists(st.sampled_from(["nike", "reebok", "tidal", "blue", "navy", "court king", "red", "550", "boots"])))
    def test_scores_are_shares(self, words):
        scores = SEARCH.scores(SEARCH.understand(" ".join(words)))
        assert scores.dtype == np.float32
        assert ((scores >= 0) & (scores <= 1 + 1e-6)).all()


@pytest.fixture(scope="module")
def products(tiny):
    return pd.read_parquet(tiny.workspace.products).sort_values("product_id", ignore_index=True)


@pytest.fixture(scope="module")
def search(tiny):
    return WordSearch(WordIndex.load(tiny.workspace.text), lexicon())


class TestTinyCatalogue:
    @pytest.mark.parametrize("text", ["arvo", "ARVO", "avro", "кроссовки Arvo", "arvo shoes"])
    def test_a_brand_finds_all_that_it_makes_first(self, search, products, text):
        scores = search.scores(search.understand(text))
        own = (products["brand"] == "arvo").to_numpy()
        assert scores[own].min() > 0
        assert not scores[~own].any()

    @pytest.mark.parametrize(
        ("text", "titles"),
        [
            ("corvane monolith red", {"Corvane Monolith 'Red/Pine'"}),
            ("красные corvane monolith", {"Corvane Monolith 'Red/Pine'"}),
            ("карсные corvnae monolit", {"Corvane Monolith 'Red/Pine'"}),
            ("arvo drift navy", {"Arvo Drift 'Navy/Cream'", "Arvo Drift 'Ash/Navy'"}),
            ("AR1212200", {"Arvo Drift 'Navy/Cream'"}),
            ("ar1212-200", {"Arvo Drift 'Navy/Cream'"}),
            ("AR1212-999", set()),
            ("glide pro бежевые", {"Arvo Glide Pro 'Graphite/Bone'"}),
            ("court mono синие", {"Brisko Court Mono 'Magenta/Navy'"}),
            ("curb low белые", {"Duskell Curb Low 'Cobalt/White'"}),
            ("yeezy", set()),
            ("кроссовки", set()),
        ],
    )
    def test_known_queries(self, search, products, text, titles):
        scores = search.scores(search.understand(text))
        best = products["title"][scores >= scores.max() - 1e-6] if scores.any() else []
        assert set(best) == titles

    def test_a_colour_finds_all_its_shades(self, search, products):
        scores = search.scores(search.understand("красные"))
        shades = products["colour"].str.contains("Red|Wine").to_numpy()
        assert ((scores > 0) == shades).all()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("AR1009-100", ["ar1009100"]),
        ("nike AR1009 100", ["nike", "ar1009100"]),
        ("ar1009100", ["ar1009100"]),
        ("reebok 550-100", ["reebok", "550"]),  # no code of the catalogue
    ],
)
def test_a_style_code_is_found_as_it_is_printed(text, tokens):
    shelves = index_of("nike ar1009100 @nike", "reebok tidal 550 @reebok")
    assert said(WordSearch(shelves, small_lexicon()), text) == tokens
