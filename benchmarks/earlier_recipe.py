"""What the earlier system did: its vectors and its classifiers, with the libraries and settings that it used.

A project of 2023 and 2024. It looked at the whole photo, stretched to 256 x 256 and cropped to the central 224 x 224,
and made one of three vectors of it: a colour HOG, counts of 200 SIFT words, or the penultimate layer of ResNet152.
On these, unscaled, it learnt a support vector machine, stochastic gradient descent or logistic regression, chosen by
scikit-learn's grid search with three folds drawn by photo, or CatBoost. `benchmarks.earlier_comparison` compares
ours with it.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from catboost import CatBoostClassifier
from numpy.typing import NDArray
from PIL import Image
from skimage.feature import hog
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC
from torchvision.models import ResNet152_Weights, resnet152

from sneakers_ml import images
from sneakers_ml.parallel import ordered_map
from sneakers_ml.vectors import unit_rows

Photo = NDArray[np.uint8]
Recipe = Callable[[Iterable[Photo]], NDArray[np.floating]]
"""Decoded photos (H, W, 3) RGB to vectors (n, d)."""

EXTRACTORS = ("hog", "sift", "resnet152")
_SEED = 42


# Photos to vectors


def central_crop(photo: Photo) -> Photo:
    """(224, 224, 3): the photo stretched to 256 x 256, and of that the centre."""
    resized = Image.fromarray(photo).resize((256, 256), Image.Resampling.BICUBIC)
    return np.array(resized.crop((16, 16, 240, 240)))


def hog_vector(crop: Photo) -> NDArray[np.floating]:
    """(6272,): 8 orientations in cells of 8 x 8, each normalised by itself."""
    return np.asarray(hog(crop, orientations=8, pixels_per_cell=(8, 8), cells_per_block=(1, 1), channel_axis=-1))


def hog_vectors(photos: Iterable[Photo]) -> NDArray[np.floating]:
    """(n, 6272)."""
    return np.stack([hog_vector(central_crop(photo)) for photo in photos])


def sift_words(files: Sequence[Path]) -> KMeans:
    """200 words: the k-means of all descriptors of the training photos; seeded, so that runs agree."""
    found = np.concatenate([_descriptors(photo) for photo in _read(files)])
    return KMeans(n_clusters=200, n_init="auto", random_state=_SEED).fit(found)


def sift_vectors(photos: Iterable[Photo], words: KMeans) -> NDArray[np.floating]:
    """(n, 200) how often each word occurs in a photo; zeros where SIFT finds nothing."""
    found = [_descriptors(photo) for photo in photos]
    counts = [np.bincount(words.predict(one) if len(one) else [], minlength=200) for one in found]
    return np.stack(counts).astype(np.float64)


def _descriptors(photo: Photo) -> NDArray[np.float32]:
    """(n, 128) of OpenCV's keypoints in the colour crop, which OpenCV turns to grey itself."""
    found: Any = cv2.SIFT.create().detectAndCompute(central_crop(photo), None)[1]
    return np.empty((0, 128), np.float32) if found is None else np.asarray(found, np.float32)


def resnet152_vectors(photos: Iterable[Photo], *, trained: bool) -> NDArray[np.floating]:
    """(n, 2048) of ResNet152 without its last layer, with the weights' own transforms, in batches of 64.

    An untrained network's vectors are as long as 1e9, on which libsvm, given unscaled vectors, does not come to an
    end; they alone are scaled to unit length.
    """
    transforms = ResNet152_Weights.IMAGENET1K_V2.transforms()
    inputs = (transforms(Image.fromarray(photo)) for photo in photos)
    parts = []
    with torch.inference_mode():
        while batch := list(islice(inputs, 64)):
            parts.append(_network(trained)(torch.stack(batch)).numpy())
    vectors = np.concatenate(parts)
    return vectors if trained else unit_rows(vectors)


@cache
def _network(trained: bool) -> torch.nn.Module:
    torch.manual_seed(_SEED)
    network = resnet152(weights=ResNet152_Weights.IMAGENET1K_V2 if trained else None)
    network.fc = torch.nn.Identity()  # type: ignore[assignment]
    return network.eval()


def vectors_of_files(recipe: Recipe, files: Sequence[Path]) -> NDArray[np.floating]:
    """(n, d) of the photos in the files, which are decoded on two threads while the recipe runs."""
    return recipe(_read(files))


def _read(files: Sequence[Path]) -> Iterator[Photo]:
    return ordered_map(images.read, files, workers=2)


# Vectors to brands


def _search(model: Any, grid: Any) -> GridSearchCV:
    return GridSearchCV(model, grid, cv=3, scoring="f1_macro", n_jobs=-1)


# Newer scikit-learn spells two things otherwise: the penalty of a logistic regression is its `l1_ratio`, and liblinear
# learns several brands only inside a one-against-the-rest wrapper, which is what it did by itself before.
_LBFGS = LogisticRegression(random_state=_SEED, max_iter=1000)
_LIBLINEAR = OneVsRestClassifier(LogisticRegression(random_state=_SEED, max_iter=1000, solver="liblinear"))
_COSTS, _RATIOS = [0.01, 0.1, 1, 10], [1.0, 0.0]

CLASSIFIERS: dict[str, Any] = {
    "svm": _search(SVC(random_state=_SEED), {"C": [0.1, 1, 10, 100], "kernel": ["rbf", "linear"]}),
    "sgd": _search(
        SGDClassifier(random_state=_SEED),
        {"loss": ["log_loss", "hinge"], "alpha": [1e-3, 1e-4, 1e-5], "penalty": ["l2", "elasticnet"]},
    ),
    "catboost": CatBoostClassifier(random_seed=_SEED, iterations=1000, verbose=False, allow_writing_files=False),
    "logistic": _search(
        Pipeline([("model", _LBFGS)]),
        [
            {"model": [_LBFGS], "model__C": _COSTS, "model__l1_ratio": _RATIOS},
            {"model": [_LIBLINEAR], "model__estimator__C": _COSTS, "model__estimator__l1_ratio": _RATIOS},
        ],
    ),
}


class Fit(NamedTuple):
    """A fitted classifier: what it chose, the seconds of search and fit, and the brands (n,) it names."""

    choice: dict[str, Any]
    seconds: float
    named: NDArray[np.str_]


def fit_classifier(
    name: str, vectors: NDArray[np.floating], brands: NDArray[np.str_], training: NDArray[np.bool_], trees: int
) -> Fit:
    """Search and fit on the training photos, then name the brands of all photos.

    Args:
        name: of `CLASSIFIERS`.
        vectors: (n, d).
        brands: (n,).
        training: (n,) which photos to learn from.
        trees: of CatBoost; there it was 1,000.
    """
    model = clone(CLASSIFIERS[name])
    if name == "catboost":
        model.set_params(iterations=trees)
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as then, L1 with lbfgs fails at once, and some candidates do not converge
        model.fit(vectors[training], brands[training])
    seconds = time.perf_counter() - started
    choice = getattr(model, "best_params_", {"iterations": trees})
    named = np.asarray(model.predict(vectors), np.str_).reshape(-1)
    return Fit({key: " ".join(str(value).split()) for key, value in choice.items()}, seconds, named)
