from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import f1_score

from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.summary import summarise_brands, summarise_retrieval
from tests.evaluation.builders import brand_result, retrieval_result, sure

FEW = Resampling(200)


def test_brand_figures_by_hand():
    slices = summarise_brands(brand_result(), FEW)
    assert slices.all.counts == {"photos": 5, "models": 5, "brands": 3, "unknown_photos": 1}
    values = {name: interval.value for name, interval in slices.all.figures.items()}
    # nike 1 hit of 2 true and 2 predicted, adidas likewise, puma all right.
    assert values["accuracy"] == pytest.approx(3 / 5)
    assert values["macro_f1"] == pytest.approx((1 / 2 + 1 / 2 + 1) / 3)
    # Bins of 1/15: .8 right | .6 wrong, .6 right | .7 right | .9 wrong (the two .6 share the bin up to .6).
    assert values["ece"] == pytest.approx((0.2 + 2 * 0.1 + 0.3 + 0.9) / 5)
    # Unknown .65 against known .8 .6 .7 .9 .6: three of five are higher.
    assert values["known_auroc"] == pytest.approx(3 / 5)


def test_brand_figures_of_each_source():
    by_source = summarise_brands(brand_result(), FEW).by_source
    assert list(by_source) == ["shop", "street"]
    shop, street = by_source["shop"], by_source["street"]
    assert shop.counts == {"photos": 3, "models": 3, "brands": 2, "unknown_photos": 0}
    assert shop.figures["accuracy"].value == pytest.approx(2 / 3)
    assert "known_auroc" not in shop.figures
    # The street holds adidas (missed) and puma (found); nike, predicted there, is not averaged in.
    assert street.figures["macro_f1"].value == pytest.approx((0 + 1) / 2)
    # Unknown .65 against .9 and .6.
    assert street.figures["known_auroc"].value == pytest.approx(1 / 2)


def test_source_of_unknown_brands_alone_has_counts_only():
    slices = summarise_brands(brand_result(sources=["shop"] * 5 + ["other"]), FEW)
    assert slices.by_source["other"].counts["unknown_photos"] == 1
    assert slices.by_source["other"].figures == {}


def test_intervals_hold_the_value_and_ece_has_none():
    generator = np.random.default_rng(0)
    truth = generator.choice(["adidas", "nike", "puma"], 400)
    predicted = np.where(generator.random(400) < 0.7, truth, "nike")
    result = brand_result(
        truth=truth,
        probabilities=sure(predicted, ["adidas", "nike", "puma"]),
        groups=[f"model {number // 4}" for number in range(400)],
        sources=["shop"] * 400,
        photo_ids=["1-1-1"] * 400,
    )
    figures = summarise_brands(result, FEW).all.figures
    assert figures["macro_f1"].value == pytest.approx(f1_score(truth, predicted, average="macro"))
    for name in ("accuracy", "macro_f1"):
        assert figures[name].low < figures[name].value < figures[name].high
    assert not figures["ece"].bounded


def test_retrieval_figures_by_hand():
    slices = summarise_retrieval(retrieval_result(), FEW)
    # Average precisions 1, 1/2, 1/3 and 1/2, one relevant photo each; only the first query is right at rank 1.
    assert slices.all.counts == {"queries": 4, "models": 2, "left_out": 1}
    values = {name: interval.value for name, interval in slices.all.figures.items()}
    assert values == pytest.approx(
        {
            "recall_at_1": 1 / 4,
            "recall_at_5": 1,
            "recall_at_10": 1,
            "map": (1 + 1 / 2 + 1 / 3 + 1 / 2) / 4,
            "map_at_r": 1 / 4,
            "r_precision": 1 / 4,
        }
    )
    assert slices.by_source["street"].counts == {"queries": 1, "models": 1, "left_out": 1}
    assert slices.by_source["street"].figures["map"].value == pytest.approx(1 / 2)
    assert not slices.by_source["street"].figures["map"].bounded
    assert slices.by_source["shop"].figures["map"].value == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)


def test_sources_follow_their_queries_when_the_first_is_left_out():
    by_source = summarise_retrieval(retrieval_result(order=[4, 0, 1, 2, 3]), FEW).by_source
    assert by_source["street"].counts == {"queries": 1, "models": 1, "left_out": 1}
    assert by_source["street"].figures["map"].value == pytest.approx(1 / 2)
    assert by_source["shop"].figures["map"].value == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)


def test_source_without_evaluated_queries_has_counts_only():
    result = replace(retrieval_result(), sources=["shop"] * 4 + ["alone"])
    alone = summarise_retrieval(result, FEW).by_source["alone"]
    assert alone.counts == {"queries": 0, "models": 0, "left_out": 1}
    assert alone.figures == {}


def test_nothing_evaluated_at_all():
    slices = summarise_retrieval(retrieval_result(order=[1, 2, 4]), FEW)  # one photo of each model
    assert slices.all.counts == {"queries": 0, "models": 0, "left_out": 3}
    assert slices.all.figures == {}
