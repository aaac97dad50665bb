"""Makers' article numbers, as stock numbers hold them."""

from __future__ import annotations

import pytest

from scrapers.extract.style_codes import code_of_stock


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
