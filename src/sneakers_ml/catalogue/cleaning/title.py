"""A title under work: parts are cut out of it one by one, and each is remembered with its reason."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from ftfy import fix_text

from sneakers_ml.catalogue.cleaning.cleaned import Removed
from sneakers_ml.catalogue.cleaning.phrases import Word, words_of

__all__ = ["Title", "neat", "tidy"]

_QUOTES = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛´`′ʼ＇‹›❛❜", "'"),
        **dict.fromkeys("“”„‟″＂«»「」『』❝❞〝〞", '"'),
        **dict.fromkeys("®™©℠", None),
        **dict.fromkeys("✕✖⨯", "×"),
    }
)
_TAG = re.compile(
    r"<!--.{0,500}?-->|<(script|style)\b.{0,2000}?</\1\s*>|</?(?:a|abbr|b|big|br|center|code|del|div|em|font|h[1-6]|hr|i|img|ins|li|"
    r"mark|nobr|ol|p|s|small|span|strike|strong|sub|sup|t[dr]|u|ul|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE | re.DOTALL,
)
"""Known tags alone: "I <3 NY" stays."""
_PICTURES = re.compile(
    r"[\u2190-\u23ff\u2500-\u27bf\u2b00-\u2bff\ufe0f\u20e3\U0001f000-\U0001faff\U000e0020-\U000e007f]+"
)
_DOUBLED = re.compile(r"''|\"{2,}")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad\ud800-\udfff]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_TIMES = re.compile(r"(?<=\s)×(?=\s)")
_GLUED_TIMES = re.compile(r"(?<=[^\W\d_])×(?=[^\W\d_])")
_BLANKS = re.compile(r"\s+")
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]|\{\s*\}|'\s*'|\"\s*\"")
_LONELY = re.compile(r"(?:(?<=\s)|^)[^\w\s&+]+(?=\s|$)")
_EDGES_LEFT = " -–—|/\\:;,!*_~}])>"
_EDGES_RIGHT = " -–—|/\\:;,*_~{[(<"
_LONGEST = 500
"""Characters of a title that are looked at; real ones have some hundred."""


@lru_cache(maxsize=4096)
def tidy(text: str) -> str:
    """Text repaired: mojibake, HTML tags and entities undone, quotes straight, emoji gone, blanks single."""
    text = _TAG.sub(" ", text) if "<" in text else text
    if not text.isascii() or "&" in text:
        text = fix_text(_SURROGATES.sub(" ", text), unescape_html=True)  # first of all: mojibake is made of odd signs
        text = unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES)
        text = _TIMES.sub("x", _GLUED_TIMES.sub(" x ", _PICTURES.sub(" ", text)))
        text = _TAG.sub(" ", text) if "<" in text else text  # "&lt;b&gt;"
    return _BLANKS.sub(" ", _INVISIBLE.sub(" ", _DOUBLED.sub('"', text))).strip()


def neat(text: str, *, keep_signs: bool = False) -> str:
    """What is left of a title: without empty brackets, lonely signs and loose ends. No letter or digit goes.

    Args:
        text: what is left.
        keep_signs: leave signs that stand between two words ("Box Logo - Black").
    """
    before = ""
    while text != before:
        before = text
        text = _EMPTY.sub(" ", text)
        text = text if keep_signs else _LONELY.sub(" ", text)
        text = _BLANKS.sub(" ", text).lstrip(_EDGES_LEFT).rstrip(_EDGES_RIGHT)
        for left, right in ("()", "[]", "{}"):  # one that has lost its fellow
            if text.count(left) != text.count(right):
                text = text.replace(left, " ").replace(right, " ")
        if text.count('"') % 2:
            text = text.replace('"', " ")
    return text


class _Cut(NamedTuple):
    start: int
    end: int
    kind: str


class Title:
    """A tidied title, as far as it is looked at: its first 500 characters.

    `rest` has the same length with blanks where something was cut, so that places stay valid.
    """

    def __init__(self, raw: str) -> None:
        self.text = tidy(raw)[:_LONGEST].rstrip()
        self.rest = self.text
        self._all = words_of(self.text)
        self.words: list[Word] = self._all
        self._cuts: list[_Cut] = []

    def cut(self, start: int, end: int, kind: str) -> str:
        """Take [start, end) out and return what stood there; what was cut before keeps its earlier reason."""
        gone, at = self.rest[start:end], start
        for cut in sorted(self._cuts):
            if cut.end > at and cut.start < end:
                self._cuts.append(_Cut(at, cut.start, kind))
                at = cut.end
        self._cuts.append(_Cut(at, end, kind))
        self._cuts = [cut for cut in self._cuts if cut.start < cut.end]
        if start < end:
            self.rest = self.rest[:start] + " " * (end - start) + self.rest[end:]
            self.words = [word for word in self.words if word.end <= start or word.start >= end]
        return gone

    def cut_words(self, count: int, kind: str) -> None:
        """Take the first words out."""
        self.cut(self.words[0].start, self.words[count - 1].end, kind)

    def restore(self, kind: str) -> bool:
        """Put back everything that was cut for this reason; whether there was any."""
        back = [cut for cut in self._cuts if cut.kind == kind]
        if not back:
            return False
        self._cuts = [cut for cut in self._cuts if cut.kind != kind]
        for cut in back:
            self.rest = self.rest[: cut.start] + self.text[cut.start : cut.end] + self.rest[cut.end :]
        self.words = [word for word in self._all if self.rest[word.start : word.end].strip()]
        return True

    def words_outside(self, *kinds: str) -> list[Word]:
        """All words of the title but those that were cut for one of these reasons."""
        cuts = [cut for cut in self._cuts if cut.kind in kinds]
        return [word for word in self._all if not any(cut.start <= word.start < cut.end for cut in cuts)]

    def removed(self) -> tuple[Removed, ...]:
        """All cuts that hold a letter or digit, in the title's order."""
        found = (Removed(self.text[start:end].strip(), kind) for start, end, kind in sorted(self._cuts))
        return tuple(removed for removed in found if any(map(str.isalnum, removed.text)))

    def left(self, and_what_was: str | None = None) -> str:
        """What was not cut, made neat; with it, where asked for, what was cut for one reason."""
        text = self.rest
        for start, end, kind in self._cuts:
            if kind == and_what_was:
                text = text[:start] + self.text[start:end] + text[end:]
        return neat(text)
