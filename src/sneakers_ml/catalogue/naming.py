"""What a person would call a listing's shoe."""

from __future__ import annotations

import re

from sneakers_ml.catalogue.cleaning.cleaned import Cleaned
from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.catalogue.titles import NO_BRAND

__all__ = ["listing_name", "listing_title"]


def listing_title(listing: Listing) -> str:
    """The title as its source words it, on one line; empty where there is none."""
    return " ".join((listing.title_raw or listing.model_raw or "").split())


def listing_name(listing: Listing, cleaned: Cleaned) -> str:
    """A name that says by itself which shoe it is: "adidas x Wales Bonner Samba Core Black".

    Shops leave out what the page says elsewhere, and decorate: "BRAND | MODEL { COLOUR". What was imported keeps the
    title that somebody chose for it.
    """
    title = listing_title(listing)
    if title and (listing.fetched_at is None or cleaned.brand == NO_BRAND or not cleaned.colour):
        return title
    brand = (
        [] if _words(cleaned.model) >= _words(cleaned.brand) else [cleaned.brand_name]
    )  # "Air Jordan 4" names its own
    kids = "(kids)" if cleaned.age else ""
    names = " x ".join([*brand, *cleaned.collaborators])
    return " ".join(filter(None, [names, cleaned.model, cleaned.colour, kids])) or cleaned.brand_name


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))
