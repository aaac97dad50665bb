"""What metrics.json holds, for `dvc metrics`."""

from __future__ import annotations

from math import isnan
from typing import Any

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.summary import Summary
from sneakers_ml.evaluation.report.findings import BrandEntry, Entry, Findings
from sneakers_ml.features.extractor import UNTRAINED

__all__ = ["interval_numbers", "metrics_document"]

Number = int | float


def metrics_document(findings: Findings) -> dict[str, dict[str, Any]]:
    """Figures of all models and extractors over all test photos and by source, and by place of those that might serve.

    A figure stands as `macro_f1`, `macro_f1_low`, `macro_f1_high`, rounded to 4 digits, so that `dvc metrics show`
    reads well; bounds that cannot be given are absent. `macro_f1_delta` is the difference to the best model by
    validation, 0 for that model itself. Times are left out: the document is the same for the same models. What hangs on
    an untrained extractor says `"weights": "random"`.
    """
    return {
        "brand": {entry.result.name: _figures(entry) for entry in findings.brands},
        "retrieval": {entry.result.name: _figures(entry) for entry in findings.extractors},
        "places": {
            name: {place: _flat(summary) for place, summary in places.items()}
            for name, places in findings.selection.summaries.items()
        },
    }


def _figures(entry: Entry) -> dict[str, object]:
    """{"all": {...}, "by_source": {source: {...}}}."""
    everything = _flat(entry.slices.all)
    if isinstance(entry, BrandEntry):
        if not isnan(entry.result.val_macro_f1):
            everything["val_macro_f1"] = round(entry.result.val_macro_f1, 4)
        difference = entry.comparison.macro_f1 if entry.comparison else Interval(0.0)
        everything |= interval_numbers("macro_f1_delta", difference)
    by_source = {source: _flat(summary) for source, summary in entry.slices.by_source.items()}
    weights = {"weights": UNTRAINED} if entry.result.weights == UNTRAINED else {}
    return {"all": everything, "by_source": by_source, **weights}


def _flat(summary: Summary) -> dict[str, Number]:
    numbers: dict[str, Number] = dict(summary.counts)
    for name, interval in summary.figures.items():
        numbers |= interval_numbers(name, interval)
    return numbers


def interval_numbers(name: str, interval: Interval) -> dict[str, Number]:
    """A figure and its bounds, where they can be given, rounded to 4 digits."""
    numbers: dict[str, Number] = {name: round(interval.value, 4)}
    if interval.bounded:
        numbers |= {f"{name}_low": round(interval.low, 4), f"{name}_high": round(interval.high, 4)}
    return numbers
