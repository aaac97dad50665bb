from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import hypergeom

from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.text.training.recall import chance, found, recall


def relevant_at(size, *places):
    row = np.zeros(size, bool)
    row[list(places)] = True
    return row


class TestFound:
    @pytest.mark.parametrize(("place", "hit"), [(0, 1), (9, 1), (10, 0), (11, 0)])
    def test_the_first_ten_count(self, place, hit):
        similarity = np.linspace(1, -1, 12)[None]
        assert found(similarity, relevant_at(12, place)[None]).tolist() == [hit]

    def test_queries_stand_for_themselves(self):
        similarity = np.stack([np.arange(12.0), -np.arange(12.0)])
        relevant = np.stack([relevant_at(12, 0), relevant_at(12, 0, 11)])
        assert found(similarity, relevant).tolist() == [0, 1]

    @pytest.mark.parametrize(("place", "hit"), [(29, 1), (32, 0)])
    def test_equals_keep_the_gallerys_order(self, place, hit):
        """Of a thousand photos each third is as near as any; the tenth of those is the photo 29."""
        similarity = (np.arange(1002) % 3 == 2).astype(np.float32)
        assert found(similarity[None], relevant_at(1002, place)[None]).tolist() == [hit]

    def test_a_gallery_of_fewer_than_ten_is_found_whole(self):
        relevant = np.stack([relevant_at(3, 2), relevant_at(3)])
        assert found(np.array([[3.0, 2, 1]] * 2), relevant).tolist() == [1, 0]


class TestChance:
    @pytest.mark.parametrize(
        ("size", "count"), [(36, 1), (36, 3), (500, 7), (10, 1), (4, 1), (12, 5), (11, 1), (30, 0)]
    )
    def test_it_is_that_of_the_hypergeometric_distribution(self, size, count):
        expected = 1 - hypergeom(size, count, min(10, size)).pmf(0)
        assert chance(relevant_at(size, *range(count))[None]) == pytest.approx(expected, abs=1e-12)

    def test_of_several_queries_it_is_the_mean(self):
        """One of forty is among ten with probability 1/4, all forty with 1."""
        assert chance(np.stack([relevant_at(40, 5), np.ones(40, bool)])) == pytest.approx(0.625)


class TestRecall:
    def test_it_is_the_mean_with_bounds_around_it(self):
        interval = recall(np.array([1, 0, 1, 1.0]), np.array(["a", "b", "c", "d"]), Resampling(200, seed=1))
        assert interval.value == 0.75
        assert 0 <= interval.low <= 0.75 <= interval.high <= 1

    def test_titles_of_one_model_are_drawn_together(self):
        one = recall(np.array([1, 0, 1, 0.0]), np.array(["a"] * 4), Resampling(200))
        assert (one.value, one.bounded) == (0.5, False)
        assert math.isnan(one.low)
