"""How much is lost on the way from shops that were trained on to sources that were not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling, intervals_of_sums
from sneakers_ml.evaluation.metrics.classification import accuracy, brand_counts, macro_f1
from sneakers_ml.evaluation.metrics.results import BrandResult, RetrievalResult

__all__ = ["brand_drops", "retrieval_drops"]

Floats = NDArray[np.float64]


def brand_drops(result: BrandResult, own: str, place: str, resampling: Resampling) -> dict[str, Interval]:
    """Accuracy and macro-F1 on photos of known brands of the source `own`, less those of `place`.

    Each macro-F1 is over the brands that its photos show, so that two places can differ by their brands too.
    """
    known = result.known
    counts = brand_counts(result.truth[known], result.predicted[known], result.labels)
    figures = {"accuracy": accuracy, "macro_f1": macro_f1}
    return _drops(counts, result.groups[known], result.sources[known], (own, place), figures, resampling)


def retrieval_drops(result: RetrievalResult, own: str, place: str, resampling: Resampling) -> dict[str, Interval]:
    """Recall@1 and mAP of the queries of the source `own`, less those of `place`."""
    metrics = result.metrics
    first = metrics.hits[:, metrics.ks.index(1)]
    table = np.column_stack([first, metrics.average_precision, np.ones(len(first))])
    groups, sources = result.groups[metrics.evaluated], result.sources[metrics.evaluated]
    figures = {"recall_at_1": partial(_mean, column=0), "map": partial(_mean, column=1)}
    return _drops(table, groups, sources, (own, place), figures, resampling)


def _mean(sums: Floats, column: int) -> Floats:
    return np.asarray(sums[:, column] / sums[:, -1])


def _drops(
    table: Floats,
    groups: NDArray[np.str_],
    sources: NDArray[np.str_],
    places: tuple[str, str],
    figures: Mapping[str, Callable[[Floats], Floats]],
    resampling: Resampling,
) -> dict[str, Interval]:
    """Differences of figures of column sums; a resample draws from the shoe models of both places together."""
    if not all((sources == place).any() for place in places):
        return {}
    width, chosen = table.shape[1], np.isin(sources, places)
    both = np.hstack([table * (sources == place)[:, None] for place in places])[chosen]

    def difference(sums: Floats, figure: Callable[[Floats], Floats]) -> Floats:
        with np.errstate(invalid="ignore"):  # a resample may hold no photo of one place; it is left out
            return np.asarray(figure(sums[:, :width]) - figure(sums[:, width:]))

    statistics = {f"{name}_drop": partial(difference, figure=figure) for name, figure in figures.items()}
    return intervals_of_sums(both, groups[chosen], statistics, resampling)
