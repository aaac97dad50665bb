from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sneakers_ml.catalogue.listing import Listing, PastOffer
from sneakers_ml.catalogue.offers import continued, taken_away


def on_day(day):
    return datetime(2026, 1, day, tzinfo=UTC)


def met(day, price, currency="EUR"):
    return Listing(shop="a", listing_id="1", price=price, currency=currency, fetched_at=on_day(day))


def followed(*visits):
    """The listing after visits on days 1, 2, ...: a price, or None for a visit that found it gone."""
    listing = None
    for day, price in enumerate(visits, start=1):
        listing = continued(met(day, price), listing, on_day(day)) if price else taken_away(listing, on_day(day))
    return listing


def test_a_new_listing_asks_its_price_since_it_was_first_seen():
    listing = followed(90.0)
    assert (listing.first_seen, listing.price_since, listing.past_offers) == (on_day(1), on_day(1), ())


def test_the_same_price_goes_on():
    listing = followed(90.0, 90.0, 90.0)
    assert (listing.first_seen, listing.price_since, listing.fetched_at) == (on_day(1), on_day(1), on_day(3))
    assert listing.past_offers == ()


def test_each_other_price_is_kept_with_its_days():
    listing = followed(90.0, 90.0, 70.0, 80.0)
    assert (listing.price, listing.price_since, listing.first_seen) == (80.0, on_day(4), on_day(1))
    assert listing.past_offers == (
        PastOffer(price=90.0, currency="EUR", first_seen=on_day(1), last_seen=on_day(2)),
        PastOffer(price=70.0, currency="EUR", first_seen=on_day(3), last_seen=on_day(3)),
    )


def test_one_number_in_another_currency_is_another_price():
    before = continued(met(1, 90.0), None, on_day(1))
    after = continued(met(2, 90.0, "USD"), before, on_day(2))
    assert [offer.currency for offer in after.past_offers] == ["EUR"]


def test_what_is_gone_keeps_its_day_until_it_is_back():
    assert followed(90.0, None, None).delisted == on_day(2)
    back = followed(90.0, None, None, 90.0)
    assert (back.delisted, back.price_since, back.first_seen) == (None, on_day(4), on_day(1))
    offer = PastOffer(price=90.0, currency="EUR", first_seen=on_day(1), last_seen=on_day(1), delisted=on_day(2))
    assert back.past_offers == (offer,)


@pytest.mark.parametrize("visits", [(90.0,), (90.0, 70.0), (90.0, None, 80.0)])
def test_a_visit_told_twice_counts_once(visits):
    listing, day = followed(*visits), len(visits)
    assert continued(met(day, visits[-1]), listing, on_day(day)) == listing


def test_a_listing_of_before_prices_were_kept_has_asked_its_price_since_it_was_first_seen():
    old = met(3, 90.0).model_copy(update={"first_seen": on_day(1)})
    after = continued(met(5, 70.0), old, on_day(5))
    assert after.past_offers == (PastOffer(price=90.0, currency="EUR", first_seen=on_day(1), last_seen=on_day(3)),)
