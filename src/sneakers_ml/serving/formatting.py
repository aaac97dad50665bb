"""An answer as people read it in a terminal, a picture or a chat, and as programs read it: JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sneakers_ml.features.extractor import shown_name
from sneakers_ml.serving.answer import Answer, BrandScore, Description, Match, Offer, Relation, WordScore

if TYPE_CHECKING:  # only what it is called: the classifier brings OpenCV, which `sneakers find` does without
    from sneakers_ml.serving.brand_classifier import BrandPrediction

__all__ = [
    "PREDICTION_COLUMNS",
    "answer_json",
    "brand_line",
    "brand_name",
    "brand_share",
    "description_line",
    "display_title",
    "match_json",
    "percent",
    "prediction_row",
    "predictions_json",
    "price_line",
    "relation_line",
]

PREDICTION_COLUMNS = ("model", "brand", "confidence", "known", "next")

_LONGEST_CODE = 3
_WORDS = (
    "ace air all and ape art ash bag bay big bio bow box boy bug by cap cat cut day del dew dry dye era eve fig fit fly"
    " fog for fox fun fur gas gel gum hi hip hop hot ice in ink ivy jet joy kid lab lee leo lo low lux man mat max men"
    " mid mix moc mud neo net new not oak of off oil old on one or out owl pea pin pop pro raw ray red rib rio run rye"
    " sea set she six sky soy sun tan tea ten the tie tip to toe top toy two uno up van vol war wax way wet win wow zen"
    " zip zoo"
)
_SHORT_WORDS = frozenset(_WORDS.split())
"""Words in titles of sneakers that are as short as codes such as OG, SE or GTX."""


def brand_name(brand: str) -> str:
    """A brand as people write it: the catalogue's `new balance` becomes `New Balance`."""
    return " ".join(word[:1].upper() + word[1:] for word in brand.split())


def display_title(title: str) -> str:
    """A title as people write it: one that a shop sets in capitals in title case, any other as it is.

    A title is in capitals when most of its words are, those too short to tell left out: before `WILLOW LOW CORAL/TAN`
    the catalogue sets the brand in its own letters. It becomes `Hollin Willow Low Coral/Tan`; codes stay: letters with
    digits (LV8), Roman numbers, and up to three letters that are no common word (OG).
    """
    words = [word for word in re.findall(r"[^\W\d_]+", title) if len(word) > _LONGEST_CODE]
    if not title.isupper() and sum(map(str.isupper, words)) * 2 <= len(words):
        return title

    def cased(match: re.Match[str]) -> str:
        word = match[0]
        code = len(word) <= _LONGEST_CODE and word.lower() not in _SHORT_WORDS
        kept = code or not word.isupper() or re.search(r"\d", word) or not word.strip("IVX")
        return word if kept else word.capitalize()

    return re.sub(r"[^\W_]+(?:['’][^\W_]{1,2}\b)?", cased, title)


def brand_line(answer: Answer) -> str:
    """`Puma, 87 % sure`, or an honest line where the brand isn't known or the photo shows no sneaker."""
    if not answer.sneaker:
        return "no sneaker in this photo"
    name, sure = brand_name(answer.brand), percent(answer.confidence)
    return f"{name}, {sure} sure" if answer.known else f"unknown; closest guess {name}, {sure}"


def description_line(answer: Answer) -> str:
    """`white, blue and red low top, Converse; most like Chuck Taylor, One Star`; empty where no word is sure enough."""
    words = answer.words
    if words == Description():
        return ""
    *others, last = [colour.word for colour in words.colours] or [""]
    colours = f"{', '.join(others)} and {last}" if others else last
    shown = " ".join(filter(None, [colours, words.kind.word if words.kind else ""]))
    facts = ", ".join(filter(None, [shown, brand_name(answer.brand) if answer.known else ""]))
    models = ", ".join(brand_name(model.word) for model in words.models)
    return "; ".join(filter(None, [facts, f"most like {models}" if models else ""]))


def relation_line(relation: Relation) -> str:
    """A relation in words."""
    return "same model, other colour" if relation == "same model" else relation


def brand_share(score: BrandScore) -> str:
    """`Puma 8 %`."""
    return f"{brand_name(score.brand)} {percent(score.confidence)}"


def price_line(offer: Offer) -> str:
    """`120.00 EUR at footshop`, or the shop alone where it names no price."""
    return f"{offer.price:.2f} {offer.currency or ''} at {offer.shop}".replace("  ", " ") if offer.price else offer.shop


def prediction_row(prediction: BrandPrediction) -> tuple[str, str, str, str, str]:
    """A model's prediction as a row of a table with PREDICTION_COLUMNS."""
    first, *others = prediction.brands
    return (
        shown_name(prediction.model, prediction.weights),
        brand_name(first.brand),
        percent(first.confidence),
        "yes" if prediction.known else "no",
        brand_share(others[0]) if others else "",
    )


def answer_json(answer: Answer) -> dict[str, Any]:
    """What `--json` prints for a photo after its name."""
    return {
        **_brands_json((BrandScore(answer.brand, answer.confidence), *answer.alternatives), known=answer.known),
        "sneaker": answer.sneaker,
        "words": {
            "text": description_line(answer),
            "colours": _words_json(answer.words.colours),
            "kind": next(iter(_words_json(filter(None, [answer.words.kind]))), None),
            "models": _words_json(answer.words.models),
        },
        "similar": [match_json(neighbour) | {"relation": neighbour.relation} for neighbour in answer.neighbours],
    }


def match_json(match: Match) -> dict[str, Any]:
    """A product as `--json` prints it."""
    return {
        "product_id": match.product_id,
        "score": round(match.score, 6),
        "title": match.title,
        "brand": match.brand,
        "offers": [
            {"shop": offer.shop, "url": offer.url, "price": offer.price, "currency": offer.currency}
            for offer in match.offers
        ],
    }


def _words_json(words: Iterable[WordScore]) -> list[dict[str, Any]]:
    return [{"word": word.word, "score": round(word.score, 6)} for word in words]


def predictions_json(predictions: Iterable[BrandPrediction]) -> dict[str, Any]:
    """What `--json` prints as `models`: name -> prediction; `untrained` is there, and true, only where it is so."""
    return {
        prediction.model: _brands_json(prediction.brands, known=prediction.known)
        | ({"untrained": True} if prediction.untrained else {})
        for prediction in predictions
    }


def _brands_json(scores: tuple[BrandScore, ...], *, known: bool) -> dict[str, Any]:
    brands = [{"brand": score.brand, "confidence": round(score.confidence, 6)} for score in scores]
    return {**brands[0], "known": known, "brands": brands}


def percent(share: float) -> str:
    """A share of [0, 1] in whole per cent: `87 %`."""
    return f"{share:.0%}".replace("%", " %")
