from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sneakers_ml.text.lexicon import Term
from sneakers_ml.text.training.readers import fit_colours, fit_kinds
from tests.text.builders import BLUE, BOOT, LOW, RED

GREEN, SLIDE = Term("colours", "green"), Term("kinds", "slide")


def shades(*named, seed=0):
    """Noisy rows that have a one where their colours are, in the order blue, red, green; and the colours."""
    rows = np.array([[colour in each for colour in (BLUE, RED, GREEN)] for each in named], np.float32)
    return rows + np.random.default_rng(seed).normal(0, 0.3, rows.shape).astype(np.float32), list(named)


class TestColours:
    NAMED = [(BLUE,)] * 12 + [(RED,)] * 9 + [(BLUE, RED)] * 5 + [(GREEN,)] * 8

    def test_each_is_a_logistic_regression_of_its_own(self):
        rows, named = shades(*self.NAMED)
        reader = fit_colours(rows, [BLUE, RED, GREEN], named)
        assert reader.terms == (BLUE, RED, GREEN)
        assert not reader.exclusive
        for column, term in enumerate(reader.terms):
            own = LogisticRegression(C=3.0, max_iter=1000).fit(rows, [term in each for each in named])
            np.testing.assert_allclose(reader.probabilities(rows)[:, column], own.predict_proba(rows)[:, 1], atol=1e-4)

    def test_photos_show_the_colours_that_they_are_named_after(self):
        rows, named = shades(*self.NAMED)
        reader = fit_colours(rows, [BLUE, RED, GREEN], named)
        shown = reader.probabilities(np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1]], np.float32)) > 0.5
        assert shown.tolist() == [[True, False, False], [True, True, False], [False, False, True]]

    @pytest.mark.parametrize(("count", "terms"), [(7, (RED, BLUE)), (8, (RED, BLUE, GREEN))])
    def test_a_colour_of_fewer_than_eight_photos_is_left_out(self, count, terms):
        rows, named = shades(*[(BLUE,)] * 9, *[(RED,)] * 9, *[(GREEN,)] * count)
        assert fit_colours(rows, [RED, BLUE, GREEN], named).terms == terms

    @pytest.mark.parametrize(
        "named", [[], [(BLUE,)] * 7 + [(RED,)] * 7, [(BLUE,)] * 20, [(BLUE, RED)] * 10 + [(BLUE,)] * 10]
    )
    def test_titles_that_tell_too_little_give_no_reader(self, named):
        """The last two: every photo is blue."""
        assert fit_colours(np.ones((len(named), 3), np.float32), [BLUE, RED], named) is None

    def test_a_single_colour_that_some_do_not_have_is_enough(self):
        rows, named = shades(*[(BLUE,)] * 9, *[(RED,)] * 3)
        assert fit_colours(rows, [BLUE, RED], named).terms == (BLUE,)


def cosines(*kinds, seed=0):
    """Rows whose number at the kind's place is the largest but for noise."""
    rows = np.random.default_rng(seed).normal(0, 0.2, (len(kinds), 3))
    rows[np.arange(len(kinds)), [(LOW, BOOT, SLIDE).index(kind) for kind in kinds]] += 0.5
    return rows.astype(np.float32)


class TestKinds:
    def test_of_three_it_is_a_multinomial_regression(self):
        kinds = [LOW] * 15 + [BOOT] * 10 + [SLIDE] * 8
        rows = cosines(*kinds)
        reader = fit_kinds(rows, [LOW, BOOT, SLIDE], [(kind,) for kind in kinds])
        expected = LogisticRegression(max_iter=1000).fit(rows, [[LOW, BOOT, SLIDE].index(kind) for kind in kinds])
        assert (reader.terms, reader.exclusive) == ((LOW, BOOT, SLIDE), True)
        np.testing.assert_allclose(reader.probabilities(rows), expected.predict_proba(rows), atol=1e-4)

    def test_of_two_it_is_a_regression_on_both_columns(self):
        """Slides are told of by too few, so their cosines don't count."""
        kinds = [LOW] * 15 + [BOOT] * 10 + [SLIDE] * 3
        rows = cosines(*kinds)
        reader = fit_kinds(rows, [LOW, SLIDE, BOOT], [(kind,) for kind in kinds])
        pair = rows[:25, [0, 2]]
        expected = LogisticRegression(max_iter=1000).fit(pair, [0] * 15 + [1] * 10)
        assert reader.terms == (LOW, BOOT)
        np.testing.assert_allclose(reader.probabilities(pair), expected.predict_proba(pair), atol=1e-4)

    def test_a_photo_of_two_kinds_counts_half_for_each(self):
        named = [(LOW,)] * 12 + [(BOOT,)] * 12 + [(LOW, BOOT)] * 6
        rows = cosines(*[LOW] * 12, *[BOOT] * 12, *[LOW] * 6)
        reader = fit_kinds(rows, [LOW, BOOT, SLIDE], named)
        twice = np.concatenate([rows, rows[24:]])[:, :2]
        truth, shares = [0] * 12 + [1] * 12 + [0] * 6 + [1] * 6, [1.0] * 24 + [0.5] * 12
        expected = LogisticRegression(max_iter=1000).fit(twice, truth, sample_weight=shares)
        np.testing.assert_allclose(reader.probabilities(rows[:, :2]), expected.predict_proba(rows[:, :2]), atol=1e-4)

    def test_the_nearest_text_is_the_likeliest_kind(self):
        kinds = [LOW] * 30 + [BOOT] * 30 + [SLIDE] * 30
        reader = fit_kinds(cosines(*kinds), [LOW, BOOT, SLIDE], [(kind,) for kind in kinds])
        shares = reader.probabilities(np.eye(3, dtype=np.float32))
        assert shares.argmax(axis=1).tolist() == [0, 1, 2]
        np.testing.assert_allclose(shares.sum(axis=1), 1)

    @pytest.mark.parametrize("kinds", [[], [LOW] * 20, [LOW] * 20 + [BOOT] * 7])
    def test_fewer_than_two_kinds_give_no_reader(self, kinds):
        assert fit_kinds(cosines(*kinds), [LOW, BOOT, SLIDE], [(kind,) for kind in kinds]) is None
