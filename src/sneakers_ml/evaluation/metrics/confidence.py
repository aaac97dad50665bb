"""How far a model's confidences can be trusted: calibration, and telling known from unknown brands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sneakers_ml.errors import DataError

__all__ = [
    "Binning",
    "ReliabilityBin",
    "expected_calibration_error",
    "known_unknown_auroc",
    "reliability_table",
    "weighted_auroc",
]

Floats = NDArray[np.float64]
Binning = Literal["width", "mass"]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Photos whose confidence lies in (low, high]: how many, their mean confidence and their accuracy."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def _checked(confidence: NDArray[np.floating], correct: NDArray[np.bool_], bins: int) -> tuple[Floats, Floats]:
    scores, hits = np.asarray(confidence, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    if scores.ndim != 1 or scores.shape != hits.shape or not scores.size:
        raise DataError(f"Confidences {scores.shape} and hits {hits.shape} must be two rows of one length above 0.")
    if not (np.all(scores >= 0) and np.all(scores <= 1)):
        raise DataError("A confidence lies outside 0 to 1; give the probability of the predicted brand.")
    if bins < 1:
        raise DataError(f"Calibration needs 1 bin or more, not {bins}.")
    return scores, hits


def _bin_members(scores: Floats, bins: int, binning: Binning) -> list[NDArray[np.int64]]:
    """Positions of the photos of each bin, ordered by confidence."""
    order = np.argsort(scores, kind="stable").astype(np.int64)
    if binning == "mass":
        return list(np.array_split(order, bins))
    inner_edges = np.linspace(0, 1, bins + 1)[1:-1]
    # side="right" gives the bins (low, high] of the paper: a confidence on an edge belongs to the lower bin.
    return list(np.split(order, np.searchsorted(scores[order], inner_edges, side="right")))


def reliability_table(
    confidence: NDArray[np.floating], correct: NDArray[np.bool_], bins: int = 15, binning: Binning = "width"
) -> list[ReliabilityBin]:
    """Bins that hold photos, by rising confidence.

    After Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2.

    `confidence` (n,) in [0, 1] is the probability of the predicted brand, `correct` (n,) whether it was right.
    binning="width" cuts [0, 1] into equal widths, an edge belonging to the bin below it; "mass" gives each bin the same
    number of photos (adaptive: Nguyen and O'Connor 2015), whose borders are then the confidences of its photos.
    """
    scores, hits = _checked(confidence, correct, bins)
    table = []
    for position, members in enumerate(_bin_members(scores, bins, binning)):
        if not members.size:
            continue
        inside = scores[members]
        low, high = (position / bins, (position + 1) / bins) if binning == "width" else (inside[0], inside[-1])
        table.append(
            ReliabilityBin(float(low), float(high), members.size, float(inside.mean()), float(hits[members].mean()))
        )
    return table


def expected_calibration_error(
    confidence: NDArray[np.floating], correct: NDArray[np.bool_], bins: int = 15, binning: Binning = "width"
) -> float:
    """Distance of confidence and accuracy, averaged over photos by bin, in [0, 1] (Guo et al. 2017, eq. 3)."""
    table = reliability_table(confidence, correct, bins, binning)
    return sum(row.count * abs(row.accuracy - row.confidence) for row in table) / sum(row.count for row in table)


def weighted_auroc(scores: NDArray[np.floating], positive: NDArray[np.bool_], weights: Floats) -> Floats:
    """Area under the ROC curve for each of b weightings of n photos; ties count half.

    `scores` (n,), `positive` (n,), `weights` (b, n) >= 0; answers (b,), NaN where one side weighs nothing. The area
    is the chance that a positive scores higher than a negative (Hanley and McNeil 1982).
    """
    order = np.argsort(scores, kind="stable")
    ranked, is_positive = np.asarray(scores)[order], np.asarray(positive)[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    ordered = weights[:, order]
    up = np.add.reduceat(np.where(is_positive, ordered, 0.0), starts, axis=1)
    down = np.add.reduceat(np.where(is_positive, 0.0, ordered), starts, axis=1)
    wins = (up * (np.cumsum(down, axis=1) - down / 2)).sum(axis=1)
    pairs = up.sum(axis=1) * down.sum(axis=1)
    area: Floats = np.divide(wins, pairs, out=np.full(pairs.shape, np.nan), where=pairs > 0)
    return area


def known_unknown_auroc(known: NDArray[np.floating], unknown: NDArray[np.floating]) -> float:
    """Chance that a photo of a known brand gets a higher score than one of an unknown brand; ties count half.

    `known` (k,) and `unknown` (u,) are scores that rise with "I know this brand", such as the confidence. 0.5 is
    guessing, 1 separates perfectly. Raises DataError when one side is empty.
    """
    if not len(known) or not len(unknown):
        raise DataError(f"AUROC needs photos on both sides, but got {len(known)} known and {len(unknown)} unknown.")
    scores = np.concatenate([known, unknown])
    positive = np.arange(scores.size) < len(known)
    return float(weighted_auroc(scores, positive, np.ones((1, scores.size)))[0])
