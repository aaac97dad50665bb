"""The maker's article number of a product, where its stock numbers are it."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["code_of_stock"]

_MAKERS = re.compile(
    r"[A-Z]{2}\d{4}-?\d{3}"  # Nike, Jordan: DD1391-100
    r"|\d{6}-\d{3}"  # Jordan: 414571-171
    r"|[A-Z]{1,2}\d{4,5}"  # adidas: IE2302, H03474
    r"|\d{4}[A-Z]\d{3}[-.]?\d{3}"  # Asics: 1203A280-300
    r"|A?\d{5,6}C"  # Converse: A04545C, 568497C
    r"|VN0[A-Z0-9]{6,10}"  # Vans
    r"|S\d{5}-\d{1,3}"  # Saucony: S70737-1
    r"|F\d{6}"  # Karhu
    r"|[A-Z]{1,4}\d{3,4}[A-Z]{1,4}\d?"  # New Balance: MR530SG
    r"|\d{6}[-_]\d{2}"  # Puma: 390755-06
    r"|1000\d{5}"  # Reebok: 100033132
    r"|\d{7}-[A-Z]{2,5}"  # Hoka: 1123202-BBLC
    r"|L\d{8}"  # Salomon
)


def code_of_stock(stock: Iterable[tuple[str, Iterable[str]]]) -> str | None:
    """The code that all of a product's stock numbers share, if it has the form of a maker's.

    Args:
        stock: (stock number, the variant's options) of each variant. A number may end in a size: "DD1391-100-42",
            told by the options ("42", "EU 42") or by being all that differs between variants.

    Returns:
        None where the numbers are the shop's own, barcodes, or of several articles.
    """
    cut = {_without_size(number.strip().upper(), options) for number, options in stock if number.strip()}
    if len(cut) > 1 and not any(map(_MAKERS.fullmatch, cut)):
        cut = {re.sub(r"[-_ /.]+[^-_ /.]*$", "", number) for number in cut}
    code = cut.pop() if len(cut) == 1 else ""
    return code if _MAKERS.fullmatch(code) else None


def _without_size(number: str, options: Iterable[str]) -> str:
    for option in options:
        size = re.sub(r"[^0-9A-Z.]", "", option.upper())
        match = re.fullmatch(r"(?P<code>.+?)[-_ /.](?:EU|UK|US)?[-_ ]?(?P<size>[0-9A-Z.,½]+)", number)
        if match and size and re.sub(r"^(?:EU|UK|US)", "", size) == match["size"]:
            return match["code"]
    return number
