"""Prices as pages word them: "₹ 14,999.00", "120 €", an old price beside the sale's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from pydantic import JsonValue

from scrapers.extract.text import as_text
from sneakers_ml.catalogue.money import Money, amounts_in, currency_code, lowest

__all__ = ["Amount", "Money", "current_price", "iso_currency", "json_amount"]

Amount = str | float | None
"""A price as a page states it: a number, or a text with one or more amounts."""


def iso_currency(symbol: str | None, shop: str) -> str | None:
    """The ISO 4217 code of a currency's symbol or code: the shop's own where none is stated, or where it is shared.

    None for the sign of a currency that can't be told.
    """
    [stated] = amounts_in(1.0, symbol, shop)
    return stated.currency


def json_amount(value: JsonValue) -> Amount:
    """An amount in JSON, where it may be text: a full stop is the decimal point there, however many digits follow.

    https://schema.org/price, and Shopify's JSON alike
    """
    text = as_text(value)
    return float(text) if text and re.fullmatch(r"\d+\.\d+", text, re.ASCII) else text


def current_price(
    price: Amount | Iterable[Amount], currency: str | None, shop_currency: str, before: Amount = None
) -> Money | None:
    """What has to be paid now: the lowest of the amounts given, for an old price is never below the sale's.

    Args:
        price: one amount or several.
        currency: the code or symbol that the page states apart from the price; a symbol in the text goes first.
        shop_currency: ISO 4217 code that holds where none is stated.
        before: the price before a sale, where the page states it apart.

    Returns:
        None where no amount above zero is found. Its currency is None where a sign is one that nobody can tell.
    """
    several = (price,) if price is None or isinstance(price, str | int | float) else price
    amounts = [money for one in several if one is not None for money in amounts_in(one, currency, shop_currency)]
    now = lowest(amounts, currency_code(currency, shop_currency) or shop_currency)
    if now is None or before is None:
        return now
    old = [now.before or 0.0, *(one.amount for one in amounts_in(before, currency, shop_currency))]
    return replace(now, before=max(old)) if max(old) > now.amount else now
