from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.label_errors import (
    LabelErrors,
    borne_out,
    confident_errors,
    find_label_errors,
    out_of_fold_probabilities,
)


def clusters(size=60, seed=0):
    """Unit vectors around three directions, `size` each, their brands, and groups of four photos."""
    generator = np.random.default_rng(seed)
    rows = np.repeat(np.eye(3, 8), size, axis=0) + generator.normal(0, 0.15, (3 * size, 8))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return vectors, np.repeat(["nike", "puma", "vans"], size), np.arange(3 * size) // 4


class TestConfidentErrors:
    def test_by_hand(self):
        # Thresholds: of a the mean of .9 .5 .1 -> .5, of b that of .8 .6 .4 -> .6.
        # Photo 2, labelled a, reaches only b's; photo 5, labelled b, a's .6 >= .5 and not its own .4 < .6.
        # Photo 1 reaches a's own with .5; photo 4 its own with .6.
        first = np.array([0.9, 0.5, 0.1, 0.2, 0.4, 0.6])
        rows, suggested = confident_errors(np.column_stack([first, 1 - first]), np.array([0, 0, 0, 1, 1, 1]))
        assert rows.tolist() == [2, 5]
        assert suggested.tolist() == [1, 0]

    def test_who_reaches_no_threshold_is_not_suspected(self):
        probabilities = np.array([[0.9, 0.1, 0.0], [0.1, 0.9, 0.0], [0.0, 0.1, 0.9], [0.4, 0.3, 0.3]])
        rows, _ = confident_errors(probabilities, np.array([0, 1, 2, 2]))  # thresholds .9 .9 .6
        assert rows.tolist() == []

    def test_of_several_reached_the_most_probable_counts(self):
        # Thresholds: a .3, b .2, c .05: the last photo reaches all three.
        probabilities = np.array([[0.3, 0.35, 0.35], [0.8, 0.2, 0.0], [0.45, 0.5, 0.05]])
        rows, suggested = confident_errors(probabilities, np.array([0, 1, 2]))
        assert dict(zip(rows.tolist(), suggested.tolist(), strict=True)) == {0: 1, 1: 0, 2: 1}

    def test_a_label_that_is_never_probable_is_suggested_to_nobody(self):
        rows, _ = confident_errors(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 1]))
        assert rows.tolist() == [1]
        rows, _ = confident_errors(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 0]))
        assert rows.tolist() == []


def test_a_second_model_must_find_the_suggestion_likelier_too():
    found = LabelErrors(4, 0.5, np.array([3, 0, 1]), np.array(["b", "b", "a"]), np.array([0.9, 0.8, 0.7]), np.zeros(3))
    second = np.array([[0.4, 0.6], [0.5, 0.5], [0.0, 1.0], [0.7, 0.3]])  # columns b, a
    kept = borne_out(found, np.array(["a", "b", "a", "a"]), np.array(["b", "a"]), second)
    # Photo 3, labelled a: b .7 > a .3. Photo 0, labelled a: b .4 < a .6. Photo 1, labelled b: a .5, which is not more.
    assert kept.rows.tolist() == [3]
    assert kept.suggested.tolist() == ["b"]
    assert kept.confidence.tolist() == [0.9]
    assert (kept.photos, kept.accuracy) == (4, 0.5)


class TestOutOfFold:
    def test_no_model_has_seen_the_group_that_it_names(self):
        """Photos of a group are alike in a way of their own: seen, they would be named with certainty."""
        vectors = np.eye(20, dtype=np.float32).repeat(4, axis=0)  # a direction a group
        brands, groups = np.tile(["a", "b"], 40), np.arange(80) // 4
        brands = np.where(groups % 2 == 0, "a", "b")
        _, probabilities = out_of_fold_probabilities(vectors, brands, groups)
        seen = LogisticRegression(C=0.1).fit(20 * vectors, brands).predict_proba(20 * vectors)
        assert seen.max(axis=1).min() > 0.9
        right = probabilities[np.arange(80), (brands == "b").astype(int)]
        assert right.max() <= 0.6  # a guess

    def test_rows_are_probabilities_in_the_order_of_the_labels(self):
        vectors, brands, groups = clusters()
        labels, probabilities = out_of_fold_probabilities(vectors, brands, groups)
        assert labels.tolist() == ["nike", "puma", "vans"]
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
        assert np.mean(labels[probabilities.argmax(axis=1)] == brands) > 0.95

    def test_a_brand_of_one_group_is_unknown_to_the_fold_without_it(self):
        vectors, brands, groups = clusters()
        brands = np.where(groups == 7, "rare", brands)
        labels, probabilities = out_of_fold_probabilities(vectors, brands, groups)
        assert (probabilities[groups == 7, labels.tolist().index("rare")] == 0).all()

    def test_folds_of_one_brand_name_that(self):
        labels, probabilities = out_of_fold_probabilities(
            np.eye(4, dtype=np.float32), np.array(list("aabb")), np.array([0, 0, 1, 1])
        )
        assert labels.tolist() == ["a", "b"]
        assert probabilities.tolist() == [[0, 1], [0, 1], [1, 0], [1, 0]]

    def test_sizes_must_fit(self):
        vectors, brands, groups = clusters()
        with pytest.raises(DataError, match="180 vectors, 179 brands and 180 groups"):
            out_of_fold_probabilities(vectors, brands[1:], groups)


class TestFind:
    def test_labels_that_were_exchanged_are_found(self):
        vectors, brands, groups = clusters()
        wrong = brands.copy()
        exchanged = [3, 70, 130]
        wrong[exchanged] = ["vans", "nike", "puma"]
        found = find_label_errors(vectors, wrong, groups)
        assert found is not None
        assert set(found.rows[:3].tolist()) == set(exchanged)
        assert dict(zip(found.rows.tolist(), found.suggested.tolist(), strict=True))[70] == "puma"
        assert (found.confidence[:3] > found.given[:3]).all()
        assert np.all(np.diff(found.confidence - found.given) <= 0)  # surest first
        assert found.photos == 180
        assert found.accuracy == pytest.approx(1, abs=0.05)

    @pytest.mark.parametrize(("brands", "groups"), [("aab", [1, 1, 1]), ("aaa", [1, 2, 3])])
    def test_nothing_can_be_held_out_or_told_apart(self, brands, groups):
        assert find_label_errors(np.eye(3, dtype=np.float32), np.array(list(brands)), np.array(groups)) is None

    def test_the_same_each_time(self):
        vectors, brands, groups = clusters()
        brands[5] = "vans"
        one, two = (find_label_errors(vectors, brands, groups) for _ in range(2))
        np.testing.assert_array_equal(one.confidence, two.confidence)
