from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sneakers_ml.catalogue.cleaning import clean
from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.catalogue.naming import listing_name, listing_title

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def named(title, brand="Puma", colour=None, fetched_at=NOW):
    listing = Listing(
        shop="a", listing_id="1", brand_raw=brand, title_raw=title, colour_raw=colour, fetched_at=fetched_at
    )
    return listing_name(listing, clean(listing))


@pytest.mark.parametrize(
    ("title", "brand", "colour", "name"),
    [
        ("Speed Cat", "Puma", "Team Red/White", "Puma Speed Cat Team Red/White"),
        ("PUMA | SPEED CAT { RED/WHITE", "Puma", None, "Puma SPEED CAT RED/WHITE"),
        ("(GS) Puma Speed Cat 'Red/White'", "Puma", None, "Puma Speed Cat Red/White (kids)"),
        ("Glide 2", "arvo", "Navy", "arvo Glide 2 Navy"),
        ("Air Jordan 4 Retro 'Bred'", "Jordan", None, "Air Jordan 4 Retro Bred"),
        ("adidas x Wales Bonner Samba", "adidas Originals", "Core Black", "adidas x Wales Bonner Samba Core Black"),
        ("Speed  Cat", "Puma", None, "Speed Cat"),  # nothing to add but the brand, which answers show beside it
        ("Glide 2 'Navy'", None, None, "Glide 2 'Navy'"),
        (None, "Puma", None, "Puma"),
    ],
)
def test_a_crawled_listing_is_called_what_a_person_would(title, brand, colour, name):
    assert named(title, brand, colour) == name


def test_an_imported_one_keeps_its_title():
    assert named("(GS) Puma Speed Cat 'Red/White'", fetched_at=None) == "(GS) Puma Speed Cat 'Red/White'"


def test_a_title_is_one_line_and_may_be_missing():
    assert listing_title(Listing(shop="a", listing_id="1", title_raw=" Speed\n Cat ")) == "Speed Cat"
    assert listing_title(Listing(shop="a", listing_id="1", model_raw="Suede")) == "Suede"
    assert listing_title(Listing(shop="a", listing_id="1")) == ""
