"""Which terms of words.yaml a photo shows: logistic regressions on photos whose titles name some."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from sneakers_ml.text.lexicon import Term
from sneakers_ml.text.spec import TermReader

__all__ = ["fit_colours", "fit_kinds"]

_LEAST = 8  # photos of a term
_SOFTNESS = 3.0  # C of colours


def fit_colours(
    vectors: NDArray[np.float32], terms: Sequence[Term], named: Sequence[Sequence[Term]]
) -> TermReader | None:
    """How likely a photo shows each colour, each by itself; None where titles tell of too few.

    Args:
        vectors: (n, numbers) of the extractor `colours`.
        terms: the colours.
        named: the colours in the titles of the photos, none of them empty.
    """
    kept = _told(terms, named)
    if not kept:
        return None
    truth = np.array([[term in each for term in kept] for each in named])
    if truth.all(axis=0).any():
        return None
    model = OneVsRestClassifier(LogisticRegression(C=_SOFTNESS, max_iter=1000)).fit(vectors, truth)
    weights, bias = (
        np.concatenate([getattr(one, part) for one in model.estimators_]).astype(np.float32)
        for part in ("coef_", "intercept_")
    )
    return TermReader(kept, weights, bias, exclusive=False)


def fit_kinds(
    cosines: NDArray[np.float32], terms: Sequence[Term], named: Sequence[Sequence[Term]]
) -> TermReader | None:
    """How likely each kind is the one to say, of cosines to the kinds' texts; None where titles tell of too few.

    "Matrix scaling" of the cosines (Guo et al., ICML 2017, section 4.2). A photo whose title names several kinds counts
    for each by a share of one.

    Args:
        cosines: (n, terms).
        terms: the kinds.
        named: the kinds in the titles of the photos, none of them empty.
    """
    kept = _told(terms, named)
    if len(kept) < 2:
        return None
    pairs = [(row, term, 1 / len(each)) for row, each in enumerate(named) for term in each if term in kept]
    rows, shown, shares = zip(*pairs, strict=True)
    model = LogisticRegression(max_iter=1000)
    columns = [terms.index(term) for term in kept]
    model.fit(cosines[np.ix_(rows, columns)], [kept.index(term) for term in shown], sample_weight=shares)
    weights, bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
    if len(kept) == 2:
        weights, bias = np.vstack([np.zeros_like(weights), weights]), np.append(np.zeros_like(bias), bias)
    return TermReader(kept, weights, bias, exclusive=True)


def _told(terms: Sequence[Term], named: Sequence[Sequence[Term]]) -> tuple[Term, ...]:
    """The terms that enough photos are called."""
    return tuple(term for term in terms if sum(term in each for each in named) >= _LEAST)
