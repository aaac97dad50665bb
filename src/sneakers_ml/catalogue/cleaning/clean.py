"""A listing as its shop words it, put in order: brand, model, colour, gender, age, style code, price."""

from __future__ import annotations

from dataclasses import dataclass, field

from sneakers_ml.catalogue.cleaning.brands import Brand, brand_of_title, named_brand, names_brand, take_off_brand
from sneakers_ml.catalogue.cleaning.cleaned import Cleaned, Removed
from sneakers_ml.catalogue.cleaning.collaborations import take_off_partners
from sneakers_ml.catalogue.cleaning.colours import (
    colour_of_field,
    take_off_described_colour,
    take_off_repeated_colour,
    take_off_trailing_colour,
)
from sneakers_ml.catalogue.cleaning.description import described_colour, quoted_colour
from sneakers_ml.catalogue.cleaning.generic import take_off_generic_words
from sneakers_ml.catalogue.cleaning.marks import (
    Marks,
    gender_of_field,
    marks_of_places,
    take_off_edge_marks,
    take_off_marks,
)
from sneakers_ml.catalogue.cleaning.not_shoes import why_no_shoe
from sneakers_ml.catalogue.cleaning.quotes import take_off_braced_colour, take_off_quoted_colour
from sneakers_ml.catalogue.cleaning.sheet import Sheet, neat
from sneakers_ml.catalogue.cleaning.style_code import code_in_title, code_of_field, code_of_slug, take_off_code
from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.catalogue.money import currency_code
from sneakers_ml.catalogue.stated_code import stated_code

__all__ = ["clean"]


@dataclass
class _Reading:
    """What one title says."""

    sheet: Sheet
    brand: Brand
    marks: Marks = field(default_factory=lambda: Marks(set()))
    label: str | None = None
    partners: tuple[str, ...] = ()
    colour: str | None = None
    code: str | None = None


def clean(listing: Listing) -> Cleaned:
    """Put a listing in order; see `Cleaned`. The same listing always gives the same result.

    A name that the source states apart from the title (`model_raw`) is the model; the title then tells only colour,
    gender and age. Fields of their own win over the title, but for gender and age, where the title's marks win.
    """
    sheet = Sheet(listing.title_raw or listing.model_raw or "")
    code = _code(listing, sheet)
    title = _read(listing, sheet, code)
    named = _read(listing, Sheet(listing.model_raw), code) if listing.title_raw and listing.model_raw else title
    model = _model(named)
    gender, age = _gender_and_age(listing, title.marks, named.marks)
    return Cleaned(
        brand=title.brand.key,
        brand_name=title.brand.name,
        label=title.label or named.label or title.brand.label,
        collaborators=tuple(dict.fromkeys((*title.partners, *named.partners))),
        model=model,
        colour=title.colour or named.colour or _described_colour(listing),
        gender=gender,
        age=age,
        style_code=code or title.code or named.code,
        price=listing.price or None,  # nothing is no price
        currency=currency_code(listing.currency),
        removed=_removed(named),
        set_aside=why_no_shoe(title.sheet.words_outside("colour"), listing.extra.get("product_type")),
    )


def _read(listing: Listing, sheet: Sheet, code: str | None) -> _Reading:
    """Take a title apart. The order matters: quotes first, for within them no word is a mark or a brand."""
    reading = _Reading(sheet, named_brand(listing.brand_raw or ""))
    colour = take_off_quoted_colour(sheet) or take_off_braced_colour(sheet)
    take_off_marks(sheet, reading.marks)
    if names_brand(sheet, reading.brand, 1):
        take_off_edge_marks(sheet, reading.marks)  # "W Nike Air Max 1"
    reading.brand = brand_of_title(sheet, reading.brand, by_hand=listing.url is None)
    reading.label = take_off_brand(sheet, reading.brand)
    take_off_edge_marks(sheet, reading.marks)
    reading.code = take_off_code(sheet, code) or code_in_title(sheet, reading.brand.key)
    take_off_generic_words(sheet)
    reading.colour = _colour(listing, reading, colour)
    reading.partners = take_off_partners(sheet, reading.brand.key, reading.brand.partners)
    if reading.partners:  # "Wales Bonner x adidas Originals Samba"
        reading.label = take_off_brand(sheet, reading.brand) or reading.label
    take_off_edge_marks(sheet, reading.marks)
    return reading


def _colour(listing: Listing, reading: _Reading, in_title: str | None) -> str | None:
    """The colour by the first source that names one, its words taken off the title's end."""
    sheet, brand = reading.sheet, reading.brand.key
    stated = colour_of_field(listing.colour_raw)
    if stated or in_title:
        take_off_repeated_colour(sheet, stated or in_title or "")
        return stated or in_title
    quoted = quoted_colour(listing.description, sheet.text) if listing.description else None
    if quoted:
        take_off_described_colour(sheet, brand, quoted, listing.url)
        return quoted
    return take_off_trailing_colour(sheet, brand, listing.url)


def _described_colour(listing: Listing) -> str | None:
    return described_colour(listing.description) if listing.description else None


def _model(reading: _Reading) -> str:
    """What is left of the title. Where nothing is: what names most of it, at last the whole title."""
    sheet = reading.sheet
    if not sheet.words and reading.partners and sheet.restore("collaborator"):
        reading.partners = ()
        if sheet.words[0].key == "x" and len(sheet.words) > 1:
            sheet.cut(sheet.words[0].start, sheet.words[0].end, "collaborator")
    return sheet.left() if sheet.words else neat(sheet.text) or sheet.text


def _removed(reading: _Reading) -> tuple[Removed, ...]:
    """Nothing was taken out of a title that had to stay whole."""
    return reading.sheet.removed() if reading.sheet.words else ()


def _code(listing: Listing, title: Sheet) -> str | None:
    """By the first source that has one: the field, the description, the address."""
    stated = code_of_field(listing.style_code)
    if stated is None and listing.description:
        stated = code_of_field(stated_code(listing.description))
    return stated or code_of_slug(listing.url, title.words, named_brand(listing.brand_raw or "").key)


def _gender_and_age(listing: Listing, *marks: Marks) -> tuple[str | None, str | None]:
    """(gender, age): the title's marks, else the shop's field, else the collections and the address."""
    field_says, places = gender_of_field(listing.gender), marks_of_places(listing.collections, listing.url)
    kids = any(mark.kids for mark in marks) or field_says.kids
    in_title = next((mark.gender for mark in marks if mark.gender), None)
    adult = in_title or field_says.gender
    kids = kids or (places.kids and adult is None)
    if kids:
        return adult, "kids"
    return adult or places.gender, None
