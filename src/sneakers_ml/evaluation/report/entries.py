"""What the documents say about one model or extractor: its figures, pictures, cost and place among the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, isnan, nan
from typing import TypeVar

from sneakers_ml.evaluation.metrics.classification import BrandMetrics
from sneakers_ml.evaluation.metrics.comparison import Comparison
from sneakers_ml.evaluation.metrics.summary import Slices
from sneakers_ml.evaluation.report.costs import UNKNOWN_COST, Cost
from sneakers_ml.features.extractor import shown_name

__all__ = ["BrandEntry", "Entry", "ranked"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A model or extractor in the report.

    name      as its files are called
    slices    its figures, over all photos and over each source
    pictures  text of a link -> path beside the report
    weights   of the extractor; "random" for an untrained one
    """

    name: str
    slices: Slices
    pictures: Mapping[str, str]
    weights: str = ""

    @property
    def shown(self) -> str:
        """The name as people read it, with a mark where the extractor is untrained."""
        return shown_name(self.name, self.weights)

    def value(self, figure: str) -> float:
        """A figure over all photos; NaN where there is none."""
        interval = self.slices.all.figures.get(figure)
        return interval.value if interval else nan


AnyEntry = TypeVar("AnyEntry", bound=Entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandEntry(Entry):
    """A brand model in the report.

    extractor, classifier  what it is made of
    per_brand              its figures of each brand
    val_macro_f1           by which the best is chosen; NaN where nobody measured it
    comparison             with the best by validation; None for that model itself
    chosen                 whether it is the best of its extractor by validation, and so shown in detail
    cost                   times and bytes
    """

    extractor: str
    classifier: str
    per_brand: Mapping[str, BrandMetrics]
    val_macro_f1: float = nan
    comparison: Comparison | None = None
    chosen: bool = True
    cost: Cost = UNKNOWN_COST


def ranked(entries: Iterable[AnyEntry], figure: str) -> list[AnyEntry]:
    """Entries by falling figure, those without it last; ties by name."""

    def rank(entry: AnyEntry) -> tuple[float, str]:
        value = entry.value(figure)
        return (inf if isnan(value) else -value, entry.name)

    return sorted(entries, key=rank)
