"""Words and their entities: the mark-up that bots send, and what Telegram sees in the words that people write."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.support.telegram_errors import ApiError, bad_request

__all__ = ["parse", "units", "written"]

ENTITIES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("tg-spoiler", "span"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
MODES = frozenset({"html", "markdown", "markdownv2"})
MARK = re.compile(
    r"<(?P<end>/?)(?P<tag>[A-Za-z0-9-]*)(?P<rest>[^>]*)>"
    r"|&(?:lt|gt|amp|quot|\#\d+|\#[xX][0-9a-fA-F]+);"  # other names of characters stay as they are written
    r"|<"
)
HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""", re.IGNORECASE)
WRITTEN = re.compile(
    r"(?P<bot_command>(?<![\w/])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/@]))"
    r"|(?P<url>https?://\S*[^\s.,:;!?()'\"»\]])"
    r"|(?P<mention>(?<![\w@/])@[a-zA-Z][a-zA-Z0-9_]{2,31}(?!\w))"
)


def units(text: str) -> int:
    """Length in UTF-16 code units, which is how the Bot API counts."""
    return len(text.encode("utf-16-le")) // 2


def parse(text: str, mode: str | None) -> tuple[str, list[dict[str, Any]]]:
    """What people see of a bot's text, and its entities; of the modes only HTML is understood, others stay as written.

    Raises:
        ApiError: mark-up that Telegram does not know, or that is not closed.
    """
    if mode and mode.lower() not in MODES:
        raise bad_request("unsupported parse_mode")
    if mode and mode.lower() == "html":
        return _trimmed(*_html(text))
    return text.strip(), []


def written(text: str) -> list[dict[str, Any]]:
    """Commands, mentions and links in a person's words."""
    return [
        {"type": found.lastgroup, "offset": units(text[: found.start()]), "length": units(found.group())}
        for found in WRITTEN.finditer(text)
    ]


def _html(text: str) -> tuple[str, list[dict[str, Any]]]:
    seen, entities, opened, done = "", [], list[tuple[str, int, str]](), 0
    for mark in MARK.finditer(text):
        seen += text[done : mark.start()]
        done = mark.end()
        tag = (mark["tag"] or "").lower()
        if mark.group().startswith("&"):
            seen += html.unescape(mark.group())
        elif mark.group() == "<":
            raise _unparsed("Unclosed start tag", text, mark.start())
        elif not mark["end"]:
            if tag not in ENTITIES:
                raise _unparsed(f'Unsupported start tag "{tag}"', text, mark.start())
            opened.append((tag, units(seen), mark["rest"]))
        elif not opened:
            raise _unparsed("Unexpected end tag", text, mark.start())
        elif opened[-1][0] != tag:
            raise _unparsed(
                "Unmatched end tag", text, mark.start(), f', expected "</{opened[-1][0]}>", found "</{tag}>"'
            )
        else:
            entities.append(_entity(*opened.pop(), end=units(seen)))
    if opened:
        raise _unparsed(f'Can\'t find end tag corresponding to start tag "{opened[-1][0]}"')
    return seen + text[done:], entities


def _entity(tag: str, start: int, attributes: str, *, end: int) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": ENTITIES[tag], "offset": start, "length": end - start}
    address = HREF.search(attributes) if tag == "a" else None
    return entity | ({"url": html.unescape(next(filter(None, address.groups()), ""))} if address else {})


def _trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Telegram cuts white space at both ends, and entities with it; those that are empty then vanish."""
    visible = text.strip()
    before, length = units(text) - units(text.lstrip()), units(visible)
    kept = []
    for entity in entities:
        start = min(max(entity["offset"] - before, 0), length)
        end = min(max(entity["offset"] + entity["length"] - before, 0), length)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return visible, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def _unparsed(what: str, text: str | None = None, position: int = 0, more: str = "") -> ApiError:
    place = "" if text is None else f" at byte offset {len(text[:position].encode())}"
    return bad_request(f"can't parse entities: {what}{place}{more}")
