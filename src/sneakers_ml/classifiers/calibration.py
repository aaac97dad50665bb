"""From scores to confidence: the temperature, and the confidence below which a brand counts as unknown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from sneakers_ml.inference.brand_model import temper

__all__ = ["fit_temperature", "fit_unknown_threshold", "source_weights"]

_KEPT_SHARE = 0.95
_LOST_SHARE = 0.25
_SMALL_SOURCE = 20


def source_weights(sources: NDArray[np.str_]) -> NDArray[np.float64]:
    """(n,) weights of photos by which each source counts alike; their sum is n.

    A source of fewer than 20 photos counts for less, as each of its photos would count for many of another's.
    """
    _, places, counts = np.unique(sources, return_inverse=True, return_counts=True)
    weights = 1 / np.maximum(counts, _SMALL_SOURCE)[places]
    return np.asarray(weights * len(weights) / weights.sum()) if len(weights) else np.empty(0)


def fit_temperature(
    probabilities: NDArray[np.float32], truth: NDArray[np.int64], weights: NDArray[np.float64] | None = None
) -> float:
    """Temperature that minimises the negative log-likelihood of the truth (Guo et al., ICML 2017, section 4.2).

    The truth counts as (n + 1) / (n + 2) sure, after Platt (1999, section 2.2): on photos that are all recognised the
    likelihood alone would ask for boundless confidence, and for an unknown threshold of 1.

    Args:
        probabilities: (n, c) of validation photos.
        truth: (n,) column of each photo's brand.
        weights: (n,) of the photos, such as `source_weights`; None for alike.
    """
    count, brands = probabilities.shape
    target = np.full((count, brands), 1 / (count + 2) / (brands - 1))
    target[np.arange(count), truth] = (count + 1) / (count + 2)
    if weights is not None:
        target *= weights[:, None]

    def loss(log_temperature: float) -> float:
        likelihood = np.log(temper(probabilities, float(np.exp(log_temperature))) + 1e-12)
        return float(-(target * likelihood).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def fit_unknown_threshold(known: NDArray[np.float64], unknown: NDArray[np.float64]) -> float:
    """Confidence from which an answer counts as known.

    With photos of unknown brands at hand, the threshold that tells them best from the known ones by balanced accuracy
    (Youden's J), never refusing more than a quarter of the known; without them, the one that 95 % of the known reach.

    Args:
        known: (n,) highest probability of validation photos of brands that were learnt.
        unknown: (m,) the same for brands that were not; may be empty.
    """
    if not len(unknown):
        return float(np.quantile(known, 1 - _KEPT_SHARE))
    candidates = np.unique(np.concatenate([known, unknown]))
    lost = np.searchsorted(np.sort(known), candidates) / len(known)
    refused = np.searchsorted(np.sort(unknown), candidates) / len(unknown)
    return float(candidates[np.argmax(np.where(lost <= _LOST_SHARE, refused - lost, -np.inf))])
