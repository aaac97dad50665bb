"""Evidence and rules, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.inference.evidence import (
    LinearRule,
    Nearest,
    RecognitionRules,
    logit_evidence,
    pair_evidence,
    photo_evidence,
    relations,
    vote,
)

LABELS = ("nike", "puma", "mizuno", "#bags")


def row(*values):
    return np.array([values], object)


NEAR = Nearest(  # four photos of two models, three of one product; the further half has a mean of 0.5
    similarity=np.array([[0.9, 0.8, 0.6, 0.4]]),
    products=row("p1", "p1", "p2", "p3"),
    models=row("m1", "m1", "m1", "m2"),
    brands=row("nike", "nike", "nike", "puma"),
)
EMPTY = Nearest(np.full((1, 2), -np.inf), row("", ""), row("", ""), row("", ""))


class TestRule:
    def test_it_weighs_adds_and_compares(self):
        rule = LinearRule(weights={"a": 2.0, "b": -1.0}, bias=0.5, threshold=1.0)
        evidence = {"a": np.array([0.5, 0.25]), "b": np.array([0.5, 0.5]), "c": np.array([9.0, 9.0])}
        np.testing.assert_allclose(rule.score(evidence), [1.0, 0.5])
        assert rule.passes(evidence).tolist() == [True, False]

    def test_evidence_of_a_table_gives_a_table(self):
        rule = LinearRule(weights={"a": 1.0}, threshold=2.0)
        assert rule.passes({"a": np.array([[1.0, 2.0], [3.0, 0.0]])}).tolist() == [[False, True], [True, False]]


class TestLogits:
    def test_softmax_mass_as_log_odds(self):
        """Probabilities 0.4, 0.1, 0.3 and 0.2: half is for the served brands, eight tenths for sneakers."""
        found = logit_evidence(np.log([[0.4, 0.1, 0.3, 0.2]]) + 7, LABELS, ("nike", "puma"))
        np.testing.assert_allclose(found["learnt"], [0.0], atol=1e-12)
        np.testing.assert_allclose(found["sneaker"], [np.log(4)])

    @pytest.mark.parametrize(
        ("labels", "names"),
        [
            ((), []),
            (("nike", "puma"), []),
            (("nike", "mizuno"), ["learnt"]),
            (("nike", "#bags"), ["learnt", "sneaker"]),
        ],
    )
    def test_what_the_network_was_not_shown_is_left_out(self, labels, names):
        assert list(logit_evidence(np.zeros((3, len(labels))), labels, ("nike", "puma"))) == names

    def test_it_stays_finite(self):
        found = logit_evidence(np.array([[900.0, 0, 0, 0]]), LABELS, ("nike", "puma"))
        assert found["learnt"].tolist() == [20.0]


class TestPhoto:
    def test_confidence_agreement_and_similarity(self):
        near = Nearest(*(np.repeat(part, 2, axis=0) for part in vars(NEAR).values()))
        found = photo_evidence(np.array([0.75, 0.5]), np.array(["nike", "puma"], object), near)
        np.testing.assert_allclose(found["confidence"], [np.log(3), 0], atol=1e-12)
        np.testing.assert_allclose(found["agreement"], [0.75, 0.25])
        np.testing.assert_allclose(found["similarity"], [0.9, 0.9])

    def test_an_empty_gallery_says_nothing(self):
        found = photo_evidence(np.array([1.0]), np.array([""], object), EMPTY)
        assert (found["agreement"].tolist(), found["similarity"].tolist()) == ([0.0], [-1.0])
        assert np.isfinite(found["confidence"]).all()


class TestPairs:
    def test_of_products_and_of_models(self):
        similarity = np.array([[0.9, 0.4]])
        products = pair_evidence(similarity, row("p1", "p3"), NEAR, NEAR.products)
        models = pair_evidence(similarity, row("m1", "m2"), NEAR, NEAR.models)
        for found in (products, models):
            np.testing.assert_allclose(found["similarity"], similarity)
            np.testing.assert_allclose(found["lead"], [[0.4, -0.1]])
        np.testing.assert_allclose(products["share"], [[0.5, 0.25]])
        np.testing.assert_allclose(models["share"], [[0.75, 0.25]])

    def test_places_that_the_gallery_does_not_fill_do_not_count(self):
        near = Nearest(np.array([[0.8, 0.4, -np.inf]]), row("p1", "p2", ""), row("m1", "m2", ""), row("a", "b", ""))
        found = pair_evidence(np.array([[0.8]]), row("p1"), near, near.products)
        np.testing.assert_allclose([found["lead"][0, 0], found["share"][0, 0]], [0.4, 0.5])


class TestRelations:
    RULES = RecognitionRules(
        sneaker=LinearRule(weights={"similarity": 1.0}, threshold=0),
        brand=LinearRule(weights={"confidence": 1.0}, threshold=0),
        same=LinearRule(weights={"similarity": 1.0}, threshold=0.85),
        same_model=LinearRule(weights={"share": 1.0}, threshold=0.7),
        floor=0.5,
    )

    def test_same_same_model_similar_and_nothing(self):
        similarity = np.array([0.9, 0.6, 0.55, 0.4])
        found = relations(self.RULES, similarity, row("p1", "p2", "p4", "p3")[0], row("m1", "m1", "m3", "m2")[0], NEAR)
        assert found == ["same", "same model", "similar", None]

    def test_without_rules_only_the_same_picture_is_the_same(self):
        rules = self.RULES.model_copy(update={"same": None, "same_model": None})
        found = relations(rules, np.array([0.9985, 0.99]), row("p1", "p2")[0], row("m1", "m1")[0], NEAR)
        assert found == ["same", "similar"]

    def test_no_neighbour_has_no_relation(self):
        assert relations(self.RULES, np.empty(0), np.empty(0, object), np.empty(0, object), EMPTY) == []


@pytest.mark.parametrize(
    ("brands", "named"),
    [
        (["mizuno"], ("mizuno", 0.9)),
        (["mizuno", "mizuno", "nike"], ("mizuno", 0.6)),  # two of three, times 0.9
        (["mizuno", "nike"], None),  # no majority
        (["nike", "nike"], None),  # the classifier would know
        ([], None),
    ],
)
def test_neighbours_name_a_brand_that_nobody_learnt(brands, named):
    found = vote(brands, ("nike", "puma"), 0.9)
    assert found == (named and (named[0], pytest.approx(named[1])))
