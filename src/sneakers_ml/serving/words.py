"""An answer in words, for a terminal and a picture."""

from __future__ import annotations

from typing import Any

from sneakers_ml.serving.answer import Answer, Neighbour, Offer

__all__ = ["answer_json", "brand_line", "brand_name", "price_line"]


def brand_name(brand: str) -> str:
    """A brand as people write it: the catalogue's `new balance` becomes `New Balance`."""
    return " ".join(word[:1].upper() + word[1:] for word in brand.split())


def brand_line(answer: Answer) -> str:
    """`Puma, 87 % sure`, or an honest line where the brand isn't known."""
    name, percent = brand_name(answer.brand), f"{answer.confidence:.0%}".replace("%", " %")
    return f"{name}, {percent} sure" if answer.known else f"unknown; closest guess {name}, {percent}"


def price_line(offer: Offer) -> str:
    """`120.00 EUR at footshop`, or the shop alone where it names no price."""
    return f"{offer.price:.2f} {offer.currency or ''} at {offer.shop}".replace("  ", " ") if offer.price else offer.shop


def answer_json(photo: str, answer: Answer) -> dict[str, Any]:
    """The object that `--json` prints for a photo."""
    brands = [(answer.brand, answer.confidence), *((a.brand, a.confidence) for a in answer.alternatives)]
    return {
        "photo": photo,
        "brand": answer.brand,
        "confidence": round(answer.confidence, 6),
        "known": answer.known,
        "brands": [{"brand": brand, "confidence": round(confidence, 6)} for brand, confidence in brands],
        "similar": [_neighbour_json(neighbour) for neighbour in answer.neighbours],
    }


def _neighbour_json(neighbour: Neighbour) -> dict[str, Any]:
    offers = [{"shop": o.shop, "url": o.url, "price": o.price, "currency": o.currency} for o in neighbour.offers]
    return {
        "product_id": neighbour.product_id,
        "score": round(neighbour.score, 6),
        "title": neighbour.title,
        "brand": neighbour.brand,
        "offers": offers,
    }
