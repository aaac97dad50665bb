from __future__ import annotations

from dataclasses import replace

import pytest

from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.report.by_source import figures_by_source
from tests.evaluation.builders import SOURCE_OF, selection

FEW = Resampling(50)


def test_own_shops_are_told_apart_and_places_stay_as_they_are():
    chosen = selection()
    found = figures_by_source(chosen, SOURCE_OF, FEW)
    assert [(each.name, each.own) for each in found] == [
        ("own shops", True),
        ("kicks", True),
        ("laces", True),
        ("street", False),
    ]
    whole, kicks, laces, street = (each.summary for each in found)
    assert whole is chosen.summaries["net-svm"]["own shops"]
    assert street is chosen.summaries["net-svm"]["street"]
    # Named n n a | a p n, shown n n a | n p p.
    assert (kicks.figures["accuracy"].value, laces.figures["accuracy"].value) == pytest.approx((1, 1 / 3))
    # Models a a b | b c c; each photo has one other of its model. The third finds the second, 2 degrees away.
    assert (kicks.counts["queries"], kicks.figures["recall_at_1"].value) == (3, pytest.approx(1 / 3))


def test_bins_of_confidence():
    # Each photo is named with 0.8: of own shops four of six are right, on the street none of two.
    whole, *_, street = figures_by_source(selection(), SOURCE_OF, FEW)
    assert [(each.photos, each.confidence, each.accuracy) for each in whole.reliability] == [
        (6, pytest.approx(0.8), pytest.approx(4 / 6))
    ]
    assert [(each.photos, each.accuracy) for each in street.reliability] == [(2, 0)]


def test_a_single_shop_is_own_shops():
    one = dict.fromkeys(SOURCE_OF, "kicks")
    assert [each.name for each in figures_by_source(selection(), one, FEW)] == ["own shops", "street"]


def test_without_own_shops():
    chosen = selection()
    brands = replace(chosen.brands, sources=["street"] * 8)
    alone = replace(chosen, brands=brands, summaries={"net-svm": {"street": chosen.summaries["net-svm"]["street"]}})
    assert [each.name for each in figures_by_source(alone, SOURCE_OF, FEW)] == ["street"]
