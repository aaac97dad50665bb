from __future__ import annotations

import pytest

from sneakers_ml.catalogue.matching.colourways import read_colour
from sneakers_ml.catalogue.matching.model_names import read_name
from sneakers_ml.catalogue.matching.similarity import ALIKE, NameMatch, gender_cost, name_keys, name_match, score


def match(one, other):
    found = name_match(read_name(one), read_name(other))
    back = name_match(read_name(other), read_name(one))
    assert (found and found.score) == (back and back.score)
    return found


def total(one, other, genders=(None, None)):
    """Score of two (model, colour)."""
    names = match(one[0], other[0])
    return score(names, read_colour(one[1]), read_colour(other[1])) - gender_cost(*genders) if names else 0.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("550", "530"),
        ("Air Max 1", "Air Max 90"),
        ("Air Max", "Air Max 90"),
        ("Dunk Low", "Dunk High"),
        ("Dunk Hi", "Dunk Mid"),
        ("Gel-Lyte III", "Gel-Lyte V"),
        ("Chuck Taylor All Star Lift Platform", "Chuck Taylor All Star Move Platform"),
        ("Air Jordan 1 Retro High OG", "Air Jordan 1 Retro High SE"),
        ("Old Skool", "Authentic"),
        ("Samba OG", "Sambae OG"),
        ("Air Max Plus", "Air Max Pulse"),
    ],
)
def test_these_are_two_models(one, other):
    assert match(one, other) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Speed Cat", "SPEEDCAT", 100),
        ("Old Skool 36", "36 Old Skool", 100),
        ("Dunk Low Retro", "Dunk Low", 92),
        ("Dunk Low Retro", "Dunk", 84),
        ("Gel Kayano 14", "Gel Kyano 14", 90.909),  # kayano, kyano: 200 * 5 / 11
    ],
)
def test_these_are_one_model(one, other, expected):
    assert match(one, other) == NameMatch(pytest.approx(expected, abs=0.001))


def test_a_word_too_many_is_kept_for_the_colour():
    assert match("Gazelle Core", "Gazelle") == NameMatch(98, ("core",), first=True)
    assert match("Gazelle", "Gazelle Core") == NameMatch(98, ("core",), first=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Gazelle", "Core Black/Gum"), ("Gazelle Core", "Black/Gum")),
        (("Gazelle", "Olive Haze"), ("Gazelle Olive", "Haze")),
        (("Glide Pro Cloud", "White/Tan"), ("Glide Pro", "White/Tan")),
        (("Dunk Low Retro", "White/Black"), ("Dunk Low", "White Black")),
    ],
)
def test_these_listings_are_alike(one, other):
    assert ALIKE <= total(one, other) < 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Glide Pro", "White/Tan"), ("Glide", "White/Tan")),
        (("Samba OG", "White/Black"), ("Samba", "White/Black")),
        (("Gazelle Olive", "Haze"), ("Gazelle", "Haze")),
        (("Glide Pro", "White/Tan/Black/Gum"), ("Glide", "White/Tan/Black/Gum")),
        (("Glide", "White/Tan"), ("Glide", "Tan/White")),
        (("Dunk Retro", "White/Tan"), ("Dunk Low", "White/Red")),
    ],
)
def test_these_are_not(one, other):
    assert total(one, other) < ALIKE


def test_men_and_women_contradict_each_other_and_nothing_else_does():
    shoe = ("Glide", "White/Tan")
    assert total(shoe, shoe, ("men", "women")) == 94
    assert {total(shoe, shoe, (one, "women")) for one in ("women", "unisex", None)} == {100}


@pytest.mark.parametrize(
    ("one", "other"),
    [("Speed Cat", "SpeedCat"), ("Gazelle Core", "Gazelle"), ("990v6", "990 Low v6"), ("Gel Kyano", "Gel Kayano")],
)
def test_names_that_match_share_a_key(one, other):
    assert match(one, other)
    assert name_keys(read_name(one)) & name_keys(read_name(other))
