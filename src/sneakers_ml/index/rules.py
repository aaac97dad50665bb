"""Fitting the rules of answers on validation photos: which brand is known, what is no sneaker, what is the same."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from sneakers_ml.catalogue.cleaning.naming import NO_BRAND, NO_SNEAKER
from sneakers_ml.classifiers.calibration import source_weights
from sneakers_ml.embedding.store import Features
from sneakers_ml.inference.brand_model import BrandModel
from sneakers_ml.inference.evidence import (
    NEAREST,
    LinearRule,
    Nearest,
    RecognitionRules,
    logit_evidence,
    pair_evidence,
    photo_evidence,
)
from sneakers_ml.workspace.params import IndexParams

__all__ = ["evidence_of", "fit_rules", "gallery_photos", "nearest_photos"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Evidence = dict[str, Floats]

_CHUNK = 256
_SHOWN = 5  # neighbours of a photo that relations are fitted on: as many as are answered
_LEAST = 20  # answers that a precision is measured on
_SIMILAR_KEPT = 0.99


def gallery_photos(photos: pd.DataFrame) -> pd.DataFrame:
    """Photos that the gallery shows: of every brand, learnt or not, but not of other things or of no brand at all."""
    return photos[~photos["brand"].isin([NO_BRAND, NO_SNEAKER])]


def fit_rules(photos: pd.DataFrame, features: Features, model: BrandModel, params: IndexParams) -> RecognitionRules:
    """The rules of a gallery of these photos, with what they do to validation photos.

    Each source weighs alike. Validation photos ask the gallery without their own model; those of brands that were not
    learnt also without their brand, as a brand is unknown to both in the hardest case. Neighbours are judged with their
    model in the gallery, but without near-duplicates of the photo.

    The floor: a neighbour is worth showing that is as near as what 99 of 100 sneakers of a new source find of another
    model. It is halved for a single source, whose own photos lie nearer than a user's, and for an extractor that was
    shown no other things: there a photo without a neighbour above the floor shows no sneaker, and pictures of a kind
    that no source has, such as the street's, must not be taken for that.

    Thresholds and figures are of scores by a rule fitted on the other half of the sources (unknown brands: of the
    brands; of models, where there is a single one).

    Args:
        photos: with the columns of photos.parquet and split.parquet; row i is the photo of vector i.
        features: the vectors.
        model: the brand model that serves.
        params: what share of sneakers is kept, and how sure a relation must be.
    """
    validating = photos[photos["split"] == "val"]
    known, things = validating[validating["known"]], validating[validating["brand"] == NO_SNEAKER]
    unlearnt = gallery_photos(validating[~validating["known"]])
    trained = photos.loc[photos["split"] == "train", "brand"]  # a network is shown some of the other brands
    if not unlearnt["brand"].isin(trained).all():
        unlearnt = unlearnt[~unlearnt["brand"].isin(trained)]
    asked, gallery = pd.concat([known, unlearnt, things]), gallery_photos(photos)
    parts = [
        nearest_photos(photos, features, gallery, rows, banned)
        for rows, banned in ((known, ["group"]), (unlearnt, ["group", "brand"]), (things, ["group"]))
    ]
    columns = ([getattr(part, column.name) for part in parts] for column in fields(Nearest))
    evidence = evidence_of(asked, Nearest(*map(np.concatenate, columns)), features, model)
    is_known, is_sneaker = (np.arange(len(asked)) < count for count in (len(known), len(known) + len(unlearnt)))
    weights = np.concatenate([source_weights(rows["source"].to_numpy(str)) for rows in (known, unlearnt, things)])
    floor, notes = _floor(photos, features, known, gallery), []
    if single := known["source"].nunique() == 1:
        notes.append("floor: validation photos of one source; half of their similarity stands in for that of others'")
    if single or "sneaker" not in evidence:
        floor /= 2
    sneaker = LinearRule(weights={"similarity": 1.0}, threshold=floor)
    if "sneaker" in evidence:
        kept = _kept(evidence["sneaker"][is_sneaker], weights[is_sneaker], params.sneakers_kept)
        sneaker = LinearRule(weights={"sneaker": 1.0}, threshold=kept)
    else:
        notes.append("sneaker: the extractor was shown no other things; the nearest photo alone decides")
    if things.empty:
        notes.append("sneaker: no validation photo of other things; how many are taken for sneakers is not known")
    if unlearnt.empty:
        notes.append("brand: no validation photo of an unlearnt brand; the threshold alone is fitted, on learnt ones")
    halves = np.concatenate(
        [_halves(rows, by) for rows, by in ((known, "source"), (unlearnt, "brand"), (things, "source"))]
    )
    passing = sneaker.passes(evidence)
    # Where there is a softmax mass of the served brands, it says more than the confidence (benchmarks.unknown_scores).
    first = "learnt" if "learnt" in evidence else "confidence"
    fitted, scores = _crossed(
        {name: evidence[name] for name in (first, "agreement")}, is_known, weights, halves, is_sneaker
    )
    fitted, scores = (fitted, scores) if fitted else (LinearRule(weights={first: 1.0}, threshold=0.0), evidence[first])
    scores = np.where(passing & (evidence["similarity"] >= floor), scores, -np.inf)
    brand = fitted.model_copy(update={"threshold": _kept(scores[is_known], weights[is_known], params.known_kept)})
    called = scores >= brand.threshold
    if known["source"].nunique() == 1 or unlearnt["brand"].nunique() == 1:
        notes.append(
            "brand: a single source, or unlearnt brand, to validate on; figures are of other models, not others"
        )
    groups = {
        "known": is_known,
        "unknown brands": is_sneaker & ~is_known,
        **{source: ~is_sneaker & (asked["source"] == source).to_numpy() for source in things["source"].unique()},
    }
    figures = {}
    for name, rows in groups.items():
        if rows.any():
            figures[f"{name}: called known"] = float(np.average(called[rows], weights=weights[rows]))
            figures[f"{name}: called a sneaker"] = float(np.average(passing[rows], weights=weights[rows]))
    related = _fit_relations(photos, features, pd.concat([known, unlearnt]), params)
    return RecognitionRules(
        sneaker=sneaker,
        brand=brand,
        same=related.same,
        same_model=related.same_model,
        floor=floor,
        precision=related.figures.get("same model: precision", 0.0),
        figures={name: round(figure, 4) for name, figure in {**figures, **related.figures}.items()},
        notes=(*notes, *related.notes),
    )


def _floor(photos: pd.DataFrame, features: Features, known: pd.DataFrame, gallery: pd.DataFrame) -> float:
    """Similarity that 99 of 100 sneakers reach with the nearest photo of another model and, with several, source."""
    banned = ["group", "source"] if known["source"].nunique() > 1 else ["group"]
    near = nearest_photos(photos, features, gallery, known, banned)
    reached = np.where(np.isfinite(near.similarity[:, 0]), near.similarity[:, 0], -1)
    return _kept(reached, source_weights(known["source"].to_numpy(str)), _SIMILAR_KEPT)


def nearest_photos(
    photos: pd.DataFrame, features: Features, gallery: pd.DataFrame, rows: pd.DataFrame, banned: list[str]
) -> Nearest:
    """The nearest photos of the gallery to each of some photos, without those alike in one of the `banned` columns."""
    found, shown = gallery.index.to_numpy(), features.search_rows(gallery.index.to_numpy())
    count = min(NEAREST, len(found))
    similarity, places = np.empty((len(rows), count)), np.empty((len(rows), count), np.int64)
    for start in range(0, len(rows), _CHUNK):
        part = rows.iloc[start : start + _CHUNK]
        scores = features.search_rows(part.index.to_numpy()) @ shown.T
        for column in banned:
            scores[part[column].to_numpy()[:, None] == gallery[column].to_numpy()[None]] = -np.inf
        best = np.argsort(-scores, axis=1, kind="stable")[:, :count]
        similarity[start : start + len(part)] = np.take_along_axis(scores, best, axis=1)
        places[start : start + len(part)] = found[best]
    there = np.isfinite(similarity)
    products, models, brands = (
        np.where(there, photos[name].to_numpy(object)[places], "") for name in ("product_id", "model_id", "brand")
    )
    return Nearest(similarity, products, models, brands)


def evidence_of(rows: pd.DataFrame, near: Nearest, features: Features, model: BrandModel) -> Evidence:
    """Of photos that asked, as the recogniser takes it."""
    vectors = np.asarray(features.vectors[rows.index.to_numpy()])
    probabilities = model.probabilities(vectors)
    named = np.asarray(model.spec.labels, object)[probabilities.argmax(axis=1)]
    labels = tuple(features.meta.get("brands", ()))
    logits = vectors[:, vectors.shape[1] - len(labels) :]
    return photo_evidence(probabilities.max(axis=1), named, near) | logit_evidence(logits, labels, model.spec.labels)


@dataclass(frozen=True)
class _Relations:
    same: LinearRule | None
    same_model: LinearRule | None
    figures: dict[str, float]
    notes: tuple[str, ...]


def _fit_relations(photos: pd.DataFrame, features: Features, asked: pd.DataFrame, params: IndexParams) -> _Relations:
    """Of the first products that validation photos find: which are the photo's own, which of its model."""
    gallery = gallery_photos(photos)
    near = nearest_photos(photos, features, gallery, asked, ["duplicate_group"])
    count = near.products.shape[1]
    first = np.stack([(near.products[:, :k] != near.products[:, k : k + 1]).all(axis=1) for k in range(count)], axis=1)
    pairs = first & np.isfinite(near.similarity) & (np.cumsum(first, axis=1) <= _SHOWN)
    weights = np.broadcast_to(source_weights(asked["source"].to_numpy(str))[:, None], pairs.shape)[pairs]
    halves = np.broadcast_to(_halves(asked, "source")[:, None], pairs.shape)[pairs]
    rules: dict[str, LinearRule | None] = {}
    figures: dict[str, float] = {}
    notes = []
    for name, column, owners, precision in (
        ("same", "product_id", near.products, params.same_precision),
        ("same model", "model_id", near.models, params.same_model_precision),
    ):
        right = (owners == asked[column].to_numpy(object)[:, None])[pairs]
        evidence = {key: value[pairs] for key, value in pair_evidence(near.similarity, owners, near, owners).items()}
        rule, scores = _crossed(evidence, right, weights, halves)
        least = None if rule is None else _precise(scores, right, weights, precision)
        rules[name] = None
        if rule is None or least is None:
            reason = "no threshold is right that often" if right.any() else "no validation photo has another of its own"
            notes.append(f"{name}: {reason}; nothing is called so, but the same picture the same product")
            continue
        rules[name] = rule.model_copy(update={"threshold": least})
        called = scores >= least
        figures[f"{name}: precision"] = float(np.average(right[called], weights=weights[called]))
        figures[f"{name}: recall"] = float(np.average(called[right], weights=weights[right]))
    return _Relations(rules["same"], rules["same model"], figures, tuple(notes))


def _crossed(
    evidence: Evidence, positive: Bools, weights: Floats, halves: Bools, used: Bools | None = None
) -> tuple[LinearRule | None, Floats]:
    """A rule fitted on all, and scores of each half by the rule of the other half; None where one side is missing.

    Only the rows that are `used` are fitted on. A half whose other half lacks a side is scored by the rule of all.
    """
    used = np.ones(len(positive), np.bool_) if used is None else used
    rule = _fit(evidence, positive, weights, used)
    if rule is None:
        return None, np.empty(0)
    scores = np.empty(len(positive))
    for half in (halves, ~halves):
        there = {name: values[half] for name, values in evidence.items()}
        scores[half] = (_fit(evidence, positive, weights, used & ~half) or rule).score(there)
    return rule, scores


def _fit(evidence: Evidence, positive: Bools, weights: Floats, rows: Bools) -> LinearRule | None:
    """A logistic regression on some rows in which both sides weigh alike; None where one side is missing.

    Evidence that would count against what it stands for is left out: it only tells sources apart.
    """
    target, weights = positive[rows], weights[rows]
    if not len(target) or target.all() or not target.any():
        return None
    sides = np.where(target, weights[target].sum(), weights[~target].sum())
    left = dict(evidence)
    while left:
        table = np.stack([values[rows] for values in left.values()], axis=1)
        mean, scale = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-9)
        fitted = LogisticRegression(max_iter=1000)
        fitted.fit((table - mean) / scale, target, sample_weight=weights / sides * len(target) / 2)
        coefficients = fitted.coef_[0] / scale
        if (coefficients >= 0).all():
            bias = float(fitted.intercept_[0] - coefficients @ mean)
            return LinearRule(weights=dict(zip(left, coefficients.tolist(), strict=True)), threshold=0.0, bias=bias)
        del left[list(left)[int(fitted.coef_[0].argmin())]]
    return None


def _halves(rows: pd.DataFrame, by: str) -> Bools:
    """Half of the sources or brands, or of the models where there is but one."""
    groups = rows[by if rows[by].nunique() > 1 else "group"]
    return np.asarray(pd.factorize(groups, sort=True)[0] % 2 == 0)


def _kept(scores: Floats, weights: Floats, share: float) -> float:
    """The highest score that at least this share reaches."""
    order = np.argsort(-scores, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    return float(scores[order][np.searchsorted(reached, share - 1e-9)])


def _precise(scores: Floats, right: Bools, weights: Floats, precision: float) -> float | None:
    """The lowest score above which at least this share is right; None where 20 answers never are."""
    order = np.argsort(-scores, kind="stable")
    shares = np.cumsum((weights * right)[order]) / np.cumsum(weights[order])
    last_of_ties = np.append(scores[order][1:] != scores[order][:-1], True)
    places = np.flatnonzero((shares >= precision) & last_of_ties & (np.arange(len(order)) >= _LEAST - 1))
    return float(scores[order][places[-1]]) if len(places) else None
