from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from rapidfuzz.distance import OSA

from sneakers_ml.text.training.captions import Captions, documents
from tests.text.builders import BLUE, BOOT, LOW, RED, products_of, small_lexicon

TITLES = ("Nike: Court King Navy Crimson", "Puma: Tidal", "Reebok: Boots sky blue low", "The: Shoes")
PRODUCTS = products_of(*TITLES)
TEXTS = ["Nike Court King Navy Crimson men nk1234", "Puma Tidal 7", "Reebok Boots sky blue low", "The Shoes"]
CAPTIONS = Captions(PRODUCTS, TEXTS, small_lexicon())


def draws(product, seen=(), count=600, seed=0):
    rng = np.random.default_rng(seed)
    return [CAPTIONS.draw(product, seen, rng) for _ in range(count)]


class TestDocuments:
    PRODUCTS = pd.DataFrame(
        {
            "product_id": ["p2", "p1", "p3"],
            "brand": ["nike", "puma", "vans"],
            "title": ["Air Max", "Tidal", "Era"],
            "model": ["Air Max 90", None, "Era"],
            "colour": [None, "red", None],
            "gender": ["men", None, None],
            "age": ["adult", None, None],
            "style_code": [None, "PU1234", None],
        }
    )
    LISTINGS = pd.DataFrame(
        {"product_id": ["p1", "p2", "p1", "p1", "p9"], "name": ["PUMA Tidal", "Max", "Tidal red", "PUMA Tidal", "Else"]}
    )

    def test_all_that_is_known_of_a_product_is_said_once_by_each_shops_words(self):
        assert documents(self.PRODUCTS, self.LISTINGS) == [
            "nike Air Max Air Max 90 men adult Max",
            "puma Tidal red PU1234 PUMA Tidal Tidal red",
            "vans Era Era",
        ]

    def test_a_catalogue_of_no_products_says_nothing(self):
        assert documents(self.PRODUCTS[:0], self.LISTINGS) == []


class TestFacts:
    def test_a_title_is_read_with_its_brand(self):
        assert CAPTIONS.title(0) == ("nike", "court", "king", "=low top", "navi", "=blue", "crimson", "=red")

    def test_colours_and_kinds_are_those_that_the_words_name(self):
        assert CAPTIONS.colours == [[BLUE, RED], [], [BLUE], []]
        assert CAPTIONS.kinds == [[LOW], [], [BOOT, LOW], []]

    def test_facts_are_all_that_the_catalogue_says(self):
        assert CAPTIONS.facts(0, ()) == {*CAPTIONS.title(0), "men", "=men", "nk1234"}

    def test_colours_that_were_measured_count_where_the_words_name_none(self):
        assert CAPTIONS.facts(1, (RED,)) == {"puma", "tidal", "7", "=red"}
        assert "=red" not in CAPTIONS.facts(2, (RED,))


class TestDraw:
    @pytest.mark.parametrize("product", range(len(TITLES)))
    @pytest.mark.parametrize("seen", [(), (RED,), (BLUE, RED)])
    def test_every_caption_is_true_of_its_product(self, product, seen):
        facts = CAPTIONS.facts(product, seen)
        assert all(caption.required <= facts for caption in draws(product, seen))

    @pytest.mark.parametrize("product", range(3))
    def test_no_caption_is_empty(self, product):
        assert all(caption.tokens for caption in draws(product))

    def test_a_product_of_ignored_words_only_has_empty_captions(self):
        assert {caption.tokens for caption in draws(3)} == {()}

    @pytest.mark.parametrize("product", range(3))
    def test_what_is_said_is_what_is_true_but_for_a_slip(self, product):
        for tokens, required in draws(product):
            slipped = [
                token for token in tokens if token not in {*CAPTIONS.title(product), "low", "top", "blue", "red"}
            ]
            assert len(slipped) <= 1
            for token in slipped:
                assert min(OSA.distance(token, true) for true in required) == 1
                assert not token.startswith("=")

    def test_about_a_tenth_of_the_captions_have_a_slip(self):
        """A fifth of the titles, which are half of the captions; `puma` and `tidal` are long enough for one."""
        slipped = sum(not {"puma", "tidal"}.issuperset(tokens) for tokens, _ in draws(1, count=4000))
        assert slipped / 4000 == pytest.approx(0.1, abs=0.02)

    def test_about_half_are_titles_some_of_them_shortened(self):
        lengths = Counter(len(set(tokens)) for tokens, required in draws(1, count=4000) if "tidal" in required)
        assert lengths.total() / 4000 == pytest.approx(0.5 * (1 - 0.3 * 0.3 * 0.7), abs=0.03)
        assert lengths[1] / 4000 == pytest.approx(0.5 * 0.3 * 0.3 * 0.7, abs=0.02)  # puma was left out

    def test_attributes_are_said_in_their_own_words(self):
        """Not the title's `navy`; some of the colours, one of the kinds, with or without the brand."""
        said = {caption.tokens for caption in draws(2, count=2000) if "sky" not in caption.required}
        blue, low, boot = ("blue", "=blue"), ("low", "top", "=low top"), ("boot", "=boot")
        for kind in ((), low, boot):
            for colour in ((), blue):
                for brand in ((), ("reebok",)):
                    assert {(*brand, *colour, *kind)} & said or not (brand or colour or kind)

    def test_measured_colours_are_said_where_the_words_name_none(self):
        assert any("=red" in caption.tokens for caption in draws(1, (RED,)))
        assert not any("=red" in caption.tokens for caption in draws(2, (RED,)))

    def test_both_colours_are_said_alone_and_together(self):
        colours = {frozenset({"=red", "=blue"} & caption.required) for caption in draws(1, (BLUE, RED))}
        assert colours == {frozenset(), frozenset({"=red"}), frozenset({"=blue"}), frozenset({"=red", "=blue"})}

    def test_the_same_seed_draws_the_same_captions(self):
        assert draws(0, seed=4) == draws(0, seed=4)
        assert draws(0, seed=4) != draws(0, seed=5)
