"""Style codes (makers' article numbers) of fields, of addresses' ends and in titles, written one way."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.cleaning.phrases import Word, parts_of_address
from sneakers_ml.catalogue.cleaning.title import Title

__all__ = ["code_in_title", "code_of_field", "code_of_slug", "take_off_code"]

_SEPARATORS = re.compile(r"[^A-Z0-9]+")
_BARCODE = re.compile(r"\d{12,14}")
_LONE = re.compile(r"(?<![\w-])[A-Z]{2}\d{4}-\d{3}(?![\w-])")
_DUPLICATE = re.compile(r"-\d{1,2}$")
_EXACT = re.compile(
    r"""(?:^|-)(
      [a-z]{2}\d{4}-\d{3}                 # Nike, Jordan: dd1391-100
    | \d{6}-\d{3}                         # Nike, Jordan: 305381-006
    | [a-z]{2}\d{6,8}[a-z]{2}-\d{3}       # Jordan bags: jd2413019ad-001
    | \d{4}[a-z]\d{3}-\d{3}               # ASICS: 1203a585-100
    | [a-z]\d[a-z]\d[a-z]-\d{3,4}         # ASICS: t8d4q-250
    | [a-z]{2}\d{3}-\d{4}                 # Onitsuka Tiger: dl408-0490
    | \d{6}-[a-z]{3}\d{2}-\d{4}          # Gucci: 707873-uwv20-7163
    | \d[a-z]\d{3}[a-z]-\d[a-z]\d{2}-[a-z]\d{4}  # Prada, Miu Miu: 5e165e-3l90-f0118
    | (?=[a-z]*\d)[a-z\d]{6,8}-[a-z]{3}   # New Balance clothes: 5ac2u503-lbl, mp11563-olg
    | \d{6}-\d{2} | s\d{5}-\d{1,3}        # Puma, Saucony
    | \d{7}-(?:\d{3}|[a-z]{3,5})          # Under Armour, Hoka
    | [a-z]{2}\d{4} | [a-z]\d{5}          # adidas: eg4958, g15890
    | \d{6}                               # adidas: 015110
    | [a-z]?\d{5,6}c                      # Converse: a04697c
    | vn[a-z\d]{7,11} | nf[a-z\d]{7,11}   # Vans, The North Face
    | l\d{8}(?:00)? | \d{8,9}             # Salomon, Puma, Reebok, Clarks
    )$""",
    re.VERBOSE,
)
_NEW_BALANCE = re.compile(r"[a-z]{1,5}\d{1,6}[a-z]{1,5}\d{0,2}|[a-z]{5,8}\d{1,2}|\d[a-z]{1,3}\d{3,5}[a-z]{0,3}")
_NEW_BALANCE_NAME = re.compile(r"(?<![\w-])[A-Z]{1,3}\d{3,4}[A-Z]{2,3}\d?(?![\w-])")
_UNSPEAKABLE = re.compile(r"(?=.{6,9}$).*[bcdfghjklmnpqrstvwxyz]{4}.*")
_MIXED = re.compile(r"(?=(?:.*\d){3})(?=.*[a-z])[a-z\d]{6,12}")


def code_of_field(text: str | None) -> str | None:
    """A style code in the one way in which codes are compared: "1201a318.500" gives 1201A318500.

    None for what is none: too short or long, a barcode, or words.
    """
    code = _plain(text or "")
    if not 5 <= len(code) <= 16 or _BARCODE.fullmatch(code):
        return None
    return code if any(map(str.isdigit, code)) or _UNSPEAKABLE.fullmatch(code.lower()) else None


def _plain(text: str) -> str:
    return _SEPARATORS.sub("", text.upper())


def code_of_slug(url: str | None, title: Iterable[Word], brand: str) -> str | None:
    """The style code that ends an address: ".../nike-dunk-low-retro-panda-dd1391-100" gives DD1391100.

    Years, model numbers and the shop's numbers of duplicates ("-1") are none, nor is a word of the title.
    """
    slug = parts_of_address(url)[1]
    if not slug or slug.endswith(".html"):
        return None
    known = {word.key for word in title}
    slug = "-".join(slug.rsplit("-", 4)[-4:])
    for tail in dict.fromkeys((slug, _DUPLICATE.sub("", slug))):
        if code := _last_code(tail, known, brand):
            return code_of_field(code)
    return None


def _last_code(slug: str, known: set[str], brand: str) -> str | None:
    """A code that has a maker's own form, else one whose form alone would not tell it from a word.

    `known` are the words of the title.
    """
    words = known | lexicon().colour_words
    if match := _EXACT.search(slug):
        parts = match.group(1).split("-")
        if parts[-1] not in words and not known.issuperset(parts):
            return match.group(1)
    token = slug.rsplit("-", 1)[-1]
    if token in words or len(token) < 5:
        return None
    unspeakable = token.isalpha() and _UNSPEAKABLE.fullmatch(token)
    if brand == "new balance" and (unspeakable or _NEW_BALANCE.fullmatch(token)):
        return token
    return token if _MIXED.fullmatch(token) else None


def code_in_title(title: Title, brand: str) -> str | None:
    """A code that stands in for the model's name, as New Balance's do: "M2002RDQ". It stays where it is."""
    match = _NEW_BALANCE_NAME.search(title.rest) if brand == "new balance" else None
    return code_of_field(match.group()) if match else None


def take_off_code(title: Title, code: str | None) -> str | None:
    """Cut a style code out of the title: the one that is known, or one of Nike's unmistakable form."""
    match = _LONE.search(title.rest)
    if match is None and code and code in _plain(title.rest):
        spelt = r"[-./ ]?".join(map(re.escape, code))
        match = re.search(rf"(?<![\w-]){spelt}(?![\w-])", title.rest, re.IGNORECASE)
    if match is None or len(title.words) < 2:
        return None
    return code_of_field(title.cut(match.start(), match.end(), "style_code"))
