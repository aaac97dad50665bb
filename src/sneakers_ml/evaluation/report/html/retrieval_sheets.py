"""Queries with their first ten photos, right and wrong: the worst ones and some drawn at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.evaluation.metrics.results import RetrievalResult
from sneakers_ml.evaluation.places import OWN, RESTYLED
from sneakers_ml.evaluation.report.html.photo_facts import PhotoFact, PhotoFacts
from sneakers_ml.evaluation.report.html.pictures import Pictures

__all__ = ["Neighbour", "Sheet", "SheetGroup", "retrieval_sheets"]

_WORST, _RANDOM = 6, 4
"""Of own shops, and as many of the other places."""


@dataclass(frozen=True)
class Neighbour:
    """A photo of the gallery with its cosine similarity; `right` where it shows the query's model."""

    picture: int
    fact: PhotoFact
    score: float
    right: bool


@dataclass(frozen=True)
class Sheet:
    """A query and its neighbours, nearest first; `relevant` photos of its model are in the gallery."""

    picture: int
    fact: PhotoFact
    place: str
    average_precision: float
    relevant: int
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True)
class SheetGroup:
    """Sheets under one heading."""

    name: str
    sheets: tuple[Sheet, ...]


def retrieval_sheets(result: RetrievalResult, facts: PhotoFacts, pictures: Pictures, seed: int) -> list[SheetGroup]:
    """Of own shops and of the other places each: the queries of lowest average precision, and some at random.

    A model is shown once among the worst, so that one hard model does not fill them; ties by position.
    """
    metrics = result.metrics
    sources, models = result.sources[metrics.evaluated], result.groups[metrics.evaluated]
    generator, groups = np.random.default_rng(seed), []
    for name, inside in (("own shops", sources == OWN), ("places not trained on", sources != OWN)):
        rows = np.flatnonzero(inside)
        ordered = rows[np.argsort(metrics.average_precision[rows], kind="stable")]
        _, first = np.unique(models[ordered], return_index=True)
        worst = ordered[np.sort(first)][:_WORST]
        others = np.setdiff1d(rows, worst)
        drawn = generator.permutation(others)[:_RANDOM]
        for kind, chosen in (("Worst", worst), ("At random", drawn)):
            if chosen.size:
                sheets = tuple(_sheet(result, row, facts, pictures) for row in chosen)
                groups.append(SheetGroup(f"{kind}, {name}", sheets))
    return groups


def _sheet(result: RetrievalResult, row: np.int64, facts: PhotoFacts, pictures: Pictures) -> Sheet:
    metrics = result.metrics
    query, place = (str(column[metrics.evaluated][row]) for column in (result.query_ids, result.sources))
    there: NDArray[np.int64] = np.flatnonzero(metrics.nearest[row] >= 0)
    neighbours = []
    for rank in there:
        photo_id = str(result.gallery_ids[metrics.nearest[row, rank]])
        score, right = float(metrics.nearest_scores[row, rank]), bool(metrics.nearest_relevant[row, rank])
        neighbours.append(Neighbour(pictures.tile(photo_id), facts[photo_id], score, right))
    return Sheet(
        picture=pictures.tile(query, restyled=place == RESTYLED),
        fact=facts[query],
        place=facts[query].source if place == OWN else place,
        average_precision=float(metrics.average_precision[row]),
        relevant=int(metrics.relevant[row]),
        neighbours=tuple(neighbours),
    )
