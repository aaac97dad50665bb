"""Listings for the tests of the matching, cleaned by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from sneakers_ml.catalogue.cleaning.cleaned import Cleaned
from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.catalogue.matching.assignment import assign
from sneakers_ml.catalogue.matching.units import entry_of

__all__ = ["groups", "listed", "on_day", "placed"]


def on_day(day):
    return datetime(2026, 1, day, tzinfo=UTC)


def listed(place, model="", colour=None, *, brand="nike", day=None, key=None, title=None, **cleaned):
    """The entry of a listing: `place` is `shop:id`, `day` of January 2026 is when it was first seen."""
    source, _, listing_id = place.partition(":")
    words = title if title is not None else model and f"{brand} {model} {colour or ''}"
    listing = Listing(
        shop=source,
        listing_id=listing_id,
        title_raw=words or None,
        product_key=key,
        first_seen=on_day(day) if day else None,
    )
    wording = title if title is not None else f"{model} {colour or ''}".strip()
    plain = Cleaned(brand, brand.title(), None, (), model, colour, None, None, None, None, None, (), wording, None)
    return entry_of(source, listing, replace(plain, **cleaned))


def placed(*entries):
    """`shop:id` -> its placement."""
    return {":".join(entry.place): placement for entry, placement in zip(entries, assign(entries), strict=True)}


def groups(*entries):
    """The products, each as the sorted `shop:id` of its listings."""
    products = sorted((placement.product, place) for place, placement in placed(*entries).items())
    return {tuple(place for _, place in group) for _, group in groupby(products, key=lambda pair: pair[0])}
