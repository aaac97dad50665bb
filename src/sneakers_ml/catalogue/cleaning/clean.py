"""A listing as its shop words it, put in order: brand, model, colour, gender, age, style code, price."""

from __future__ import annotations

from dataclasses import dataclass, field

from sneakers_ml.catalogue.cleaning.badges import take_off_edge_badges, take_off_enclosed_badges
from sneakers_ml.catalogue.cleaning.brand_names import Brand, brand_of_title, named_brand, names_brand, take_off_brand
from sneakers_ml.catalogue.cleaning.cleaned import Cleaned
from sneakers_ml.catalogue.cleaning.collaborations import take_off_partners, take_off_partners_in_front
from sneakers_ml.catalogue.cleaning.gender_age import (
    Marks,
    gender_of_field,
    marks_of_places,
    take_off_edge_marks,
    take_off_marks,
)
from sneakers_ml.catalogue.cleaning.shoe_words import take_off_generic_words, why_no_shoe
from sneakers_ml.catalogue.cleaning.stated_code import stated_code
from sneakers_ml.catalogue.cleaning.stated_colour import (
    colour_of_field,
    described_colour,
    quoted_colour,
    take_off_braced_colour,
    take_off_quoted_colour,
)
from sneakers_ml.catalogue.cleaning.style_code import (
    MOST_CODES,
    code_in_title,
    code_of_slug,
    codes_of_field,
    take_off_code,
)
from sneakers_ml.catalogue.cleaning.title import Title, neat
from sneakers_ml.catalogue.cleaning.trailing_colour import (
    take_off_described_colour,
    take_off_repeated_colour,
    take_off_trailing_colour,
    take_off_trailing_year,
)
from sneakers_ml.catalogue.listing import Listing
from sneakers_ml.catalogue.money import currency_code

__all__ = ["clean"]


@dataclass
class _Parsed:
    """What one title says."""

    title: Title
    brand: Brand
    marks: Marks = field(default_factory=lambda: Marks(set()))
    label: str | None = None
    partners: tuple[str, ...] = ()
    colour: str | None = None
    codes: tuple[str, ...] = ()


def clean(listing: Listing) -> Cleaned:
    """Put a listing in order; see `Cleaned`. The same listing always gives the same result.

    A name that the source states apart from the title (`model_raw`) is the model; the title then tells only colour,
    gender and age. Fields of their own win over the title, but for gender and age, where the title's marks win.
    """
    title = Title(listing.title_raw or listing.model_raw or "")
    codes = codes_of_field(listing.style_code) or codes_of_field(stated_code(listing.description or ""))
    brand = named_brand(listing.brand_raw or "").key
    if not codes and (code := code_of_slug(listing.url, title.words, brand, price=listing.price)):
        codes = (code,)
    whole = _parse(listing, title, codes)
    named = _parse(listing, Title(listing.model_raw), codes) if listing.title_raw and listing.model_raw else whole
    named_things = title.words_outside("colour", "collaborator", "badge")  # before a partner's name becomes the model
    model = _model(named)
    codes = codes or whole.codes or named.codes
    field_says, places = gender_of_field(listing.gender), marks_of_places(listing.collections, listing.url)
    adult = whole.marks.gender or named.marks.gender or field_says.gender
    kids = whole.marks.kids or named.marks.kids or field_says.kids or (places.kids and adult is None)
    return Cleaned(
        brand=whole.brand.key,
        brand_name=whole.brand.name,
        label=whole.label or named.label or whole.brand.label,
        collaborators=tuple(dict.fromkeys((*whole.partners, *named.partners))),
        model=model,
        colour=whole.colour or named.colour or described_colour(listing.description or ""),
        gender=adult if kids else adult or places.gender,
        age="kids" if kids else None,
        style_code=next(iter(codes), None),
        price=listing.price or None,  # nothing is no price
        currency=currency_code(listing.currency),
        wording=whole.title.left(and_what_was="colour"),
        removed=named.title.removed() if named.title.words else (),  # from a title that had to stay whole nothing was
        set_aside=why_no_shoe(named_things, listing.extra.get("product_type")),
        other_codes=codes[1:],
    )


def _parse(listing: Listing, title: Title, codes: tuple[str, ...]) -> _Parsed:
    """Take a title apart. The order matters: quotes first, for within them no word is a mark or a brand."""
    parsed = _Parsed(title, named_brand(listing.brand_raw or ""))
    take_off_enclosed_badges(title)
    colour = take_off_quoted_colour(title)
    take_off_edge_badges(title, parsed.brand)  # also off a colour that no brace closes: "{ PANDA - SOLD OUT"
    colour = colour or take_off_braced_colour(title)
    in_front = take_off_partners_in_front(title, parsed.brand)  # nor is one in a partner's name
    take_off_marks(title, parsed.marks)
    if names_brand(title, parsed.brand, 1):
        take_off_edge_marks(title, parsed.marks)  # "W Nike Air Max 1"
    parsed.brand = brand_of_title(title, parsed.brand, by_hand=listing.url is None)
    parsed.label = take_off_brand(title, parsed.brand)
    take_off_edge_marks(title, parsed.marks)
    for code in codes or (None,):
        while len(parsed.codes) < MOST_CODES and (found := take_off_code(title, code, parsed.brand.key)):
            parsed.codes += (found,)
    if parsed.codes:  # "DD1391-100 Nike Dunk Low"
        parsed.label = take_off_brand(title, parsed.brand) or parsed.label
    if not parsed.codes and (named := code_in_title(title, parsed.brand.key)):
        parsed.codes = (named,)
    take_off_generic_words(title)
    take_off_edge_badges(title, parsed.brand)  # "Nike SALE! Dunk Low", "Dunk Low SALE (GS)"
    take_off_trailing_year(title, parsed.brand.key)
    parsed.colour = colour_of_field(listing.colour_raw) or colour
    if parsed.colour:
        take_off_repeated_colour(title, parsed.colour)
    elif quoted := quoted_colour(listing.description or "", title.text):
        take_off_described_colour(title, parsed.brand.key, quoted, listing.url)
        parsed.colour = quoted
    else:
        parsed.colour = take_off_trailing_colour(title, parsed.brand.key, listing.url)
    parsed.partners = take_off_partners(title, parsed.brand.key, (*in_front, *parsed.brand.partners))
    if parsed.partners:  # "Wales Bonner x adidas Originals Samba"
        parsed.label = take_off_brand(title, parsed.brand) or parsed.label
    take_off_edge_marks(title, parsed.marks)
    return parsed


def _model(parsed: _Parsed) -> str:
    """What is left of the title. Where nothing is: what names most of it, at last the whole title."""
    title = parsed.title
    if not title.words and parsed.partners and title.restore("collaborator"):
        parsed.partners = ()
        first, last = title.words[0], title.words[-1]
        lonely = next((word for word in (first, last) if word.key == "x"), None) if first is not last else None
        if lonely:  # "x Hello Kitty", "Hot Wheels x"
            title.cut(lonely.start, lonely.end, "collaborator")
    return title.left() if title.words else neat(title.text) or title.text
