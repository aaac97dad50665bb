from __future__ import annotations

import unicodedata

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sneakers_ml.errors import DataError
from sneakers_ml.text.lexicon import Lexicon, Meaning, Word, WordFile, lexicon, stem
from sneakers_ml.word_lists import parse_file
from tests.text.builders import BLUE, BOOT, LOW, RED, WORDS, meant, small_lexicon

SMALL = small_lexicon()
WORDS_IN_PHRASES = "sky", "blue", "navy", "court", "king", "the", "аир", "макс", "синий", "nike", "3"


def changed(**sections):
    """The small file with some sections replaced."""
    return yaml.safe_dump(yaml.safe_load(WORDS) | sections, allow_unicode=True)


class TestStem:
    @pytest.mark.parametrize(
        ("word", "expected"),
        [
            ("Running", "run"),
            ("SHOES", "shoe"),
            ("Café", "cafe"),
            ("Señor", "senor"),
            ("красными", "красн"),
            ("Кедах", "кед"),
            ("Чёрный", "черн"),
            ("чай", "ча"),  # й is a letter, not и with an accent
            ("550", "550"),
            ("2002R", "2002r"),
        ],
    )
    def test_case_accents_and_endings_go(self, word, expected):
        assert stem(word) == expected

    @pytest.mark.parametrize("word", ["Café", "Чёрный", "Señor", "зелёный"])
    def test_letters_written_in_two_signs_are_the_same(self, word):
        assert stem(unicodedata.normalize("NFD", word)) == stem(word)


class TestRead:
    @pytest.mark.parametrize(
        ("text", "tokens"),
        [
            ("blue", ["blue", "=blue"]),
            ("Navy", ["navi", "=blue"]),
            ("синие", ["blue", "=blue"]),
            ("sky blue", ["sky", "blue", "=blue"]),
            ("SKY-Blue!", ["sky", "blue", "=blue"]),
            ("sky red", ["sky", "red", "=red"]),
            ("Court King Low", ["court", "king", "=low top", "low"]),
            ("корт кинг найк", ["court", "king", "=low top", "nike"]),
            ("court shoes", ["court"]),
            ("найк аир макс", ["nike", "air", "max"]),
            ("из кожи", ["leather", "=leather"]),
            ("the men's crimson boots", ["men", "=men", "s", "crimson", "=red", "boot", "=boot"]),
            ("red red crimson", ["red", "=red", "crimson"]),
            ("the shoes кроссовки", []),
            ("Zoom_Fly/3", ["zoom", "fli", "3"]),
            ("東京 ٣", ["東京", "٣"]),
            ("", []),
            ("—!? \n\t", []),
        ],
    )
    def test_a_text_becomes_stems_and_terms_each_once(self, text, tokens):
        assert SMALL.tokens(text) == tokens

    def test_the_longest_phrase_is_read_first(self):
        assert SMALL.read("sky blue sky") == [Meaning(("sky", "blue"), BLUE), Meaning(("sky",), None)]
        assert SMALL.read("low boots low") == [Meaning(("low", "boot"), BOOT), Meaning(("low",), LOW)]

    def test_a_russian_phrase_stands_for_the_english_words(self):
        assert SMALL.read("аир макс ботинки") == [*meant("air", "max"), Meaning(("boot",), BOOT)]

    def test_each_word_of_a_model_says_something_and_the_kind_follows(self):
        assert SMALL.read("Court King") == [*meant("court", "king"), Meaning((), LOW)]

    def test_words_are_mended_before_phrases_are_sought(self):
        mended = {"корд": "корт", "sky": "sky", "bleu": "blue"}

        def mend(word):
            right = mended.get(word.typed, word.typed)
            return Word(right, stem(right))

        assert SMALL.read("корд кинг", mend) == [*meant("court", "king"), Meaning((), LOW)]
        assert SMALL.read("sky bleu", mend) == [Meaning(("sky", "blue"), BLUE)]

    @pytest.mark.parametrize(
        ("text", "said"),
        [("Navy boot", ["Navy", "boot"]), ("синие найк", ["blue", "nike"]), ("Court King", ["Court", "King", ""])],
    )
    def test_what_was_said_in_english(self, text, said):
        assert [one.said for one in SMALL.read(text)] == said

    def test_what_is_ignored_says_nothing(self):
        assert SMALL.read("the red shoes") == [Meaning(("red",), RED)]

    @pytest.mark.parametrize(
        ("section", "terms"), [("colours", {BLUE, RED}), ("kinds", {BOOT, LOW}), ("materials", set())]
    )
    def test_only_the_terms_of_a_section_are_named(self, section, terms):
        assert SMALL.named("синие и красные boots, low, mens", section) == terms

    @given(st.text(max_size=60))
    def test_any_text_is_read_and_no_word_of_it_looks_like_a_term(self, text):
        tokens = SMALL.tokens(text)
        assert len(tokens) == len(set(tokens))
        assert all(tokens)
        assert {token for token in tokens if token.startswith("=")} <= {
            term.token
            for section in ("colours", "kinds", "materials", "uses", "wearers")
            for term in SMALL.terms(section)
        }
        assert not [token for token in tokens if token.startswith("@")]

    @given(st.lists(st.sampled_from(WORDS_IN_PHRASES), max_size=8))
    def test_case_and_what_lies_between_words_do_not_matter(self, words):
        assert SMALL.read("-".join(words).upper()) == SMALL.read("  ".join(words))


class TestSaid:
    """What a reader of sentences gets: English as it was typed, Russian in English."""

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("Running Sky-Blue BOOTS", ["Running", "Sky Blue", "BOOTS"]),
            ("navy", ["navy"]),
            ("синие ботинки", ["blue", "boot"]),
            ("кожа", ["leather"]),
            ("найк аир макс", ["nike", "air", "max"]),
            ("the blue shoes кроссовки", ["blue"]),
            ("Court King boots", ["Court", "King", "", "boots"]),  # that it is a low top follows
            ("Café незнайка", ["Café", "незнайка"]),
        ],
    )
    def test_words_are_said_as_typed_and_russian_ones_in_english(self, text, said):
        assert [one.said for one in SMALL.read(text)] == said

    def test_a_term_is_said_by_its_name(self):
        assert SMALL.of_term(LOW).said == "low top"

    def test_what_is_said_makes_no_other_meaning(self):
        typed, russian = SMALL.read("blue синий")
        assert typed == russian == SMALL.of_term(BLUE)
        assert len({typed, russian, *SMALL.read("BLUE")}) == 1


class TestTerms:
    def test_they_keep_the_order_of_the_file(self):
        assert SMALL.terms("colours") == [BLUE, RED]
        assert SMALL.terms("kinds") == [LOW, BOOT]

    @pytest.mark.parametrize(("term", "tokens"), [(BLUE, ["blue", "=blue"]), (LOW, ["low", "top", "=low top"])])
    def test_a_terms_own_tokens_are_those_of_its_name(self, term, tokens):
        assert SMALL.term_tokens(term) == tokens

    def test_the_vocabulary_is_every_stem_of_the_file_and_every_term(self):
        assert SMALL.vocabulary == {
            *("blue", "navi", "sky", "син", "=blue", "red", "crimson", "красн", "=red"),
            *("low", "top", "court", "king", "=low top", "boot", "ботинк", "=boot"),
            *("leather", "кож", "из", "=leather", "sport", "=sports", "men", "мужск", "=men"),
            *("найк", "аир", "макс", "корт", "кинг", "shoe", "кроссовк", "the"),
        }


class TestFile:
    def test_a_file_that_went_through_json_reads_alike(self):
        again = Lexicon(type(SMALL.file).model_validate_json(SMALL.file.model_dump_json()))
        text = "синие court king из кожи, найк"
        assert again.read(text) == SMALL.read(text)

    @pytest.mark.parametrize(
        ("sections", "phrase"),
        [
            ({"ignored": ["navy"]}, "navy"),
            ({"names": {"red": ["синие"]}}, "синие"),
            ({"materials": {"canvas": {"en": ["Court-Kings"]}}}, "Court-Kings"),
        ],
    )
    def test_a_phrase_that_means_two_things_is_named(self, sections, phrase):
        with pytest.raises(DataError, match=rf"^words\.yaml: '{phrase}' stands under .* already; let it stand once$"):
            Lexicon(parse_file("words.yaml", changed(**sections), WordFile))

    def test_a_phrase_without_letters_is_named(self):
        with pytest.raises(DataError, match=r"^words\.yaml: '!!' has no letters; take it out$"):
            Lexicon(parse_file("words.yaml", changed(ignored=["!!"]), WordFile))

    def test_spellings_with_one_stem_may_stand_side_by_side(self):
        file = parse_file("words.yaml", changed(kinds={"boot": {"en": ["boots", "Boot"]}}), WordFile)
        assert Lexicon(file).tokens("boots") == ["boot", "=boot"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("colours: [", "not YAML"),
            ("colours: !!python/object/apply:os.getcwd []", "not YAML"),
            ("", "valid dictionary"),
            ("- red", "valid dictionary"),
            (WORDS + "\nignored: [x]\n", "'ignored' stands twice"),
            (changed(shapes={}), r"shapes: Extra inputs are not permitted"),
            (changed(colours={"red": {"fr": ["rouge"]}}), r"colours\.red\.fr: Extra inputs are not permitted"),
            (changed(colours=None), r"colours: .*valid dictionary"),
            (changed(colours={"red": None}), r"colours\.red: "),
            (changed(kinds={"boot": {"models": [550]}}), r"kinds\.boot\.models\.0: .*valid string"),
            (changed(kinds={"boot": {"en": "boots"}}), r"kinds\.boot\.en: .*valid tuple"),
            (changed(ignored=[True]), r"ignored\.0: .*valid string"),
            (WORDS.replace("ignored:", "ignore:"), r"ignored: Field required"),
        ],
    )
    def test_an_entry_that_does_not_fit_is_named_in_one_line(self, text, message):
        with pytest.raises(DataError, match=rf"^words\.yaml: .*{message}.* Mend the (file|entry)\.$") as caught:
            parse_file("words.yaml", text, WordFile)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("model", ["phantom gt", "Phantom GX", "phantom gt2"])
    def test_a_model_that_bears_a_colours_name_is_no_colour(self, model):
        assert lexicon().named(model, "colours") == frozenset()
        assert [term.name for term in lexicon().named(model, "kinds")] == ["football boot"]

    def test_the_projects_own_is_read_once(self):
        assert lexicon() is lexicon()
