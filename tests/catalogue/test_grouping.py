from __future__ import annotations

from sneakers_ml.catalogue.grouping import connected_rows


def test_rows_join_over_any_column_and_any_number_of_steps():
    models = ["m1", "m1", "m2", "m3", "m4", "m5"]
    products = ["p1", "p2", "p2", "p3", "p4", "p5"]  # m1 and m2 share p2
    photos = [0, 1, 2, 2, 3, 4]  # p2 and p3 look alike
    assert list(connected_rows(models, products, photos)) == [0, 0, 0, 0, 1, 2]


def test_groups_are_numbered_by_their_first_rows():
    assert list(connected_rows(["z", "a", "z", "b"])) == [0, 1, 0, 2]


def test_what_is_missing_joins_nothing():
    assert list(connected_rows([None, "a", None], ["p", "q", "r"])) == [0, 1, 2]
    assert list(connected_rows([None, None])) == [0, 1]
