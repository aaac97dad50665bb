from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sneakers_ml.serving.answer import Answer, BrandScore, Neighbour, Offer, Region
from sneakers_ml.serving.words import answer_json, brand_line, brand_name, price_line

ANSWER = Answer(
    brand="new balance",
    confidence=0.87654321,
    known=True,
    alternatives=(BrandScore("nike", 0.1), BrandScore("puma", 0.02345679)),
    neighbours=(
        Neighbour("p1", 0.98765432, "NB 574", "new balance", "f1", (Offer("shop", "https://a.example", 99.5, "EUR"),)),
        Neighbour("p2", 0.5, "NB 990", "new balance", "f2"),
    ),
    region=Region(0, 0, 10, 10),
)


def test_a_known_brand_is_named_and_an_unknown_one_owned_up_to():
    assert brand_line(ANSWER) == "New Balance, 88 % sure"
    assert brand_line(replace(ANSWER, known=False)) == "unknown; closest guess New Balance, 88 %"


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
    assert answer_json("a/b.jpg", ANSWER) == {
        "photo": "a/b.jpg",
        "brand": "new balance",
        "confidence": 0.876543,
        "known": True,
        "brands": [
            {"brand": "new balance", "confidence": 0.876543},
            {"brand": "nike", "confidence": 0.1},
            {"brand": "puma", "confidence": 0.023457},
        ],
        "similar": [
            {
                "product_id": "p1",
                "score": 0.987654,
                "title": "NB 574",
                "brand": "new balance",
                "offers": [{"shop": "shop", "url": "https://a.example", "price": 99.5, "currency": "EUR"}],
            },
            {"product_id": "p2", "score": 0.5, "title": "NB 990", "brand": "new balance", "offers": []},
        ],
    }
    json.dumps(answer_json("a", ANSWER), allow_nan=False)


def test_a_brand_keeps_the_letters_that_are_capital_already() -> None:
    assert [brand_name(brand) for brand in ("new balance", "DC", "u s polo assn")] == [
        "New Balance",
        "DC",
        "U S Polo Assn",
    ]
