"""Partners of a collaboration: "Brand x Partner Model", "Partner x Model", "Model x Partner"."""

from __future__ import annotations

from collections.abc import Sequence

from sneakers_ml.catalogue.cleaning.brands import lines_of
from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.cleaning.sheet import Sheet
from sneakers_ml.catalogue.cleaning.words import Word, phrase

__all__ = ["take_off_partners"]

KIND = "collaborator"


def take_off_partners(sheet: Sheet, brand: str, named: Sequence[str]) -> tuple[str, ...]:
    """Cut the partners' names, with the "x" beside them, and return them in shown form.

    Args:
        named: partners that the brand field names.
    """
    found = list(dict.fromkeys(_shown(name) for name in named))
    found += [name for name in _beside_x(sheet, brand, named) if name not in found]
    alone = lexicon().partners_without_x.at(sheet.words)
    if alone and alone[0] < len(sheet.words) and _ends_whole(sheet, alone[0] - 1):
        sheet.cut(sheet.words[0].start, sheet.words[alone[0] - 1].end, KIND)
        found += [alone[1]] if alone[1] not in found else []
    return tuple(found)


def _shown(name: str) -> str:
    words = [Word(0, 0, part) for part in phrase(name).split()]
    known = lexicon().partner_book.at(words)
    return known[1] if known and known[0] == len(words) else name


def _beside_x(sheet: Sheet, brand: str, named: Sequence[str]) -> list[str]:
    """Go through the "x"s of a title from the left; each pass cuts one."""
    found: list[str] = []
    blocked: set[int] = set()
    while True:
        index = _next_x(sheet, brand, named, blocked)
        if index is None:
            return found
        blocked.add(sheet.words[index].start)
        found += _take_one(sheet, brand, named, index)


def _next_x(sheet: Sheet, brand: str, named: Sequence[str], blocked: set[int]) -> int | None:
    for index, word in enumerate(sheet.words[:-1]):
        if word.key != "x" or word.start in blocked or not _stands_free(sheet.rest, word):
            continue
        if _inside_line(sheet.words, index, brand):
            continue
        if (
            sheet.rest[word.start] == "x"
            or _partner(sheet.words, index + 1, named)
            or _partner(sheet.words, 0, named) == index
        ):
            return index
    return None


def _inside_line(words: Sequence[Word], index: int, brand: str) -> bool:
    """The "x" belongs to a model's name: "Fresh Foam X"."""
    spans = (lines_of(brand).at(words, start) for start in range(max(0, index - 2), index + 1))
    return any(found is not None and found[0] > index for found in spans)


def _stands_free(rest: str, word: Word) -> bool:
    before, after = rest[word.start - 1 : word.start], rest[word.end : word.end + 1]
    return (not before or before.isspace()) and after.isspace()


def _partner(words: Sequence[Word], start: int, named: Sequence[str]) -> int | None:
    """Index behind a known partner, or one named in the brand field, that begins at `start`."""
    known = lexicon().partner_book.at(words, start)
    ends = [known[0]] if known else []
    for name in named:
        parts = phrase(name).split()
        if parts and [word.key for word in words[start : start + len(parts)]] == parts:
            ends.append(start + len(parts))
    return max(ends, default=None)


def _take_one(sheet: Sheet, brand: str, named: Sequence[str], index: int) -> list[str]:
    words = sheet.words
    if _partner(words, 0, named) == index or _unknown_left_partner(words, brand, named, index):
        return _cut(sheet, 0, index, words[0].start, words[index].end)
    end = _right_end(sheet, brand, named, index)
    return _cut(sheet, index + 1, end, words[index].start, words[end - 1].end)


def _unknown_left_partner(words: Sequence[Word], brand: str, named: Sequence[str], index: int) -> bool:
    """A name in front of the "x" that is no model, where a model stands behind it: "Somebody New x Samba"."""
    if index == 0 or _partner(words, index + 1, named) or _model_like(words[:index], brand):
        return False
    return lines_of(brand).at(words, index + 1) is not None


def _model_like(words: Sequence[Word], brand: str) -> bool:
    return any(word.key[0].isdigit() for word in words) or lines_of(brand).at(words) is not None


def _right_end(sheet: Sheet, brand: str, named: Sequence[str], index: int) -> int:
    """Index behind the partner that follows the "x" at `index`."""
    words = sheet.words
    known = _partner(words, index + 1, named)
    if known and _ends_whole(sheet, known - 1):
        return _figure_end(words, brand, index + 1, known)
    following = next((i for i in range(index + 2, len(words)) if words[i].key == "x"), None)
    if following is not None:
        return following
    begins = (i for i in range(index + 2, len(words)) if lines_of(brand).at(words, i))
    line = next(begins, None)
    if line is not None:
        return line
    return len(words) if index > 0 and _model_before(sheet, brand, index) else min(index + 2, len(words))


def _figure_end(words: Sequence[Word], brand: str, start: int, end: int) -> int:
    """Index behind the figure's name that follows a licensor's; `end` where none does."""
    known = lexicon().partner_book.at(words, start)
    if known is None or known[1] not in lexicon().partners.licensors:
        return end
    return next((index for index in range(end, len(words)) if lines_of(brand).at(words, index)), end)


def _model_before(sheet: Sheet, brand: str, index: int) -> bool:
    """The words in front of the "x" name a model by themselves, not only "Air Jordan"."""
    return not (brand == "jordan" and tuple(word.key for word in sheet.words[:index]) == ("air", "jordan"))


def _ends_whole(sheet: Sheet, last: int) -> bool:
    """The partner's last word is not the first half of a hyphened one."""
    end = sheet.words[last].end
    return not (sheet.rest[end : end + 1] in {"-", "_", "'"} and sheet.rest[end + 1 : end + 2].isalnum())


def _cut(sheet: Sheet, first: int, last: int, start: int, end: int) -> list[str]:
    name = sheet.rest[sheet.words[first].start : sheet.words[last - 1].end] if first < last else ""
    sheet.cut(start, end, KIND)
    return [_shown(name)] if name else []
