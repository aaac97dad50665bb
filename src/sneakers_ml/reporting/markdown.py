"""Markdown tables for reports."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

__all__ = ["escaped", "table"]


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, inside a table too."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def table(header: Sequence[str], rows: Iterable[Sequence[str]], words: Container[str] = ()) -> str:
    """A table of cells that are Markdown already; the columns named in `words` are set left, numbers right."""
    rule = ["---" if column in words else "--:" for column in header]
    lines = [header, rule, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
