"""95 % intervals by resampling shoe models: photos of one model stand or fall together, so they are drawn together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import DataError

__all__ = ["Interval", "Resampling", "intervals_of_sums", "intervals_of_weights", "mean_interval"]

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


def _interval(value: float, samples: Floats, groups: int, level: float) -> Interval:
    finite = samples[np.isfinite(samples)]
    if groups < 2 or not finite.size:
        return Interval(value)  # one model says nothing about how much models differ
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high))


def _intervals(
    count: int, width: int, statistics: Mapping[str, Statistic], resampling: Resampling
) -> dict[str, Interval]:
    """Percentile intervals of statistics that take group weights (b, count) and answer (b,)."""
    values = {name: float(statistic(np.ones((1, count)))[0]) for name, statistic in statistics.items()}
    samples: dict[str, list[Floats]] = {name: [] for name in statistics}
    for block in _weights(count, width, resampling):
        for name, statistic in statistics.items():
            samples[name].append(statistic(block))
    return {
        name: _interval(values[name], np.concatenate(samples[name]), count, resampling.level) for name in statistics
    }


def intervals_of_sums(
    table: Floats, groups: Groups, statistics: Mapping[str, Statistic], resampling: Resampling | None = None
) -> dict[str, Interval]:
    """Percentile intervals (Efron and Tibshirani 1993, ch. 13) of statistics of column sums.

    `table` (n, k) holds what each photo adds, `groups` (n,) its shoe model. A resample draws as many models as there
    are, with replacement, and takes all photos of each; its column sums come from one matrix product, not from a
    loop. Each statistic maps sums (b, k) to values (b,); resamples where it is NaN are left out. `value` is the
    statistic of all photos once. With a single model the bounds are NaN. The same seed gives the same bounds.
    """
    rows = np.asarray(table, dtype=np.float64)
    codes, count = _group_codes(groups)
    if rows.ndim != 2 or len(rows) != len(codes):
        raise DataError(f"The table {rows.shape} and the {len(codes)} groups must have one row each per photo.")
    sums = np.zeros((count, rows.shape[1]))
    np.add.at(sums, codes, rows)
    on_weights = {name: _after_product(sums, statistic) for name, statistic in statistics.items()}
    return _intervals(count, count, on_weights, resampling or Resampling())


def _after_product(sums: Floats, statistic: Statistic) -> Statistic:
    return lambda weights: statistic(weights @ sums)


def intervals_of_weights(
    groups: Groups, statistics: Mapping[str, Statistic], resampling: Resampling | None = None
) -> dict[str, Interval]:
    """As `intervals_of_sums`, for statistics that are no function of sums (AUROC): they take photo weights (b, n)."""
    codes, count = _group_codes(groups)
    on_groups = {name: _after_spread(codes, statistic) for name, statistic in statistics.items()}
    return _intervals(count, len(codes), on_groups, resampling or Resampling())


def _after_spread(codes: NDArray[np.int64], statistic: Statistic) -> Statistic:
    return lambda weights: statistic(weights[:, codes])


def mean_interval(values: NDArray[np.floating], groups: Groups, resampling: Resampling | None = None) -> Interval:
    """Interval of the mean of `values` (n,), for figures that are means over photos: accuracy, recall@k, mAP."""
    table = np.column_stack([np.asarray(values, dtype=np.float64), np.ones(len(values))])
    return intervals_of_sums(table, groups, {"mean": lambda sums: sums[:, 0] / sums[:, 1]}, resampling)["mean"]
