"""An `Answer` in words: the brand line and the captions of the album, as Telegram HTML within its limits."""

from __future__ import annotations

import math
from html import escape

from bot.texts import Texts
from sneakers_ml.serving.answer import Answer, Neighbour, Offer
from sneakers_ml.serving.formatting import brand_name, display_title

__all__ = ["CAPTION_LIMIT", "brand_line", "caption", "format_price", "length", "per_cent"]

CAPTION_LIMIT = 1024
"""Telegram's limit in UTF-16 units; it counts what is seen, we count the mark-up too and so stay on the safe side."""

TITLE_LIMIT = 300
NAME_LIMIT = 100
ALTERNATIVES = 2
WORTH_SAYING = 0.05
"""Alternatives below this probability are noise to a reader."""

SYMBOLS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£"}
ELLIPSIS = "…"


def length(text: str) -> int:
    """Length as Telegram counts it: in UTF-16 code units, so an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def per_cent(share: float) -> str:
    """A share of [0, 1] in whole per cent; never 100 for what is merely close to certain."""
    bounded = min(max(share, 0.0), 1.0)
    rounded = round(100 * bounded)
    return f"{99 if rounded == 100 and bounded < 1 else rounded}\N{NO-BREAK SPACE}%"


def format_price(price: float, currency: str | None, texts: Texts) -> str:
    """`12990.0, "RUB"` -> "12 990 ₽" in Russian, "12,990 ₽" in English; cents only where there are some."""
    digits = f"{price:,.0f}" if round(price, 2) == int(price) else f"{price:,.2f}"
    number = digits.translate({ord(","): texts.thousands, ord("."): texts.decimal})
    unit = SYMBOLS.get(currency or "", escape(currency or ""))
    return f"{number}\N{NO-BREAK SPACE}{unit}" if unit else number


def brand_line(answer: Answer, texts: Texts) -> str:
    """The text message that goes before the album: brand and confidence, or an honest word where there are none."""
    if not answer.sneaker:
        return texts.no_sneaker
    template = texts.known if answer.known else texts.unknown
    lines = [template.format(brand=escape(brand_name(answer.brand)), confidence=per_cent(answer.confidence))]
    others = [other for other in answer.alternatives if other.confidence >= WORTH_SAYING][:ALTERNATIVES]
    if others:
        brands = ", ".join(f"{escape(brand_name(other.brand))} ({per_cent(other.confidence)})" for other in others)
        lines.append(texts.alternatives.format(brands=brands))
    return "\n".join(lines)


def caption(neighbour: Neighbour, texts: Texts) -> str:
    """Title, brand, relation, similarity and the offers of one picture, at most `CAPTION_LIMIT` long.

    Offers that do not fit are counted in a last line, rather than cut in the middle of a link.
    """
    lines = [
        f"<b>{_escaped(display_title(neighbour.title), TITLE_LIMIT)}</b>",
        texts.caption_brand.format(brand=_escaped(brand_name(neighbour.brand), NAME_LIMIT)),
        texts.caption_similarity.format(
            relation=texts.relations[neighbour.relation], similarity=per_cent(neighbour.score)
        ),
    ]
    reserve = length("\n" + texts.caption_more_offers.format(count=len(neighbour.offers)))
    for number, offer in enumerate(neighbour.offers):
        last = number == len(neighbour.offers) - 1
        room = CAPTION_LIMIT - length("\n".join(lines)) - 1 - (0 if last else reserve)
        line = _offer_line(offer, texts, room)
        if line is None:
            lines.append(texts.caption_more_offers.format(count=len(neighbour.offers) - number))
            break
        lines.append(line)
    return "\n".join(lines)


def _offer_line(offer: Offer, texts: Texts, room: int) -> str | None:
    """Price and linked shop; without the link where only that fits, None where nothing does."""
    shop = _escaped(offer.shop, NAME_LIMIT)
    priced = offer.price is not None and math.isfinite(offer.price)
    price = f"{format_price(offer.price or 0.0, offer.currency, texts)} – " if priced else ""
    candidates = [f"{price}{shop}"]
    if offer.url and offer.url.startswith(("http://", "https://")):
        candidates.insert(0, f'{price}<a href="{escape(offer.url)}">{shop}</a>')
    return next((line for line in candidates if length(line) <= room), None)


def _escaped(text: str, limit: int) -> str:
    """`text` as HTML of at most `limit` units; cut before escaping, so that no entity is cut in two."""
    whole = escape(text)
    if length(whole) <= limit:
        return whole
    kept = text[:limit]
    while length(escape(kept)) + length(ELLIPSIS) > limit:
        kept = kept[:-1]
    return escape(kept.rstrip()) + ELLIPSIS
