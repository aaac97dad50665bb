"""What the matching knows of a listing, and which listings are one beyond doubt."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from sneakers_ml.catalogue.cleaning.cleaned import Cleaned
from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.cleaning.naming import NO_BRAND, model_core, model_key
from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.catalogue.matching.colourways import Colour, read_colour
from sneakers_ml.catalogue.matching.model_names import Name, plain, read_name

__all__ = [
    "Bucket",
    "Entry",
    "Key",
    "Profile",
    "Release",
    "Wording",
    "entry_of",
    "family",
    "is_counter",
    "is_strong",
    "model_name",
    "related",
]

Key = tuple[str, ...]
"""What a unit is known by, that is, listings that are one beyond doubt.

Its first word is style, source, title or listing.
"""

Wording = tuple[str, ...]
"""Brand family, age, collaborators, and the title's words for model and colour: titles with the same say the same."""

Bucket = tuple[str, str, str, tuple[str, ...]]
"""Brand family, age, collaborators, numbers: listings that differ in one of them are never alike."""

_STRONG = 6
_SIZES = {
    "grade school": ("gs", "gradeschool", "bigkid", "olderkid", "bg"),
    "preschool": ("ps", "preschool", "littlekid", "bp"),
    "toddler": ("td", "toddler", "infant", "bt"),
}


class Release(NamedTuple):
    """What tells shoes of one model and colour apart where both shops say it: a child's size class, the year."""

    size: str | None
    year: str | None
    """Several are parted by "/"."""

    def other_than(self, other: Release) -> bool:
        """Whether both say it and say otherwise; (2016) and (2016/2022) may be one."""
        other_size = self.size and other.size and self.size != other.size
        other_year = self.year and other.year and set(self.year.split("/")).isdisjoint(other.year.split("/"))
        return bool(other_size or other_year)


class Profile(NamedTuple):
    """What listings are compared by when nothing exact joins them."""

    bucket: Bucket
    name: Name
    colour: Colour
    gender: str | None
    release: Release


class Entry(NamedTuple):
    """One listing as the matching sees it.

    `model` and `colour` are as shown, `model_name` is what colourways of the model share. `seen` is when it was first
    seen, in seconds since 1970, or minus infinity where nothing is known of that. `profile` is None where model or
    colour is not known, `wording` where the title has no word or only counts photos, or where the source's own product
    id says what belongs together. `colour_beside` is a colour that stands beside the title, not in it. `also` are
    the keys of further style codes that it names for the same shoe.
    """

    source: str
    shop: str
    listing_id: str
    brand: str
    model: str
    colour: str | None
    model_name: str
    key: Key
    code: str | None
    seen: float
    gender: str | None
    release: Release
    profile: Profile | None
    wording: Wording | None
    colour_beside: tuple[str, ...]
    also: tuple[Key, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """Source and id, the order of listings wherever nothing else orders them."""
        return self.source, self.listing_id

    @property
    def seller(self) -> tuple[str, str]:
        """The shop, within the source that tells of it."""
        return self.source, self.shop

    @property
    def codes(self) -> tuple[str, ...]:
        """All its style codes."""
        return (self.code, *(key[2] for key in self.also)) if self.code else ()


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


def model_name(brand: str, model: str, title: str) -> str:
    """What colourways of a model have in common, "" where neither names one.

    Kids' and adults' shoes of a model share it, for they look alike. A model of nothing but colours and generic words
    ("Blue Casual") counts as its whole title.
    """
    return read_name(model_core(model, brand)).glued or read_name(model_key(title, brand)).glued


@cache
def _spellings(brand: str) -> frozenset[str]:
    """A brand's names in small letters without blanks and signs, and none at all."""
    entry = lexicon().brands.brands.get(brand)
    names = (entry.name, *entry.aliases, *entry.field_aliases, *entry.stays_in_title) if entry else ()
    return frozenset(re.sub(r"[\W_]+", "", plain(name)) for name in ("", brand, *names))


def is_counter(brand: str, title: str) -> bool:
    """Whether it says the brand at most, and a number of one or two digits: "nike11", "NB 3", "Vans".

    So people count photos, and two shops' "nike11" have nothing in common. "Jordan 4" is a model, "jordan4" no more
    than a count: small shops' files are named so.
    """
    words, entry = re.sub(r"[\W_]+", " ", plain(title)).split(), lexicon().brands.brands.get(brand)
    if not words or (entry and entry.stays_before_number and words[-1].isdigit()):
        return False
    said = "".join(words)
    return not _spellings(brand).isdisjoint({said, re.sub(r"(?<!\d)\d{1,2}$", "", said)})


def entry_of(source: str, listing: Listing, cleaned: Cleaned) -> Entry:
    """The record of a listing.

    Its key is, in this order: brand and style code; the source's own product id; brand, model, colour, age,
    collaborators, size and year; where model or colour is not known, the listing itself.
    """
    brand, code, title = cleaned.brand, cleaned.style_code, listing.title_raw or listing.model_raw or ""
    counter = is_counter(brand, title)
    profile = None if counter else _profile(cleaned)
    release = _release(cleaned)
    in_title = any(part.kind == "colour" for part in cleaned.removed)
    key: Key = ("listing", source, listing.listing_id)
    if code:
        key = _style_key(source, brand, code)
    elif listing.product_key:
        key = ("source", source, brand, listing.product_key)
    elif profile:
        described = profile.name.glued, " ".join(profile.colour.stated)
        key = ("title", brand, *described, *_marks(cleaned), *(mark or "" for mark in release))
    return Entry(
        source=source,
        shop=listing.shop,
        listing_id=listing.listing_id,
        brand=brand,
        model=cleaned.model,
        colour=cleaned.colour,
        model_name="" if counter else model_name(brand, cleaned.model, title),
        key=key,
        code=code,
        seen=listing.first_seen.timestamp() if listing.first_seen else float("-inf"),
        gender=cleaned.gender,
        release=release,
        profile=profile,
        wording=None if counter or key[0] == "source" else _wording(cleaned, title),
        colour_beside=() if in_title else read_colour(cleaned.colour or "").stated,
        also=tuple(_style_key(source, brand, other) for other in cleaned.other_codes),
    )


def _style_key(source: str, brand: str, code: str) -> Key:
    strong = is_strong(code)
    key = ("style", family(brand) if strong else brand, code)
    return key if strong or brand != NO_BRAND else (*key, source)  # any maker's 574


def _profile(cleaned: Cleaned) -> Profile | None:
    brand, colour = cleaned.brand, read_colour(cleaned.colour or "")
    if brand == NO_BRAND or not colour.stated or not model_core(cleaned.model, brand):
        return None
    name = read_name(cleaned.model)
    bucket = (family(brand), *_marks(cleaned), name.numbers)
    return Profile(bucket, name, colour, cleaned.gender, _release(cleaned))


def _wording(cleaned: Cleaned, title: str) -> Wording | None:
    named = cleaned.brand != NO_BRAND and model_core(cleaned.model, cleaned.brand)
    words = read_name(cleaned.wording).glued if named else plain(title)
    return (family(cleaned.brand), *_marks(cleaned), words) if words else None


def _release(cleaned: Cleaned) -> Release:
    ages = [re.sub(r"[\W_]+", "", part.text).lower() for part in cleaned.removed if part.kind == "age"]
    sizes = (size for age in ages for size, words in _SIZES.items() if age.startswith(words))
    years = (_years(part.text) for part in cleaned.removed if part.kind == "year")
    return Release(next(sizes, None), next(years, None))


def _years(text: str) -> str:
    """The years of "(2016/22)" in full and in order: "2016/2022"."""
    years = re.findall(r"\d{4}|\d{2}", text)
    return "/".join(sorted({year if len(year) == 4 else f"{'20' if year < '70' else '19'}{year}" for year in years}))


def _marks(cleaned: Cleaned) -> tuple[str, str]:
    return cleaned.age or "", _together(cleaned.collaborators)


@lru_cache(maxsize=1 << 12)
def _together(collaborators: tuple[str, ...]) -> str:
    return "+".join(sorted(re.sub(r"[\W_]+", "", plain(name)) for name in collaborators))
