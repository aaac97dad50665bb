"""An answer in words, for a terminal and a picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sneakers_ml.features.extractor import shown_name
from sneakers_ml.serving.answer import Answer, BrandScore, Neighbour, Offer
from sneakers_ml.serving.panel import Verdict

__all__ = [
    "VERDICT_COLUMNS",
    "answer_json",
    "brand_line",
    "brand_name",
    "brand_share",
    "price_line",
    "verdict_row",
    "verdicts_json",
]

VERDICT_COLUMNS = ("model", "brand", "confidence", "known", "next")


def brand_name(brand: str) -> str:
    """A brand as people write it: the catalogue's `new balance` becomes `New Balance`."""
    return " ".join(word[:1].upper() + word[1:] for word in brand.split())


def brand_line(answer: Answer) -> str:
    """`Puma, 87 % sure`, or an honest line where the brand isn't known."""
    name, percent = brand_name(answer.brand), _percent(answer.confidence)
    return f"{name}, {percent} sure" if answer.known else f"unknown; closest guess {name}, {percent}"


def brand_share(score: BrandScore) -> str:
    """`Puma 8 %`."""
    return f"{brand_name(score.brand)} {_percent(score.confidence)}"


def verdict_row(verdict: Verdict) -> tuple[str, str, str, str, str]:
    """A model's verdict as a row of a table with VERDICT_COLUMNS."""
    first, *others = verdict.brands
    following = brand_share(others[0]) if others else ""
    known = "yes" if verdict.known else "no"
    name = shown_name(verdict.model, verdict.weights)
    return name, brand_name(first.brand), _percent(first.confidence), known, following


def price_line(offer: Offer) -> str:
    """`120.00 EUR at footshop`, or the shop alone where it names no price."""
    return f"{offer.price:.2f} {offer.currency or ''} at {offer.shop}".replace("  ", " ") if offer.price else offer.shop


def answer_json(photo: str, answer: Answer) -> dict[str, Any]:
    """The object that `--json` prints for a photo."""
    brands = (BrandScore(answer.brand, answer.confidence), *answer.alternatives)
    return {
        "photo": photo,
        "brand": answer.brand,
        "confidence": round(answer.confidence, 6),
        "known": answer.known,
        "brands": _brands_json(brands),
        "similar": [_neighbour_json(neighbour) for neighbour in answer.neighbours],
    }


def verdicts_json(verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """What `--json` prints as `models`: name -> verdict; `untrained` is there, and true, only where it is so."""
    return {verdict.model: _verdict_json(verdict) for verdict in verdicts}


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    best = verdict.brands[0]
    told = {
        "brand": best.brand,
        "confidence": round(best.confidence, 6),
        "known": verdict.known,
        "brands": _brands_json(verdict.brands),
    }
    return told | ({"untrained": True} if verdict.untrained else {})


def _brands_json(scores: Iterable[BrandScore]) -> list[dict[str, Any]]:
    return [{"brand": score.brand, "confidence": round(score.confidence, 6)} for score in scores]


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _neighbour_json(neighbour: Neighbour) -> dict[str, Any]:
    offers = [{"shop": o.shop, "url": o.url, "price": o.price, "currency": o.currency} for o in neighbour.offers]
    return {
        "product_id": neighbour.product_id,
        "score": round(neighbour.score, 6),
        "title": neighbour.title,
        "brand": neighbour.brand,
        "offers": offers,
    }
