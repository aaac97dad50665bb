"""The style code (a maker's article number) that a text names as such."""

from __future__ import annotations

import re

__all__ = ["stated_code"]

_LABEL = r"(?:stijl|style|article|artikel)[ _-]*(?:code|nummer|number|no\b\.?|nr\b\.?)"
"""Plain enough to need no colon: "Article Code 1201A318.500"."""
_COLON_LABEL = rf"(?:{_LABEL}|art\.?[ -]*(?:nr|no)\.?|manufacturer\s?code|sku)"
_PART = r"[-./](?:[A-Z]*\d)+(?:[A-Z]+(?![A-Za-z]))?|-[A-Z]{2,5}(?![A-Za-z])"
"""What may follow a code's first part; in capitals, for the text may go on without a space."""
_CODE = re.compile(
    rf"\b(?:{_COLON_LABEL}\s*[:#]\s*(?P<code>(?-i:[A-Za-z0-9]+(?:{_PART}|[ ]\d{{1,4}}(?!\d))*))"
    rf"|{_LABEL}\s*(?P<bare>(?-i:[A-Za-z0-9]+(?:{_PART})*)))",
    re.IGNORECASE,
)
_SHORTEST = 4


def stated_code(text: str) -> str | None:
    """The first such code as it is written: "Stijlcode: GX9735", "Style code: F806050- Colors: …"; None without one."""
    for match in _CODE.finditer(text):
        code: str = match["code"] or match["bare"]
        if len(code) >= _SHORTEST and any(map(str.isdigit, code)):
            return code
    return None
