"""Prices as pages word them: "₹ 14,999.00", "120 €", an old price beside the sale's."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from price_parser import Price as ParsedPrice

from scrapers.extract.text import tidy
from sneakers_ml.catalogue.money import currency_code

__all__ = ["Money", "current_price", "iso_currency"]

_OWN_CURRENCIES = {"$": ("USD", "CAD", "AUD", "NZD", "HKD", "SGD"), "¥": ("JPY", "CNY")}
"""Symbols of several currencies: the shop's own counts if it is one of them."""

_SIGN = (
    r"(?:(?:US|CA|AU|HK|[CAS])?\$|[€₹₨£¥￥₩₽₴₺]|Rs\.?|zł|Kč|Ft|lei|лв\.?|руб\.?"
    r"|\b(?:EUR|USD|INR|GBP|CAD|AUD|JPY|CNY|CHF|SEK|DKK|NOK|PLN|CZK|HUF|RON|BGN|HKD|SGD)\b)"
)
_NUMBER = r"(?:\d{1,3}(?:[ .,'’]\d{2,3})*[ .,'’]\d{3}(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)(?!\d)"
_SIGN_FIRST = re.compile(rf"{_SIGN}\s?{_NUMBER}", re.IGNORECASE)
_SIGN_LAST = re.compile(rf"{_NUMBER}\s?{_SIGN}", re.IGNORECASE)
_LONGEST = 400
"""Characters of a text that are looked at; a longer one is no price, and would take for ever."""
_BARE = re.compile(rf"(?<![\d.,]){_NUMBER}(?!\s?%)")


@dataclass(frozen=True, slots=True)
class Money:
    """What a listing costs: `amount` in units of `currency` (ISO 4217), and what it cost before a sale."""

    amount: float
    currency: str
    before: float | None = None


def iso_currency(symbol: str | None, shop: str) -> str:
    """The ISO 4217 code of a currency's symbol or code; the shop's own currency where it is unknown or shared.

    >>> iso_currency("₹", "EUR"), iso_currency("$", "USD"), iso_currency("$", "CAD"), iso_currency(None, "EUR")
    ('INR', 'USD', 'CAD', 'EUR')
    """
    key = (symbol or "").strip().rstrip(".").upper()
    if shop in _OWN_CURRENCIES.get(key, ()):
        return shop
    return currency_code(key) or shop


def current_price(
    price: str | float | Iterable[str | float | None] | None,
    currency: str | None,
    shop_currency: str,
    before: str | float | None = None,
) -> Money | None:
    """What has to be paid now: the lowest of the amounts given, for an old price is never below the sale's.

    Args:
        price: a number, a text with one or more amounts, or several of them.
        currency: the code or symbol that the page states apart from the price; a symbol in the text goes first.
        shop_currency: ISO 4217 code that holds where none is stated.
        before: the price before a sale, where the page states it apart.

    Returns:
        None where no amount above zero is found.
    """
    stated = iso_currency(currency, shop_currency)
    amounts = [money for text in _several(price) for money in _amounts(text, stated)]
    if not amounts:
        return None
    amount, code = min(amounts)
    old = [old for old, other in amounts if other == code and old > amount]
    old += [value for text in _several(before) for value, other in _amounts(text, stated) if value > amount]
    return Money(amount, code, max(old, default=None))


def _several(price: str | float | Iterable[str | float | None] | None) -> Iterable[str | float]:
    if price is None:
        return ()
    if isinstance(price, str | int | float):
        return (price,)
    return (one for one in price if one is not None)


def _amounts(price: str | float, currency: str) -> list[tuple[float, str]]:
    if isinstance(price, int | float):
        found = [(float(price), currency)]
    else:
        found = [_parse(piece, currency) for piece in _pieces(tidy(price[: 4 * _LONGEST])[:_LONGEST])]
    return [(amount, code) for amount, code in found if math.isfinite(amount) and amount > 0]


def _pieces(text: str) -> list[str]:
    """Each amount of a text with its symbol; the bare numbers where there is no symbol."""
    first, last = _SIGN_FIRST.search(text), _SIGN_LAST.search(text)
    if first and (not last or first.start() <= last.start()):
        return _SIGN_FIRST.findall(text)
    return _SIGN_LAST.findall(text) if last else _BARE.findall(text)


def _parse(piece: str, currency: str) -> tuple[float, str]:
    parsed = ParsedPrice.fromstring(piece)
    amount = parsed.amount_float
    return (math.nan if amount is None else amount, iso_currency(parsed.currency, currency))
