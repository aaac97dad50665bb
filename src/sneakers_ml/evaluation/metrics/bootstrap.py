"""95 % intervals by resampling shoe models: photos of one model stand or fall together, so they are drawn together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import DataError

__all__ = ["Interval", "Resampling", "intervals_of_sums", "intervals_of_weights", "mean_intervals"]

Floats = NDArray[np.float64]
Groups = Sequence[str] | NDArray[np.str_] | NDArray[np.int64]
Statistic = Callable[[Floats], Floats]

_CELLS_AT_ONCE = 2_000_000
"""Weights held in memory at a time: 16 MB of float64, whatever the number of resamples."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the bounds of its interval; the bounds are NaN where none can be given."""

    value: float
    low: float = nan
    high: float = nan

    @property
    def bounded(self) -> bool:
        return isfinite(self.low) and isfinite(self.high)


@dataclass(frozen=True, slots=True)
class Resampling:
    """How to bootstrap: number of resamples, seed, and the share of them that lies inside the interval."""

    resamples: int = 1000
    seed: int = 0
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.resamples < 1 or not 0 < self.level < 1:
            raise DataError(
                f"A bootstrap needs 1 or more resamples and a level in (0, 1), not {self.resamples} and {self.level}."
            )


def _group_codes(groups: Groups) -> tuple[NDArray[np.int64], int]:
    names, codes = np.unique(np.asarray(groups), return_inverse=True)
    if not names.size:
        raise DataError("There is nothing to resample; an interval needs at least one photo.")
    return codes.reshape(-1).astype(np.int64), names.size


def _weights(count: int, width: int, resampling: Resampling) -> Iterator[Floats]:
    """Blocks (b, count): how often each group occurs in a resample of `count` groups drawn with replacement."""
    generator = np.random.default_rng(resampling.seed)
    block = max(1, _CELLS_AT_ONCE // max(count, width))
    for start in range(0, resampling.resamples, block):
        size = min(block, resampling.resamples - start)
        draws = generator.integers(count, size=(size, count), dtype=np.int64)
        draws += np.arange(size, dtype=np.int64)[:, None] * count
        yield np.bincount(draws.ravel(), minlength=size * count).reshape(size, count).astype(np.float64)


def _intervals(
    count: int, width: int, spread: Statistic, statistics: Mapping[str, Statistic], resampling: Resampling
) -> dict[str, Interval]:
    """Percentile intervals of statistics of what `spread` makes of group weights (b, count); each maps it to (b,)."""
    everything = spread(np.ones((1, count)))
    values = {name: float(statistic(everything)[0]) for name, statistic in statistics.items()}
    if count < 2:  # one model says nothing about how much models differ
        return {name: Interval(value) for name, value in values.items()}
    samples: dict[str, list[Floats]] = {name: [] for name in statistics}
    for weights in _weights(count, width, resampling):
        drawn = spread(weights)
        for name, statistic in statistics.items():
            samples[name].append(statistic(drawn))
    found = {}
    for name, value in values.items():
        sample = np.concatenate(samples[name])
        finite = sample[np.isfinite(sample)]
        shares = [(1 - resampling.level) / 2, (1 + resampling.level) / 2]
        found[name] = Interval(value, *np.quantile(finite, shares).tolist()) if finite.size else Interval(value)
    return found


def intervals_of_sums(
    table: Floats, groups: Groups, statistics: Mapping[str, Statistic], resampling: Resampling
) -> dict[str, Interval]:
    """Percentile intervals (Efron and Tibshirani 1993, ch. 13) of statistics of column sums.

    A resample draws as many shoe models as there are, with replacement, and takes all photos of each; its column sums
    come from one matrix product, not from a loop. Resamples where a statistic is NaN are left out. The same seed gives
    the same bounds; with a single model they are NaN.

    Args:
        table: (n, k) what each photo adds.
        groups: (n,) shoe model of each photo.
        statistics: each maps sums (b, k) to values (b,); an interval's `value` is that of all photos once.
        resampling: how many resamples, and their seed.
    """
    rows = np.asarray(table, dtype=np.float64)
    codes, count = _group_codes(groups)
    if rows.ndim != 2 or len(rows) != len(codes):
        raise DataError(f"The table {rows.shape} and the {len(codes)} groups must have one row each per photo.")
    sums = np.zeros((count, rows.shape[1]))
    np.add.at(sums, codes, rows)
    return _intervals(count, count, lambda weights: weights @ sums, statistics, resampling)


def intervals_of_weights(
    groups: Groups, statistics: Mapping[str, Statistic], resampling: Resampling
) -> dict[str, Interval]:
    """As `intervals_of_sums`, for statistics that are no function of sums (AUROC): they take photo weights (b, n)."""
    codes, count = _group_codes(groups)
    return _intervals(count, len(codes), lambda weights: weights[:, codes], statistics, resampling)


def mean_intervals(
    columns: Mapping[str, NDArray[np.floating]], groups: Groups, resampling: Resampling
) -> dict[str, Interval]:
    """Intervals of the means of columns (n,), for figures that are means over photos: recall@k, mAP."""
    table = np.column_stack([*columns.values(), np.ones(len(groups))])

    def mean(sums: Floats, column: int) -> Floats:
        return np.asarray(sums[:, column] / sums[:, -1])

    statistics = {name: partial(mean, column=column) for column, name in enumerate(columns)}
    return intervals_of_sums(table, groups, statistics, resampling)
