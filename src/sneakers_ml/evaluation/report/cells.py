"""Figures as cells of the report's tables."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

from sneakers_ml.evaluation.metrics.bootstrap import Interval

__all__ = ["NOTHING", "best_value", "chance_cell", "difference_cell", "figure_cell", "figure_title", "number_cell"]

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


def figure_title(figure: str) -> str:
    """The head of a figure's column."""
    return _TITLES.get(figure) or figure.replace("recall_at_", "Recall@")


def best_value(figure: str, intervals: Iterable[Interval | None]) -> float | None:
    """The best value of a column at the precision shown; None where there is nothing to compare."""
    values = [round(each.value, 3) for each in intervals if each is not None]
    if len(values) < 2:
        return None
    return min(values) if figure in _LOWER_IS_BETTER else max(values)


def figure_cell(interval: Interval | None, best: float | None = None) -> str:
    """A figure with its interval, in bold where it is the best of its column."""
    if interval is None:
        return NOTHING
    bold = best is not None and round(interval.value, 3) == best
    value = f"**{interval.value:.3f}**" if bold else f"{interval.value:.3f}"
    if not interval.bounded:
        return value
    # A dash between the bounds would be read as a minus.
    bounds = (
        f"{interval.low:.3f}–{interval.high:.3f}" if interval.low >= 0 else f"{interval.low:.3f} to {interval.high:.3f}"
    )
    return f"{value} ({bounds})".replace("-", "−")


def difference_cell(interval: Interval) -> str:
    """A difference with its sign; its bounds are told apart from their minus signs by a word."""
    value = _signed(interval.value)
    return f"{value} ({_signed(interval.low)} to {_signed(interval.high)})" if interval.bounded else value


def _signed(value: float) -> str:
    rounded = round(value, 3)
    return f"{rounded:+.3f}".replace("-", "−") if rounded else "0.000"


def chance_cell(probability: float) -> str:
    """A p-value."""
    return "< 0.001" if probability < 0.001 else f"{probability:.3f}"


def number_cell(value: float | None, digits: int) -> str:
    """A number without an interval, such as a time."""
    return NOTHING if value is None or isnan(value) else f"{value:,.{digits}f}"
