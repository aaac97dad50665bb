"""Words of others (file names, titles, answers of servers) on their way to a terminal."""

from __future__ import annotations

import re

__all__ = ["printable"]

_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control codes: they move, colour and rename the terminal
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turn the direction of what follows (Unicode TR 36, 2.5)
    "\u2028\u2029"  # end the line
    "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"  # are not seen at all
)


def printable(text: str) -> str:
    r"""The text on one line with nothing in it that a terminal obeys: an ESC becomes `\x1b`, a line break `\n`."""
    return _HARMFUL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
