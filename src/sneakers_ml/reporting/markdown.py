"""Markdown tables for reports."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from sneakers_ml.terminal import printable

__all__ = ["escaped", "table"]


def escaped(text: str) -> str:
    """Text that Markdown shows as it is (CommonMark, 2.4), on one line, inside a table too."""
    return re.sub(r"[\\`*_\[\]<>|~&]", r"\\\g<0>", printable(text))


def table(header: Sequence[str], rows: Iterable[Sequence[str]], words: Container[str] = ()) -> str:
    """A table of cells that are Markdown already; the columns named in `words` are set left, numbers right."""
    rule = ["---" if column in words else "--:" for column in header]
    lines = [header, rule, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
