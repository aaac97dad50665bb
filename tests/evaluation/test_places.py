from __future__ import annotations

import pandas as pd

from sneakers_ml.evaluation.places import OWN, RESTYLED, find_places

COLUMNS = ["source", "split", "known", "unseen"]


def photos(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


TRAINED = [
    ("shop", "train", True, False),
    ("shop", "test", True, False),
    ("shop", "test", False, False),  # of a brand that is not learnt
    ("shop", "val", True, False),
]


def test_own_shops_and_every_source_not_trained_on():
    table = photos(
        *TRAINED,
        ("web", "test", True, False),
        ("street", "val", True, True),
        ("street", "val", False, True),
        ("street", "test", True, False),  # shares its model with the web
    )
    places = find_places(table, 0)
    assert places.rows["place"].to_dict() == {1: OWN, 5: "street", 4: "web"}
    assert (places.choosing, places.testing, places.stand_in) == (("street",), ("web",), False)


def test_a_source_that_is_trained_on_but_for_some_of_its_shops_has_both():
    places = find_places(photos(*TRAINED, ("shop", "val", True, True)), 0)
    assert places.rows["place"].to_dict() == {1: OWN, 4: "shop"}


def test_without_unseen_photos_those_of_validation_are_there_to_be_restyled():
    places = find_places(photos(*TRAINED, ("web", "test", True, False)), 0)
    assert places.rows["place"].to_dict() == {1: OWN, 4: "web", 3: RESTYLED}
    assert places.rows["place"].iloc[-1] == RESTYLED
    assert (places.choosing, places.stand_in) == ((RESTYLED,), True)


def test_at_most_two_hundred_are_restyled_the_same_each_time():
    table = photos(*TRAINED, *[("shop", "val", True, False)] * 500)
    once, again, other = (find_places(table, seed).rows for seed in (1, 1, 2))
    assert (once["place"] == RESTYLED).sum() == 200
    assert once.index.is_monotonic_increasing
    assert once.index.tolist() == again.index.tolist() != other.index.tolist()
