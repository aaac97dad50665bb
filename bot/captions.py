"""An `Answer` in words: the text above the album and the captions in it, as Telegram HTML within its limits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from bot.texts import Texts
from sneakers_ml.serving.answer import Answer, Description, Match, Neighbour, Offer
from sneakers_ml.serving.formatting import brand_name, display_title
from sneakers_ml.text.lexicon import TermWords, lexicon

__all__ = [
    "CAPTION_LIMIT",
    "TEXT_LIMIT",
    "answer_lines",
    "best_offer",
    "caption",
    "format_price",
    "length",
    "per_cent",
    "term",
]

CAPTION_LIMIT = 1024
TEXT_LIMIT = 4096
"""Telegram's limits in UTF-16 units; it counts what is seen, we count the mark-up too and so stay on the safe side."""

TITLE_LIMIT = 300
NAME_LIMIT = 100
ALTERNATIVES = 2
WORTH_SAYING = 0.05
"""Alternatives below this probability are noise to a reader."""
SURE, QUITE_SURE = 0.9, 0.7

SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£"}
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
    """`12990.0, "RUB"` -> "12 990 ₽" in Russian, "₽12,990" in English; cents only where there are some."""
    digits = f"{price:,.0f}" if round(price, 2) == int(price) else f"{price:,.2f}"
    number = digits.translate({ord(","): texts.thousands, ord("."): texts.decimal})
    if currency in SIGNS:
        return texts.money.format(number=number, sign=SIGNS[currency])
    return f"{number}\N{NO-BREAK SPACE}{escape(currency)}" if currency else number


def term(section: str, name: str, language: str) -> str:
    """A colour or kind of words.yaml as the language calls it; its own name where the language has none."""
    entry: TermWords | None = getattr(lexicon().file, section).get(name)
    return next(iter(getattr(entry, language, ())), name) if language != "en" else name


def answer_lines(answer: Answer, texts: Texts, language: str) -> list[str]:
    """Brand and confidence and what the sneaker looks like, or an honest word where there is none."""
    if not answer.sneaker:
        return [texts.no_sneaker]
    brand, confidence = escape(brand_name(answer.brand)), answer.confidence
    sure = texts.sureness
    words = sure.sure if confidence >= SURE else sure.quite if confidence >= QUITE_SURE else sure.guess
    template = texts.known if answer.known else texts.unknown
    lines = [template.format(brand=brand, sureness=words, confidence=per_cent(confidence))]
    others = [other for other in answer.alternatives if other.confidence >= WORTH_SAYING][:ALTERNATIVES]
    if answer.known and others:
        brands = ", ".join(f"{escape(brand_name(other.brand))} ({per_cent(other.confidence)})" for other in others)
        lines.append(texts.alternatives.format(brands=brands))
    return [*lines, *_description(answer.words, texts, language)]


def _description(words: Description, texts: Texts, language: str) -> list[str]:
    """What the sneaker looks like, and like which models."""
    *others, last = [term("colours", each.word, language) for each in words.colours] or [""]
    colours = texts.and_words.format(first=", ".join(others), last=last) if others else last
    kind = term("kinds", words.kind.word, language) if words.kind else ""
    models = ", ".join(escape(brand_name(model.word)) for model in words.models)
    looks = ", ".join(filter(None, [colours, kind]))
    return [
        *([texts.looks.format(words=escape(looks))] if looks else []),
        *([texts.most_like.format(models=models)] if models else []),
    ]


def best_offer(offers: Sequence[Offer]) -> Offer | None:
    """The cheapest in the currency in which most offers are; None where none has a price."""
    priced = [offer for offer in offers if offer.price is not None and math.isfinite(offer.price)]
    currencies = [offer.currency for offer in priced]
    main = max(currencies, key=currencies.count, default=None)
    return min((offer for offer in priced if offer.currency == main), key=lambda offer: offer.price or 0, default=None)


def caption(match: Match, texts: Texts, number: int | None = None) -> str:
    """Title, brand, relation, similarity and the offers of one picture, at most `CAPTION_LIMIT` long.

    A number comes first where there is one, and the best price first of the offers. Offers that do not fit are counted
    in a last line, rather than cut inside a link.
    """
    lines = [
        ("" if number is None else f"{number}. ") + f"<b>{_escaped(display_title(match.title), TITLE_LIMIT)}</b>",
        texts.caption_brand.format(brand=_escaped(brand_name(match.brand), NAME_LIMIT)),
    ]
    if isinstance(match, Neighbour):
        relation = texts.relations[match.relation]
        lines.append(texts.caption_similarity.format(relation=relation, similarity=per_cent(match.score)))
    best = best_offer(match.offers)
    offers = sorted(match.offers, key=lambda offer: offer is not best)
    reserve = length("\n" + texts.caption_more_offers.format(count=len(offers)))
    for place, offer in enumerate(offers):
        last = place == len(offers) - 1
        room = CAPTION_LIMIT - length("\n".join(lines)) - 1 - (0 if last else reserve)
        line = _offer_line(offer, texts, room)
        if line is None:
            lines.append(texts.caption_more_offers.format(count=len(offers) - place))
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
