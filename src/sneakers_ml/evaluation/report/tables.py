"""Tables of evaluation.md: a row a source, model, extractor or share of training photos; and how figures are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isnan

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.learning_curve import CurvePoint
from sneakers_ml.evaluation.report.by_source import SourceFigures
from sneakers_ml.evaluation.report.findings import BrandEntry, Entry
from sneakers_ml.features.extractor import UNTRAINED, shown_name
from sneakers_ml.reporting.markdown import escaped, table
from sneakers_ml.workspace.choice import Candidate, Choice

__all__ = [
    "curve_table",
    "difference_cell",
    "figure_cell",
    "model_table",
    "number_cell",
    "p_value_cell",
    "retrieval_table",
    "shown_candidate",
    "source_table",
]

_NOTHING = "–"
"""A cell where no figure can be given."""

_TITLES = {
    "macro_f1": "Macro-F1",
    "accuracy": "Accuracy",
    "ece": "ECE",
    "map": "mAP",
    "map_at_r": "MAP@R",
    "r_precision": "R-precision",
}
_LOWER_IS_BETTER = {"ece"}
_WORDS = {"Extractor", "Left out", "Model", "Photos of"}
"""Columns of words, which are set left."""
_BY_SOURCE = ("accuracy", "macro_f1", "ece", "recall_at_1", "map")


def figure_cell(interval: Interval | None, best: float | None = None) -> str:
    """A figure with its interval, in bold where it is the best of its column."""
    if interval is None:
        return _NOTHING
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
    return _NOTHING if value is None or isnan(value) else f"{value:,.{digits}f}"


def shown_candidate(candidate: Candidate) -> str:
    """A candidate's name, with a mark where its extractor is untrained."""
    return shown_name(candidate.name, UNTRAINED if candidate.untrained else "")


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


def source_table(sources: Sequence[SourceFigures]) -> str:
    """What serves on the photos of each source; own shops together in bold."""
    rows = []
    for number, source in enumerate(sources):
        name = escaped(source.name)
        shown = (f"**{name}**" if number == 0 else name) if source.own else f"{name} (not trained on)"
        figures = source.summary.figures
        rows.append(
            [shown, f"{source.summary.counts['photos']:,}", *(figure_cell(figures.get(key)) for key in _BY_SOURCE)]
        )
    heads, _ = _figure_cells(_BY_SOURCE, [])
    return table(["Photos of", "Photos", *heads], rows, _WORDS)


def model_table(entries: Sequence[BrandEntry], choice: Choice, milliseconds: Mapping[str, float]) -> str:
    """Every brand model in the order of the choice: figures on test photos, the score that chooses, and its cost."""
    by_name = {entry.result.name: entry for entry in entries}
    candidates = [each for each in choice.candidates if each.name in by_name]
    heads, shown = _figure_cells(
        ("macro_f1", "accuracy"), [by_name[each.name].slices.all.figures for each in candidates]
    )
    rows = []
    for candidate, cells in zip(candidates, shown, strict=True):
        name = escaped(shown_candidate(candidate))
        took, size = number_cell(milliseconds.get(candidate.name), 1), number_cell(candidate.megabytes, 1)
        rows.append(
            [
                f"**{name}**" if candidate.name == choice.name else name,
                *cells,
                number_cell(candidate.macro_f1, 3),
                number_cell(candidate.map, 3),
                number_cell(candidate.score, 3),
                *(took, size, candidate.left_out or _NOTHING),
            ]
        )
    return table(["Model", *heads, "Macro-F1 there", "mAP there", "Score", "ms", "MB", "Left out"], rows, _WORDS)


def retrieval_table(entries: Sequence[Entry]) -> str:
    """Every extractor: figures over all test photos of learnt brands."""
    figures = list(dict.fromkeys(figure for entry in entries for figure in entry.slices.all.figures))
    heads, shown = _figure_cells(figures, [entry.slices.all.figures for entry in entries])
    rows = [[escaped(entry.result.shown), *cells] for entry, cells in zip(entries, shown, strict=True)]
    return table(["Extractor", *heads], rows, _WORDS)


def curve_table(points: Sequence[CurvePoint]) -> str:
    """The points of a learning curve."""
    rows = [
        [
            f"{point.share:.0%}",
            f"{point.models:,}",
            f"{point.products:,.0f}",
            f"{point.photos:,.0f}",
            f"{point.macro_f1:.3f}",
            f"{point.low:.3f}–{point.high:.3f}" if point.repeats > 1 else _NOTHING,
            str(point.repeats),
        ]
        for point in points
    ]
    return table(["Share", "Shoe models", "Products", "Photos", "Macro-F1", "Range", "Fits"], rows)
