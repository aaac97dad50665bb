"""What the matching knows of a listing, and which listings are one beyond doubt."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache, lru_cache
from typing import NamedTuple

from sneakers_ml.catalogue.cleaning.cleaned import Cleaned
from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.catalogue.matching.colours import Colour, read_colour
from sneakers_ml.catalogue.matching.names import Name, plain, read_name
from sneakers_ml.catalogue.titles import NO_BRAND, model_core

__all__ = ["Bucket", "Entry", "Key", "Profile", "Release", "entry_of", "family", "ground", "is_strong", "related"]

Key = tuple[str, ...]
"""What a unit is known by; its first word is style, source, title or listing."""

Bucket = tuple[str, str, str, tuple[str, ...]]
"""Brand family, age, collaborators, numbers: listings that differ in one of them are never alike."""

_STRONG = 6
_SIZES = {
    "grade school": ("gs", "gradeschool", "bigkid", "olderkid", "bg"),
    "preschool": ("ps", "preschool", "littlekid", "bp"),
    "toddler": ("td", "toddler", "infant", "bt"),
}
_GROUNDS = {"style": "style_code", "title": "title"}


class Release(NamedTuple):
    """What tells shoes of one model and colour apart where both shops say it: a child's size class, the year."""

    size: str | None
    year: str | None

    def other_than(self, other: Release) -> bool:
        """Whether both say it and say otherwise."""
        return any(one and two and one != two for one, two in zip(self, other, strict=True))


class Profile(NamedTuple):
    """What listings are compared by when nothing exact joins them."""

    bucket: Bucket
    name: Name
    colour: Colour
    gender: str | None
    release: Release


class Entry(NamedTuple):
    """One listing as the matching sees it.

    `seen` is when it was first seen, in seconds since 1970, or minus infinity where nothing is known of that. `profile`
    is None where model or colour is not known.
    """

    source: str
    listing_id: str
    brand: str
    key: Key
    code: str | None
    seen: float
    profile: Profile | None

    @property
    def place(self) -> tuple[str, str]:
        """Source and id, the order of listings wherever nothing else orders them."""
        return self.source, self.listing_id


@cache
def family(brand: str) -> str:
    """The maker whose style codes a brand uses, by brands.yaml: shops file Air Jordans under Nike too."""
    entry = lexicon().brands.brands.get(brand)
    return entry.family_of or brand if entry else brand


def related(brand: str, other: str) -> bool:
    """Whether a style code may be of both brands: same maker, or one of them is not named."""
    return NO_BRAND in {brand, other} or family(brand) == family(other)


def is_strong(code: str) -> bool:
    """Whether a style code names a shoe by itself: six characters or more, letters and digits."""
    return len(code) >= _STRONG and not code.isdigit() and not code.isalpha()


def ground(key: Key) -> str:
    """`matched_by` of a unit's listings: style_code, title or none."""
    return _GROUNDS.get(key[0], "none")


def entry_of(source: str, listing: Listing, cleaned: Cleaned) -> Entry:
    """The record of a listing.

    Its key is, in this order: brand and style code; the source's own product id; brand, model, colour, age,
    collaborators, size and year, with the whole title where model or colour is not told; the listing itself.
    """
    profile = _profile(cleaned)
    return Entry(
        source=source,
        listing_id=listing.listing_id,
        brand=cleaned.brand,
        key=_key(source, listing, cleaned, profile),
        code=cleaned.style_code,
        seen=_seconds(listing.first_seen),
        profile=profile,
    )


def _key(source: str, listing: Listing, cleaned: Cleaned, profile: Profile | None) -> Key:
    if cleaned.style_code:
        return _style_key(source, cleaned.brand, cleaned.style_code)
    if listing.product_key:
        return "source", source, cleaned.brand, listing.product_key
    title = listing.title_raw or listing.model_raw
    if not title or not plain(title):
        return "listing", source, listing.listing_id
    words = "" if profile else plain(title)
    told = _described(cleaned.model, cleaned.colour or "", words)
    return "title", cleaned.brand, *told, *_marks(cleaned), *(mark or "" for mark in _release(cleaned))


def _style_key(source: str, brand: str, code: str) -> Key:
    if is_strong(code):
        return "style", family(brand), code
    return ("style", brand, code) if brand != NO_BRAND else ("style", brand, code, source)  # any maker's 574


@lru_cache(maxsize=1 << 16)
def _described(model: str, colour: str, words: str) -> tuple[str, str, str]:
    return read_name(model).glued, " ".join(read_colour(colour).told), words


def _profile(cleaned: Cleaned) -> Profile | None:
    if cleaned.brand == NO_BRAND or not cleaned.colour or not _names_a_model(cleaned.model, cleaned.brand):
        return None
    name, colour = read_name(cleaned.model), read_colour(cleaned.colour)
    if not colour.told:
        return None
    bucket = (family(cleaned.brand), *_marks(cleaned), name.numbers)
    return Profile(bucket, name, colour, cleaned.gender, _release(cleaned))


def _release(cleaned: Cleaned) -> Release:
    told = {removed.kind: removed.text for removed in cleaned.removed}
    letters = re.sub(r"[\W_]+", "", told.get("age", "")).lower()
    size = next((size for size, words in _SIZES.items() if letters.startswith(words)), None)
    return Release(size, re.sub(r"\D+", "", told.get("year", "")) or None)


def _marks(cleaned: Cleaned) -> tuple[str, str]:
    return cleaned.age or "", _together(cleaned.collaborators)


@lru_cache(maxsize=1 << 12)
def _together(collaborators: tuple[str, ...]) -> str:
    return "+".join(sorted(re.sub(r"[\W_]+", "", plain(name)) for name in collaborators))


@lru_cache(maxsize=1 << 16)
def _names_a_model(model: str, brand: str) -> bool:
    return bool(model_core(model, brand))


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else float("-inf")
