"""Prices and currencies; a price says nothing without its currency, so the two go together."""

from __future__ import annotations

import re

from price_parser import Price

__all__ = ["currency_code", "read_price"]

_SIGNS = {
    "€": "EUR", "EURO": "EUR", "EUROS": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "₹": "INR", "RS": "INR",
    "RS.": "INR", "¥": "JPY", "₽": "RUB", "RUR": "RUB", "РУБ": "RUB", "РУБ.": "RUB", "Р.": "RUB", "ZŁ": "PLN",
    "KČ": "CZK", "FT": "HUF", "LEI": "RON", "LEV": "BGN", "ЛВ": "BGN", "ЛВ.": "BGN", "₴": "UAH", "₺": "TRY",
    "₩": "KRW", "₸": "KZT", "₫": "VND", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD",
    "S$": "SGD", "R$": "BRL", "₪": "ILS",
}  # fmt: skip
_CODE = re.compile(r"[A-Z]{3}")


def currency_code(text: str | None) -> str | None:
    """The ISO 4217 code of a currency's code or sign; None for one that is not known."""
    sign = (text or "").strip().upper()
    return _SIGNS.get(sign) or (sign if _CODE.fullmatch(sign) else None)


def read_price(text: str) -> tuple[float | None, str | None]:
    """(amount, ISO currency) of a price in words: "₹ 14,999.00", "120 €"; None for what it doesn't say."""
    price = Price.fromstring(text)
    return price.amount_float, currency_code(price.currency)
