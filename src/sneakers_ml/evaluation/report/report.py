"""Writes the evaluation: metrics.json for DVC, evaluation.md for people, plots and failure sheets for both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling
from sneakers_ml.evaluation.metrics.classification import classification_metrics
from sneakers_ml.evaluation.metrics.comparison import Comparison, best_of_each_extractor, compare
from sneakers_ml.evaluation.metrics.results import BrandResult, RetrievalRun
from sneakers_ml.evaluation.metrics.summary import Summary, summarise_brands, summarise_retrieval
from sneakers_ml.evaluation.report.entries import BrandEntry, Entry
from sneakers_ml.evaluation.report.failures import (
    LoadPhoto,
    brand_failure_sheet,
    retrieval_failure_sheet,
    unknown_failure_sheet,
)
from sneakers_ml.evaluation.report.markdown import render
from sneakers_ml.evaluation.report.pictures import PICTURES, Pictures
from sneakers_ml.evaluation.report.sections import Curve, Views, curve_section, view_section
from sneakers_ml.features.extractor import UNTRAINED
from sneakers_ml.files import write_atomically

__all__ = ["METRICS", "PAGE", "PICTURES", "ReportSettings", "metrics_document", "write_report"]

METRICS, PAGE = "metrics.json", "evaluation.md"
"""Names within the folder of reports."""

Number = int | float


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """Bootstrap, and how many photos and queries the failure sheets show."""

    resampling: Resampling = field(default_factory=Resampling)
    failures: int = 24
    queries: int = 12


def _flat(summary: Summary) -> dict[str, Number]:
    numbers: dict[str, Number] = dict(summary.counts)
    for name, interval in summary.figures.items():
        numbers |= _numbers(name, interval)
    return numbers


def _numbers(name: str, interval: Interval) -> dict[str, Number]:
    numbers: dict[str, Number] = {name: round(interval.value, 4)}
    if interval.bounded:
        numbers |= {f"{name}_low": round(interval.low, 4), f"{name}_high": round(interval.high, 4)}
    return numbers


def _nested(entry: Entry) -> dict[str, object]:
    document: dict[str, object] = {
        "all": _flat(entry.slices.all) | (_standing(entry) if isinstance(entry, BrandEntry) else {}),
        "by_source": {source: _flat(summary) for source, summary in entry.slices.by_source.items()},
    }
    return document | ({"weights": entry.weights} if entry.weights == UNTRAINED else {})


def _standing(entry: BrandEntry) -> dict[str, Number]:
    """Where the model stands among the others."""
    delta = entry.comparison.macro_f1 if entry.comparison else Interval(0.0)
    validation = {} if isnan(entry.val_macro_f1) else {"val_macro_f1": round(entry.val_macro_f1, 4)}
    return {**validation, **_numbers("macro_f1_delta", delta)}


def metrics_document(brand: Sequence[BrandEntry], retrieval: Sequence[Entry]) -> dict[str, dict[str, object]]:
    """{"brand": {model: {"all": {...}, "by_source": {source: {...}}}}, "retrieval": {extractor: likewise}}.

    A figure stands as `macro_f1`, `macro_f1_low`, `macro_f1_high`, rounded to 4 digits, so that `dvc metrics show`
    reads well; bounds that cannot be given are absent. `macro_f1_delta` is the difference to the best model by
    validation, 0 for that model itself. What hangs on an untrained extractor says "weights": "random". Times are left
    out: the document is the same for the same models.
    """
    return {
        "brand": {entry.name: _nested(entry) for entry in brand},
        "retrieval": {entry.name: _nested(entry) for entry in retrieval},
    }


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes entries and their pictures."""

    load: LoadPhoto | None
    settings: ReportSettings
    pictures: Pictures

    def brand(self, result: BrandResult, comparison: Comparison | None, *, chosen: bool) -> BrandEntry:
        known = result.known
        metrics = classification_metrics(result.truth[known], result.predicted[known], result.labels)
        links = {}
        if chosen:
            links = self.pictures.plots(result, metrics) | self._failures(result)
        return BrandEntry(
            result.name,
            summarise_brands(result, self.settings.resampling),
            links,
            result.weights,
            extractor=result.extractor,
            classifier=result.classifier,
            per_brand=metrics["per_brand"],
            val_macro_f1=result.val_macro_f1,
            comparison=comparison,
            chosen=chosen,
            cost=result.cost,
        )

    def _failures(self, result: BrandResult) -> dict[str, str]:
        if self.load is None:
            return {}
        failures = brand_failure_sheet(result, self.load, self.settings.failures)
        unknown = unknown_failure_sheet(result, self.load, self.settings.failures)
        links = self.pictures.sheet(f"{result.name}-failures.jpg", "failures", failures)
        return links | self.pictures.sheet(f"{result.name}-unknown.jpg", "unknown brands", unknown)

    def retrieval(self, run: RetrievalRun) -> Entry:
        sheet = None if self.load is None else retrieval_failure_sheet(run, self.load, self.settings.queries)
        links = self.pictures.sheet(f"{run.name}-retrieval-failures.jpg", "failures", sheet)
        return Entry(run.name, summarise_retrieval(run, self.settings.resampling), links, run.weights)


def _check_names(kind: str, names: Sequence[str]) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise DataError(f"The {kind} results name {', '.join(repeated)} twice; give each model its own name.")


def write_report(
    reports: Path,
    brand: Sequence[BrandResult],
    retrieval: Sequence[RetrievalRun],
    *,
    views: Sequence[Views] = (),
    curve: Curve | None = None,
    load: LoadPhoto | None = None,
    settings: ReportSettings | None = None,
    done: Callable[[str], None] | None = None,
) -> dict[str, dict[str, object]]:
    """Write metrics.json, evaluation.md and evaluation/ into the folder `reports`; answers what metrics.json holds.

    All brand models are compared; plots and failure sheets are of the best classifier of each extractor alone, by
    validation. `views` and `curve` add their sections. `load` reads a photo by its id for the failure sheets; without
    it there are none. `done` is called with the name of each result when it is finished, for a progress bar. Pictures
    are written first and the two documents last, each atomically; pictures of models that are no longer shown are
    removed. Raises DataError when there is nothing to report, two results of a kind share a name, or brand models
    answered different photos; what `load` raises passes through.
    """
    if not brand and not retrieval:
        raise DataError("There is nothing to evaluate; train a brand model or embed photos first.")
    _check_names("brand", [result.name for result in brand])
    _check_names("retrieval", [run.name for run in retrieval])
    how, tell, pictures = settings or ReportSettings(), done or (lambda _name: None), Pictures(reports)
    others = compare(brand, how.resampling).others if brand else {}
    chosen = {result.name for result in best_of_each_extractor(brand)}
    maker, brand_entries, retrieval_entries = _Maker(load, how, pictures), [], []
    for result in brand:
        brand_entries.append(maker.brand(result, others.get(result.name), chosen=result.name in chosen))
        tell(result.name)
    for run in retrieval:
        retrieval_entries.append(maker.retrieval(run))
        tell(run.name)
    more = [*view_section(views, pictures), *curve_section(curve, pictures)]
    document = metrics_document(brand_entries, retrieval_entries)
    sampling = how.resampling
    page = render(brand_entries, retrieval_entries, resamples=sampling.resamples, level=sampling.level, more=more)
    write_atomically(reports / PAGE, page.encode())
    write_atomically(reports / METRICS, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
    pictures.remove_old()
    return document
