from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.learning_curve import learning_curve

TEST = np.zeros((2, 3), dtype=np.float32)
BRANDS = np.array(["nike", "vans"])


def photos(**models):
    """So many shoe models a brand, of two products each, the second with two photos, all rows mixed up."""
    rows = [
        {"brand": brand, "model_id": f"{brand}{model}", "product_id": f"{brand}{model}-{product}"}
        for brand, count in models.items()
        for model in range(count)
        for product in (0, 1, 1)
    ]
    return pd.DataFrame(rows).sample(frac=1, random_state=0).reset_index(drop=True)


class Remembering:
    """A fit that keeps the rows it got; its models are right about nike, and about vans from 40 rows on."""

    def __init__(self):
        self.rows = []

    def __call__(self, rows):
        self.rows.append(rows)
        return lambda vectors: np.array(["nike", "vans" if len(rows) >= 40 else "nike"])[: len(vectors)]


def test_subsets_are_whole_models_of_every_brand_in_the_wanted_shares():
    training, fit = photos(nike=20, vans=10), Remembering()
    points = learning_curve(fit, training, TEST, BRANDS, shares=(0.2, 0.5, 1.0), repeats=2)
    assert [(point.share, point.models, point.repeats) for point in points] == [(0.2, 6, 2), (0.5, 15, 2), (1.0, 30, 1)]
    assert [(point.products, point.photos) for point in points] == [(12, 18), (30, 45), (60, 90)]
    assert [len(rows) for rows in fit.rows] == [18, 18, 45, 45, 90]
    for rows, nike, vans in zip(fit.rows, (4, 4, 10, 10, 20), (2, 2, 5, 5, 10), strict=True):
        assert (np.diff(rows) > 0).all()
        taken = training.iloc[rows]
        assert (taken.groupby("model_id").size() == 3).all()
        assert taken.groupby("brand")["model_id"].nunique().to_dict() == {"nike": nike, "vans": vans}


def test_larger_subsets_hold_the_smaller_ones_of_their_repeat():
    fit = Remembering()
    points = learning_curve(fit, photos(nike=20, vans=10), TEST, BRANDS, repeats=3)
    assert [point.share for point in points] == [0.1, 0.2, 0.4, 0.7, 1.0]
    for repeat in range(3):
        chain = [set(rows.tolist()) for rows in fit.rows[repeat:12:3]] + [set(fit.rows[12].tolist())]
        assert len(chain) == 5
        assert all(smaller < larger for smaller, larger in pairwise(chain))
    assert len({tuple(rows) for rows in fit.rows[:3]}) == 3  # each repeat draws anew


def test_scores_are_macro_f1_with_its_range():
    """All nike: F1 2/3 and 0, so 1/3; all right: 1."""
    points = learning_curve(Remembering(), photos(nike=20, vans=10), TEST, BRANDS, shares=(0.2, 1.0), repeats=3)
    assert [(point.macro_f1, point.low, point.high) for point in points] == [
        (pytest.approx(1 / 3), pytest.approx(1 / 3), pytest.approx(1 / 3)),
        (1, 1, 1),
    ]


def test_mean_and_range_are_over_the_repeats():
    answers = iter([["nike", "nike"], ["nike", "vans"], ["vans", "nike"]])  # macro-F1 1/3, 1, 0
    point = learning_curve(
        lambda _rows: lambda _vectors: np.array(next(answers)), photos(nike=4, vans=4), TEST, BRANDS, shares=(0.5,)
    )[0]
    assert point.macro_f1 == pytest.approx((1 / 3 + 1 + 0) / 3)
    assert (point.low, point.high, point.repeats) == (0, 1, 3)


def test_products_are_averaged_where_models_differ_in_them():
    """One of two models is taken; it has one or three products, and enough draws hold both."""
    training = pd.DataFrame({"brand": "nike", "model_id": list("abbb"), "product_id": list("wxyz")})
    fit = Remembering()
    point = learning_curve(fit, training, TEST[:1], BRANDS[:1], shares=(0.5,), repeats=12)[0]
    assert {len(rows) for rows in fit.rows} == {1, 3}
    assert point.products == point.photos == np.mean([len(rows) for rows in fit.rows])
    assert point.models == 1


def test_a_brand_of_one_model_is_in_every_subset_and_equal_subsets_are_one_point():
    training, fit = photos(nike=2, vans=1), Remembering()
    points = learning_curve(fit, training, TEST, BRANDS, shares=(0.1, 0.2, 0.5, 1.0), repeats=2)
    assert [(point.share, point.models) for point in points] == [(0.5, 2), (1.0, 3)]
    assert all(set(training["brand"].iloc[rows]) == {"nike", "vans"} for rows in fit.rows)


def test_the_seed_decides_and_the_order_of_the_rows_does_not():
    training = photos(nike=20, vans=10)
    fits = [Remembering() for _ in range(4)]
    turned = training.iloc[::-1].reset_index(drop=True)
    for fit, table, seed in zip(fits, (training, training, training, turned), (1, 1, 2, 1), strict=True):
        learning_curve(fit, table, TEST, BRANDS, shares=(0.3,), seed=seed)
    models = [
        [set(table["model_id"].iloc[rows]) for rows in fit.rows]
        for fit, table in zip(fits, (training, training, training, turned), strict=True)
    ]
    assert models[0] == models[1] == models[3]
    assert models[0] != models[2]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shares": ()}, "shares in"),
        ({"shares": (0.0, 1.0)}, "shares in"),
        ({"shares": (1.5,)}, "shares in"),
        ({"repeats": 0}, "1 or more repeats"),
        ({"test_brands": np.array(["nike", "puma"])}, "Test photos of puma, which no training photo shows"),
        ({"test_brands": BRANDS[:1]}, "2 test vectors with 1 brands"),
        ({"training": photos(nike=1)[:0]}, "0 training photos"),
    ],
)
def test_what_makes_no_curve_is_refused(changes, message):
    arguments = {"training": photos(nike=2, vans=2), "test_vectors": TEST, "test_brands": BRANDS} | changes
    with pytest.raises(DataError, match=message):
        learning_curve(Remembering(), **arguments)
