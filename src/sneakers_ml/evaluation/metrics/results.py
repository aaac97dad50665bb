"""What the report is made of: the answers of a brand model, and the rankings of an extractor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.classification import label_positions
from sneakers_ml.evaluation.metrics.retrieval import RetrievalResult
from sneakers_ml.evaluation.report.costs import UNKNOWN_COST, Cost
from sneakers_ml.features.extractor import shown_name

__all__ = ["BrandResult", "RetrievalRun"]

_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*", re.ASCII)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise DataError(f"{name!r} cannot name files; use letters, digits, and . _ + - only.")


def _check_lengths(name: str, size: int, **columns: NDArray[np.generic]) -> None:
    for column, values in columns.items():
        if len(values) != size:
            raise DataError(f"The results of {name} hold {size} photos but {len(values)} {column}; give one per photo.")


@dataclass(frozen=True, eq=False)
class BrandResult:
    """What one brand model said about n test photos.

    name           `<extractor>-<classifier>`, also the name of its files
    labels         the c brands that the model knows, in the order of the columns of `probabilities`
    truth          (n,) true brands; a brand outside `labels` makes the photo one of an *unknown* brand: it is left
                   out of accuracy, F1 and calibration, and shows how well unknown brands are told apart
    predicted      (n,) brands of `labels`
    probabilities  (n, c) calibrated, rows sum to 1
    groups         (n,) shoe models, resampled together
    sources        (n,) shop or import of each photo
    photo_ids      (n,) for the failure sheets
    known_scores   (n,) score that rises with "I know this brand"; without it, the confidence
    weights        where the extractor's weights come from, as its vectors say; "random" for an untrained one
    val_macro_f1   macro-F1 on validation photos, in [0, 1], by which models are chosen; NaN where nobody measured it
    cost           what the model takes: times and bytes

    String columns may come as lists, object arrays or pandas columns. Raises DataError when something does not fit.
    """

    name: str
    labels: tuple[str, ...]
    truth: NDArray[np.str_]
    predicted: NDArray[np.str_]
    probabilities: NDArray[np.floating]
    groups: NDArray[np.str_]
    sources: NDArray[np.str_]
    photo_ids: NDArray[np.str_]
    known_scores: NDArray[np.floating] | None = None
    weights: str = ""
    val_macro_f1: float = nan
    cost: Cost = UNKNOWN_COST

    def __post_init__(self) -> None:
        _check_name(self.name)
        object.__setattr__(self, "labels", tuple(str(label) for label in self.labels))
        for column in ("truth", "predicted", "groups", "sources", "photo_ids"):
            object.__setattr__(self, column, np.asarray(getattr(self, column), dtype=np.str_))
        size = len(self.truth)
        if self.probabilities.shape != (size, len(self.labels)):
            raise DataError(
                f"The probabilities of {self.name} have shape {self.probabilities.shape}; "
                f"{size} photos and {len(self.labels)} brands need {(size, len(self.labels))}."
            )
        _check_lengths(
            self.name,
            size,
            predicted=self.predicted,
            groups=self.groups,
            sources=self.sources,
            photo_ids=self.photo_ids,
            known_scores=self.known_score,
        )
        label_positions(self.predicted, self.labels)
        if not self.known.any():
            raise DataError(f"No test photo shows a brand that {self.name} knows; evaluate it on photos of its brands.")

    @property
    def shown(self) -> str:
        """The name as people read it, with a mark where the extractor is untrained."""
        return shown_name(self.name, self.weights)

    @property
    def extractor(self) -> str:
        """What stands before the last dash of the name."""
        return self.name.rpartition("-")[0] or self.name

    @property
    def classifier(self) -> str:
        """What stands after the last dash of the name; no classifier's name holds one."""
        return self.name.rpartition("-")[2]

    @property
    def known(self) -> NDArray[np.bool_]:
        """(n,) whether the true brand is one that the model knows."""
        return np.isin(self.truth, np.asarray(self.labels))

    @property
    def correct(self) -> NDArray[np.bool_]:
        """(n,) whether the predicted brand is the true one."""
        return np.asarray(self.truth == self.predicted, dtype=np.bool_)

    @property
    def confidence(self) -> NDArray[np.float64]:
        """(n,) probability of the predicted brand, kept within [0, 1] against float rounding."""
        positions = label_positions(self.predicted, self.labels)
        picked = self.probabilities[np.arange(len(positions)), positions].astype(np.float64)
        return np.where((picked > 1) & (picked < 1 + 1e-4), 1.0, picked)

    @property
    def known_score(self) -> NDArray[np.floating]:
        """(n,) `known_scores`, or the highest probability of each photo."""
        if self.known_scores is not None:
            return np.asarray(self.known_scores)
        highest: NDArray[np.floating] = self.probabilities.max(axis=1)
        return highest


@dataclass(frozen=True, eq=False)
class RetrievalRun:
    """What one extractor found for q query photos in a gallery of n photos.

    name         extractor, also the name of its files
    result       answer of `retrieval_metrics` for these queries and this gallery
    groups       (q,) shoe models of the queries, resampled together
    sources      (q,) shop or import of each query
    query_ids    (q,) photos for the failure sheets
    gallery_ids  (n,) photos for the failure sheets
    weights      where the extractor's weights come from; "random" for an untrained one
    """

    name: str
    result: RetrievalResult
    groups: NDArray[np.str_]
    sources: NDArray[np.str_]
    query_ids: NDArray[np.str_]
    gallery_ids: NDArray[np.str_]
    weights: str = ""

    @property
    def shown(self) -> str:
        """The name as people read it, with a mark where the extractor is untrained."""
        return shown_name(self.name, self.weights)

    def __post_init__(self) -> None:
        _check_name(self.name)
        for column in ("groups", "sources", "query_ids", "gallery_ids"):
            object.__setattr__(self, column, np.asarray(getattr(self, column), dtype=np.str_))
        size = len(self.result.evaluated)
        _check_lengths(self.name, size, groups=self.groups, sources=self.sources, query_ids=self.query_ids)
        if self.result.nearest.max(initial=-1) >= len(self.gallery_ids):
            raise DataError(f"{self.name} found photos beyond its {len(self.gallery_ids)} gallery ids; give them all.")
