"""What the report is made of: predictions of brand models, rankings and views of extractors, a learning curve."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.label_errors import LabelErrors
from sneakers_ml.evaluation.metrics.learning_curve import CurvePoint
from sneakers_ml.evaluation.metrics.retrieval import RetrievalMetrics
from sneakers_ml.evaluation.metrics.views import ViewAnalysis
from sneakers_ml.features.extractor import shown_name

__all__ = ["BrandResult", "Cost", "CurveResult", "LabelErrorResult", "Result", "RetrievalResult", "ViewResult"]

Strings = NDArray[np.str_]

_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*", re.ASCII)


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """What was found of one brand model or extractor.

    name     as its files are called; `<extractor>-<classifier>` of a brand model
    weights  where the extractor's weights come from, as its vectors say; "random" for an untrained one

    String columns of all results may come as lists, object arrays or pandas columns. All raise DataError when something
    does not fit.
    """

    name: str
    weights: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DataError(f"{self.name!r} cannot name files; use letters, digits, and . _ + - only.")

    @property
    def shown(self) -> str:
        """The name as people read it, with a mark where the extractor is untrained."""
        return shown_name(self.name, self.weights)

    def _set_strings(self, *columns: str) -> None:
        for column in columns:
            object.__setattr__(self, column, np.asarray(getattr(self, column), dtype=np.str_))

    def _check_lengths(self, size: int, *columns: str) -> None:
        for column in columns:
            if (length := len(getattr(self, column))) != size:
                raise DataError(f"The results of {self.name} hold {size} photos but {length} {column}; give one each.")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of tuning and fitting together, milliseconds to predict one vector, bytes; None where unknown."""

    fit_seconds: float | None = None
    predict_ms: float | None = None
    size: int | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class BrandResult(Result):
    """What one brand model said about n test photos.

    labels         the c brands that the model knows, in the order of the columns of `probabilities`
    truth          (n,) true brands; a brand outside `labels` makes the photo one of an *unknown* brand: it is left
                   out of accuracy, F1 and calibration, and shows how well unknown brands are recognised as such
    probabilities  (n, c) calibrated, rows sum to 1
    groups         (n,) shoe models, resampled together
    sources        (n,) shop or import of each photo
    photo_ids      (n,) for the failure sheets
    val_macro_f1   macro-F1 on validation photos, in [0, 1], by which models are chosen; NaN where it was not measured
    cost           what the model takes: times and bytes
    """

    labels: tuple[str, ...]
    truth: Strings
    probabilities: NDArray[np.floating]
    groups: Strings
    sources: Strings
    photo_ids: Strings
    val_macro_f1: float = nan
    cost: Cost = Cost()

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set_strings("truth", "groups", "sources", "photo_ids")
        size, given, needed = len(self.truth), self.probabilities.shape, (len(self.truth), len(self.labels))
        if given != needed:
            raise DataError(
                f"The probabilities of {self.name} have shape {given}; its photos and brands need {needed}."
            )
        self._check_lengths(size, "groups", "sources", "photo_ids")
        if not np.all((self.probabilities >= 0) & (self.probabilities <= 1 + 1e-4)):
            raise DataError(f"A probability of {self.name} lies outside 0 to 1; train the model again.")
        if not self.known.any():
            raise DataError(f"No test photo shows a brand that {self.name} knows; evaluate it on photos of its brands.")

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
        return np.isin(self.truth, self.labels)

    @property
    def predicted(self) -> Strings:
        """(n,) the brand of the highest probability."""
        return np.asarray(np.asarray(self.labels)[self.probabilities.argmax(axis=1)])

    @property
    def correct(self) -> NDArray[np.bool_]:
        """(n,) whether the predicted brand is the true one."""
        return np.asarray(self.truth == self.predicted)

    @property
    def confidence(self) -> NDArray[np.float64]:
        """(n,) probability of the predicted brand, kept within [0, 1] against float rounding."""
        return np.asarray(np.minimum(self.probabilities.max(axis=1), 1), np.float64)


@dataclass(frozen=True, eq=False, kw_only=True)
class RetrievalResult(Result):
    """What one extractor found for q query photos in a gallery of n photos.

    metrics      what `retrieval_metrics` returns for these queries and this gallery
    groups       (q,) shoe models of the queries, resampled together
    sources      (q,) shop or import of each query
    query_ids    (q,) photos for the failure sheets
    gallery_ids  (n,) photos for the failure sheets
    """

    metrics: RetrievalMetrics
    groups: Strings
    sources: Strings
    query_ids: Strings
    gallery_ids: Strings

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set_strings("groups", "sources", "query_ids", "gallery_ids")
        self._check_lengths(len(self.metrics.evaluated), "groups", "sources", "query_ids")
        if self.metrics.nearest.max(initial=-1) >= len(self.gallery_ids):
            raise DataError(f"{self.name} found photos beyond its {len(self.gallery_ids)} gallery ids; give them all.")


@dataclass(frozen=True, eq=False, kw_only=True)
class ViewResult(Result):
    """By what the vectors of one extractor lie together."""

    analysis: ViewAnalysis


@dataclass(frozen=True, eq=False, kw_only=True)
class CurveResult(Result):
    """The learning curve of one brand model, smallest share first."""

    points: Sequence[CurvePoint]


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelErrorResult(Result):
    """Suspected label errors by the vectors of one extractor; their rows are those of the photos of learnt brands."""

    found: LabelErrors
