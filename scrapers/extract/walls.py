"""Pages that stand where a shop's page should: they keep everybody out, or those who may be robots."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scrapy.http import Response, TextResponse

__all__ = ["wall_of"]

_PASSWORD, _LOGIN, _CHALLENGE = "is a password page", "asks to log in", "asks visitors to prove that they are no robots"
_PATHS = {"password": _PASSWORD, "login": _LOGIN, "challenge": _CHALLENGE}
_TITLE = re.compile(
    r"just a moment|attention required|access (?:to this page has been )?denied|are you (?:a )?(?:human|robot)"
    r"|robot or human|pardon our interruption|security check|captcha|verif(?:y|ying) (?:that )?you|bot verification"
    r"|checking your browser|ddos",
    re.IGNORECASE,
)
_MARKS = (b"captcha-delivery.com", b"px-captcha", b"_Incapsula_Resource", b'id="challenge-form"')


def wall_of(response: Response) -> str | None:
    """What keeps visitors from a page that shows nothing of the shop, in a few words; None for any other page."""
    by_path = _PATHS.get(urlsplit(response.url).path.rstrip("/").rpartition("/")[2])
    if by_path or not isinstance(response, TextResponse):
        return by_path
    if response.headers.get("cf-mitigated") == b"challenge" or any(mark in response.body for mark in _MARKS):
        return _CHALLENGE
    if response.body.lstrip()[:1] in (b"", b"{", b"["):
        return None
    if _TITLE.search(" ".join(response.xpath("(//title)[1]//text() | (//h1)[1]//text()").getall())):
        return _CHALLENGE
    return _PASSWORD if response.xpath("//form[contains(@action, '/password')]//input[@type='password']") else None
