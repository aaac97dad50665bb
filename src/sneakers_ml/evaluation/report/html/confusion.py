"""Which brands are taken for which, and how well each is recognised, in own shops and elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

from sneakers_ml.evaluation.metrics.classification import BrandScores, brand_scores
from sneakers_ml.evaluation.metrics.results import BrandResult
from sneakers_ml.evaluation.places import OWN

__all__ = ["BrandRow", "Confusion", "Mistake", "brand_rows", "confusions", "mistakes"]


class Mistake(NamedTuple):
    """How many of a brand's photos were given another brand, of how many."""

    truth: str
    said: str
    photos: int
    total: int


@dataclass(frozen=True)
class Confusion:
    """Counts of photos by true brand (rows) and named brand (columns).

    name    of the part: own shops, or places not trained on
    labels  of the columns: brands that were shown or named
    rows    counts by label of each brand that was shown
    """

    name: str
    labels: Sequence[str]
    rows: Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class BrandRow:
    """A brand's scores on photos of own shops and of places that were not trained on; None where it has none there."""

    brand: str
    own: BrandScores | None
    elsewhere: BrandScores | None


def _parts(result: BrandResult) -> Mapping[str, NDArray[np.bool_]]:
    own = result.sources == OWN
    return {"own shops": own, "places not trained on": ~own}


def confusions(result: BrandResult) -> list[Confusion]:
    """Of own shops and of the other places together; a part without photos is left out."""
    found = []
    for name, part in _parts(result).items():
        if part.any():
            truth, said = result.truth[part], result.predicted[part]
            labels = sorted({*truth.tolist(), *said.tolist()})
            counts = dict(zip(labels, confusion_matrix(truth, said, labels=labels).tolist(), strict=True))
            found.append(Confusion(name, labels, {label: row for label, row in counts.items() if sum(row)}))
    return found


def mistakes(result: BrandResult, count: int) -> list[Mistake]:
    """The most frequent mistakes over the photos of all places; ties by name."""
    wrong = ~result.correct
    pairs, numbers = np.unique(
        np.column_stack([result.truth[wrong], result.predicted[wrong]]), axis=0, return_counts=True
    )
    found = [
        Mistake(str(truth), str(said), int(number), int((result.truth == truth).sum()))
        for (truth, said), number in zip(pairs, numbers, strict=True)
    ]
    return sorted(found, key=lambda each: (-each.photos, each.truth, each.said))[:count]


def brand_rows(result: BrandResult) -> list[BrandRow]:
    """Every brand with photos, the one with the most of them first."""
    own, elsewhere = (brand_scores(result.truth[part], result.predicted[part]) for part in _parts(result).values())
    brands, counts = np.unique(result.truth, return_counts=True)
    ordered = brands[np.argsort(-counts, kind="stable")].tolist()
    return [BrandRow(brand, own.get(brand), elsewhere.get(brand)) for brand in ordered]
