"""The data files: sound as they are, and refused in one sentence where an edit breaks them."""

from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.lexicon import BrandFile, ColourFile, PartnerFile, lexicon
from sneakers_ml.catalogue.cleaning.phrases import phrase
from sneakers_ml.errors import DataError
from sneakers_ml.word_lists import parse_file

SHOPS_BRANDS = [
    "adidas", "asics", "autry", "camperlab", "clarks", "converse", "hoka", "jordan", "kangaroos", "karhu", "keen",
    "under armour", "new balance", "nike", "on", "onitsuka tiger", "puma", "reebok", "roa", "salomon", "saucony",
    "vans",
]  # fmt: skip
BRANDS = "labels: {}\nnot_brands: []\nbrands:\n"
COLOURS = "basic: [red]\nwords: []\nshades: [%s]\nmodifiers: []\nphrases: []\nof_brand: {}\n"


def test_there_is_much_in_them() -> None:
    files = lexicon()
    assert len(files.brands.brands) >= 80
    assert len(files.partners.partners) >= 150
    assert sum(map(len, (*files.badges.sure, *files.badges.loose))) >= 300
    assert len(files.colours.basic) + len(files.colours.words) >= 300


def test_the_brands_of_the_shops_are_known() -> None:
    assert set(SHOPS_BRANDS) - set(lexicon().brands.brands) == set()


def test_no_partner_has_the_spelling_of_another() -> None:
    owner: dict[str, str] = {}
    for spelling, name in lexicon().partners.spellings():
        assert owner.setdefault(phrase(spelling), name) == name, spelling


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BRANDS + "  nike: {title: Nike}\n", "brands.yaml: brands.nike.name: Field required"),
        (BRANDS + "  nike: {name: Nike, colour: red}\n", "brands.yaml: brands.nike.colour: Extra inputs"),
        (BRANDS + "  Nike: {name: Nike}\n", "brands.yaml: .*brands.Nike: the key must be lower case"),
        (BRANDS + "  a: {name: A, aliases: [B C]}\n  b: {name: b-c}\n", "brands.b: 'b-c' is a spelling of 'a' already"),
        (BRANDS + "  a: {name: A, family_of: b}\n", "brands.a.family_of: there is no brand 'b'"),
        (BRANDS + "  a: {name: A\n", "brands.yaml: not YAML"),
        (BRANDS + "  a: {name: A}\n  b: {name: B}\n  a: {name: C}\n", "brands.yaml: .*'a' stands twice .*line 4"),
        (BRANDS + "  a: {name: 2026-13-01}\n", "brands.yaml: not YAML .month must be in 1..12"),
        (BRANDS + "  unknown: {name: A}\n", "brands.unknown: stands for listings without a brand"),
        ("", "brands.yaml: Input should be"),
    ],
)
def test_a_broken_file_of_brands_is_refused_with_the_entry(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        parse_file("brands.yaml", text, BrandFile)


def test_a_bare_off_is_no_word() -> None:
    """YAML reads it as False."""
    assert parse_file("colours.yaml", COLOURS % '"off"', ColourFile).shades == ("off",)
    with pytest.raises(DataError, match=r"colours.yaml: shades.0: Input should be a valid string"):
        parse_file("colours.yaml", COLOURS % "off", ColourFile)


def test_partners_without_x_must_be_partners() -> None:
    with pytest.raises(DataError, match="'B' is not among the partners"):
        parse_file("collaborators.yaml", "partners: [A]\nwithout_x: [B]\nlicensors: []\n", PartnerFile)
