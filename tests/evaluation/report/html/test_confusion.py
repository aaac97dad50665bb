from __future__ import annotations

from dataclasses import replace

import pytest

from sneakers_ml.evaluation.report.html.confusion import brand_rows, confusions, mistakes
from tests.evaluation.builders import street_brands


def test_own_shops_and_elsewhere_each_with_the_brands_that_occur():
    own, street = confusions(street_brands())  # shown n n a n p p | a p, named n n a a p n | p a
    assert (own.labels, own.rows) == (["a", "n", "p"], {"a": [1, 0, 0], "n": [1, 2, 0], "p": [0, 1, 1]})
    assert (street.labels, street.rows) == (["a", "p"], {"a": [0, 1], "p": [1, 0]})


def test_a_brand_that_was_only_named_has_a_column_and_no_row():
    (_, street) = confusions(replace(street_brands(), truth=list("nnanppaa")))
    assert (street.labels, street.rows) == (["a", "p"], {"a": [1, 1]})


def test_a_part_without_photos_is_left_out():
    assert [each.name for each in confusions(replace(street_brands(), sources=["x"] * 8))] == ["places not trained on"]


def test_the_most_frequent_mistakes():
    doubled = replace(street_brands(), truth=list("nnanppnp"))  # the last but one is a p shown as n
    assert [tuple(each) for each in mistakes(doubled, 2)] == [("n", "a", 1, 4), ("n", "p", 1, 4)]
    assert mistakes(replace(street_brands(), truth=list("nnaapnpa")), 3) == []


def test_scores_of_each_brand_in_both_parts():
    rows = {row.brand: row for row in brand_rows(street_brands())}
    assert list(rows) == ["n", "p", "a"]
    assert (rows["n"].own.recall, rows["n"].own.photos, rows["n"].elsewhere) == (pytest.approx(2 / 3), 3, None)
    assert (rows["a"].own.recall, rows["a"].elsewhere.recall) == (1, 0)
