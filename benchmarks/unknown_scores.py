"""Which score tells unknown brands and other things from photos of brands that a model knows?

    .venv/bin/python -m benchmarks.unknown_scores --workspace WORKSPACE

Test photos of a workspace with the extractor and brand model that serve there ask a gallery of training photos. Each
score is compared by AUROC, and by the share that passes where 90 % of known photos do; sources of known photos weigh
alike. Brands are unknown that no training photo shows, and their own photos are not in the gallery. The last rows are
logistic regressions fitted on one half of sources and brands and tried on the other, twice over eight draws. A second
table holds the calibration error of each source before and after a temperature fitted on the others.

Scores: highest logit and probability (Hendrycks and Gimpel, ICLR 2017), energy (Liu et al., NeurIPS 2020), GEN (Liu et
al., CVPR 2023), similarity of the k-th nearest photo (Sun et al., ICML 2022), ViM (Wang et al., CVPR 2022), relative
Mahalanobis distance (Ren et al., 2021), and what is served: softmax mass of the served brands, and neighbours that
show the brand named (`sneakers_ml.inference.evidence`). Where an extractor gives no logits, log probabilities stand in,
and there is no mass.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.common import print_table, run
from sneakers_ml.catalogue.cleaning.naming import NO_BRAND, NO_SNEAKER
from sneakers_ml.classifiers.calibration import fit_temperature, source_weights
from sneakers_ml.embedding.store import Features, load_features, photo_rows
from sneakers_ml.errors import UsageError
from sneakers_ml.evaluation.metrics.classification import expected_calibration_error
from sneakers_ml.index.rules import nearest_photos
from sneakers_ml.inference.brand_model import BrandModel, temper
from sneakers_ml.inference.evidence import Nearest, logit_evidence, photo_evidence
from sneakers_ml.workspace.choice import read_choice
from sneakers_ml.workspace.paths import Workspace

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_KEPT = 0.9
_NEIGHBOURS = (1, 5, 10)
_DRAWS = 8
_GAMMA = 0.1  # of GEN
_JOINED = (
    ("confidence", "agreement"),
    ("learnt", "agreement"),
    ("confidence", "learnt", "agreement"),
    ("confidence", "learnt", "agreement", "nearest 5"),
)


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace where `sneakers evaluate` has chosen.")],
) -> None:
    """Print both tables."""
    home = Workspace(workspace)
    choice = read_choice(home.choice)
    model, features = BrandModel.open(home.brand_model(choice.name)), load_features(home.features, choice.extractor)
    photos = photo_rows(home, features)
    things = photos["brand"] == NO_SNEAKER
    training = photos[photos["known"] & (photos["split"] == "train")]
    seen = photos.loc[photos["split"] == "train", "brand"].unique()
    testing = photos["split"] == "test"
    asked = photos[testing & (photos["known"] | things | ~photos["brand"].isin([*seen, NO_BRAND]))]
    known, is_thing = asked["known"].to_numpy(), things[asked.index].to_numpy()
    if known.all() or not known.any():
        raise UsageError(f"{home.split}: no test photos of brands or things that were not trained on; add some")
    kinds = {"unknown brands": ~known & ~is_thing}
    kinds |= {
        str(source): is_thing & (asked["source"] == source).to_numpy()
        for source in asked.loc[is_thing, "source"].unique()
    }
    kinds = {name: rows for name, rows in kinds.items() if rows.any()}
    weights = np.ones(len(asked))
    weights[known] = source_weights(asked.loc[known, "source"].to_numpy(str))
    near = nearest_photos(photos, features, training, asked, ["group"])
    scores = _scores(features, model, training, asked, near)
    header = ["score", *(f"{name}: {figure}" for name in kinds for figure in ("AUROC", "passes"))]
    table = [[name, *_figures(score, known, kinds, weights)] for name, score in scores.items()]
    groups = np.where(known, asked["source"], np.where(is_thing, asked["photo_id"], asked["brand"])).astype(str)
    for names in _JOINED:
        if set(names) <= scores.keys():
            joined = np.stack([scores[name] for name in names], axis=1)
            table.append([" + ".join(names), *_joined(joined, known, kinds, weights, groups)])
    print_table(header, table)
    by_source = _calibration(model, features.vectors[asked.index[known]], asked[known])
    print_table(["source", "photos", "accuracy", "ECE before", "pooled", "sources alike"], by_source)


def _scores(
    features: Features, model: BrandModel, training: pd.DataFrame, asked: pd.DataFrame, near: Nearest
) -> dict[str, Floats]:
    """Name -> (n,), high for what is known."""
    trained, brands = training.index.to_numpy(), training["brand"].to_numpy(str)
    labels = tuple(features.meta.get("brands", ()))
    served = list(model.spec.labels)

    def logits_of(rows: NDArray[np.int64]) -> Floats:
        vectors = np.asarray(features.vectors[rows])
        if not labels:
            return np.log(np.maximum(model.probabilities(vectors), 1e-12))
        columns = [labels.index(brand) - len(labels) for brand in served]
        return np.asarray(vectors[:, columns], np.float64)

    rows = asked.index.to_numpy()
    vectors, logits, found = np.asarray(features.vectors[rows]), logits_of(rows), features.search_rows(rows)
    probabilities = model.probabilities(vectors)
    named = np.asarray(served, object)[probabilities.argmax(axis=1)]
    plain = softmax(logits, axis=1)
    scores = {
        "highest logit": logits.max(axis=1),
        "highest probability": plain.max(axis=1),
        "energy": logsumexp(logits, axis=1),
        "GEN": -(plain**_GAMMA * (1 - plain) ** _GAMMA).sum(axis=1),
        **{f"nearest {k}": near.similarity[:, k - 1] for k in _NEIGHBOURS if k <= near.similarity.shape[1]},
    }
    gallery = features.search_rows(trained)
    centre, axes = gallery.mean(axis=0), np.linalg.eigh(np.cov(gallery.T))[1]
    small = axes[:, : gallery.shape[1] * 2 // 5]
    own = logits_of(trained)
    scale = own.max(axis=1).mean() / np.linalg.norm((gallery - centre) @ small, axis=1).mean()
    scores["ViM"] = scores["energy"] - scale * np.linalg.norm((found - centre) @ small, axis=1)
    means = {brand: gallery[brands == brand].mean(axis=0) for brand in np.unique(brands)}
    within = np.cov((gallery - np.stack([means[brand] for brand in brands])).T)
    ridge = 1e-4 * np.eye(gallery.shape[1])
    inner, outer = np.linalg.inv(within + ridge), np.linalg.inv(np.cov(gallery.T) + ridge)
    background = np.einsum("ij,jk,ik->i", found - centre, outer, found - centre)
    distances = [np.einsum("ij,jk,ik->i", found - mean, inner, found - mean) for mean in means.values()]
    scores["relative Mahalanobis"] = background - np.min(distances, axis=0)
    scores |= logit_evidence(vectors[:, vectors.shape[1] - len(labels) :], labels, served)
    evidence = photo_evidence(probabilities.max(axis=1), named, near)
    return scores | {name: evidence[name] for name in ("confidence", "agreement")}


def _figures(score: Floats, known: Bools, kinds: dict[str, Bools], weights: Floats) -> list[str]:
    threshold = _threshold(score[known], weights[known])
    cells = []
    for rows in kinds.values():
        both = known | rows
        area = roc_auc_score(known[both], score[both], sample_weight=weights[both])
        cells += [f"{area:.3f}", f"{np.mean(score[rows] >= threshold):.3f}"]
    return cells


def _joined(
    scores: Floats, known: Bools, kinds: dict[str, Bools], weights: Floats, groups: NDArray[np.str_]
) -> list[str]:
    """Mean over draws of the halves: a regression and its threshold from one half, figures of the other."""
    names, places = np.unique(groups, return_inverse=True)
    found = []
    for seed in range(_DRAWS):
        half = np.random.default_rng(seed).permutation(len(names))[places] % 2 == 0
        for fit, tried in ((half, ~half), (~half, half)):
            if not all((rows & tried).any() for rows in (known, ~known, *kinds.values())) or known[fit].all():
                continue
            mean, spread = scores[fit].mean(axis=0), np.maximum(scores[fit].std(axis=0), 1e-9)
            balance = np.where(known[fit], 1 / weights[fit & known].sum(), 1 / (fit & ~known).sum()) * weights[fit]
            regression = LogisticRegression(max_iter=1000)
            regression.fit((scores[fit] - mean) / spread, known[fit], sample_weight=balance * fit.sum() / 2)
            joined = regression.decision_function((scores - mean) / spread)
            threshold = _threshold(joined[fit & known], weights[fit & known])
            row = []
            for rows in kinds.values():
                both = tried & (known | rows)
                row.append(roc_auc_score(known[both], joined[both], sample_weight=weights[both]))
                row.append(np.mean(joined[tried & rows] >= threshold))
            found.append(row)
    return [f"{figure:.3f}" for figure in np.mean(found, axis=0)] if found else ["–"] * (2 * len(kinds))


def _threshold(scores: Floats, weights: Floats) -> float:
    order = np.argsort(-scores)
    return float(scores[order][np.searchsorted(np.cumsum(weights[order]) / weights.sum(), _KEPT)])


def _calibration(model: BrandModel, vectors: NDArray[np.float32], photos: pd.DataFrame) -> list[list[object]]:
    """Of each source: what a temperature does that was fitted on the photos of the others."""
    raw = temper(model.probabilities(vectors).astype(np.float32), 1 / model.spec.temperature).astype(np.float32)
    truth = np.array([model.spec.labels.index(brand) for brand in photos["brand"]])
    sources = photos["source"].to_numpy(str)
    right, table = raw.argmax(axis=1) == truth, []
    for source in np.unique(sources):
        own = sources == source
        temperatures = [1.0]
        if not own.all():
            others = raw[~own], truth[~own]
            temperatures += [fit_temperature(*others), fit_temperature(*others, source_weights(sources[~own]))]
        errors = [expected_calibration_error(temper(raw[own], each).max(axis=1), right[own]) for each in temperatures]
        shown = [f"{error:.3f}" for error in errors] + ["–"] * (3 - len(errors))
        table.append([source, int(own.sum()), f"{right[own].mean():.3f}", *shown])
    return table


if __name__ == "__main__":
    run(main)
