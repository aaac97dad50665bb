from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sneakers_ml.evaluation.metrics.pairs import PairScore, pair_score


def by_brute_force(found, truth):
    """One pair after the other."""
    together = belonging = right = 0
    for one, other in combinations(range(len(found)), 2):
        together += found[one] == found[other]
        belonging += truth[one] == truth[other]
        right += found[one] == found[other] and truth[one] == truth[other]
    return PairScore(together, belonging, right)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abcd"))))
def test_the_counts_are_those_of_all_pairs(labels):
    found, truth = [pair[0] for pair in labels], [pair[1] for pair in labels]
    assert pair_score(found, truth) == by_brute_force(found, truth)


def test_precision_and_recall_by_hand():
    """Found {1, 2, 3}, {4}; true {1, 2}, {3, 4}: three pairs were put together, two belong, one is right."""
    scored = pair_score(["x", "x", "x", "y"], [1, 1, 2, 2])
    assert scored == PairScore(together=3, belonging=2, right=1)
    assert (scored.precision, scored.recall, scored.f1) == (pytest.approx(1 / 3), 0.5, 0.4)


def test_where_nothing_was_asked_for_nothing_is_wrong():
    assert pair_score([], []) == PairScore(0, 0, 0)
    assert (pair_score("ab", "ab").precision, pair_score("ab", "ab").recall, pair_score("ab", "ab").f1) == (1, 1, 1)


def test_labels_of_other_listings_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        pair_score([1, 2], [1])
