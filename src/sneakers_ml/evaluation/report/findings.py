"""What the stage found, before anything of it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import TypeVar

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.choosing import Selection
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.metrics.comparison import Comparison, compare
from sneakers_ml.evaluation.metrics.results import (
    BrandResult,
    CurveResult,
    LabelErrorResult,
    Result,
    RetrievalResult,
    ViewResult,
)
from sneakers_ml.evaluation.metrics.summary import Slices, summarise_brands, summarise_retrieval
from sneakers_ml.evaluation.report.by_source import SourceFigures

__all__ = ["BrandEntry", "Entry", "Findings", "brand_entries", "ranked", "retrieval_entries"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A model or extractor in the report: its figures over all test photos and over each source."""

    result: Result
    slices: Slices


@dataclass(frozen=True, slots=True)
class BrandEntry(Entry):
    """A brand model in the report; `comparison` is with the best by validation, None for that model itself."""

    result: BrandResult
    comparison: Comparison | None = None


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Everything that reports show.

    brands        every brand model on the test photos
    extractors    every extractor, by what it finds for the test photos
    selection     what serves and why
    by_source     figures of what serves, by source
    views         by what the vectors of each extractor lie together; that of what serves has a map
    curve         learning curve, where a model can be trained on parts
    label_errors  where an extractor has learnt no label
    """

    brands: Sequence[BrandEntry]
    extractors: Sequence[Entry]
    selection: Selection
    by_source: Sequence[SourceFigures]
    views: Sequence[ViewResult] = ()
    curve: CurveResult | None = None
    label_errors: LabelErrorResult | None = None

    @property
    def serving(self) -> BrandEntry:
        """The brand model that serves."""
        return next(each for each in self.brands if each.result.name == self.selection.choice.name)


AnyEntry = TypeVar("AnyEntry", bound=Entry)


def ranked(entries: Iterable[AnyEntry], figure: str) -> list[AnyEntry]:
    """Entries by falling figure over all photos, those without it last; ties by name."""

    def rank(entry: AnyEntry) -> tuple[float, str]:
        interval = entry.slices.all.figures.get(figure)
        return (inf if interval is None or isnan(interval.value) else -interval.value, entry.result.name)

    return sorted(entries, key=rank)


def brand_entries(
    results: Sequence[BrandResult], resampling: Resampling, on_result: Callable[[], object] = lambda: None
) -> list[BrandEntry]:
    """Figures of brand models, each compared with the best by validation.

    Args:
        results: of the same photos.
        resampling: of the intervals.
        on_result: called when one is finished.

    Raises:
        DataError: when two share a name, or answered different photos.
    """
    _refuse_repeated("brand", results)
    comparisons, entries = compare(results, resampling) if results else {}, []
    for result in results:
        entries.append(BrandEntry(result, summarise_brands(result, resampling), comparisons.get(result.name)))
        on_result()
    return entries


def retrieval_entries(
    results: Sequence[RetrievalResult], resampling: Resampling, on_result: Callable[[], object] = lambda: None
) -> list[Entry]:
    """Figures of extractors; arguments as those of `brand_entries`.

    Raises:
        DataError: when two share a name.
    """
    _refuse_repeated("retrieval", results)
    entries = []
    for result in results:
        entries.append(Entry(result, summarise_retrieval(result, resampling)))
        on_result()
    return entries


def _refuse_repeated(kind: str, results: Sequence[Result]) -> None:
    if repeated := [name for name, count in Counter(each.name for each in results).items() if count > 1]:
        raise DataError(f"The {kind} results name {', '.join(repeated)} twice; give each model its own name.")
