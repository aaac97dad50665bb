"""Model names read alike: words and numbers, whatever the spelling of blanks, hyphens, accents and version marks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

__all__ = ["HEIGHTS", "OPTIONAL", "Name", "plain", "read_name"]

HEIGHTS = frozenset({"low", "mid", "high"})
OPTIONAL = frozenset({"low", "retro"})
"""Words that shops leave out of one and the same model: low is the height that goes without saying."""

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_APOSTROPHE = re.compile("['’‘´`ʼ]")
_VERSION = re.compile(r"\b(?:v|vol|version)\b[\s.]*(?=\d)|(?<![^\W\d_])v(?=\d)")
_TOP = re.compile(r"\b(low|mid|high|hi)[\s-]+top\b")
_IDLE_ZEROS = re.compile(r"^0+(?=\d)|\.0+$")  # 2.0 is 2 and '07 is 7; 1.5 stays
_JORDAN = re.compile(r"\b(?:air )?jordan\b")
_SAME = {
    "hi": "high", "lo": "low", "ox": "low", "prm": "premium", "ltd": "limited", "wp": "waterproof", "gtx": "goretex",
    "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12",
}  # fmt: skip


class Name(NamedTuple):
    """A model's name for comparing.

    `words` are its words, sorted; `numbers` its numbers, sorted, versions and Roman ones among them; `glued` is the
    whole in its order, without the blanks between words ("speedcat|2").
    """

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    glued: str

    @property
    def letters(self) -> str:
        """`glued` without its numbers."""
        return "".join(part for part in self.glued.split("|") if part and not part[0].isdigit())


def plain(text: str) -> str:
    """Lower case without accents, single blanks."""
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(text.casefold().split())


@lru_cache(maxsize=1 << 16)
def read_name(model: str) -> Name:
    """Words and numbers of a model's name: "NMD_R1" is nmd, r and 1; "990v6", "990 V6" and "990 VI" are 990 and 6.

    "Air Jordan 4" and "Jordan 4" are both 4: within the brand the words tell nothing apart.
    """
    text = _TOP.sub(r"\1", _VERSION.sub(" ", _APOSTROPHE.sub("", plain(model))))
    found = _TOKEN.findall(_JORDAN.sub("", text).strip() or text)
    tokens = [_IDLE_ZEROS.sub("", _SAME.get(part, part)) for part in found]
    words = sorted(part for part in tokens if not part[0].isdigit())
    numbers = sorted(part for part in tokens if part[0].isdigit())
    glued = re.sub(r"\|+", "|", "".join(f"|{part}|" if part[0].isdigit() else part for part in tokens)).strip("|")
    return Name(tuple(words), tuple(numbers), glued)
