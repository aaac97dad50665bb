"""The photos that a brand model errs on most surely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.evaluation.metrics.results import BrandResult
from sneakers_ml.evaluation.places import OWN, RESTYLED
from sneakers_ml.evaluation.report.html.photo_facts import PhotoFact, PhotoFacts
from sneakers_ml.evaluation.report.html.pictures import Pictures

__all__ = ["Failure", "brand_failures", "unknown_failures"]


@dataclass(frozen=True)
class Failure:
    """A photo and what was said of it.

    place             its source, or `own shops, restyled`
    said, confidence  the brand that was named, and its probability
    truth_confidence  probability of the true brand; None for a brand that the model does not know
    """

    picture: int
    fact: PhotoFact
    place: str
    own: bool
    said: str
    confidence: float
    truth_confidence: float | None


def brand_failures(result: BrandResult, facts: PhotoFacts, pictures: Pictures, count: int = 50) -> list[Failure]:
    """The photos of known brands with the highest confidence in a wrong one, ties by position."""
    return _surest(result, result.known & ~result.correct, facts, pictures, count)


def unknown_failures(result: BrandResult, facts: PhotoFacts, pictures: Pictures, count: int = 12) -> list[Failure]:
    """The photos of brands that the model does not know which it takes most surely for a brand of its own."""
    return _surest(result, ~result.known, facts, pictures, count)


def _surest(
    result: BrandResult, chosen: NDArray[np.bool_], facts: PhotoFacts, pictures: Pictures, count: int
) -> list[Failure]:
    confidence, predicted = result.confidence, result.predicted
    rows = np.flatnonzero(chosen)
    column = {label: number for number, label in enumerate(result.labels)}
    found = []
    for row in rows[np.argsort(-confidence[rows], kind="stable")][:count]:
        photo_id, place, truth = str(result.photo_ids[row]), str(result.sources[row]), str(result.truth[row])
        fact = facts[photo_id]
        found.append(
            Failure(
                picture=pictures.tile(photo_id, restyled=place == RESTYLED),
                fact=fact,
                place=fact.source if place == OWN else place,
                own=place == OWN,
                said=str(predicted[row]),
                confidence=float(confidence[row]),
                truth_confidence=float(result.probabilities[row, column[truth]]) if truth in column else None,
            )
        )
    return found
