"""The pages that lie beside the tests, written by hand from what is known of the shops' markup."""

from __future__ import annotations

from pathlib import Path

__all__ = ["page", "without"]

_PAGES = Path(__file__).parent.parent / "pages"


def page(name: str) -> str:
    """pages/<name>.html."""
    return (_PAGES / f"{name}.html").read_text(encoding="utf-8")


def without(text: str, *marks: str) -> str:
    """The page with each mark, a piece of its text, made meaningless; fails where the page has no such mark."""
    for mark in marks:
        assert mark in text
        text = text.replace(mark, "gone")
    return text
