from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.transfer import brand_drops, retrieval_drops
from tests.evaluation.builders import answers, brand_result, retrieval_result

MANY = Resampling(2000)


def test_what_is_lost_of_the_brands():
    """In the shop 2 of 3 are right, on the street 1 of 2; the photo of the brand that is not learnt is left out."""
    drops = brand_drops(brand_result(), "shop", "street", MANY)
    assert drops["accuracy_drop"].value == pytest.approx(2 / 3 - 1 / 2)
    # Shop: nike 2/3, adidas 2/3. Street: adidas 0, puma 1.
    assert drops["macro_f1_drop"].value == pytest.approx(2 / 3 - 1 / 2)


def test_what_is_lost_of_the_similarity():
    """Queries a a b are the shop's, b the street's; see the builder."""
    drops = retrieval_drops(retrieval_result(), "shop", "street", MANY)
    metrics = retrieval_result().metrics
    shop, street = metrics.average_precision[:3].mean(), metrics.average_precision[3:].mean()
    assert drops["map_drop"].value == pytest.approx(shop - street)
    assert drops["recall_at_1_drop"].value == pytest.approx(metrics.hits[:3, 0].mean() - metrics.hits[3:, 0].mean())


def test_the_interval_holds_what_two_samples_say():
    """80 % and 60 % of 200 models each: the difference's standard error is sqrt(.8 * .2 / 200 + .6 * .4 / 200)."""
    truth = "n" * 400
    predicted = "n" * 160 + "a" * 40 + "n" * 120 + "a" * 80
    groups = [str(number) for number in range(400)]
    result = answers("m", predicted, truth=truth, groups=groups, sources=["own"] * 200 + ["there"] * 200)
    drop = brand_drops(result, "own", "there", MANY)["accuracy_drop"]
    error = np.sqrt(0.8 * 0.2 / 200 + 0.6 * 0.4 / 200)
    assert drop.value == pytest.approx(0.2)
    assert (drop.low, drop.high) == pytest.approx((0.2 - 1.96 * error, 0.2 + 1.96 * error), abs=0.015)


def test_of_a_place_without_photos_there_is_none():
    assert brand_drops(brand_result(), "shop", "web", MANY) == {}
    assert retrieval_drops(retrieval_result(), "web", "shop", MANY) == {}


def test_resamples_without_a_photo_of_one_place_are_left_out():
    result = answers("m", "nna", truth="nnn", groups="abc", sources=["own", "there", "there"])
    drop = brand_drops(result, "own", "there", MANY)["accuracy_drop"]
    assert drop.value == 0.5
    assert (drop.low, drop.high) == (0, 1)
