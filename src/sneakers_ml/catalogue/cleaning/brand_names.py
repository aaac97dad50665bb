"""Which brand a listing names, and taking its name and its sub-labels off the title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from sneakers_ml.catalogue.cleaning.lexicon import BrandEntry, lexicon
from sneakers_ml.catalogue.cleaning.naming import NO_BRAND, brand_key
from sneakers_ml.catalogue.cleaning.phrases import PhraseMatcher, keys, phrase, words_of
from sneakers_ml.catalogue.cleaning.title import Title, neat, tidy

__all__ = [
    "Brand",
    "brand_at",
    "brand_behind_partners",
    "brand_of_title",
    "lines_of",
    "named_brand",
    "names_brand",
    "take_off_brand",
]

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
    partners: tuple[str, ...] = ()
    """Other names in the field, "Salomon x And Wander"."""

    @property
    def entry(self) -> BrandEntry | None:
        """What brands.yaml says of it."""
        return lexicon().brands.brands.get(self.key)


@cache
def _spellings(*, in_field: bool) -> PhraseMatcher[str]:
    """Spellings that name a brand in a brand field, or at a title's beginning without the help of one."""
    return PhraseMatcher(
        (spelling, key)
        for key, entry in lexicon().brands.brands.items()
        for spelling in (
            *(entry.name, *entry.aliases, *entry.stays_in_title),
            *(entry.field_aliases if in_field else ()),
        )
    )


@lru_cache(maxsize=512)
def _labels(brand: str) -> PhraseMatcher[str]:
    """Sub-labels of a brand; of any brand where it is one that is not known."""
    brands = lexicon().brands
    entry = brands.brands.get(brand)
    labels = {**brands.labels, **entry.labels} if entry else brands.labels
    return PhraseMatcher((spelling, name) for name, others in labels.items() for spelling in (name, *others))


@lru_cache(maxsize=512)
def lines_of(brand: str) -> PhraseMatcher[str]:
    """Words with which the names of a brand's models begin."""
    entry = lexicon().brands.brands.get(brand)
    return PhraseMatcher((line, line) for line in (entry.lines if entry else ()))


@lru_cache(maxsize=8192)
def named_brand(text: str) -> Brand:
    """The brand that a brand field names. A brand that is not known keeps its own tidied name.

    Of a collaboration ("Salomon x And Wander") the first that is a known brand counts, else the first.
    """
    sides = [neat(side) for side in _X.split(tidy(text)) if neat(side)]
    if not sides or phrase(sides[0]) in {"", *map(phrase, lexicon().brands.not_brands)}:
        return Brand()
    found = [_single(side) for side in sides]
    main = next((brand for brand in found if brand.entry), found[0])
    others = tuple(side for side, brand in zip(sides, found, strict=True) if brand is not main)
    return Brand(main.key, main.name, main.label, others)


def _single(text: str) -> Brand:
    """The brand that one side of a collaboration names."""
    words = words_of(text)
    if known := _spellings(in_field=True).at(words):
        key, rest = known[1], words[known[0] :]
        label = _labels(key).at(rest) or _labels(key).at(words)
        if not rest or (label and label[0] == len(rest)):
            return Brand(key, lexicon().brands.brands[key].name, label[1] if label else None)
    for split in range(1, len(words)):  # "Somebrand Originals"
        label = _labels("").at(words, split)
        if label and label[0] == len(words):
            name = text[: words[split].start].strip()
            return Brand(brand_key(name), name, label[1])
    return Brand(brand_key(text), text) if words else Brand()


def brand_of_title(title: Title, brand: Brand, *, by_hand: bool = False) -> Brand:
    """The brand with the title's word on it: where the field names none or a partner, or Nike and the title Jordan.

    Args:
        title: the title, nothing cut off its beginning but marks.
        brand: what the brand field names.
        by_hand: a person has named the brand, as with imported photos; the title then decides only where none is named.
    """
    spellings, words, brands = _spellings(in_field=False), title.words, lexicon().brands.brands
    if brand.key == NO_BRAND:
        found = brand_at(title, 0) or _after_x(title)
        return Brand(found[1], brands[found[1]].name) if found and _counts(title, *found) else brand
    if by_hand:
        return brand
    maker = _after_x(title) if brand.entry is None and not brand.partners else None
    if maker and _counts(title, *maker):  # "Comme des Garçons x Nike Air Max 97"
        return Brand(maker[1], brands[maker[1]].name, brand.label, (brand.name,))
    start = spellings.at(words)
    for place in (0, start[0] if start and start[1] == brand.key else 0):
        found = spellings.at(words, place)
        if found and found[1] in _CLAIMS and brands[found[1]].family_of == brand.key:
            return Brand(found[1], brands[found[1]].name, brand.label, brand.partners)
    return brand


def brand_at(title: Title, start: int) -> tuple[int, str] | None:
    """(index behind, key) of a brand whose name begins at the word `start`."""
    found = _spellings(in_field=False).at(title.words, start)
    return found if found and _counts(title, *found) else None


def _after_x(title: Title) -> tuple[int, str] | None:
    """The first brand behind an "x": "Supreme x Nike SB Dunk"."""
    behind = (index + 1 for index, word in enumerate(title.words) if word.key == "x" and index)
    return next(filter(None, (_spellings(in_field=False).at(title.words, start) for start in behind)), None)


def brand_behind_partners(title: Title) -> Brand:
    """The brand behind an "x" where no brand's name begins the title, or where the model behind is that of the latter.

    "Supreme x Nike SB Dunk", "Gucci x adidas Gazelle", but not "Nike x Off-White Dunk".
    """
    found, first = _after_x(title), brand_at(title, 0)
    if found is None or not _counts(title, *found):
        return Brand()
    end, key = found
    own = key in _CLAIMS or lines_of(key).at(title.words, end) is not None
    if first and (not own or first[1] == key or lines_of(first[1]).at(title.words, end)):
        return Brand()
    return Brand(key, lexicon().brands.brands[key].name)


def _counts(title: Title, end: int, key: str) -> bool:
    """Names that are common words too count only with a dash or bar behind them."""
    only_marked = lexicon().brands.brands[key].only_marked
    return not only_marked or _DASH.match(title.rest, title.words[end - 1].end) is not None


@lru_cache(maxsize=2048)
def _beginnings(brand: str, name: str) -> PhraseMatcher[str]:
    """What stands at a title's beginning: "brand" goes, "stays" is a part of the model's name."""
    entry = lexicon().brands.brands.get(brand)
    if entry is None:
        return PhraseMatcher([(name, "brand"), (brand, "brand")])
    family = (lexicon().brands.brands[entry.family_of].name,) if entry.family_of else ()
    names = ((text, "brand") for text in (entry.name, *entry.aliases, *family))
    return PhraseMatcher([*names, *((text, "stays") for text in entry.stays_in_title)])


def names_brand(title: Title, brand: Brand, start: int) -> bool:
    """Whether the word at `start` begins the brand's name."""
    return _beginnings(brand.key, brand.name).at(title.words, start) is not None


def take_off_brand(title: Title, brand: Brand) -> str | None:
    """Cut the brand's name, also when it stands twice, and labels behind it off the title's beginning.

    Returns the sub-label found. Whole words only: of "one star pro" nothing goes for the brand On.
    """
    beginnings, labels = _beginnings(brand.key, brand.name), _labels(brand.key)
    numbered = brand.entry is not None and brand.entry.stays_before_number
    own = {brand.label, *(brand.entry.labels if brand.entry else ())}  # no other label stands without its brand
    label = None
    first = True
    while title.words:
        end, kind = beginnings.at(title.words) or (0, "")
        behind = title.words[end : end + 1]
        bare_number = bool(behind) and behind[0].key[0].isdigit()  # which would name nothing
        stays = bare_number and numbered and title.words[end - 1].key in keys(brand.name)
        if kind == "brand" and _whole(title, end) and not stays:
            title.cut_words(end, "brand")
            first = False
            continue
        if kind == "stays" and _beside_partner(title, end):
            title.cut_words(end, "brand")
            break
        follows = labels.at(title.words)
        if not follows or not _whole(title, follows[0]) or (first and follows[1] not in own):
            break
        title.cut_words(follows[0], "label")
        label, first = follows[1], False
    return label


def _beside_partner(title: Title, count: int) -> bool:
    """A name that stays in the model's is the brand's only in "Air Jordan x Partner Model"."""
    if count >= len(title.words) or title.words[count].key != "x":
        return False
    partner = lexicon().partner_names.at(title.words, count + 1)
    return partner is not None and partner[0] < len(title.words) and not title.words[partner[0]].key[0].isdigit()


def _whole(title: Title, count: int) -> bool:
    """The first `count` words are not the first half of a hyphened one."""
    return not re.match(r"['\-_./]\w", title.rest[title.words[count - 1].end :])
