"""Tables of the report: a row a model, extractor, brand or share of training photos; and how figures are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import TypeVar

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.classification import brand_scores
from sneakers_ml.evaluation.metrics.comparison import Comparison
from sneakers_ml.evaluation.metrics.learning_curve import CurvePoint
from sneakers_ml.evaluation.metrics.results import BrandResult, Result, ViewResult
from sneakers_ml.evaluation.metrics.summary import Slices, Summary
from sneakers_ml.features.extractor import shown_name
from sneakers_ml.reporting.markdown import escaped, table

__all__ = [
    "BrandEntry",
    "Entry",
    "brand_table",
    "curve_table",
    "difference_cell",
    "figure_cell",
    "macro_f1_table",
    "model_table",
    "number_cell",
    "overview_table",
    "p_value_cell",
    "ranked",
    "source_table",
    "view_table",
]

NOTHING = "–"
"""A cell where no figure can be given."""

_TITLES = {
    "macro_f1": "Macro-F1",
    "accuracy": "Accuracy",
    "ece": "ECE",
    "known_auroc": "Known AUROC",
    "map": "mAP",
    "map_at_r": "MAP@R",
    "r_precision": "R-precision",
}
_LOWER_IS_BETTER = {"ece"}
_WORDS = {"Brand", "Differs", "Extractor", "Lies together by", "Model", "Photos of", "Pictures", "Source"}
"""Columns of words, which are set left."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A model or extractor in the report: its figures over all photos and over each source, and its pictures.

    `pictures` maps the text of a link to a path beside the report.
    """

    result: Result
    slices: Slices
    pictures: Mapping[str, str]

    @property
    def shown(self) -> str:
        """The name in Markdown, with a mark where the extractor is untrained."""
        return escaped(self.result.shown)


@dataclass(frozen=True, slots=True)
class BrandEntry(Entry):
    """A brand model in the report.

    comparison  with the best by validation; None for that model itself
    chosen      whether it is the best of its extractor by validation, and so shown in detail
    """

    result: BrandResult
    comparison: Comparison | None = None
    chosen: bool = True


AnyEntry = TypeVar("AnyEntry", bound=Entry)


def ranked(entries: Iterable[AnyEntry], figure: str) -> list[AnyEntry]:
    """Entries by falling figure over all photos, those without it last; ties by name."""

    def rank(entry: AnyEntry) -> tuple[float, str]:
        interval = entry.slices.all.figures.get(figure)
        return (inf if interval is None or isnan(interval.value) else -interval.value, entry.result.name)

    return sorted(entries, key=rank)


def figure_cell(interval: Interval | None, best: float | None = None) -> str:
    """A figure with its interval, in bold where it is the best of its column."""
    if interval is None:
        return NOTHING
    bold = best is not None and round(interval.value, 3) == best
    value = f"**{interval.value:.3f}**" if bold else f"{interval.value:.3f}"
    if not interval.bounded:
        return value
    dash = "–" if interval.low >= 0 else " to "  # a dash between the bounds would be read as a minus
    return f"{value} ({interval.low:.3f}{dash}{interval.high:.3f})".replace("-", "−")


def difference_cell(interval: Interval) -> str:
    """A difference with its sign; a word stands between its bounds, which may have minus signs."""
    value = _signed(interval.value)
    return f"{value} ({_signed(interval.low)} to {_signed(interval.high)})" if interval.bounded else value


def _signed(value: float) -> str:
    rounded = round(value, 3)
    return f"{rounded:+.3f}".replace("-", "−") if rounded else "0.000"


def p_value_cell(probability: float) -> str:
    """A p-value."""
    return "< 0.001" if probability < 0.001 else f"{probability:.3f}"


def number_cell(value: float | None, digits: int) -> str:
    """A number without an interval, such as a time."""
    return NOTHING if value is None or isnan(value) else f"{value:,.{digits}f}"


def _figure_cells(
    figures: Sequence[str], slices: Sequence[Mapping[str, Interval]]
) -> tuple[list[str], list[list[str]]]:
    """Heads, and a row of cells for the figures of each slice; the best of a column is bold where there are several."""
    heads = [_TITLES.get(figure) or figure.replace("recall_at_", "Recall@") for figure in figures]
    best = {figure: _best(figure, [each.get(figure) for each in slices]) for figure in figures}
    return heads, [[figure_cell(each.get(figure), best[figure]) for figure in figures] for each in slices]


def _best(figure: str, intervals: Iterable[Interval | None]) -> float | None:
    """The best value at the precision shown; None where there is nothing to compare."""
    values = [round(each.value, 3) for each in intervals if each is not None]
    if len(values) < 2:
        return None
    return min(values) if figure in _LOWER_IS_BETTER else max(values)


def model_table(entries: Sequence[BrandEntry]) -> str:
    """Every brand model: figures on test photos, difference to the best by validation, and cost."""
    heads, shown = _figure_cells(("macro_f1", "accuracy", "ece"), [entry.slices.all.figures for entry in entries])
    rows = []
    for entry, cells in zip(entries, shown, strict=True):
        difference, cost = [NOTHING] * 3, entry.result.cost
        if (found := entry.comparison) is not None:
            differs = ("yes" if found.differs else "no") if found.macro_f1.bounded else NOTHING
            difference = [difference_cell(found.macro_f1), differs, p_value_cell(found.mcnemar)]
        costs = [
            number_cell(cost.fit_seconds, 1),
            number_cell(cost.predict_ms, 2),
            number_cell(None if cost.size is None else cost.size / 1000, 0),
        ]
        rows.append([entry.shown, number_cell(entry.result.val_macro_f1, 3), *cells, *difference, *costs])
    head = ["Model", "Validation", *heads, "Macro-F1, difference", "Differs", "McNemar p"]
    return table([*head, "Fit, s", "Predict, ms", "Size, KB"], rows, _WORDS)


def macro_f1_table(entries: Sequence[BrandEntry]) -> str:
    """Macro-F1, extractor by classifier, of all photos and of each source; the best of each part in bold."""
    results = [entry.result for entry in entries]
    extractors = {each.extractor: escaped(shown_name(each.extractor, each.weights)) for each in results}
    classifiers = sorted({each.classifier for each in results})
    sources = sorted({source for entry in entries for source in entry.slices.by_source})
    parts: list[tuple[str, list[Summary | None]]] = [("all sources", [entry.slices.all for entry in entries])]
    if len(sources) > 1:
        parts += [(escaped(source), [entry.slices.by_source.get(source) for entry in entries]) for source in sources]
    rows = []
    for part, summaries in parts:
        # Without bounds, which would crowd the table.
        found = {
            (each.extractor, each.classifier): Interval(summary.figures["macro_f1"].value)
            for each, summary in zip(results, summaries, strict=True)
            if summary and "macro_f1" in summary.figures
        }
        best = _best("macro_f1", found.values())
        for extractor, shown in sorted(extractors.items()):
            cells = [figure_cell(found.get((extractor, classifier)), best) for classifier in classifiers]
            rows.append([part, shown, *cells])
    return table(["Photos of", "Extractor", *map(escaped, classifiers)], rows, _WORDS)


def overview_table(entries: Sequence[Entry], counts: Mapping[str, str], figures: Sequence[str], leader: Entry) -> str:
    """Figures over all photos and links to pictures; `counts` maps a count to its head, the `leader` is in bold."""
    heads, shown = _figure_cells(figures, [entry.slices.all.figures for entry in entries])
    rows = []
    for entry, cells in zip(entries, shown, strict=True):
        name = f"**{entry.shown}**" if entry is leader else entry.shown
        numbers = [f"{entry.slices.all.counts[count]:,}" for count in counts]
        links = ", ".join(f"[{text}]({path})" for text, path in entry.pictures.items()) or NOTHING
        rows.append([name, *numbers, *cells, links])
    return table(["Model", *counts.values(), *heads, "Pictures"], rows, _WORDS)


def source_table(entries: Sequence[Entry], counts: Mapping[str, str], figures: Sequence[str]) -> str:
    """Figures over the photos of each source, the rows of a source together."""
    rows: list[list[str]] = []
    heads: list[str] = []
    for source in sorted({source for entry in entries for source in entry.slices.by_source}):
        present = [(entry, entry.slices.by_source[source]) for entry in entries if source in entry.slices.by_source]
        heads, shown = _figure_cells(figures, [summary.figures for _, summary in present])
        for (entry, summary), cells in zip(present, shown, strict=True):
            numbers = [f"{summary.counts[count]:,}" for count in counts]
            rows.append([escaped(source), entry.shown, *numbers, *cells])
    return table(["Source", "Model", *counts.values(), *heads], rows, _WORDS)


def brand_table(result: BrandResult) -> str:
    """Scores of each brand in the truth, the one with the most photos first."""
    scores = brand_scores(result.truth[result.known], result.predicted[result.known])
    rows = [
        [escaped(brand), f"{each.photos:,}", f"{each.precision:.3f}", f"{each.recall:.3f}", f"{each.f1:.3f}"]
        for brand, each in sorted(scores.items(), key=lambda item: (-item[1].photos, item[0]))
    ]
    return table(["Brand", "Photos", "Precision", "Recall", "F1"], rows, _WORDS)


def view_table(results: Sequence[ViewResult]) -> str:
    """Agreement of neighbours for each extractor, and what they agree by most."""
    rows = []
    for result in results:
        found = result.analysis
        view = "place in the gallery" if found.view_label == "position" else found.view_label
        kinds = {"brand": found.brand, view: found.view, "source": found.source}
        values = {kind: each.value for kind, each in kinds.items() if each is not None}
        most = max(values, key=lambda kind: values[kind]) if len(values) > 1 else NOTHING
        rows.append([escaped(result.shown), *map(figure_cell, kinds.values()), most])
    return table(["Extractor", "Same brand", "Same view", "Same source", "Lies together by"], rows, _WORDS)


def curve_table(points: Sequence[CurvePoint]) -> str:
    """The points of a learning curve."""
    rows = [
        [
            f"{point.share:.0%}",
            f"{point.models:,}",
            f"{point.products:,.0f}",
            f"{point.photos:,.0f}",
            f"{point.macro_f1:.3f}",
            f"{point.low:.3f}–{point.high:.3f}" if point.repeats > 1 else NOTHING,
            str(point.repeats),
        ]
        for point in points
    ]
    return table(["Share", "Shoe models", "Products", "Photos", "Macro-F1", "Range", "Fits"], rows)
