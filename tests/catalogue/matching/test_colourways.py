from __future__ import annotations

import pytest

from sneakers_ml.catalogue.matching.colourways import colour_likeness, read_colour

ALIKE = 80  # what the merge asks for, in similarity.py


def likeness(one, other):
    found = colour_likeness(read_colour(one), read_colour(other))
    assert found == colour_likeness(read_colour(other), read_colour(one))
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Core Black/ Core Black/ Gum5", ("core", "black", "gum")),
        ("WHITE/BLACK-WHITE", ("white", "black", "white")),
        ("Off-White and Blue", ("offwhite", "blue")),
        ("Multi-Colour/Lt Grey", ("multicolour", "light", "grey")),
        ("Multi", ("multicolour",)),
        ("FTWWHT/CBLACK", ("footwear", "white", "black")),
        ("22", ()),
        ("", ()),
    ],
)
def test_a_colourway_is_its_words(text, words):
    assert read_colour(text).stated == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("White/Black", "WHITE / BLACK"),
        ("White/Black", "White Black"),
        ("White/Black-Gum", "white/black/gum"),
        ("Black/Black/Black", "Black"),
        ("Gray/Green", "grey green"),
    ],
)
def test_the_same_colourway_in_other_signs_is_a_hundred(one, other):
    assert likeness(one, other) == 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Core Black/Ftw White/Gum5", "Black/White/Gum"),
        ("Scarlet/Bone", "Red/Bone"),
        ("Midnight/Ivory", "Midnight Navy/Cream"),
        ("Light Grey/Black", "Ash/Core Black"),
        ("Beigealuminium", "Beige Aluminium"),
        ("Falcon/Vanila", "Falcon/Vanilla"),
    ],
)
def test_other_words_for_it_are_alike_but_no_hundred(one, other):
    assert ALIKE <= likeness(one, other) < 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Black/White", "White/Black"),
        ("Black/White", "Black/Gum"),
        ("Black", "Black/White"),
        ("Light Blue/White", "Dark Blue/White"),
        ("Tan/White", "Red/White"),
        ("Panda", "White/Black"),
        ("Core", "Cloud"),
        ("", "Black"),
    ],
)
def test_another_colourway_is_not_alike(one, other):
    assert likeness(one, other) < ALIKE


def test_the_likeness_of_two_colourways_worked_out_by_hand():
    """Words weigh 0.3 + 1 + 1 and 1 + 1; what they share weighs 2: 200 * 2 / 4.3, less 2 for the other words."""
    assert likeness("Core Black/White", "Black/White") == pytest.approx(400 / 4.3 - 2)
