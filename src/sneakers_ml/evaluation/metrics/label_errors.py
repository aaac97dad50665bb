"""Photos whose brand is probably not the one written down, by confident learning.

After Northcutt, Jiang and Chuang (2021), "Confident Learning: Estimating Uncertainty in Dataset Labels", Journal of
Artificial Intelligence Research 70, section 3: a photo is suspected when a model that has not seen it is as sure of
another brand as it is, on average, of photos that bear that brand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from sneakers_ml.errors import DataError

__all__ = ["LabelErrors", "borne_out", "confident_errors", "find_label_errors", "out_of_fold_probabilities"]

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

_FOLDS = 5
_COMPONENTS = 128
_C = 0.1
"""Of the logistic regression, on components whose variances sum to their number."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelErrors:
    """Suspected label errors, those first of which the model is most certain.

    photos      photos that were checked
    accuracy    share of them that the held-out folds give their own label
    rows        (m,) positions of the suspected photos
    suggested   (m,) the brand that they rather show
    confidence  (m,) probability of that brand
    given       (m,) probability of the brand that is written down
    """

    photos: int
    accuracy: float
    rows: NDArray[np.int64]
    suggested: Strings
    confidence: Floats
    given: Floats


def find_label_errors(vectors: NDArray[np.float32], brands: Strings, groups: NDArray[np.int64]) -> LabelErrors | None:
    """Check every label against a model that was trained on other shoe models; None where there are too few to do so.

    Args:
        vectors: (n, d) unit rows of an extractor that has learnt no label.
        brands: (n,) labels, two or more different ones.
        groups: (n,) photos of one group are held out together.
    """
    if len(np.unique(groups)) < 2 or len(np.unique(brands)) < 2:
        return None
    labels, probabilities = out_of_fold_probabilities(vectors, brands, groups)
    rows, suggested = confident_errors(probabilities, np.searchsorted(labels, brands))
    own = probabilities[rows, np.searchsorted(labels, brands[rows])]
    sure = probabilities[rows, suggested]
    order = np.argsort(own - sure, kind="stable")
    return LabelErrors(
        photos=len(brands),
        accuracy=float(np.mean(labels[probabilities.argmax(axis=1)] == brands)),
        rows=rows[order],
        suggested=labels[suggested[order]],
        confidence=sure[order],
        given=own[order],
    )


def borne_out(found: LabelErrors, brands: Strings, labels: Strings, probabilities: Floats) -> LabelErrors:
    """Those of the suspected photos whose suggested brand a second model, too, finds likelier than the given one.

    Args:
        found: suspected by the first model.
        brands: (n,) labels of the photos that were checked.
        labels: (c,) what the second model tells apart, the brands among them.
        probabilities: (n, c) by the second model, which may have been trained on the photos: what it has learnt in vain
            speaks all the more against a label.
    """
    columns = {label: column for column, label in enumerate(labels.tolist())}
    given, suggested = ([columns[label] for label in names.tolist()] for names in (brands[found.rows], found.suggested))
    kept = probabilities[found.rows, suggested] > probabilities[found.rows, given]
    parts = {name: getattr(found, name)[kept] for name in ("rows", "suggested", "confidence", "given")}
    return replace(found, **parts)


def out_of_fold_probabilities(
    vectors: NDArray[np.float32], brands: Strings, groups: NDArray[np.int64]
) -> tuple[Strings, Floats]:
    """The c labels in order, and for each photo their probabilities (n, c) by a logistic regression of the other folds.

    PCA, which sees no label, is fitted once on all photos. A brand that all other folds lack has probability 0.

    Raises:
        DataError: when the sizes do not fit.
    """
    if not len(vectors) == len(brands) == len(groups):
        raise DataError(f"{len(vectors)} vectors, {len(brands)} brands and {len(groups)} groups do not fit together.")
    size = min(_COMPONENTS, *vectors.shape)
    reduced = PCA(size, svd_solver="randomized", random_state=0).fit_transform(vectors).astype(np.float64)
    reduced *= np.sqrt(size / max(reduced.var(axis=0).sum(), 1e-12))
    labels = np.unique(brands)
    probabilities = np.zeros((len(brands), len(labels)))
    folds = GroupKFold(min(_FOLDS, len(np.unique(groups))))
    for others, held_out in folds.split(reduced, brands, groups):
        if len(np.unique(brands[others])) < 2:
            probabilities[held_out, np.searchsorted(labels, brands[others][0])] = 1
            continue
        fitted = LogisticRegression(C=_C, max_iter=1000).fit(reduced[others], brands[others])
        columns = np.searchsorted(labels, fitted.classes_)
        probabilities[np.ix_(held_out, columns)] = fitted.predict_proba(reduced[held_out])
    return labels, probabilities


def confident_errors(probabilities: Floats, given: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Photos off the diagonal of the confident joint, and the label that each rather has, as column numbers.

    A label's threshold is its mean probability over the photos that bear it. Of the labels whose threshold a photo
    reaches it belongs to the most probable one; it is suspected where that is not the one given.

    Args:
        probabilities: (n, c) by a model that has not seen the photo.
        given: (n,) column of the label written down.
    """
    bears = given[:, None] == np.arange(probabilities.shape[1])
    sums, counts = np.where(bears, probabilities, 0).sum(axis=0), bears.sum(axis=0)
    thresholds = np.divide(sums, counts, out=np.full(len(sums), np.inf), where=sums > 0)
    reached = np.where(probabilities >= thresholds, probabilities, -1.0)
    belongs = reached.argmax(axis=1)
    rows = np.flatnonzero((reached.max(axis=1) >= 0) & (belongs != given))
    return rows, belongs[rows]
