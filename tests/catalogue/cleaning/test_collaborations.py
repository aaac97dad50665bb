"""Partners that no list knows, and what is none; the truth is read off each title by a person."""

from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.clean import clean
from tests.catalogue.cleaning.shop_rows import offer

IN_FRONT = [
    ("Come Tees x Converse Chuck 70 High 'Dream'", "Converse", "Chuck 70 High", ("Come Tees",)),
    ("COME TEES X CONVERSE CHUCK 70 'DREAM'", "Converse", "CHUCK 70", ("COME TEES",)),
    ("Boi-1da x KD 15 'Producer Pack'", "Nike", "KD 15", ("Boi-1da",)),
    ("Boi-1da \u00d7 KD 15 'Producer Pack'", "Nike", "KD 15", ("Boi-1da",)),
    ("Boi-1da X KD 15 'Producer Pack'", "Nike", "KD 15", ("Boi-1da",)),
    ("Girls Don't Cry x Nike SB Dunk Low 'Coffee'", "Nike", "SB Dunk Low", ("Girls Don't Cry",)),
    ("(WMNS) Come Tees x Nike Dunk Low 'Dream'", "Nike", "Dunk Low", ("Come Tees",)),
    ("SALE! Come Tees x Nike Dunk Low 'Dream'", "Nike", "Dunk Low", ("Come Tees",)),
    ("Kids of Immigrants x Nike Air Max Sunder 'Rattan'", "Nike", "Air Max Sunder", ("Kids of Immigrants",)),
    ("Ben & Jerry's x Nike SB Dunk Low 'Chunky Dunky'", "Nike", "SB Dunk Low", ("Ben & Jerry's",)),
    ("Free & Easy x Converse Chuck 70", "Converse", "Chuck 70", ("Free & Easy",)),
    ("Lil Nas X x Nike Air Max 97", "Nike", "Air Max 97", ("Lil Nas X",)),
    ("424 x adidas Pro Model", "adidas", "Pro Model", ("424",)),
    ("032c x Salomon XT-4", "Salomon", "XT-4", ("032c",)),
    ("The Shoe Surgeon x Nike Dunk Low", "Nike", "Dunk Low", ("The Shoe Surgeon",)),
    ("New Era x Puma Suede", "Puma", "Suede", ("New Era",)),
    ("NEW YORK METS x Nike SB Dunk High", "Nike", "SB Dunk High", ("NEW YORK METS",)),
    ("Concepts x Come Tees x Nike SB Dunk Low 'Lobster'", "Nike", "SB Dunk Low", ("Concepts", "Come Tees")),
    ("BEAMS\u00d7JJJJound \u00d7 New Balance 990", "New Balance", "990", ("BEAMS", "JJJJound")),
    ("Wales Bonner x adidas Originals Samba", "adidas Originals", "Samba", ("Wales Bonner",)),
    ("Somebody x Arvo Glide 2", "Arvo", "Glide 2", ("Somebody",)),
]
BEHIND = [
    ("Nike x Come Tees Dunk Low", "Nike", "Dunk Low", ("Come Tees",)),
    ("Nike \u2716 Come Tees Dunk Low", "Nike", "Dunk Low", ("Come Tees",)),
    ("Chuck 70 x Come Tees", "Converse", "Chuck 70", ("Come Tees",)),
    ("Nike Air Max 270 x Come Tees 'Dream'", "Nike", "Air Max 270", ("Come Tees",)),
    ("Salomon XT-6 x 11 by Boris Bidjan Saberi", "Salomon", "XT-6", ("11 by Boris Bidjan Saberi",)),
    ("New Balance Aries x 327", "New Balance", "327", ("Aries",)),
]
NONE = [
    ("Nike Air Max 90 x 10", "Nike", "Air Max 90 x 10"),
    ("Nike Poster 40 x 30", "Nike", "Poster 40 x 30"),
    ("Nike Poster 40 x 30cm", "Nike", "Poster 40 x 30cm"),
    ("Nike SB x", "Nike", "SB x"),
    ("adidas X 17.1 FG", "adidas", "X 17.1 FG"),
    ("adidas x 17.1 FG", "adidas", "x 17.1 FG"),
    ("adidas x 18+ FG", "adidas", "x 18+ FG"),
    ("550 x Samba", "adidas", "550"),
    ("New Balance Fresh Foam X 1080 v12", "New Balance", "Fresh Foam X 1080 v12"),
    ("Winflo X Zoom", "Nike", "Winflo X Zoom"),
]


@pytest.mark.parametrize(("title", "brand", "model", "partners"), [*IN_FRONT, *BEHIND])
def test_a_partner_need_not_be_listed(title: str, brand: str, model: str, partners: tuple[str, ...]) -> None:
    got = clean(offer(title, brand))
    assert (got.model, got.collaborators, got.set_aside) == (model, partners, None)


@pytest.mark.parametrize(("title", "brand", "model"), NONE)
def test_what_stands_beside_an_x_is_not_always_a_partner(title: str, brand: str, model: str) -> None:
    assert clean(offer(title, brand)).model == model


@pytest.mark.parametrize(
    ("title", "brand", "partners"),
    [
        ("OFF-WHITE x Air Jordan 1 Retro High OG 'UNC'", "jordan", ("Off-White",)),
        ("Dior x Air Jordan 1 High 'Wolf Grey'", "jordan", ("Dior",)),
        ("Louis Vuitton x Nike Air Force 1 'Red'", "nike", ("Louis Vuitton",)),
        ("Gucci x adidas Gazelle", "adidas", ("Gucci",)),
        ("Travis Scott x Fragment x Air Jordan 1 Retro Low", "jordan", ("Travis Scott", "Fragment")),
        ("Come Tees x Nike Dunk Low", "nike", ("Come Tees",)),
        ("Nike x Off-White Dunk Low", "nike", ("Off-White",)),
        ("New Balance x Salehe Bembury 2002R", "new balance", ("Salehe Bembury",)),
    ],
)
def test_without_a_brand_field_the_maker_is_told_from_the_partner(
    title: str, brand: str, partners: tuple[str, ...]
) -> None:
    got = clean(offer(title))
    assert (got.brand, got.collaborators) == (brand, partners)


def test_a_partners_name_says_nothing_of_what_the_thing_is() -> None:
    assert clean(offer("Converse Chuck 70 High Come Tees Dream", "Converse")).set_aside is None
    assert clean(offer("Converse Tee Dream", "Converse")).set_aside


def test_a_partner_stands_once_however_it_is_written() -> None:
    got = clean(offer("COME TEES x Nike Dunk Low", "Come Tees x Nike", url="https://shop.example/1"))
    assert [name.casefold() for name in got.collaborators] == ["come tees"]


@pytest.mark.parametrize(
    ("title", "brand"),
    [
        ("Supreme x Nike Hoodie", "Nike"),
        ("Come Tees x Nike Tote Bag", "Nike"),
        ("Logo x Somebody Hoodie", "Nike"),
        ("adidas x Marvel Backpack", "adidas"),
    ],
)
def test_a_thing_made_with_a_partner_is_still_no_shoe(title: str, brand: str) -> None:
    assert clean(offer(title, brand)).set_aside
