"""Prices as the five shops word them."""

from __future__ import annotations

from time import process_time

import pytest

from scrapers.extract.prices import Money, current_price, iso_currency, json_amount


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("₹ 14,999.00", 14999.0, "INR"),
        ("₹14,999.00", 14999.0, "INR"),
        ("₹ 1,14,999.00", 114999.0, "INR"),
        ("Rs. 7,495.00", 7495.0, "INR"),
        ("MRP ₹ 7,495.00 (incl. of all taxes)", 7495.0, "INR"),
        ("120 €", 120.0, "EUR"),
        ("120\u00a0€", 120.0, "EUR"),
        ("122.17 €", 122.17, "EUR"),
        ("€99,95", 99.95, "EUR"),
        ("€ 1.299,00", 1299.0, "EUR"),
        ("1 299,95 €", 1299.95, "EUR"),
        ("1\u202f299 €", 1299.0, "EUR"),
        ("$185", 185.0, "USD"),
        ("US$1,299", 1299.0, "USD"),
        ("from $88.00 USD", 88.0, "USD"),
        ("EUR 120", 120.0, "EUR"),
        ("120.00 EUR", 120.0, "EUR"),
        ("2 990 Kč", 2990.0, "CZK"),
        ("£110", 110.0, "GBP"),
        ("130", 130.0, "EUR"),
        ("129.99", 129.99, "EUR"),
        ("-20 % 96 €", 96.0, "EUR"),
    ],
)
def test_reads_amount_and_currency(text: str, amount: float, currency: str) -> None:
    assert current_price(text, None, "EUR") == Money(amount, currency)


@pytest.mark.parametrize(
    ("text", "amount", "before"),
    [
        ("150 € 120 €", 120.0, 150.0),
        ("120 € 150 €", 120.0, 150.0),
        ("150€120€", 120.0, 150.0),
        ("€150 €120", 120.0, 150.0),
        ("-20% 120 € 150 €", 120.0, 150.0),
        ("2 990 Kč 1 990 Kč", 1990.0, 2990.0),
    ],
)
def test_takes_the_sale_price_where_two_stand_side_by_side(text: str, amount: float, before: float) -> None:
    price = current_price(text, None, "EUR")
    assert price is not None
    assert (price.amount, price.before) == (amount, before)


def test_takes_the_lowest_of_several_texts() -> None:
    assert current_price(["150 €", None, "120 €"], None, "EUR") == Money(120.0, "EUR", 150.0)


def test_knows_the_old_price_when_it_is_stated_apart() -> None:
    assert current_price("129.95", None, "EUR", "179.95") == Money(129.95, "EUR", 179.95)
    assert current_price("129.95", None, "EUR", "99.95") == Money(129.95, "EUR"), "a lower one is no old price"
    assert current_price("129.95", None, "EUR", "0.00") == Money(129.95, "EUR")


@pytest.mark.parametrize(
    "text", ["", "  ", "sold out", "0 €", "0.00", "-20%", None, float("nan"), float("inf"), -5.0, 0]
)
def test_finds_no_price_where_there_is_none(text: str | float | None) -> None:
    assert current_price(text, "EUR", "EUR") is None


def test_takes_numbers_as_they_are() -> None:
    assert current_price(14999, None, "INR") == Money(14999.0, "INR")
    assert current_price(77.5, "usd", "EUR") == Money(77.5, "USD")


@pytest.mark.parametrize(
    ("symbol", "shop", "code"),
    [
        ("₹", "EUR", "INR"),
        ("Rs.", "EUR", "INR"),
        ("€", "USD", "EUR"),
        ("eur", "USD", "EUR"),
        ("$", "EUR", "USD"),
        ("$", "CAD", "CAD"),
        ("US$", "CAD", "USD"),
        ("¥", "CNY", "CNY"),
        ("¥", "EUR", "JPY"),
        (None, "EUR", "EUR"),
        ("", "INR", "INR"),
        ("points", "EUR", "EUR"),
        ("AED", "EUR", "AED"),
        ("Rp", "USD", "IDR"),
        ("RM", "USD", "MYR"),
        ("R$", "USD", "BRL"),
        ("MX$", "USD", "MXN"),
        ("Rs", "PKR", "PKR"),
        ("kr", "SEK", "SEK"),
        ("kr", "USD", None),
        ("XYZ", "USD", None),
        ("\N{BITCOIN SIGN}", "USD", None),
    ],
)
def test_names_currencies_by_iso_4217(symbol: str | None, shop: str, code: str | None) -> None:
    assert iso_currency(symbol, shop) == code


@pytest.mark.parametrize(
    ("text", "shop", "amount", "currency"),
    [
        ("N7 $124.99 Now $109.99", "USD", 109.99, "USD"),
        ("LV8 $104.99 Now $59.99", "USD", 59.99, "USD"),
        ("Size 10 $150", "USD", 150.0, "USD"),
        ("Air Max 90 €149,99", "USD", 149.99, "EUR"),
        ("$120.00 or 4 payments of $30.00", "USD", 120.0, "USD"),
        ("4 x €30.00 with Klarna, €120.00", "USD", 120.0, "EUR"),
        ("1 299 kr", "USD", 1299.0, None),
        ("1 299 kr", "NOK", 1299.0, "NOK"),
        ("MX$ 2,499.00", "USD", 2499.0, "MXN"),
    ],
)
def test_tells_the_price_from_the_numbers_around_it(text: str, shop: str, amount: float, currency: str | None) -> None:
    price = current_price(text, None, shop)
    assert price is not None
    assert (price.amount, price.currency) == (amount, currency)


def test_an_instalment_alone_is_no_price() -> None:
    assert current_price("4 interest-free payments of $30.00", None, "USD") is None


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("89.950", 89.95),
        ("1299.000", 1299.0),
        (89.95, 89.95),
        ("89,95", "89,95"),
        ("1.299,00", "1.299,00"),
        (None, None),
    ],
)
def test_the_full_stop_of_json_is_the_decimal_point(value: str | float | None, amount: str | float | None) -> None:
    assert json_amount(value) == amount


def test_a_symbol_in_the_text_goes_before_a_code_beside_it() -> None:
    assert current_price("₹ 7,495.00", "EUR", "EUR") == Money(7495.0, "INR")


@pytest.mark.parametrize("text", ["1" + " 11" * 50_000, "1" * 150_000, "€ 1" + ",11" * 50_000])
def test_a_text_that_never_ends_takes_no_time(text: str) -> None:
    before = process_time()
    current_price(text, None, "EUR")
    assert process_time() - before < 1
