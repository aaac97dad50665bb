from __future__ import annotations

import pytest

from sneakers_ml.catalogue.cleaning.stated_colour import colour_of_field, described_colour, quoted_colour


@pytest.mark.parametrize(
    ("field", "colour"),
    [
        ("Better Scarlet/ Ftw White/ Off White", "Better Scarlet/Ftw White/Off White"),
        ("Summit White/ Phantom-Sail-Photon Dust", "Summit White/Phantom-Sail-Photon Dust"),
        ("['university red', 'black-white']", "university red/black-white"),
        ("  ", None),
        ("/", None),
        (None, None),
    ],
)
def test_a_colour_field(field: str | None, colour: str | None) -> None:
    assert colour_of_field(field) == colour


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ('- Karhu Aria 95 "Abbey Stone/Silver"- Stijlcode: F803095', "Abbey Stone/Silver"),
        ("- Karhu Aria 95 ''Abbey Stone''- Colour: Green", "Abbey Stone"),
        ('- Something Else "Green"', None),
        ('The Aria is back. It is what they call "timeless".', None),
        ("- Karhu Aria 95", None),
    ],
)
def test_quoted_colours_of_descriptions(text: str, colour: str | None) -> None:
    assert quoted_colour(text, "Aria 95 Abbey Stone") == colour


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("- Aria- Colour: White / Blue- Stijlcode: F803095", "White/Blue"),
        ("Colour: Black/camo-Stijlcode: VN0005VSBLK1M", "Black/camo"),
        ("- Stijlcode: F803095- Colors: Green/Orange- Mesh", "Green/Orange"),
        ("A shoe of many colours", None),
        ("Shown: White/Black\nStyle: CJ2033-010", "White/Black"),
        ("Style: khm032326-101\nColor: White", "White"),
        ("<ul><li>Colour Shown: White/Black</li><li>Style: CJ2033-010</li></ul>", "White/Black"),
        ("Colorway: Black / White Style #: CJ2033-010", "Black/White"),
        ("Color: White | Style: CJ2033-010", "White"),
        ("Farbe: Wei\u00df / Schwarz", "Wei\u00df/Schwarz"),
        ("Couleur : Blanc\nR\u00e9f\u00e9rence : CJ2033-010", "Blanc"),
        ("Цвет: белый", "белый"),
        ("A long story. " * 40 + "\n\u2022 Shown: White/Black\n\u2022 Style: CJ2033-010", "White/Black"),
        ("As shown: the shoe", None),
    ],
)
def test_lines_of_colour(text: str, colour: str | None) -> None:
    assert described_colour(text) == colour
