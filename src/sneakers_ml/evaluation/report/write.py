"""Writes the evaluation: metrics.json for DVC, evaluation.md for people, plots and failure sheets for both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from math import isnan
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from PIL import Image
from sklearn.metrics import confusion_matrix

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.choosing import Selection
from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling
from sneakers_ml.evaluation.metrics.classification import brand_scores, expected_calibration_error, reliability_table
from sneakers_ml.evaluation.metrics.comparison import best_of_each_extractor, compare
from sneakers_ml.evaluation.metrics.results import BrandResult, CurveResult, RetrievalResult, ViewResult
from sneakers_ml.evaluation.metrics.summary import Summary, summarise_brands, summarise_retrieval
from sneakers_ml.evaluation.report.failures import (
    LoadPhoto,
    brand_failure_sheet,
    retrieval_failure_sheet,
    save_jpeg,
    unknown_failure_sheet,
)
from sneakers_ml.evaluation.report.page import curve_section, render, view_section
from sneakers_ml.evaluation.report.plots import confusion_plot, curve_plot, f1_plot, map_plot, reliability_plot
from sneakers_ml.evaluation.report.selection import selection_section
from sneakers_ml.evaluation.report.tables import BrandEntry, Entry
from sneakers_ml.features.extractor import UNTRAINED
from sneakers_ml.files import write_atomically
from sneakers_ml.reporting.charts import save_png

__all__ = ["METRICS", "PAGE", "PICTURES", "write_report"]

METRICS, PAGE, PICTURES = "metrics.json", "evaluation.md", "evaluation"
"""Names within the folder of reports; the last is the folder of pictures."""

Number = int | float


class _Pictures:
    """Remembers what was written, so that pictures of models that are gone, or no longer shown, can go too."""

    def __init__(self, reports: Path) -> None:
        self._folder = reports / PICTURES
        self._written: set[str] = set()

    def save(self, name: str, text: str, picture: Figure | Image.Image | None) -> dict[str, str]:
        """Save a plot as a PNG or a sheet as a JPEG; its link (text -> path beside the report), or none without one."""
        if picture is None:
            return {}
        file = f"{name}.png" if isinstance(picture, Figure) else f"{name}.jpg"
        self._written.add(file)
        if isinstance(picture, Figure):
            save_png(picture, self._folder / file)
        else:
            save_jpeg(picture, self._folder / file)
        return {text: f"{PICTURES}/{file}"}

    def remove_old(self) -> None:
        """Remove the pictures in the folder that this object did not write; other files stay."""
        for path in self._folder.glob("*"):
            if path.suffix in {".png", ".jpg"} and path.name not in self._written:
                path.unlink()


def write_report(
    reports: Path,
    brand: Sequence[BrandResult],
    retrieval: Sequence[RetrievalResult],
    resampling: Resampling,
    load: LoadPhoto,
    *,
    selection: Selection | None = None,
    views: Sequence[ViewResult] = (),
    curve: CurveResult | None = None,
    on_result: Callable[[], object] = lambda: None,
) -> dict[str, dict[str, Any]]:
    """Write metrics.json, evaluation.md and evaluation/ into a folder; returns what metrics.json holds.

    All brand models are compared; plots and failure sheets are of the best classifier of each extractor alone, by
    validation. Pictures are written first and the two documents last, each atomically; pictures of models that are no
    longer shown are removed.

    Args:
        reports: the folder.
        brand: one result a brand model.
        retrieval: one result an extractor.
        resampling: of the intervals.
        load: reads a photo by its id for the failure sheets; what it raises passes through.
        selection: adds a section on what serves and what is lost in sources not trained on.
        views: add a section; those with points on their map, a picture too.
        curve: adds a section and a picture.
        on_result: called when a brand model or an extractor is finished.

    Raises:
        DataError: when there is nothing to report, two results of a kind share a name, or brand models answered
            different photos.
    """
    if not brand and not retrieval:
        raise DataError("There is nothing to evaluate; train a brand model or embed photos first.")
    for kind, results in (("brand", brand), ("retrieval", retrieval)):
        if repeated := [name for name, count in Counter(each.name for each in results).items() if count > 1]:
            raise DataError(f"The {kind} results name {', '.join(repeated)} twice; give each model its own name.")
    comparisons = compare(brand, resampling) if brand else {}
    best, pictures = best_of_each_extractor(brand), _Pictures(reports)
    brands, extractors = [], []
    for model in brand:
        links = _brand_pictures(model, load, pictures) if (chosen := model in best) else {}
        summary = summarise_brands(model, resampling)
        brands.append(BrandEntry(model, summary, links, comparisons.get(model.name), chosen))
        on_result()
    for run in retrieval:
        links = pictures.save(f"{run.name}-retrieval-failures", "failures", retrieval_failure_sheet(run, load))
        extractors.append(Entry(run, summarise_retrieval(run, resampling), links))
        on_result()
    maps: dict[str, str] = {}
    plots: dict[str, str] = {}
    for view in views:
        if len(view.analysis.map.points):
            plot = map_plot(view.analysis, f"{view.shown}: photos near their neighbours")
            maps |= pictures.save(f"{view.name}-map", f"map of {view.shown}", plot)
    if curve is not None:
        plot = curve_plot(curve.points, f"{curve.shown}: learning curve")
        plots = pictures.save(f"{curve.name}-curve", f"learning curve of {curve.shown}", plot)
    document: dict[str, dict[str, Any]] = {
        "brand": {entry.result.name: _figures(entry) for entry in brands},
        "retrieval": {entry.result.name: _figures(entry) for entry in extractors},
    }
    if selection is not None:
        document["places"] = {
            name: {place: _flat(summary) for place, summary in places.items()}
            for name, places in selection.summaries.items()
        }
    more = [*view_section(views, maps), *curve_section(curve, plots)]
    page = render(brands, extractors, resampling, selection_section(selection), more)
    write_atomically(reports / PAGE, page.encode())
    write_atomically(reports / METRICS, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
    pictures.remove_old()
    return document


def _brand_pictures(result: BrandResult, load: LoadPhoto, pictures: _Pictures) -> dict[str, str]:
    """Plots over the photos of known brands, and failure sheets."""
    shown, known = result.shown, result.known
    truth, predicted = result.truth[known], result.predicted[known]
    confidence, correct = result.confidence[known], result.correct[known]
    confusion = confusion_matrix(truth, predicted, labels=result.labels)
    error = expected_calibration_error(confidence, correct)
    drawn = (
        ("confusion", "confusion", confusion_plot(confusion, result.labels, f"{shown}: confusion")),
        (
            "reliability",
            "reliability",
            reliability_plot(reliability_table(confidence, correct), error, f"{shown}: reliability"),
        ),
        ("f1", "f1", f1_plot(brand_scores(truth, predicted), f"{shown}: F1 of each brand")),
        ("failures", "failures", brand_failure_sheet(result, load)),
        ("unknown", "unknown brands", unknown_failure_sheet(result, load)),
    )
    links: dict[str, str] = {}
    for kind, text, picture in drawn:
        links |= pictures.save(f"{result.name}-{kind}", text, picture)
    return links


def _figures(entry: Entry) -> dict[str, object]:
    """{"all": {...}, "by_source": {source: {...}}}, and "weights": "random" where it hangs on an untrained extractor.

    A figure stands as `macro_f1`, `macro_f1_low`, `macro_f1_high`, rounded to 4 digits, so that `dvc metrics show`
    reads well; bounds that cannot be given are absent. `macro_f1_delta` is the difference to the best model by
    validation, 0 for that model itself. Times are left out: the document is the same for the same models.
    """
    everything = _flat(entry.slices.all)
    if isinstance(entry, BrandEntry):
        if not isnan(entry.result.val_macro_f1):
            everything["val_macro_f1"] = round(entry.result.val_macro_f1, 4)
        everything |= _numbers("macro_f1_delta", entry.comparison.macro_f1 if entry.comparison else Interval(0.0))
    by_source = {source: _flat(summary) for source, summary in entry.slices.by_source.items()}
    weights = {"weights": UNTRAINED} if entry.result.weights == UNTRAINED else {}
    return {"all": everything, "by_source": by_source, **weights}


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
