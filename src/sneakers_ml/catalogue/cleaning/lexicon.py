"""The data files beside this module, read once, checked, and made ready for look-ups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

from pydantic import Field, model_validator

from sneakers_ml.catalogue.cleaning.naming import NO_BRAND
from sneakers_ml.catalogue.cleaning.phrases import PhraseMatcher, phrase
from sneakers_ml.word_lists import WordList, parse_file

__all__ = ["BadgesFile", "BrandEntry", "BrandFile", "ColourFile", "Lexicon", "NotShoesFile", "PartnerFile", "lexicon"]

Names = tuple[str, ...]
Schema = TypeVar("Schema", bound=WordList)


class BrandEntry(WordList):
    """One brand of brands.yaml; the file's head says what each field means."""

    name: str = Field(min_length=1)
    aliases: Names = ()
    field_aliases: Names = ()
    labels: dict[str, Names] = Field(default_factory=dict)
    lines: Names = ()
    family_of: str | None = None
    stays_in_title: Names = ()
    stays_before_number: bool = False
    only_marked: bool = False


class BrandFile(WordList):
    """brands.yaml."""

    labels: dict[str, Names]
    not_brands: Names
    brands: dict[str, BrandEntry]

    @model_validator(mode="after")
    def _sound(self) -> BrandFile:
        owner: dict[str, str] = {}
        for key, entry in self.brands.items():
            if phrase(key) != key:
                raise ValueError(f"brands.{key}: the key must be lower case words apart by one space")
            if key == NO_BRAND:
                raise ValueError(f"brands.{key}: stands for listings without a brand; take another key")
            if entry.family_of is not None and entry.family_of not in self.brands:
                raise ValueError(f"brands.{key}.family_of: there is no brand {entry.family_of!r}")
            for spelling in (entry.name, *entry.aliases, *entry.field_aliases, *entry.stays_in_title):
                other = owner.setdefault(phrase(spelling), key)
                if other != key:
                    raise ValueError(f"brands.{key}: {spelling!r} is a spelling of {other!r} already")
        return self


class ColourFile(WordList):
    """colours.yaml."""

    basic: Names
    words: Names
    shades: Names
    modifiers: Names
    phrases: Names
    of_brand: dict[str, Names]


class BadgesFile(WordList):
    """badges.yaml, its words by language."""

    sure: tuple[Names, ...]
    loose: tuple[Names, ...]
    releases: Names


class NotShoesFile(WordList):
    """not_shoes.yaml."""

    footwear: dict[str, Names]
    words: dict[str, Names]
    unsure: Names
    guards: Names
    types: dict[str, Names]
    shoe_types: Names


class PartnerFile(WordList):
    """collaborators.yaml."""

    partners: tuple[str | dict[str, Names], ...]
    without_x: Names
    licensors: Names

    @model_validator(mode="after")
    def _known(self) -> PartnerFile:
        names = {name for _, name in self.spellings()}
        for name in (*self.without_x, *self.licensors):
            if name not in names:
                raise ValueError(f"{name!r} is not among the partners")
        return self

    def spellings(self) -> Iterator[tuple[str, str]]:
        """(spelling, name) of every partner."""
        for partner in self.partners:
            entries = {partner: ()} if isinstance(partner, str) else partner
            for name, others in entries.items():
                yield from ((spelling, name) for spelling in (name, *others))


@dataclass(frozen=True)
class Lexicon:
    """All data files, with partners by their spellings and the single words that name a colour."""

    badges: BadgesFile
    brands: BrandFile
    colours: ColourFile
    not_shoes: NotShoesFile
    partners: PartnerFile
    partner_names: PhraseMatcher[str]
    partners_without_x: PhraseMatcher[str]
    colour_words: frozenset[str]


def _read(name: str, schema: type[Schema]) -> Schema:
    return parse_file(name, (files(__package__) / "data" / name).read_text(encoding="utf-8"), schema)


@cache
def lexicon() -> Lexicon:
    """The data files, read on the first call."""
    partners = _read("collaborators.yaml", PartnerFile)
    colours = _read("colours.yaml", ColourFile)
    alone = set(partners.without_x)
    return Lexicon(
        badges=_read("badges.yaml", BadgesFile),
        brands=_read("brands.yaml", BrandFile),
        colours=colours,
        not_shoes=_read("not_shoes.yaml", NotShoesFile),
        partners=partners,
        partner_names=PhraseMatcher(partners.spellings()),
        partners_without_x=PhraseMatcher((spelling, name) for spelling, name in partners.spellings() if name in alone),
        colour_words=frozenset(name for name in (*colours.basic, *colours.words) if " " not in name),
    )
