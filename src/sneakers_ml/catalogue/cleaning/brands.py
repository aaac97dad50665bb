"""Which brand a listing names, and taking its name and its sub-labels off the title."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache

from sneakers_ml.catalogue.cleaning.lexicon import BrandEntry, lexicon
from sneakers_ml.catalogue.cleaning.sheet import Sheet, neat, tidy
from sneakers_ml.catalogue.cleaning.words import PhraseBook, keys, phrase, words_of
from sneakers_ml.catalogue.titles import NO_BRAND, brand_key

__all__ = ["Brand", "brand_of_title", "lines_of", "named_brand", "names_brand", "take_off_brand"]

_X = re.compile(r"\s+[x×X]\s+")
_DASH = re.compile(r"\s*(?:\||\s[-–—]+\s|:\s)")
_CLAIMS = {"jordan"}
"""Brands that take over a listing of the brand that makes them when their name begins the title."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand as a field names it."""

    key: str = NO_BRAND
    name: str = "Unknown"
    label: str | None = None
    partners: tuple[str, ...] = field(default=())
    """Other names in the field, "Salomon x And Wander"."""

    @property
    def entry(self) -> BrandEntry | None:
        return lexicon().brands.brands.get(self.key)


@cache
def _field_book() -> PhraseBook[str]:
    return PhraseBook(
        (spelling, key)
        for key, entry in lexicon().brands.brands.items()
        for spelling in (entry.name, *entry.aliases, *entry.field_aliases, *entry.stays_in_title)
    )


@cache
def _title_book() -> PhraseBook[str]:
    """Spellings that name a brand at a title's beginning without the help of a brand field."""
    return PhraseBook(
        (spelling, key)
        for key, entry in lexicon().brands.brands.items()
        for spelling in (entry.name, *entry.aliases, *entry.stays_in_title)
    )


@lru_cache(maxsize=512)
def _label_book(brand: str) -> PhraseBook[str]:
    """Sub-labels of a brand; of any brand where it is one that is not known."""
    brands = lexicon().brands
    entry = brands.brands.get(brand)
    labels = {**brands.labels, **entry.labels} if entry else brands.labels
    return PhraseBook((spelling, name) for name, others in labels.items() for spelling in (name, *others))


@cache
def _no_brands() -> frozenset[str]:
    return frozenset(map(phrase, lexicon().brands.not_brands)) | {""}


@lru_cache(maxsize=8192)
def named_brand(text: str) -> Brand:
    """The brand that a brand field names. A brand that is not known keeps its own tidied name.

    Of a collaboration ("Salomon x And Wander") the first that is a known brand counts, else the first.
    """
    sides = [neat(side) for side in _X.split(tidy(text)) if neat(side)]
    if not sides or phrase(sides[0]) in _no_brands():
        return Brand()
    found = [_single(side) for side in sides]
    main = next((brand for brand in found if brand.entry), found[0])
    others = tuple(side for side, brand in zip(sides, found, strict=True) if brand is not main)
    return Brand(main.key, main.name, main.label, others)


def _single(text: str) -> Brand:
    words = words_of(text)
    known = _field_book().at(words)
    if known:
        key, rest = known[1], words[known[0] :]
        label = _label_book(key).at(rest) or _label_book(key).at(words)
        if not rest or (label and label[0] == len(rest)):
            return Brand(key, lexicon().brands.brands[key].name, label[1] if label else None)
    for split in range(1, len(words)):  # "Somebrand Originals"
        label = _label_book("").at(words, split)
        if label and label[0] == len(words):
            name = text[: words[split].start].strip()
            return Brand(brand_key(name), name, label[1])
    return Brand(brand_key(text), text) if words else Brand()


@lru_cache(maxsize=512)
def lines_of(brand: str) -> PhraseBook[str]:
    """Words with which the names of a brand's models begin."""
    entry = lexicon().brands.brands.get(brand)
    return PhraseBook((line, line) for line in (entry.lines if entry else ()))


def brand_of_title(sheet: Sheet, brand: Brand, *, by_hand: bool = False) -> Brand:
    """The brand with the title's word on it: where the field names none or a partner, or Nike and the title Jordan.

    Args:
        by_hand: a person has named the brand, as with imported photos; the title then decides only where none is named.
    """
    book, words = _title_book(), sheet.words
    if brand.key == NO_BRAND:
        found = book.at(words) or _after_x(sheet)
        if found and _counts(sheet, *found):
            return Brand(found[1], lexicon().brands.brands[found[1]].name)
        return brand
    if by_hand:
        return brand
    maker = _after_x(sheet) if brand.entry is None and not brand.partners else None
    if maker and _counts(sheet, *maker):  # "Comme des Garçons x Nike Air Max 97"
        return Brand(maker[1], lexicon().brands.brands[maker[1]].name, brand.label, (brand.name,))
    start = book.at(words)
    skip = start[0] if start and start[1] == brand.key else 0
    for place in {0, skip}:
        found = book.at(words, place)
        entry = lexicon().brands.brands[found[1]] if found else None
        if found and entry and found[1] in _CLAIMS and entry.family_of == brand.key:
            return Brand(found[1], entry.name, brand.label, brand.partners)
    return brand


def _after_x(sheet: Sheet) -> tuple[int, str] | None:
    """A brand behind the first "x": "Supreme x Nike SB Dunk"."""
    for index, word in enumerate(sheet.words):
        if word.key == "x" and index:
            return _title_book().at(sheet.words, index + 1)
    return None


def _counts(sheet: Sheet, end: int, key: str) -> bool:
    """Names that are common words too count only with a dash or bar behind them."""
    if not lexicon().brands.brands[key].only_marked:
        return True
    return _DASH.match(sheet.rest, sheet.words[end - 1].end) is not None


@lru_cache(maxsize=2048)
def _off_book(brand: str, name: str) -> PhraseBook[str]:
    """What stands at a title's beginning: "brand" goes, "stays" is a part of the model's name."""
    entry = lexicon().brands.brands.get(brand)
    if entry is None:
        return PhraseBook([(name, "brand"), (brand, "brand")])
    family = lexicon().brands.brands[entry.family_of] if entry.family_of else None
    names = [entry.name, *entry.aliases, *((family.name,) if family else ())]
    return PhraseBook([*((text, "brand") for text in names), *((text, "stays") for text in entry.stays_in_title)])


def names_brand(sheet: Sheet, brand: Brand, start: int) -> bool:
    """Whether the word at `start` begins the brand's name."""
    return _off_book(brand.key, brand.name).at(sheet.words, start) is not None


def take_off_brand(sheet: Sheet, brand: Brand) -> str | None:
    """Cut the brand's name, also when it stands twice, and labels behind it off the title's beginning.

    Returns the sub-label found. Whole words only: of "one star pro" nothing goes for the brand On.
    """
    book, labels = _off_book(brand.key, brand.name), _label_book(brand.key)
    label = None
    first = True
    while sheet.words:
        found = book.at(sheet.words)
        if found and found[1] == "brand" and _whole(sheet, found[0]) and not _bare_number(sheet, brand, found[0]):
            sheet.cut(sheet.words[0].start, sheet.words[found[0] - 1].end, "brand")
            first = False
            continue
        if found and found[1] == "stays" and _beside_partner(sheet, found[0]):
            sheet.cut(sheet.words[0].start, sheet.words[found[0] - 1].end, "brand")
            break
        follows = labels.at(sheet.words) if not first or brand.label else None
        if not follows or not _whole(sheet, follows[0]) or (first and follows[1] != brand.label):
            break
        sheet.cut(sheet.words[0].start, sheet.words[follows[0] - 1].end, "label")
        label, first = follows[1], False
    return label


def _beside_partner(sheet: Sheet, count: int) -> bool:
    """A name that stays in the model's is the brand's only in "Air Jordan x Partner Model"."""
    if count >= len(sheet.words) or sheet.words[count].key != "x":
        return False
    partner = lexicon().partner_book.at(sheet.words, count + 1)
    return partner is not None and partner[0] < len(sheet.words) and not sheet.words[partner[0]].key[0].isdigit()


def _whole(sheet: Sheet, count: int) -> bool:
    """The first `count` words are not the first half of a hyphened one."""
    end = sheet.words[count - 1].end
    return not re.match(r"['\-_./]\w", sheet.rest[end:])


def _bare_number(sheet: Sheet, brand: Brand, count: int) -> bool:
    """Taking the brand off would leave a number that names nothing."""
    entry = brand.entry
    if entry is None or not entry.stays_before_number or sheet.words[count - 1].key not in keys(brand.name):
        return False
    return count < len(sheet.words) and sheet.words[count].key[0].isdigit()
