from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sneakers_ml.serving.answer import Answer, BrandScore, Description, Match, Neighbour, Offer, Region, WordScore
from sneakers_ml.serving.brand_classifier import BrandPrediction
from sneakers_ml.serving.formatting import (
    answer_json,
    brand_line,
    brand_name,
    description_line,
    display_title,
    match_json,
    prediction_row,
    predictions_json,
    price_line,
    relation_line,
)

ANSWER = Answer(
    brand="new balance",
    confidence=0.87654321,
    known=True,
    alternatives=(BrandScore("nike", 0.1), BrandScore("puma", 0.02345679)),
    neighbours=(
        Neighbour(
            "p1", 0.98765432, "NB 574", "new balance", "f1", (Offer("shop", "https://a.example", 99.5, "EUR"),), "same"
        ),
        Neighbour("p2", 0.5, "NB 990", "new balance", "f2"),
    ),
    region=Region(0, 0, 10, 10),
    words=Description(
        colours=(WordScore("white", 0.98765432), WordScore("blue", 0.5)),
        kind=WordScore("low top", 0.75),
        models=(WordScore("chuck 70", 0.6), WordScore("One Star", 0.25)),
    ),
)


def test_a_known_brand_is_named_and_an_unknown_one_owned_up_to():
    assert brand_line(ANSWER) == "New Balance, 88 % sure"
    assert brand_line(replace(ANSWER, known=False)) == "unknown; closest guess New Balance, 88 %"
    assert brand_line(replace(ANSWER, known=False, sneaker=False)) == "no sneaker in this photo"


def test_relations_in_words():
    relations = ["same", "same model", "similar"]
    assert [*map(relation_line, relations)] == ["same", "same model, other colour", "similar"]


@pytest.mark.parametrize(
    ("offer", "line"),
    [
        (Offer("shop", None, 120.0, "EUR"), "120.00 EUR at shop"),
        (Offer("shop", None, 120.5), "120.50 at shop"),
        (Offer("shop", "https://a.example"), "shop"),
    ],
)
def test_an_offer_on_one_line(offer, line):
    assert price_line(offer) == line


def test_the_object_of_a_line_of_json():
    assert answer_json(ANSWER) == {
        "brand": "new balance",
        "confidence": 0.876543,
        "known": True,
        "brands": [
            {"brand": "new balance", "confidence": 0.876543},
            {"brand": "nike", "confidence": 0.1},
            {"brand": "puma", "confidence": 0.023457},
        ],
        "sneaker": True,
        "words": {
            "text": "white and blue low top, New Balance; most like Chuck 70, One Star",
            "colours": [{"word": "white", "score": 0.987654}, {"word": "blue", "score": 0.5}],
            "kind": {"word": "low top", "score": 0.75},
            "models": [{"word": "chuck 70", "score": 0.6}, {"word": "One Star", "score": 0.25}],
        },
        "similar": [
            {
                "product_id": "p1",
                "score": 0.987654,
                "relation": "same",
                "title": "NB 574",
                "brand": "new balance",
                "offers": [{"shop": "shop", "url": "https://a.example", "price": 99.5, "currency": "EUR"}],
            },
            {
                "product_id": "p2",
                "score": 0.5,
                "relation": "similar",
                "title": "NB 990",
                "brand": "new balance",
                "offers": [],
            },
        ],
    }
    json.dumps(answer_json(ANSWER), allow_nan=False)


def test_the_object_of_a_photo_that_nothing_is_said_of():
    silent = answer_json(replace(ANSWER, known=False, words=Description(), neighbours=()))
    assert silent["words"] == {"text": "", "colours": [], "kind": None, "models": []}
    assert silent["similar"] == []


def test_the_object_of_a_product_that_was_asked_for_in_words():
    match = Match("p1", 1.23456789, "NB 574", "new balance", "f1", (Offer("shop", None, 99.5, "EUR"), Offer("corner")))
    assert match_json(match) == {
        "product_id": "p1",
        "score": 1.234568,
        "title": "NB 574",
        "brand": "new balance",
        "offers": [
            {"shop": "shop", "url": None, "price": 99.5, "currency": "EUR"},
            {"shop": "corner", "url": None, "price": None, "currency": None},
        ],
    }


@pytest.mark.parametrize(
    ("known", "colours", "kind", "models", "line"),
    [
        (True, ["white"], "low top", ["chuck 70"], "white low top, New Balance; most like Chuck 70"),
        (True, ["white", "blue", "red"], None, [], "white, blue and red, New Balance"),
        (True, ["white", "blue"], "low top", [], "white and blue low top, New Balance"),
        (True, [], None, [], ""),
        (True, [], "low top", [], "low top, New Balance"),
        (True, [], None, ["574", "ML 574"], "New Balance; most like 574, ML 574"),
        (False, ["white"], "low top", [], "white low top"),
        (False, ["white"], None, ["574"], "white; most like 574"),
        (False, [], None, ["574"], "most like 574"),
        (False, [], None, [], ""),
    ],
)
def test_a_photo_in_a_line_of_words(known, colours, kind, models, line):
    words = Description(
        tuple(WordScore(word, 0.9) for word in colours),
        kind and WordScore(kind, 0.9),
        tuple(WordScore(word, 0.9) for word in models),
    )
    assert description_line(replace(ANSWER, known=known, words=words)) == line


def test_a_brand_keeps_the_letters_that_are_capital_already():
    assert [brand_name(brand) for brand in ("new balance", "DC", "u s polo assn")] == [
        "New Balance",
        "DC",
        "U S Polo Assn",
    ]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("HOLLIN WILLOW LOW CORAL/TAN", "Hollin Willow Low Coral/Tan"),
        ("Hollin WILLOW LOW CORAL/TAN", "Hollin Willow Low Coral/Tan"),
        ("Fjarn RIDGE GT LILAC/RED", "Fjarn Ridge GT Lilac/Red"),
        ("ELMARI Vega Moss Graphite", "ELMARI Vega Moss Graphite"),
        ("AJ1 LE", "AJ1 LE"),
        ("AIR FORCE 1 LV8", "Air Force 1 LV8"),
        ("XT-6 GTX", "XT-6 GTX"),
        ("GEL-LYTE III OG 'ARCTIC BLUE/SKY'", "Gel-Lyte III OG 'Arctic Blue/Sky'"),
        ("AIR JORDAN VIII RETRO", "Air Jordan VIII Retro"),
        ("WMN'S RUN STAR MOTION CX", "Wmn's Run Star Motion CX"),
        ("O'NEILL NMD_R1  CORE BLACK ", "O'Neill NMD_R1  Core Black "),
        ("КРОССОВКИ БЕЛЫЕ", "Кроссовки Белые"),
        ("NB 574", "NB 574"),
        ("Nike Air MAX 90 PREMIUM", "Nike Air MAX 90 PREMIUM"),  # the shop's own choice of letters
        ("air max", "air max"),
        ("574", "574"),
        ("", ""),
    ],
)
def test_a_title_in_capitals_is_shown_in_title_case(title, shown):
    assert display_title(title) == shown


class TestPredictions:
    SCORES = (BrandScore("new balance", 0.87654321), BrandScore("nike", 0.1234567))

    def test_a_row(self):
        assert prediction_row(BrandPrediction("net-svm", "random", True, self.SCORES)) == (
            "net-svm (untrained)",
            "New Balance",
            "88 %",
            "yes",
            "Nike 12 %",
        )
        assert prediction_row(BrandPrediction("net-svm", "none", False, self.SCORES[:1])) == (
            "net-svm",
            "New Balance",
            "88 %",
            "no",
            "",
        )

    def test_json(self):
        content = predictions_json(BrandPrediction(name, name, False, self.SCORES) for name in ("random", "none"))
        usual = {
            "brand": "new balance",
            "confidence": 0.876543,
            "known": False,
            "brands": [{"brand": "new balance", "confidence": 0.876543}, {"brand": "nike", "confidence": 0.123457}],
        }
        assert content == {"random": usual | {"untrained": True}, "none": usual}
        json.dumps(content, allow_nan=False)
