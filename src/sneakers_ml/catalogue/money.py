"""Currencies: a price says nothing without its own."""

from __future__ import annotations

import re

__all__ = ["currency_code"]

_SIGNS = {
    "€": "EUR", "EURO": "EUR", "EUROS": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "₹": "INR", "₨": "INR",
    "RS": "INR", "¥": "JPY", "￥": "JPY", "₽": "RUB", "RUR": "RUB", "РУБ": "RUB", "Р": "RUB", "ZŁ": "PLN", "KČ": "CZK",
    "FT": "HUF", "LEI": "RON", "LEV": "BGN", "ЛВ": "BGN", "₴": "UAH", "₺": "TRY", "₩": "KRW", "₸": "KZT", "₫": "VND",
    "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "S$": "SGD", "R$": "BRL", "₪": "ILS",
}  # fmt: skip
_CODE = re.compile(r"[A-Z]{3}")


def currency_code(text: str | None) -> str | None:
    """The ISO 4217 code of a currency's code or sign; None for one that is not known."""
    sign = (text or "").strip().rstrip(".").upper()
    return _SIGNS.get(sign) or (sign if _CODE.fullmatch(sign) else None)
