"""Partners of a collaboration: "Brand x Partner Model", "Partner x Model", "Model x Partner"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from sneakers_ml.catalogue.cleaning.brand_names import Brand, brand_behind_partners, lines_of, names_brand
from sneakers_ml.catalogue.cleaning.lexicon import lexicon
from sneakers_ml.catalogue.cleaning.naming import NO_BRAND
from sneakers_ml.catalogue.cleaning.phrases import Word, keys, phrase, words_of
from sneakers_ml.catalogue.cleaning.shoe_words import says_no_shoe
from sneakers_ml.catalogue.cleaning.title import Title, neat

__all__ = ["take_off_partners", "take_off_partners_in_front"]

_KIND = "collaborator"
_X = re.compile(r"(?<=\s)[xX](?=\s)")
_BEFORE_NAME = re.compile(r"(?:\s*[(\[][^)\]]*[)\]])*(?:\s*(?:wmn'?s|women'?s|men'?s)(?=\s))?\s*", re.IGNORECASE)
_MOST = 6
"""Partners of one shoe."""
_LONGEST = 6
"""Words of a partner's name."""


def take_off_partners_in_front(title: Title, brand: Brand) -> tuple[str, ...]:
    """Cut all names in front of the "x" behind which the brand's name, or a model of it, begins the shoe's own.

    "Come Tees x Converse Chuck 70", "Boi-1da x KD 15", "A x B x Nike Dunk". Nobody need have listed them.

    Args:
        title: the title, nothing cut off it but quotes and badges.
        brand: what the brand field names; where it names none, the title tells.
    """
    if not any(word.key == "x" for word in title.words):
        return ()
    brand = brand_behind_partners(title) if brand.key == NO_BRAND else brand
    before = _BEFORE_NAME.match(title.rest)
    start, text = before.end() if before else 0, title.rest
    if brand.key == NO_BRAND or names_brand(title, brand, _word_from(title, start)):
        return ()
    for x in islice(_X.finditer(text, start + 1), _MOST):
        right = _word_from(title, x.end())
        names = [neat(name) for name in re.split(rf"(?<=\s){x.group()}(?=\s)", text[start : x.start()])]  # "Lil Nas X"
        if all(0 < len(keys(name)) <= _LONGEST for name in names) and _made_with(title, brand, right, names, x.group()):
            title.cut(start, x.end(), _KIND)
            return tuple(map(_shown, names))
    return ()


def _word_from(title: Title, place: int) -> int:
    """Index of the first word that begins at a place of the text or behind it."""
    return next((index for index, word in enumerate(title.words) if word.start >= place), len(title.words))


def _made_with(title: Title, brand: Brand, right: int, names: Sequence[str], x: str) -> bool:
    """Whether the shoe's own name begins at the word `right`, and the names in front of it are no models."""
    lines, by_brand = lines_of(brand.key), names_brand(title, brand, right)
    capital = x == "X" and not title.text.isupper() and any(len(keys(name)) == 1 for name in names)  # "Winflo X Zoom"
    if not by_brand and (lines.at(title.words, right) is None or capital):
        return False
    known = lexicon().partner_names
    unknown = [name for name in names if not known.at(words_of(name))]
    numbered = not by_brand and any(part[0].isdigit() for name in unknown for part in name.split())  # "550 x Samba"
    return not numbered and not any(lines.at(words_of(name)) for name in unknown)


def take_off_partners(title: Title, brand: str, named: Sequence[str]) -> tuple[str, ...]:
    """Cut the partners' names, with the "x" beside them, and return them in shown form.

    Args:
        title: the title, without brand, marks and colour.
        brand: its key.
        named: partners that the brand field names.
    """
    found = [_shown(name) for name in named]
    tried: set[int] = set()
    while len(tried) < _MOST and (x := _next_x(title, brand, named, tried)) is not None:  # each pass cuts one
        words, tried = title.words, {*tried, title.words[x].start}
        if _partner(words, 0, named) == x or _unknown_left_partner(words, brand, named, x):
            first, last, start, end = 0, x - 1, words[0].start, words[x].end
        else:
            first, last = x + 1, _right_end(title, brand, named, x) - 1
            start, end = words[x].start, words[last].end
        found.append(_shown(title.rest[words[first].start : words[last].end]))
        title.cut(start, end, _KIND)
    alone = lexicon().partners_without_x.at(title.words)
    if alone and alone[0] < len(title.words) and _ends_whole(title, alone[0] - 1):
        title.cut_words(alone[0], _KIND)
        found.append(alone[1])
    named_once: dict[str, str] = {}
    for name in found:
        named_once.setdefault(phrase(name), name)
    return tuple(named_once.values())


def _shown(name: str) -> str:
    """A partner's name as collaborators.yaml has it, where it is known."""
    words = words_of(name)
    known = lexicon().partner_names.at(words)
    return known[1] if known and known[0] == len(words) else name


def _next_x(title: Title, brand: str, named: Sequence[str], tried: set[int]) -> int | None:
    """Index of the first "x" that stands free, is no part of a model's name ("Fresh Foam X"), and has a partner."""
    words, rest = title.words, title.rest
    for index, word in enumerate(words[:-1]):
        before, after = rest[word.start - 1 : word.start], rest[word.end : word.end + 1]
        if word.key != "x" or word.start in tried or (before and not before.isspace()) or not after.isspace():
            continue
        lines = (lines_of(brand).at(words, start) for start in range(max(0, index - 2), index + 1))
        if any(line is not None and line[0] > index for line in lines) or _is_number(words, index, named):
            continue
        if rest[word.start] == "x" or _partner(words, index + 1, named) or _partner(words, 0, named) == index:
            return index
    return None


def _is_number(words: Sequence[Word], x: int, named: Sequence[str]) -> bool:
    """Whether a number stands behind the "x" that is nobody's name: "X 17.1", "90 x 10", "40 x 30cm"."""
    behind = words[x + 1].key
    size = behind.isdigit() or (behind[0].isdigit() and x > 0 and words[x - 1].key.isdigit())
    return size and _partner(words, x + 1, named) is None and _partner(words, 0, named) != x  # "Aries x 327"


def _partner(words: Sequence[Word], start: int, named: Sequence[str]) -> int | None:
    """Index behind a known partner, or one named in the brand field, that begins at `start`."""
    known = lexicon().partner_names.at(words, start)
    there = tuple(word.key for word in words[start:])
    ends = [start + len(parts) for parts in map(keys, named) if parts and there[: len(parts)] == parts]
    return max([*ends, *((known[0],) if known else ())], default=None)


def _unknown_left_partner(words: Sequence[Word], brand: str, named: Sequence[str], x: int) -> bool:
    """A name in front of the "x" that is no model, where a model stands behind it: "Somebody New x Samba"."""
    lines, left = lines_of(brand), words[:x]
    if not left or _partner(words, x + 1, named) or any(word.key[0].isdigit() for word in left) or lines.at(left):
        return False
    return lines.at(words, x + 1) is not None


def _right_end(title: Title, brand: str, named: Sequence[str], x: int) -> int:
    """Index behind the partner that follows the "x"."""
    words, lines = title.words, lines_of(brand)
    end = _partner(words, x + 1, named)
    if end and _ends_whole(title, end - 1):
        partner = lexicon().partner_names.at(words, x + 1)
        if partner is None or partner[1] not in lexicon().partners.licensors:
            return end
        return next((index for index in range(end, len(words)) if lines.at(words, index)), end)  # the figure's name
    behind = range(x + 2, len(words))
    following = next((index for index in behind if words[index].key == "x"), None)
    if following is None:
        following = next((index for index in behind if lines.at(words, index)), None)
    if following is not None:
        return following
    model_before = x > 0 and not (brand == "jordan" and [word.key for word in words[:x]] == ["air", "jordan"])
    if not model_before:
        return min(x + 2, len(words))
    things = (index for index in behind if says_no_shoe(words, index))  # "Logo x Somebody Hoodie"
    return len(words) if lines.at(words) else next(things, len(words))


def _ends_whole(title: Title, last: int) -> bool:
    """The partner's last word is not the first half of a hyphened one."""
    end = title.words[last].end
    return not (title.rest[end : end + 1] in {"-", "_", "'"} and title.rest[end + 1 : end + 2].isalnum())
