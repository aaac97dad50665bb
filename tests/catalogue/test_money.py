from __future__ import annotations

import pytest

from sneakers_ml.catalogue.money import Money, currency_code, read_price


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("eur", "EUR"),
        ("$", "USD"),
        ("Rs.", "INR"),
        ("z\u0142", "PLN"),
        ("AED", "AED"),
        ("Rp", "IDR"),
        ("RM", "MYR"),
        ("R$", "BRL"),
        ("MX$", "MXN"),
        ("S/.", "PEN"),
        ("د.إ.\u200f", "AED"),
        ("￥", "JPY"),
        ("kr", None),  # of Sweden, Norway, Denmark or Iceland
        ("\N{RIAL SIGN}", None),  # of Iran, Saudi Arabia, Qatar, Oman or Yemen
        ("NEW", None),  # three letters are no code
        ("points", None),
        (None, None),
    ],
)
def test_currencies(text: str | None, code: str | None) -> None:
    assert currency_code(text) == code


@pytest.mark.parametrize(
    ("sign", "own", "code"),
    [("$", "CAD", "CAD"), ("$", "EUR", "USD"), ("kr.", "DKK", "DKK"), ("kr", "USD", None), ("€", "USD", "EUR")],
)
def test_a_sign_of_several_currencies_is_the_likely_one(sign: str, own: str, code: str | None) -> None:
    assert currency_code(sign, own) == code


@pytest.mark.parametrize(
    ("text", "currency", "price"),
    [
        ("1.299,00", "EUR", Money(1299.0, "EUR")),
        ("1,299.00", "USD", Money(1299.0, "USD")),
        ("1'299.50", "CHF", Money(1299.5, "CHF")),
        ("1\u202f299,95", "EUR", Money(1299.95, "EUR")),
        ("1,04,999", "INR", Money(104999.0, "INR")),
        ("89,95", "€", Money(89.95, "EUR")),
        ("12.500", "KWD", Money(12.5, "KWD")),
        ("12.500", "EUR", Money(12500.0, "EUR")),
        ("89,950", "TND", Money(89.95, "TND")),
        ("1,299.000", "KWD", Money(1299.0, "KWD")),
        ("110.00 ", "usd", Money(110.0, "USD")),
        ("110.0000", "usd", Money(110.0, "USD")),
        ("€89", None, Money(89.0, "EUR")),
        ("89 EUR", None, Money(89.0, "EUR")),
        ("€89", "USD", Money(89.0, "EUR")),
        ("$89", "CAD", Money(89.0, "CAD")),
        ("110", None, Money(110.0, None)),
        ("110 kr", None, Money(110.0, None)),
        ("110 kr", "NOK", Money(110.0, "NOK")),
        ("110", "NEW", Money(110.0, None)),
    ],
)
def test_reads_amounts_as_they_are_written_everywhere(text: str, currency: str | None, price: Money) -> None:
    assert read_price(text, currency) == price


@pytest.mark.parametrize("text", ["", "0", "0,00 €", "-5", "1e3", "sold out", "N7", "DD1391-100", "-20%"])
def test_what_is_no_amount(text: str) -> None:
    assert read_price(text, "EUR") is None


def test_says_whether_a_currency_was_assumed() -> None:
    assumed = [read_price(text, None, "USD") for text in ("110", "$110", "110 EUR")]
    assert [price and price.assumed for price in assumed] == [True, False, False]
