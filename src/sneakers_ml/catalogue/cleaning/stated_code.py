"""The style code (a maker's article number) that a text names as such."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

__all__ = ["stated_code"]

_NUMBER = r"(?:code|nummer|number|no\b\.?|nr\b\.?|id\b)"
_LABEL = rf"(?:stijl|style|stil|article|artikel)[ _-]{{0,3}}{_NUMBER}"
"""Plain enough to need no colon: "Article Code 1201A318.500"."""
_OF_MAKER = (
    rf"(?:manufacturer|mfr|factory|supplier|vendor|hersteller)(?:['’]?s)?\.?"
    rf"[ -]{{0,3}}(?:artikel|style|part)?[ -]{{0,3}}(?:{_NUMBER}|sku)"
)
_MAKERS_LABEL = (
    rf"(?:{_LABEL}|stilkod|art\.?[ -]{{0,3}}(?:nr|no)\.?|mpn|model+[ -]{{0,3}}{_NUMBER}|kod[ -]{{0,3}}producenta"
    r"|(?:n[uú]m[eé]ro?|nr|номер)[ -]{0,3}(?:d['e] ?)?(?:art\w+|mod[eèé]l\w*|katalogowy|артикула|модели)"
    rf"|{_OF_MAKER})"
)
_SHOPS_CODE = (
    r"(?:kod[ -]{0,3}produktu|code[ -]{0,3}(?:article|produit|style)"
    r"|(?:codice|c[óo]digo)[ -]{0,3}(?:del?[ -]{0,3})?(?:articolo|prodotto|stile|art[íi]culo|producto|produto|estilo))"
)
_SHOPS_LABEL = rf"(?:sku|(?:product|produkt|item|part|referen[cz]e?)[ -]{{0,3}}{_NUMBER}|{_SHOPS_CODE})"
"""Under such names shops write numbers of their own as often as the maker's."""
_WORD = (
    r"(?:style(?:[ ]?[/&-]?[ ]?colou?r)?|stil|stijl|article|artikel|articolo|art[íi]culo|artigo|art|item"
    r"|артикула?(?: производителя)?|арт|r[ée]f[ée]rence|refer[eê]ncia|referenza|referenz|r[ée]f|codice|c[óo]digo"
    r"|(?P<model>model[elo]?|modell[eo]|mod[eè]le|модель))\.?"
)
"""Words that head other things too: "Style: 90s runner"."""
_MODELS_NAME = re.compile(r"[A-Za-z]+\d*0|[A-Za-z]{3,}\d+|\w*[vV]\d{1,2}")
"""What "Model:" heads and is no code: ZX8000, M990V6."""
_PART = r"[-./_–](?:[A-Z]*\d)+(?:[A-Z]+(?![A-Za-z]))?|-[A-Z]{2,5}(?![A-Za-z])"
"""What may follow a code's first part; in capitals, for the text may go on without a space."""
_ONE = rf"[A-Za-z0-9]+(?:{_PART}| \d{{1,4}}(?!\d))*"
_ANOTHER = rf"\s*[/,&]\s*(?=[A-Za-z\d]{{6}})(?=[A-Za-z]*\d{{3}}){_ONE}"
_SIGNED = re.compile(rf"(?:\s{{0,3}}[:：#№=]|\s{{1,3}}[-–—](?=\s))+\s*(?P<code>{_ONE}(?:{_ANOTHER})*)")
_BEFORE_SIGN = re.compile(rf"(?<!\w)(?:{_MAKERS_LABEL}|(?P<shops>{_SHOPS_LABEL})|(?P<word>{_WORD}))$", re.IGNORECASE)
_LONGEST_LABEL = 40
_UNSIGNED = re.compile(
    rf"(?<!\w)(?:(?P<word>(?:art|арт|r[ée]f)\.|артикул|(?:mpn|{_OF_MAKER}|(?P<shops>{_SHOPS_CODE}))(?=\s))|{_LABEL})\s*(?P<code>(?-i:[A-Za-z0-9]+(?:{_PART})*))",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")
_IN_PARTS = re.compile(r"\d{6,7}[-./_–\s]\d{2,3}|\d{8,9}")


def stated_code(text: str) -> str | None:
    """The code as it is written: "Stijlcode: GX9735", "Style code: F806050- Colors: …"; None without one.

    Several codes under one label stay together ("315122-111/CW2288-111"). Of several labels the first that is the
    maker's counts; a shop's "SKU" and bare digits come after.
    """
    if not text.isascii() or "&" in text:
        text = unicodedata.normalize("NFKC", unescape(text).replace("№", "#"))  # no-break blanks, full-width letters
    text = _TAG.sub(" ", text)
    found: list[tuple[bool, int, str]] = []
    for match in _SIGNED.finditer(text):
        code, start = match["code"], match.start()
        if label := _BEFORE_SIGN.search(text, max(0, start - _LONGEST_LABEL), start):
            shops = label["shops"] is not None
            named = label["model"] is not None and _MODELS_NAME.fullmatch(code)
            if not named and _is_code(code, promised=not shops and label["word"] is None):
                found.append((shops or code.isdigit(), start, code))
    found += [
        (match["shops"] is not None or match["code"].isdigit(), match.start(), match["code"])
        for match in _UNSIGNED.finditer(text)
        if _is_code(match["code"], promised=match["word"] is None)
    ]
    return min(found)[2] if found else None


def _is_code(code: str, *, promised: bool) -> bool:
    """Where the label promises none: letters and digits, or digits as makers write them."""
    digits, letters = sum(map(str.isdigit, code)), sum(map(str.isalpha, code))
    if promised:
        return len(code) >= 4 and digits > 0
    return digits + letters >= 6 and digits >= 3 and (letters > 0 or _IN_PARTS.fullmatch(code) is not None)
