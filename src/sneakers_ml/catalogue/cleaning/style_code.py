"""Style codes (makers' article numbers) of fields, in addresses and in titles, written one way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.cleaning.naming import NO_BRAND
from sneakers_ml.catalogue.cleaning.phrases import Word, keys, parts_of_address
from sneakers_ml.catalogue.cleaning.stated_code import stated_code
from sneakers_ml.catalogue.cleaning.title import Title

__all__ = ["MOST_CODES", "code_in_title", "code_of_field", "code_of_slug", "codes_of_field", "take_off_code"]

MOST_CODES = 4
"""Of one shoe; a text with more lists other shoes too."""

_SEASON = r"(?:ss|fw|aw|sp|su|fa|ho)20[0-3]\d"
_UNMISTAKABLE = (
    rf"(?!{_SEASON})[a-z]{{2}}\d{{4}}~\d{{3}}",  # Nike, Jordan: dd1391-100
    r"[a-z]{2}\d{6,8}[a-z]{2}~\d{3}",  # Jordan bags: jd2413019ad-001
    r"\d{4}[a-z]\d{3}~\d{3}",  # ASICS: 1203a585-100
    r"\d{6}~[a-z]{3}\d{2}~\d{4}",  # Gucci: 707873-uwv20-7163
    r"\d[a-z]\d{3}[a-z]~\d[a-z]\d{2}~[a-z]\d{4}",  # Prada, Miu Miu: 5e165e-3l90-f0118
    r"(?:vn|nf)0(?=[a-z]*\d)[a-z\d]{6,9}",  # Vans, The North Face
)
"""Forms that nothing else has, whoever is the maker; "~" is what parts a code's halves."""
_ADIDAS = (
    rf"(?!zx|sl7|us|uk|eu|{_SEASON})[a-z]{{2}}\d{{4}}",  # eg4958; but ZX 8000 and SL 7200 are models
    r"[a-z]\d{5}",  # g15890
    r"0\d{5}",  # 015110
)
_NIKE = (r"\d{6}~\d{3}", r"[a-z]{2}\d{7}")  # 305381-006; dd1391100
_ASICS = (r"[a-z]\d[a-z]\d[a-z]~\d{3,4}", r"[a-z]{2}\d{3}~\d{4}")  # t8d4q-250; dl408-0490
_DECKERS = (r"\d{7}~[a-z]{3,5}",)  # 1123202-bblc
_OF_MAKER = {
    "nike": _NIKE,
    "jordan": _NIKE,
    "adidas": _ADIDAS,
    "reebok": _ADIDAS,
    "puma": (r"\d{6}~\d{2}",),
    "asics": _ASICS,
    "onitsuka tiger": _ASICS,
    "converse": (r"[a-z]?\d{5,6}c",),
    "saucony": (r"s\d{5}~\d{1,3}",),
    "under armour": (r"\d{7}~\d{3}",),
    "hoka": _DECKERS,
    "ugg": _DECKERS,
    "teva": _DECKERS,
    "salomon": (r"l\d{8}(?:00)?",),
    "karhu": (r"f\d{6}",),
}
"""Forms that count only where the maker is named, for shops number pages and sizes alike."""
_BARE = {"reebok": (r"100\d{6}",), "puma": (r"[134]\d{7}",), "clarks": (r"26\d{6}",)}
"""Makers' forms that look as a shop's own numbers do; in an address they are none."""
_OLD_ADIDAS = re.compile(r"-((?:28|67)\d{4})(?:-\d{1,2})?$")
"""Articles from before the letters that are still made, adilette and Samoa; at the end, for shops count so far too."""
_NEW_BALANCE = re.compile(
    r"(?![a-z]*\d+v\d{1,2}$)[a-z]{1,5}\d{1,6}[a-z]{1,5}\d{0,2}|[a-z]{5,8}\d{1,2}|\d[a-z]{1,3}\d{3,5}[a-z]{0,3}"
)
_NEW_BALANCE_SHOE = re.compile(r"(?!nb|[a-z]*\d+v\d{1,2}$)[a-z]{1,3}\d{3,5}[a-z]{1,3}\d?")
"""Codes that no model is called by, so that a colour may stand behind them: m2002rda, bb550wt1."""
_NEW_BALANCE_CLOTHES = re.compile(r"(?:^|-)((?=[a-z]*\d)[a-z\d]{6,8}-[a-z]{3})$")  # 5ac2u503-lbl, mp11563-olg
_NEW_BALANCE_NAME = re.compile(r"(?<![\w-])[A-Z]{1,3}\d{3,4}[A-Z]{2,3}\d?(?![\w-])")
_UNSPEAKABLE = re.compile(r"(?=.{6,9}$).*[bcdfghjklmnpqrstvwxyz]{4}.*")
_OF_ANYONE = re.compile(rf"(?!(?i:{_SEASON}))(?=(?:.*\d){{4}})(?=.*[A-Z])[A-Z\d]{{6,12}}")
"""What stands alone in a title's brackets and may be a code of any maker: F806050."""

_SEPARATORS = re.compile(r"[^A-Z0-9]+")
_BARCODE = re.compile(r"\d{12,14}")
_APART = re.compile(r"[,;|&+()\[\]\n]+")
_LONG = 6
"""Characters of a code that stands by itself; shorter ones are parts of the code beside them."""
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp)$")
_UUID = re.compile(r"[\da-f]{8}(?:-?[\da-f]{4}){3}-?[\da-f]{12}")
_NUMBERS = re.compile(r"(?:-(?:(?:us|uk|eu|size)?(?:\d{1,2}|\d{4,})[yc]?|us|uk|eu|size|d|[24]e))+$")
"""Sizes and widths, the shop's own numbers, and those of duplicates."""
_WIDTH = re.compile(r"(?<=\w{6})[\s/-]+(?:[2-6]E|2A|E{2,6}|[BDMNW]|XW|WD|wide)\s*$", re.IGNORECASE)
"""Of a shoe, behind its code: "M990GL6 D"."""
_MARKS = {"gs", "ps", "td", "mens", "womens", "wmns", "unisex", "kids"}
_TAIL = 100
_LABEL = r"\s*+(?:\b(?:style|sku|mpn|art(?:icle|ikel)?|артикул)\b[ -]*+(?:code|number|nummer|no\b|nr\b)?+[.:#\s-]*+)?"
_BRACKETS = re.compile(rf"[(\[]{_LABEL}(?P<code>[^()\[\]\s]++(?:\s++[^()\[\]\s]++)*+)\s*+[)\]]", re.IGNORECASE)
_OPENING = re.compile(rf"[(\[]?{_LABEL}$", re.IGNORECASE)
_CLOSING = re.compile(r"\s*[)\]]")


@cache
def _forms(forms: tuple[str, ...], parting: str) -> re.Pattern[str]:
    """Codes of these forms that stand free, with such signs between their halves."""
    any_form = "|".join(forms).replace("~", parting)
    return re.compile(rf"(?<![^\W_])(?:{any_form})(?![^\W_])", re.IGNORECASE)


_HYPHEN, _SIGN, _ANY_OR_NONE = "-", r"[-‐–—−_./]", r"[-‐–—−_./\s]{0,3}"


def code_of_field(text: str | None) -> str | None:
    """A style code in the one way in which codes are compared: "1201a318.500" gives 1201A318500.

    None for what is none: too short or long, a barcode, or words. Of several codes it is the first.
    """
    return next(iter(codes_of_field(text)), None)


def codes_of_field(text: str | None) -> tuple[str, ...]:
    """All style codes of a field: "315122-111/CW2288-111" and "CW2288-111 (old 315122-111)" name two.

    Labels ("SKU: DD1391-100") and what stands behind a code, be it a size or a colour, are no part of it.
    """
    text = unicodedata.normalize("NFKC", text or "")
    pieces = _APART.split(stated_code(text) or text)
    codes = dict.fromkeys(code for piece in pieces for code in _codes(piece) if _is_code(code))
    return tuple(codes)[:MOST_CODES]


def _codes(text: str) -> list[str]:
    """One code, whose parts may have blanks or slashes between them, or several."""
    sure = [*_forms(_UNMISTAKABLE, _ANY_OR_NONE).finditer(text), *_forms(_NIKE[:1], _SIGN).finditer(text)]
    if sure:
        return [_plain(match.group()) for match in sorted(sure, key=lambda match: match.start())]
    words = re.split(r"[\s/]+", _WIDTH.sub("", text))
    if any(map(_has_digit, words)):
        words = [word for word in words if _has_digit(word) or _ends_code(word)]
    parts = [_plain(word) for word in words]
    return parts if all(len(part) >= _LONG and _has_digit(part) for part in parts) else ["".join(parts)]


def _ends_code(letters: str) -> bool:
    """Whether letters may be a code's last part, as in "1123202 BBLC", and no colour."""
    return len(letters) < _LONG and letters.isupper() and letters.lower() not in lexicon().colour_words


def _is_code(plain: str) -> bool:
    if not 5 <= len(plain) <= 16 or _BARCODE.fullmatch(plain):
        return False
    return _has_digit(plain) or _UNSPEAKABLE.fullmatch(plain.lower()) is not None


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _plain(text: str) -> str:
    return _SEPARATORS.sub("", text.upper())


def code_of_slug(url: str | None, title: Iterable[Word], brand: str, *, price: float | None = None) -> str | None:
    """The style code in an address's last part: ".../nike-dunk-low-retro-panda-dd1391-100" gives DD1391100.

    A form that nothing else has counts wherever it stands, one of the maker's own where it is known to be theirs. The
    shop's own numbers, sizes, years and models are none, nor is a word of the title, nor a number before the price.
    """
    folders, last = parts_of_address(url)
    last = _UUID.sub("", _EXTENSION.sub("", last))
    slug = last if re.search("[a-z]", last) else folders.rpartition("/")[2]  # ".../dunk-low-dd1391-100/137793"
    slug = re.sub(r"[^a-z\d]+", "-", slug).strip("-")
    known = {word.key for word in title}
    if own := _forms_of(brand, {*slug.split("-"), *known}):
        for match in reversed(list(_forms(own, _HYPHEN).finditer(slug))):
            parts = match.group().split("-")
            priced = price is not None and "".join(parts).isdigit() and int(parts[-1]) == price  # "...-137793-120"
            if not priced and not known.issuperset(parts) and not (parts[-1].isalpha() and _is_word(parts[-1], known)):
                return _plain(match.group())
    if sure := list(_forms(_UNMISTAKABLE, _HYPHEN).finditer(slug)):
        return _plain(sure[-1].group())
    if brand == "adidas" and (old := _OLD_ADIDAS.search(slug)) and old.group(1) not in known:
        return old.group(1)
    return _new_balance_code(slug, known) if brand == "new balance" else None


def _forms_of(brand: str, words: set[str]) -> tuple[str, ...]:
    """Forms of the brand's own codes; of those of the makers that the words name, where it has none."""
    if brand in _OF_MAKER:
        return _OF_MAKER[brand]
    named = (forms for maker, forms in _OF_MAKER.items() if words.issuperset(maker.split()))
    return tuple(dict.fromkeys(form for forms in named for form in forms))


def _new_balance_code(slug: str, known: set[str]) -> str | None:
    """New Balance's codes look like their models' names, so they count only at the end or before the colour."""
    slug = _NUMBERS.sub("", slug[-_TAIL:])
    clothes = _NEW_BALANCE_CLOTHES.search(slug)
    if clothes and not any(_is_word(part, known) for part in clothes.group(1).split("-")):
        return _plain(clothes.group(1))
    words = slug.split("-")
    while words and (words[-1] in lexicon().colour_words or words[-1] in _MARKS):
        words.pop()
    if words and words[-1] not in known and _NEW_BALANCE_SHOE.fullmatch(words[-1]):
        return words[-1].upper()
    token = slug.rpartition("-")[2]
    if _is_word(token, known) or len(token) < 5:
        return None
    unspeakable = token.isalpha() and _UNSPEAKABLE.fullmatch(token)
    return token.upper() if unspeakable or _NEW_BALANCE.fullmatch(token) else None


def _is_word(part: str, known: set[str]) -> bool:
    return part in known or part in lexicon().colour_words


def code_in_title(title: Title, brand: str) -> str | None:
    """A code that stands in for the model's name, as New Balance's do: "M2002RDQ". It stays where it is."""
    match = _NEW_BALANCE_NAME.search(title.rest) if brand == "new balance" else None
    return code_of_field(match.group()) if match else None


def take_off_code(title: Title, code: str | None, brand: str = NO_BRAND) -> str | None:
    """Cut a style code out of the title, with its label and brackets: an unmistakable one, or the one that is known.

    Args:
        title: the title, without its brand.
        code: the known one.
        brand: key of the brand, whose own forms count in brackets, at the end, and where a sign parts their halves.
    """
    text = title.rest
    place = _place_in_title(text, brand)
    if place is None and code and code in _plain(text):
        spelt = r"[-–—_./ ]?".join(map(re.escape, code))
        match = re.search(rf"(?<![\w-]){spelt}(?![\w-])", text, re.IGNORECASE)
        place = match.span() if match else None
    if place is None or len(title.words) < 2:
        return None
    found = code_of_field(text[slice(*place)])
    opening, closing = _OPENING.search(text, 0, place[0]), _CLOSING.match(text, place[1])
    start = opening.start() if opening else place[0]
    title.cut(start, closing.end() if closing and text[start] in "([" else place[1], "style_code")
    return found


def _place_in_title(text: str, brand: str) -> tuple[int, int] | None:
    if sure := _forms(_UNMISTAKABLE, _ANY_OR_NONE).search(text):
        return sure.span()
    own = (*_OF_MAKER.get(brand, ()), *_BARE.get(brand, ()))
    for match in _forms(own, _SIGN).finditer(text) if own else ():
        ends = lexicon().colour_words.issuperset(keys(text[match.end() :]))  # nothing, or the colour
        if not match.group().isalnum() or (ends and match.group() == match.group().upper()):
            return match.span()
    for brackets in _BRACKETS.finditer(text):
        inside, form = brackets["code"], _OF_ANYONE
        if brand == "new balance":
            inside, form = inside.lower(), _NEW_BALANCE
        elif own:
            form = _forms(own, _ANY_OR_NONE)
        if len(inside) >= _LONG and form.fullmatch(inside):
            return brackets.span("code")
    return None
