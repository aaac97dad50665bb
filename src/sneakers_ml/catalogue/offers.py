"""Offers over time: how a listing goes on when it is met again, or is gone."""

from __future__ import annotations

from datetime import datetime

from sneakers_ml.catalogue.listing import Listing, PastOffer

__all__ = ["continued", "taken_away"]


def continued(listing: Listing, before: Listing | None, now: datetime | None) -> Listing:
    """The listing, met at `now`, with what was known of it: when it was first seen and what it asked until then.

    Another price or currency, or being back after the shop had taken it away, begins a new offer; the one before it
    joins `past_offers`. To go on from a listing that is the same and was met at the same time changes nothing.
    """
    if before is None:
        return listing.model_copy(update={"first_seen": now, "price_since": now})
    past, since = before.past_offers, before.price_since
    if before.delisted or (before.price, before.currency) != (listing.price, listing.currency):
        offer = PastOffer(
            price=before.price,
            currency=before.currency,
            first_seen=before.price_since or before.first_seen,
            last_seen=before.fetched_at,
            delisted=before.delisted,
        )
        past, since = (*past, offer), now
    return listing.model_copy(
        update={"first_seen": before.first_seen, "price_since": since, "past_offers": past, "delisted": None}
    )


def taken_away(before: Listing, now: datetime) -> Listing:
    """The listing that its shop was found not to have any more at `now`; one that was gone already stays as it is."""
    return before if before.delisted else before.model_copy(update={"delisted": now})
