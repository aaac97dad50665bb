"""Small helpers for text and JSON values found in pages."""

from __future__ import annotations

import re
from collections.abc import Callable

from pydantic import JsonValue
from w3lib.html import replace_entities

__all__ = ["Json", "as_dict", "as_list", "as_text", "as_texts", "first_of", "name_of", "plain_text", "slug_of", "tidy"]

Json = dict[str, JsonValue]

_BREAKS = re.compile(r"<\s*(?:br|/p|/li|/div|/tr|/h[1-6]|/ul|/ol|p|li|div|tr)\b[^<>]*>", re.IGNORECASE)
_CODE = re.compile(r"<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-zA-Z][^<>]*>", re.DOTALL)


def tidy(text: str) -> str:
    """One line: every run of white space, no-break spaces included, becomes one space.

    Halves of characters, which JSON may hold (an emoji cut in two) and no file can, are dropped.
    """
    return " ".join(text.replace("\u200b", "").encode(errors="ignore").decode().split())


def plain_text(html: str) -> str:
    """The text of a piece of HTML; paragraphs, list items and line breaks end a line, blank lines are dropped."""
    text = replace_entities(_TAGS.sub("", _BREAKS.sub("\n", _CODE.sub("", html))))
    return "\n".join(line for line in map(tidy, text.splitlines()) if line)


def slug_of(text: str) -> str:
    """Lower case, without apostrophes, every run of other characters one hyphen: "Black / White" -> "black-white"."""
    return "-".join("".join(char if char.isalnum() else " " for char in text.lower().replace("'", "")).split())


def as_text(value: object) -> str | None:
    """A string or number of a JSON document as tidy text; None for anything else and for blank text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return (tidy(value) or None) if isinstance(value, str) else None


def as_dict(value: JsonValue) -> Json:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: JsonValue) -> list[JsonValue]:
    """The value if it is an array; nothing for null; else an array of the value alone."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_texts(value: JsonValue) -> list[str]:
    """The strings and numbers of an array, or the value alone, as tidy text; the rest is left out."""
    return [text for one in as_list(value) if (text := as_text(one))]


def first_of(record: Json, keys: tuple[str, ...]) -> JsonValue:
    """The first value among several keys of an object that is not empty, zero or false."""
    return next((value for key in keys if (value := record.get(key))), None)


def name_of(value: JsonValue, inner: Callable[[Json], JsonValue] | None = None) -> str | None:
    """Text, or what `inner` finds an object to be called, else its name or value; of an array, the first with one."""
    for one in as_list(value):
        if isinstance(one, dict):
            text = name_of(inner(one) if inner else first_of(one, ("name", "@value")), inner)
        else:
            text = as_text(one)
        if text:
            return text
    return None
