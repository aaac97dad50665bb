"""What the data may have wrong: labels that the photos contradict, and photos that are there twice."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sneakers_ml.evaluation.metrics.label_errors import LabelErrors
from sneakers_ml.evaluation.report.html.photo_facts import PhotoFact, PhotoFacts
from sneakers_ml.evaluation.report.html.pictures import Pictures

__all__ = ["DuplicateGroup", "Duplicates", "Suspect", "duplicate_photos", "suspects"]

_SUSPECTS, _GROUPS, _SHOWN = 30, 20, 4


@dataclass(frozen=True)
class Suspect:
    """A photo whose label is doubted: the brand suggested with its probability, and that of the one given."""

    picture: int
    fact: PhotoFact
    suggested: str
    confidence: float
    given: float


@dataclass(frozen=True)
class DuplicateGroup:
    """Photos that are nearly the same: pictures and facts of up to four, and in what they differ."""

    photos: int
    pictures: tuple[tuple[int, PhotoFact], ...]
    differs: str


@dataclass(frozen=True)
class Duplicates:
    """All groups of near-duplicates in numbers, and the most telling ones."""

    groups: int
    photos: int
    across_products: int
    across_sources: int
    shown: tuple[DuplicateGroup, ...]


def suspects(found: LabelErrors, known: pd.DataFrame, facts: PhotoFacts, pictures: Pictures) -> list[Suspect]:
    """The 30 suspected label errors that the model is most certain of; `known` holds the photos that were checked."""
    ids = known["photo_id"].to_numpy(str)
    columns = zip(found.rows[:_SUSPECTS], found.suggested, found.confidence, found.given, strict=False)
    return [
        Suspect(pictures.tile(str(ids[row])), facts[str(ids[row])], str(suggested), float(sure), float(given))
        for row, suggested, sure, given in columns
    ]


def duplicate_photos(photos: pd.DataFrame, facts: PhotoFacts, pictures: Pictures) -> Duplicates:
    """Groups of near-duplicates: those of two brands first, then of two products, of two sources, and the largest."""
    groups = photos.groupby("duplicate_group")
    found = groups.agg(
        photos=("photo_id", "size"),
        brands=("brand", "nunique"),
        products=("product_id", "nunique"),
        sources=("source", "nunique"),
    )
    found = found[found["photos"] > 1]
    telling = found.sort_values(["brands", "products", "sources", "photos"], ascending=False, kind="stable")
    shown = []
    for group in telling.head(_GROUPS).index:
        ids = groups.get_group(group)["photo_id"].tolist()
        counts = telling.loc[group, ["brands", "products", "sources"]].to_dict()
        differs = ", ".join(f"{count} {word}" for word, count in counts.items() if count > 1)
        tiles = tuple((pictures.tile(photo_id), facts[photo_id]) for photo_id in ids[:_SHOWN])
        shown.append(DuplicateGroup(len(ids), tiles, differs or "one product, one source"))
    return Duplicates(
        len(found),
        int(found["photos"].sum()),
        int((found["products"] > 1).sum()),
        int((found["sources"] > 1).sum()),
        tuple(shown),
    )
