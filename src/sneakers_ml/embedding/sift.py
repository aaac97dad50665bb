"""The extractor `sift`: its codebook, fitted on training photos, as the graph that encodes a shoe's descriptors.

Points are RootSIFT reduced by PCA and divided by one number, their standard deviation, with the weighed place beside;
what is not whitened keeps the weight that its axis has in RootSIFT. A mixture of Gaussians is fitted on them, and a
shoe becomes the improved Fisher vector of its points (Perronnin, Sanchez and Mensink, ECCV 2010, section 2).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from pydantic import Field
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from sneakers_ml.errors import DataError
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import EXTRACTORS, GRAPH, Context, ExtractorSpec
from sneakers_ml.features.sift import COLUMNS, DESCRIPTOR, describe, weigh_place
from sneakers_ml.files import file_sha256, write_atomically
from sneakers_ml.images import read_stored
from sneakers_ml.inference.session import OPSET
from sneakers_ml.parallel import ordered_map
from sneakers_ml.registry import Section
from sneakers_ml.workspace.params import Seed

__all__ = ["Mixture", "Projection", "SiftParams", "fit_codebook", "sample_descriptors", "write_fisher"]

_READERS = 2
_PER_PHOTO = 10  # descriptors of the sample a photo, at least: beyond sample / 10 photos more would add little
_PER_WORD = 4  # descriptors, at least; fewer make words of single patches
_KMEANS_ROUNDS = 20
_EM_ROUNDS = 5  # more did not recognise better on real photos
_LEAST_VARIANCE = 1e-3  # of points whose overall variance is 1
_LEAST_WEIGHT = 1e-6
_LEAST_NORM = 1e-12


class SiftParams(Section):
    """RootSIFT descriptors of a photo, encoded by a codebook that was fitted on training photos."""

    side: int = Field(128, ge=32, description="Pixels of the shoe's longest side")
    step: int = Field(6, ge=1, description="Pixels from one patch to the next")
    cell: int = Field(8, ge=2, multiple_of=2, description="Pixels of a square cell; a patch has 4 x 4 of them")
    words: int = Field(64, ge=2, description="Components of the mixture")
    components: int = Field(64, ge=1, le=128, description="Numbers of a descriptor after PCA")
    place: float = Field(12.0, ge=0, description="Weight of a patch's place within the shoe; 0 leaves it out")
    sample: int = Field(20_000, ge=1000, description="Descriptors that the codebook is fitted on")
    seed: Seed = 20

    @property
    def grid(self) -> dict[str, int]:
        """Where a shoe is described."""
        return {"side": self.side, "step": self.step, "cell": self.cell}


@dataclass(frozen=True)
class Projection:
    """Rows (n, c) to points (n, q): (row - centre) @ matrix, of shapes (c,) and (c, q)."""

    centre: NDArray[np.float64]
    matrix: NDArray[np.float64]


@dataclass(frozen=True)
class Mixture:
    """A mixture of k Gaussians with diagonal covariance: weights (k,), means and variances (k, q)."""

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    variances: NDArray[np.float64]


@EXTRACTORS.register("sift", SiftParams)
def prepare(params: SiftParams, folder: Path, context: Context) -> ExtractorSpec:
    """Fit the codebook on training photos of the learnt brands.

    Raises:
        DataError: when there are none, one cannot be read, or they have too few descriptors.
    """
    graph, files = folder / GRAPH, context.training_files()
    dim = fit_codebook(files, params, graph)
    return ExtractorSpec(
        name="sift",
        kind="sift",
        dim=dim,
        settings={**params.grid, "place": params.place},
        weights=f"fisher codebook of {params.words} words, fitted on {len(files):,} training photos",
        graph_sha256=file_sha256(graph),
    )


def fit_codebook(files: Sequence[Path], params: SiftParams, graph: Path) -> int:
    """Fit PCA and a mixture of Gaussians on photos' descriptors, and write the encoder to `graph`.

    The same photos and parameters give the same bytes on one machine, however many cores it has.

    Args:
        files: training photos; beyond a tenth of `params.sample` an even choice by seed is read.
        params: the settings.
        graph: where the encoder goes: (n, 130) float32 rows of `weigh_place(describe(...))` to a unit vector.

    Returns:
        Length of a vector.

    Raises:
        DataError: when a photo cannot be read, or the photos have too few descriptors for the words.
    """
    rows = weigh_place(sample_descriptors(files, params), params.place)
    needed = max(_PER_WORD * params.words, params.components)
    if len(rows) < needed:
        raise DataError(
            f"sift: the {len(files)} training photos have {len(rows)} descriptors, {params.words} words of"
            f" {params.components} components need {needed}; lower embed.sift.words or components in params.yaml, or"
            " add photos"
        )
    # One thread: sums in one order, so that any number of cores gives one codebook.
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the rounds are few on purpose
        projection = _fit_projection(rows, params)
        mixture = _fit_mixture((rows - projection.centre) @ projection.matrix, params)
    return write_fisher(projection, mixture, graph)


def sample_descriptors(files: Sequence[Path], params: SiftParams) -> NDArray[np.float32]:
    """(n, 130) rows of `describe`, n up to `params.sample`, each descriptor of the photos read as likely as another.

    Each descriptor draws a number by seed, and those with the smallest are kept: at no time are more than about twice
    as many in memory.

    Raises:
        DataError: when a photo cannot be read.
    """

    def described(file: Path) -> NDArray[np.float32]:
        photo = read_stored(file)
        return describe(cut(photo, shoe_region(photo)), **params.grid)

    random = np.random.default_rng(params.seed)
    most = params.sample // _PER_PHOTO
    if len(files) > most:
        files = [files[place] for place in np.sort(random.choice(len(files), most, replace=False))]
    waiting = [(np.zeros((0, COLUMNS), np.float32), np.zeros(0))]
    for rows in ordered_map(described, files, workers=_READERS):
        waiting.append((rows, random.random(len(rows))))
        if sum(len(draws) for _, draws in waiting) > 2 * params.sample:
            waiting = [_smallest(waiting, params.sample)]
    return _smallest(waiting, params.sample)[0]


def _smallest(
    parts: Sequence[tuple[NDArray[np.float32], NDArray[np.float64]]], count: int
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The `count` rows with the smallest draws, in the order of the photos."""
    rows, draws = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    chosen = np.sort(np.argsort(draws, kind="stable")[:count])
    return rows[chosen], draws[chosen]


def _fit_projection(rows: NDArray[np.float32], params: SiftParams) -> Projection:
    """PCA of the descriptor in its columns, and the place, where it has a weight, as it is."""
    pca = PCA(params.components, svd_solver="covariance_eigh").fit(rows[:, :DESCRIPTOR].astype(np.float64))
    spread = np.sqrt(pca.explained_variance_.mean())
    place = COLUMNS - DESCRIPTOR if params.place else 0
    matrix = np.zeros((COLUMNS, params.components + place))
    matrix[:DESCRIPTOR, : params.components] = pca.components_.T / max(spread, np.finfo(np.float32).eps)
    matrix[DESCRIPTOR:, params.components :] = np.eye(COLUMNS - DESCRIPTOR, place)
    return Projection(np.pad(pca.mean_, (0, COLUMNS - DESCRIPTOR)), matrix)


def _fit_mixture(points: NDArray[np.float64], params: SiftParams) -> Mixture:
    """Expectation maximisation from k-means: each cluster with its share of the points and the spread around all."""
    clusters = KMeans(params.words, n_init=1, max_iter=_KMEANS_ROUNDS, random_state=params.seed)
    labels = clusters.fit(points.astype(np.float32)).labels_
    centres = np.asarray(clusters.cluster_centers_, np.float64)
    shares = np.maximum(np.bincount(labels, minlength=params.words) / len(points), _LEAST_WEIGHT)
    spread = np.maximum(np.var(points - centres[labels], axis=0), _LEAST_VARIANCE)
    mixture = GaussianMixture(
        params.words,
        covariance_type="diag",
        reg_covar=_LEAST_VARIANCE,
        max_iter=_EM_ROUNDS,
        weights_init=shares / shares.sum(),
        means_init=centres,
        precisions_init=np.tile(1 / spread, (params.words, 1)),
        init_params="random_from_data",  # all is given above; this is the way that computes nothing more
        random_state=params.seed,
    ).fit(points)
    weights = np.maximum(mixture.weights_, _LEAST_WEIGHT)
    return Mixture(weights / weights.sum(), mixture.means_, mixture.covariances_)


class _Graph:
    """Nodes and constants in the order of the calls, so that the same calls give the same bytes."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def add(self, operator: str, *inputs: str | NDArray[Any], output: str | None = None, **attributes: Any) -> str:
        """Append a node, with arrays among its inputs as constants of float32 or int64; gives its output's name."""
        names = []
        for entry in inputs:
            if not isinstance(entry, str):
                kind = np.float32 if np.issubdtype(entry.dtype, np.floating) else np.int64
                name = f"constant_{len(self.constants)}"
                # asarray last: ascontiguousarray makes a vector of a scalar
                self.constants.append(numpy_helper.from_array(np.asarray(entry, kind, order="C"), name))
                entry = name  # noqa: PLW2901
            names.append(entry)
        result = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, names, [result], **attributes))
        return result


def write_fisher(projection: Projection, mixture: Mixture, target: Path) -> int:
    """Write the improved Fisher vector (Perronnin, Sanchez and Mensink, ECCV 2010, section 2) as a graph.

    It is the gradient of the points' log-likelihood with respect to the mixture's means and standard deviations. The
    division by the number of points is left out: unit length undoes it.

    Input `descriptors` (n, c) float32, n free from 1; output `vector` (1, 2 * k * q) float32: the means component by
    component, then the deviations; signed square roots, of unit length.

    Returns:
        2 * k * q, the vector's length.
    """
    graph, dim = _Graph(), 2 * mixture.means.size
    means, deviations, weights = mixture.means, np.sqrt(mixture.variances), mixture.weights[:, None]
    points = graph.add("MatMul", graph.add("Sub", "descriptors", projection.centre), projection.matrix)
    squares = graph.add("Mul", points, points)
    # Posteriors: log-likelihoods, less what all components share, as two matrix products. ONNX's Softmax subtracts the
    # largest first, so that a point far from every component underflows nowhere.
    precisions = 1 / mixture.variances
    constant = np.log(mixture.weights) + 0.5 * (np.log(precisions).sum(axis=1) - (means**2 * precisions).sum(axis=1))
    linear = graph.add("Gemm", points, means * precisions, constant, transB=1)
    quadratic = graph.add("Gemm", squares, -0.5 * precisions, transB=1)
    posteriors = graph.add("Softmax", graph.add("Add", linear, quadratic), axis=1)
    turned = graph.add("Transpose", posteriors, perm=[1, 0])
    zeroth = graph.add("Unsqueeze", graph.add("ReduceSum", posteriors, np.array([0]), keepdims=0), np.array([1]))
    first, second = graph.add("MatMul", turned, points), graph.add("MatMul", turned, squares)
    shift = graph.add("Sub", first, graph.add("Mul", zeroth, means))
    by_mean = graph.add("Mul", shift, 1 / (deviations * np.sqrt(weights)))
    # sum of g * ((x - m)**2 - v), multiplied out
    spread = graph.add("Sub", second, graph.add("Mul", first, 2 * means))
    spread = graph.add("Add", spread, graph.add("Mul", zeroth, means**2 - mixture.variances))
    by_deviation = graph.add("Mul", spread, 1 / (mixture.variances * np.sqrt(2 * weights)))
    row = graph.add("Reshape", graph.add("Concat", by_mean, by_deviation, axis=0), np.array([1, dim]))
    root = graph.add("Mul", graph.add("Sign", row), graph.add("Sqrt", graph.add("Abs", row)))
    norm = graph.add("ReduceL2", root, np.array([1]), keepdims=1)
    graph.add("Div", root, graph.add("Max", norm, np.array(_LEAST_NORM)), output="vector")
    descriptors = helper.make_tensor_value_info("descriptors", TensorProto.FLOAT, ["n", len(projection.centre)])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, dim])
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "sift encoder", [descriptors], [vector], graph.constants),
        opset_imports=opsets,
        ir_version=helper.find_min_ir_version_for(opsets),  # the newest is more than an older ONNX Runtime reads
    )
    write_atomically(target, model.SerializeToString(deterministic=True))
    return dim
