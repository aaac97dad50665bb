from __future__ import annotations

import subprocess
import sys
import time

import pytest

from sneakers_ml.catalogue.cleaning.stated_code import stated_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('- Reebok Cardi B Club C V2 "mars red"- Colour: Red- Stylecode: GX9735', "GX9735"),
        ("- Colour: Black/camo-Stijlcode: VN0005VSBLK1M", "VN0005VSBLK1M"),
        ("Stylecode: FN7788-100", "FN7788-100"),
        ('Karhu Legacy 96 "Rainy Day/Java"- Style code: F806050- Colors: Grey/Blue', "F806050"),
        ("Stijlcode: F803095- Colors: Green", "F803095"),
        ("Stijlcode: S70737-1", "S70737-1"),
        ("Stijlcode: DQ0296-001", "DQ0296-001"),
        ("Stylecode: GX9735- Mesh", "GX9735"),
        ("Style code: S70665-18 - Suede", "S70665-18"),
        ("Article Code 1201A318.500", "1201A318.500"),
        ("Article number: 1201A318.500.", "1201A318.500"),
        ("style-code: dd1391-100\nColour: White", "dd1391-100"),
        ("A style code is told in the shop. Style code: IE2302", "IE2302"),
    ],
)
def test_finds_the_code_that_a_text_names(text: str, code: str) -> None:
    assert stated_code(text) == code


@pytest.mark.parametrize(
    "label",
    [
        *("Style code:", "Style Code", "Stijlcode:", "stijl code #", "Style No.:", "style no", "Style-Nr.:"),
        "STYLECODE:",
        *("Article number:", "Article No. ", "Artikelnummer:", "Artikel-Nr.:", "Art.-Nr.:", "Art. Nr.:", "art nr:"),
        *("Art. No.:", "Manufacturer Code:", "manufacturer code #", "SKU:", "Sku #", "Stylecode"),
        *(
            "Style:",
            "Style :",
            "Style #",
            "Style #:",
            "STYLE#",
            "Style: #",
            "Style -",
            "Style\uff1a",
            "Style:\n",
            "Style/Color:",
        ),
        *(
            "<b>Style:</b>",
            "Style:&nbsp;",
            "Colorway/Style:",
            "Product code:",
            "Model number:",
            "Article:",
            "Art.",
            "Art:",
        ),
        *("MPN:", "Item no.:", "Item #", "Manufacturer Part Number:", "Manufacturer SKU:", "Ref.", "Reference number:"),
        *("Stilcode:", "Modellnummer:", "Modell-Nr.:", "Herstellernummer:", "Hersteller-Artikelnummer:"),
        *(
            "R\u00e9f\u00e9rence :",
            "Re\u0301fe\u0301rence :",
            "R\u00e9f. :",
            "Code produit :",
            "Num\u00e9ro de mod\u00e8le :",
        ),
        *("Codice:", "Codice prodotto:", "C\u00f3digo:", "C\u00f3digo de estilo:", "Referencia:", "Productcode:"),
        *("Kod producenta:", "Numer katalogowy:", "Артикул:", "Артикул", "Артикул производителя:", "Номер модели:"),
    ],
)
def test_whatever_the_label(label: str) -> None:
    assert stated_code(f"Made of mesh. {label} CW1590-100, in white") == "CW1590-100"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Style&nbsp;Code:&nbsp;DD1391-100", "DD1391-100"),
        ("Style\u202fCode\u00a0: DD1391-100", "DD1391-100"),
        ("\uff33tyle code\uff1a \uff24\uff241391\uff0d100", "DD1391-100"),
        ("Артикул №: DD1391-100", "DD1391-100"),
        ("mpn GX3686", "GX3686"),
        ("MPN DD1391-100", "DD1391-100"),
        ("Manufacturer's code DD1391-100", "DD1391-100"),
        ("Manufacturer\u2019s number DD1391-100", "DD1391-100"),
        ("Codice prodotto DD1391-100", "DD1391-100"),
        ("C\u00f3digo de producto DD1391-100", "DD1391-100"),
        ("Codice prodotto GX3686. Style code: GX3687", "GX3687"),
        ("Model: DD1391-100", "DD1391-100"),
        ("Modell: GX3686", "GX3686"),
        ("Mod\u00e8le : M2002RDA", "M2002RDA"),
        ("Модель: DD1391-100", "DD1391-100"),
    ],
)
def test_labels_with_odd_blanks_and_without_a_colon(text: str, code: str) -> None:
    assert stated_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Style code: 1123202-BBLC", "1123202-BBLC"),
        ("Style code: 707873-UWV20-7163", "707873-UWV20-7163"),
        ("Style code: GX9735-Mesh", "GX9735"),
        ("Style code: DD1391-100white", "DD1391-100"),
        ("Style code: DD1391-100Colour: White", "DD1391-100"),
        ("Style code: CW1590 100 - Suede", "CW1590 100"),
        ("Style code CW1590 100", "CW1590"),
        ("StylecodeGX9735", "GX9735"),
        ("Style: CJ2033-010Shown: White", "CJ2033-010"),
        ("Shown: White/Black\nStyle: CJ2033-010", "CJ2033-010"),
        ("Style: khm032326-101\nColor: White", "khm032326-101"),
        ("Style: 315122-111/CW2288-111", "315122-111/CW2288-111"),
        ("Style: CJ2033-010, 2024 release", "CJ2033-010"),
    ],
)
def test_the_code_ends_where_other_words_begin(text: str, code: str) -> None:
    assert stated_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "SKU: 1234567\nStyle: DD1391-100",
        "Artikelnummer: 137793, Style code: DD1391-100",
        "SKU: AB-120-12345. Style #: DD1391-100",
    ],
)
def test_a_shops_own_number_comes_after_the_makers(text: str) -> None:
    assert stated_code(text) == "DD1391-100"


@pytest.mark.parametrize(
    "text",
    [
        *("", "Colour: White", "Style code: unknown", "freestylecode: GX9735", "Stijlcode:", "Style: runner"),
        *("Style code: none", "Style notes 2024", "A skull 2000 times", "SKU CW1590-100", "art nr 12345", "SKU: 12"),
        *("Style: 90s runner", "Style: 2023", "Style: 2023-24 season", "Style: Air Max 90", "Lifestyle: DD1391-100"),
        *("SKU: 1234567", "SKU: 194500874787", "Ref: 123456", "Art. 2023", "Modern art. It is CW1590-100"),
        *("Model: ZX8000", "Model: M990V6", "Model: ADI2000", "Model: Air Max 90", "Model: Suede", "Model 2024"),
        *("Party no: DD1391", "Style number one 2024", "start no 12345"),
    ],
)
def test_finds_no_code_where_none_is_named(text: str) -> None:
    assert stated_code(text) is None


@pytest.mark.parametrize(
    "part",
    ["style code ", "style" + " " * 1000, "style code" + "\n" * 1000, "sku:" + "-" * 1000, "style code: A-", "A-AAAA"],
)
def test_long_texts_take_time_in_proportion(part: str) -> None:
    text = "style code: " + part * (200_000 // len(part))
    started = time.process_time()
    stated_code(text)
    assert time.process_time() - started < 2


def test_the_scrapers_can_import_it_without_the_libraries_that_clean() -> None:
    """They come with the extra `train`, which a machine that only crawls does not have."""
    script = (
        "import sys, sneakers_ml.catalogue.cleaning.stated_code, sneakers_ml.catalogue.money;"
        "import sneakers_ml.catalogue.listing;"
        "sys.exit(', '.join({'ftfy', 'numpy', 'pandas', 'pandera', 'rapidfuzz', 'unidecode'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert result.stderr.strip() == ""
