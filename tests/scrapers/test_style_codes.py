"""Makers' article numbers, as shops state them and as stock numbers hold them."""

from __future__ import annotations

import pytest

from scrapers.style_codes import code_of_stock, stated_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('- Reebok Cardi B Club C V2 "mars red"- Colour: Red- Stylecode: GX9735', "GX9735"),
        ("- Colour: Black/camo-Stijlcode: VN0005VSBLK1M", "VN0005VSBLK1M"),
        ("Stylecode: FN7788-100", "FN7788-100"),
        ('Karhu Legacy 96 "Rainy Day/Java"- Style code: F806050- Colors: Grey/Blue', "F806050"),
        ("Stijlcode: F803095- Colors: Green", "F803095"),
        ("Stijlcode: S70737-1", "S70737-1"),
        ("Article Code 1201A318.500", "1201A318.500"),
        ("style-code: dd1391-100\nColour: White", "dd1391-100"),
        ("A style code is told in the shop. Style code: IE2302", "IE2302"),
    ],
)
def test_finds_the_code_that_a_text_names(text: str, code: str) -> None:
    assert stated_code(text) == code


@pytest.mark.parametrize("text", ["", "Colour: White", "Style code: unknown", "freestylecode: GX9735", "Stijlcode:"])
def test_finds_no_code_where_none_is_named(text: str) -> None:
    assert stated_code(text) is None


@pytest.mark.parametrize(
    ("stock", "code"),
    [
        ([("DD1391-100-42", ["42"]), ("DD1391-100-43", ["43"])], "DD1391-100"),
        ([("IE2302-8", ["UK 8"]), ("IE2302-9.5", ["UK 9.5"])], "IE2302"),
        ([("IE2302-UK8", ["8"]), ("IE2302-UK9", ["9"])], "IE2302"),
        ([("IE2302", ["8"]), ("IE2302", ["9"])], "IE2302"),
        ([("DD1391-100-A1", ["42"]), ("DD1391-100-B7", ["43"])], "DD1391-100"),
        ([("CW1590-100-7Y", ["7Y"])], "CW1590-100"),
        ([("414571-171-42", ["42"])], "414571-171"),
        ([("1203A280-300", ["42"])], "1203A280-300"),
        ([("mr530sg-42", ["42"])], "MR530SG"),
        ([("A04545C", ["42"])], "A04545C"),
        ([("S70737-1-42", ["42"]), ("S70737-1-43", ["43"])], "S70737-1"),
        ([("", ["42"]), ("H03474-43", ["43"])], "H03474"),
    ],
)
def test_stock_numbers_may_be_the_code_and_a_size(stock: list[tuple[str, list[str]]], code: str) -> None:
    assert code_of_stock(stock) == code


@pytest.mark.parametrize(
    "stock",
    [
        [],
        [("", ["42"])],
        [("0194500874534", ["42"]), ("0194500874541", ["43"])],
        [("40123456789012", ["42"])],
        [("DD1391-100", ["42"]), ("DD1391-101", ["43"])],
        [("IE2302-42", ["42"]), ("IE2303-42", ["42"])],
        [("sku-number-one", ["42"])],
    ],
)
def test_takes_no_shop_numbers_barcodes_or_mixed_articles(stock: list[tuple[str, list[str]]]) -> None:
    assert code_of_stock(stock) is None
