from __future__ import annotations

import pytest

from sneakers_ml.catalogue.matching.model_names import plain, read_name


@pytest.mark.parametrize(
    ("model", "words", "numbers"),
    [
        ("Air Force 1 Mid '07", ("air", "force", "mid"), ("1", "7")),
        ("NMD_R1", ("nmd", "r"), ("1",)),
        ("XT-QUEST 2", ("quest", "xt"), ("2",)),
        ("Gel-Lyte III OG", ("gel", "lyte", "og"), ("3",)),
        ("GEL-LYTE V GODAI", ("gel", "godai", "lyte"), ("5",)),
        ("990v6", (), ("6", "990")),
        ("990 V6", (), ("6", "990")),
        ("Harden Vol. 6", ("harden",), ("6",)),
        ("ZX 2K Boost 2.0", ("boost", "k", "zx"), ("2", "2")),
        ("Ride 15.5", ("ride",), ("15.5",)),
        ("Dunk Hi Retro SE", ("dunk", "high", "retro", "se"), ()),
        ("Chuck 70 High-Top", ("chuck", "high"), ("70",)),
        ("Top Ten", ("ten", "top"), ()),
        ("Vovinam", ("vovinam",), ()),
        ("André Saraïva", ("andre", "saraiva"), ()),
        ("Air Jordan 4 Retro", ("retro",), ("4",)),
        ("Jordan 4 Retro", ("retro",), ("4",)),
        ("Air Jordan", ("air", "jordan"), ()),
        ("!!!", (), ()),
        ("", (), ()),
    ],
)
def test_a_name_is_its_words_and_its_numbers(model, words, numbers):
    assert (read_name(model).words, read_name(model).numbers) == (words, numbers)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Speed Cat", "SpeedCat"), ("Gel-NYC", "GELNYC"), ("XT-6", "XT6"), ("Wmn’s Glide", "WMN'S glide")],
)
def test_names_that_differ_in_blanks_and_marks_are_glued_alike(one, other):
    assert read_name(one).glued == read_name(other).glued


def test_glued_numbers_stay_apart():
    assert read_name("Air 1 1").glued != read_name("Air 11").glued
    assert read_name("Max 9 Air").letters == "maxair"


def test_plain_folds_case_accents_and_blanks():
    assert plain("  Saucony  JAZZ É ") == "saucony jazz e"
