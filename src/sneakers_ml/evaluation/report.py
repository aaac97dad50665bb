"""Writes the evaluation: metrics.json for DVC, evaluation.md for people, plots and failure sheets for both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from sneakers_ml.atomic import write_atomically
from sneakers_ml.charts import save_png
from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.bootstrap import Resampling
from sneakers_ml.evaluation.confidence import expected_calibration_error, reliability_table
from sneakers_ml.evaluation.failures import (
    LoadPhoto,
    brand_failure_sheet,
    retrieval_failure_sheet,
    save_jpeg,
    unknown_failure_sheet,
)
from sneakers_ml.evaluation.markdown import Entry, render
from sneakers_ml.evaluation.metrics import ClassificationMetrics, classification_metrics
from sneakers_ml.evaluation.plots import confusion_plot, f1_plot, reliability_plot
from sneakers_ml.evaluation.results import BrandResult, RetrievalRun
from sneakers_ml.evaluation.summary import Slices, Summary, summarise_brands, summarise_retrieval

__all__ = ["METRICS", "PAGE", "PICTURES", "ReportSettings", "metrics_document", "write_report"]

METRICS, PAGE, PICTURES = "metrics.json", "evaluation.md", "evaluation"
"""Names within the folder of reports; the last is the folder of plots and failure sheets."""

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
        numbers[name] = round(interval.value, 4)
        if interval.bounded:
            numbers |= {f"{name}_low": round(interval.low, 4), f"{name}_high": round(interval.high, 4)}
    return numbers


def _nested(slices: Slices) -> dict[str, object]:
    return {
        "all": _flat(slices.all),
        "by_source": {source: _flat(summary) for source, summary in slices.by_source.items()},
    }


def metrics_document(brand: Sequence[Entry], retrieval: Sequence[Entry]) -> dict[str, dict[str, object]]:
    """{"brand": {model: {"all": {...}, "by_source": {source: {...}}}}, "retrieval": {extractor: likewise}}.

    A figure stands as `macro_f1`, `macro_f1_low`, `macro_f1_high`, rounded to 4 digits, so that `dvc metrics show`
    reads well; bounds that cannot be given are absent.
    """
    return {
        "brand": {entry.name: _nested(entry.slices) for entry in brand},
        "retrieval": {entry.name: _nested(entry.slices) for entry in retrieval},
    }


class _Pictures:
    """The folder of pictures: remembers what was written, so that pictures of models that are gone can go too."""

    def __init__(self, reports: Path) -> None:
        self._folder = reports / PICTURES
        self._written: set[str] = set()

    def _target(self, name: str) -> Path:
        self._written.add(name)
        return self._folder / name

    def plots(self, result: BrandResult, metrics: ClassificationMetrics) -> dict[str, str]:
        """Confusion matrix, reliability diagram and F1 bars over the photos of known brands."""
        name, known = result.name, result.known
        confidence, correct = result.confidence[known], result.correct[known]
        error = expected_calibration_error(confidence, correct)
        figures = {
            "confusion": confusion_plot(metrics["confusion"], metrics["labels"], f"{name}: confusion"),
            "reliability": reliability_plot(reliability_table(confidence, correct), error, f"{name}: reliability"),
            "f1": f1_plot(metrics["per_brand"], f"{name}: F1 of each brand"),
        }
        for kind, figure in figures.items():
            save_png(figure, self._target(f"{name}-{kind}.png"))
        return {kind: f"{PICTURES}/{name}-{kind}.png" for kind in figures}

    def sheet(self, file: str, text: str, sheet: Image.Image | None) -> dict[str, str]:
        """Saves a failure sheet and answers its link; nothing where there is no failure to show."""
        if sheet is None:
            return {}
        save_jpeg(sheet, self._target(file))
        return {text: f"{PICTURES}/{file}"}

    def remove_old(self) -> None:
        for path in self._folder.glob("*"):
            if path.suffix in {".png", ".jpg"} and path.name not in self._written:
                path.unlink()


def _brand_entry(result: BrandResult, load: LoadPhoto | None, settings: ReportSettings, pictures: _Pictures) -> Entry:
    known = result.known
    metrics = classification_metrics(result.truth[known], result.predicted[known], result.labels)
    links = pictures.plots(result, metrics)
    if load is not None:
        failures = brand_failure_sheet(result, load, settings.failures)
        unknown = unknown_failure_sheet(result, load, settings.failures)
        links |= pictures.sheet(f"{result.name}-failures.jpg", "failures", failures)
        links |= pictures.sheet(f"{result.name}-unknown.jpg", "unknown brands", unknown)
    return Entry(result.name, summarise_brands(result, settings.resampling), links, metrics["per_brand"])


def _retrieval_entry(run: RetrievalRun, load: LoadPhoto | None, settings: ReportSettings, pictures: _Pictures) -> Entry:
    sheet = retrieval_failure_sheet(run, load, settings.queries) if load is not None else None
    links = pictures.sheet(f"{run.name}-retrieval-failures.jpg", "failures", sheet)
    return Entry(run.name, summarise_retrieval(run, settings.resampling), links)


def _check_names(kind: str, names: Sequence[str]) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise DataError(f"The {kind} results name {', '.join(repeated)} twice; give each model its own name.")


def write_report(
    reports: Path,
    brand: Sequence[BrandResult],
    retrieval: Sequence[RetrievalRun],
    *,
    load: LoadPhoto | None = None,
    settings: ReportSettings | None = None,
    done: Callable[[str], None] | None = None,
) -> dict[str, dict[str, object]]:
    """Write metrics.json, evaluation.md and evaluation/ into the folder `reports`; answers what metrics.json holds.

    `load` reads a photo by its id for the failure sheets; without it there are none. `done` is called with the name of
    each result when it is finished, for a progress bar. Pictures are written first and the two documents last, each
    atomically; pictures of models that are no longer evaluated are removed. Raises DataError when there is nothing to
    report or two results of a kind share a name; what `load` raises passes through.
    """
    if not brand and not retrieval:
        raise DataError("There is nothing to evaluate; train a brand model or embed photos first.")
    _check_names("brand", [result.name for result in brand])
    _check_names("retrieval", [run.name for run in retrieval])
    how, tell, pictures = settings or ReportSettings(), done or (lambda _name: None), _Pictures(reports)
    brand_entries, retrieval_entries = [], []
    for result in brand:
        brand_entries.append(_brand_entry(result, load, how, pictures))
        tell(result.name)
    for run in retrieval:
        retrieval_entries.append(_retrieval_entry(run, load, how, pictures))
        tell(run.name)
    document = metrics_document(brand_entries, retrieval_entries)
    page = render(brand_entries, retrieval_entries, resamples=how.resampling.resamples, level=how.resampling.level)
    write_atomically(reports / PAGE, page.encode())
    write_atomically(reports / METRICS, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
    pictures.remove_old()
    return document
