"""Prices as pages word them: "₹ 14,999.00", "120 €", an old price beside the sale's."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from price_parser import Price as ParsedPrice

from scrapers.extract.text import tidy
from sneakers_ml.catalogue.money import currency_code

__all__ = ["Amount", "Money", "current_price", "iso_currency"]

Amount = str | float | None
"""A price as a page states it: a number, or a text with one or more amounts."""

_OWN_CURRENCIES = {"$": ("USD", "CAD", "AUD", "NZD", "HKD", "SGD"), "¥": ("JPY", "CNY")}
"""Symbols of several currencies: the shop's own counts if it is one of them."""

_SIGN = (
    r"(?:(?:US|CA|AU|HK|[CAS])?\$|[€₹₨£¥￥₩₽₴₺]|Rs\.?|zł|Kč|Ft|lei|лв\.?|руб\.?"
    r"|\b(?:EUR|USD|INR|GBP|CAD|AUD|JPY|CNY|CHF|SEK|DKK|NOK|PLN|CZK|HUF|RON|BGN|HKD|SGD)\b)"
)
_NUMBER = r"(?:\d{1,3}(?:[ .,'’]\d{2,3})*[ .,'’]\d{3}(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)(?!\d)"
_SIGN_FIRST = re.compile(rf"{_SIGN}\s?{_NUMBER}", re.IGNORECASE)
_SIGN_LAST = re.compile(rf"{_NUMBER}\s?{_SIGN}", re.IGNORECASE)
_BARE = re.compile(rf"(?<![\d.,]){_NUMBER}(?!\s?%)")
_LONGEST = 400
"""Characters of a text that are looked at; a longer one is no price, and would take for ever."""


@dataclass(frozen=True, slots=True)
class Money:
    """What a listing costs: `amount` in units of `currency` (ISO 4217), and what it cost before a sale."""

    amount: float
    currency: str
    before: float | None = None


def iso_currency(symbol: str | None, shop: str) -> str:
    """The ISO 4217 code of a currency's symbol or code; the shop's own currency where it is unknown or shared."""
    key = (symbol or "").strip().rstrip(".").upper()
    if shop in _OWN_CURRENCIES.get(key, ()):
        return shop
    return currency_code(key) or shop


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
        None where no amount above zero is found.
    """
    stated = iso_currency(currency, shop_currency)
    several = (price,) if price is None or isinstance(price, str | int | float) else price
    amounts = [money for one in several for money in _amounts(one, stated)]
    if not amounts:
        return None
    amount, code = min(amounts)
    old = [old for old, other in amounts if other == code and old > amount]
    old += [value for value, _ in _amounts(before, stated) if value > amount]
    return Money(amount, code, max(old, default=None))


def _amounts(price: Amount, currency: str) -> list[tuple[float, str]]:
    """Every amount above zero with its currency: those with a symbol, or the bare numbers where there is no symbol."""
    if price is None:
        return []
    if isinstance(price, int | float):
        found = [(float(price), currency)]
    else:
        text, form = tidy(price[: 4 * _LONGEST])[:_LONGEST], _BARE
        first, last = _SIGN_FIRST.search(text), _SIGN_LAST.search(text)
        if first or last:
            form = _SIGN_FIRST if first and (not last or first.start() <= last.start()) else _SIGN_LAST
        parsed = map(ParsedPrice.fromstring, form.findall(text))
        found = [(one.amount_float or 0.0, iso_currency(one.currency, currency)) for one in parsed]
    return [(amount, code) for amount, code in found if math.isfinite(amount) and amount > 0]
