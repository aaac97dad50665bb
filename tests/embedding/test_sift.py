from __future__ import annotations

import warnings

import cv2
import numpy as np
import onnx
import pytest
from scipy.stats import multivariate_normal
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from sneakers_ml import images
from sneakers_ml.embedding.sift import (
    Mixture,
    Projection,
    SiftParams,
    fit_codebook,
    sample_descriptors,
    write_fisher,
)
from sneakers_ml.errors import DataError
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.sift import DESCRIPTOR, Sift, describe
from sneakers_ml.inference.session import OPSET, OnnxSession
from tests.support import corpus

PARAMS = SiftParams(side=128, words=4, components=8, place=2.0, sample=1000, seed=3)


def shapes(kind, seed, count=40):
    """A photo full of dark discs (kind 0) or of outlined squares (kind 1)."""
    random = np.random.default_rng(seed)
    photo = np.full((180, 240, 3), 245, np.uint8)
    for _ in range(count):
        x, y, size = int(random.integers(15, 225)), int(random.integers(15, 165)), int(random.integers(4, 12))
        colour = (int(random.integers(0, 120)),) * 3
        if kind:
            cv2.rectangle(photo, (x - size, y - size), (x + size, y + size), colour, 2)
        else:
            cv2.circle(photo, (x, y), size, colour, -1)
    return photo


def write_shapes(folder, kind, seed):
    path = folder / f"{kind}-{seed}.png"
    path.write_bytes(corpus.encode(shapes(kind, seed), "PNG"))
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    return [write_shapes(folder, kind, seed) for seed in range(6) for kind in (0, 1)]


@pytest.fixture(scope="module")
def rows(files):
    """Rows of each photo."""
    photos = [images.read(file) for file in files]
    return [describe(cut(photo, shoe_region(photo)), **PARAMS.grid) for photo in photos]


class TestSample:
    def test_all_descriptors_are_taken_where_there_are_no_more_than_asked_for(self, files, rows):
        few, everything = files[:3], np.concatenate(rows[:3])
        assert len(everything) <= PARAMS.sample
        np.testing.assert_array_equal(sample_descriptors(few, PARAMS), everything)

    def test_of_more_a_share_of_every_photo_is_taken(self, files, rows):
        """Twice over the same photos, so that some are dropped while reading."""
        total = 2 * sum(len(part) for part in rows)
        sample = sample_descriptors(files * 2, PARAMS)
        assert total > 2.5 * PARAMS.sample
        assert len(sample) == PARAMS.sample
        for part in rows:
            found = sum((sample == row).all(axis=1).sum() for row in np.unique(part, axis=0))
            expected = 2 * len(part) * PARAMS.sample / total
            assert abs(found - expected) < 5 * np.sqrt(expected)

    def test_another_seed_is_another_sample(self, files):
        first, again, other = (
            sample_descriptors(files, PARAMS.model_copy(update={"seed": seed})) for seed in (1, 1, 2)
        )
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)

    def test_of_very_many_photos_only_as_many_are_read_as_the_sample_needs(self, files, tmp_path):
        """A sample of 1000 is taken from 100 photos: among 5000 most are not even opened, though they do not exist."""
        missing = [tmp_path / f"{number}.png" for number in range(4999)]
        with pytest.raises(DataError, match=r"\d+\.png: There is no such file"):
            sample_descriptors([files[0], *missing], PARAMS)
        many = [files[0]] * 5000
        assert len(sample_descriptors(many, PARAMS)) == PARAMS.sample


class TestFit:
    def test_the_graph_gives_unit_vectors_of_the_length_told(self, tmp_path, files):
        dim = fit_codebook(files, PARAMS, tmp_path / "model.onnx")
        assert dim == 2 * 4 * (8 + 2)  # means and deviations of four components of eight numbers and the place
        sift = Sift(OnnxSession(tmp_path / "model.onnx", threads=1), dim=dim, **PARAMS.grid, place=PARAMS.place)
        vectors = sift.transform([images.read(file) for file in files])
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_a_second_run_gives_the_same_bytes(self, tmp_path, files):
        for name in ("first", "second"):
            fit_codebook(files, PARAMS, tmp_path / name)
        assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()

    @pytest.mark.parametrize(("place", "width"), [(0.0, 8), (2.0, 10)])
    def test_the_mixture_is_that_of_scikit_learn_on_points_made_by_hand(self, tmp_path, files, rows, place, width):
        """PCA, one scale for all axes, the weighed place beside; the means' part of the vector by its definition."""
        params = PARAMS.model_copy(update={"place": place, "sample": 60_000})
        fit_codebook(files, params, tmp_path / "model.onnx")
        session = OnnxSession(tmp_path / "model.onnx", threads=1)
        everything = np.concatenate(rows).astype(np.float64)
        pca = PCA(8, svd_solver="covariance_eigh").fit(everything[:, :DESCRIPTOR])
        scale = pca.transform(everything[:, :DESCRIPTOR]).std()

        def points(part):
            reduced = pca.transform(part[:, :DESCRIPTOR]) / scale
            return np.hstack([reduced, place * part[:, DESCRIPTOR:]])[:, :width]

        with threadpool_limits(limits=1), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            words = KMeans(4, n_init=1, max_iter=20, random_state=3).fit(points(everything).astype(np.float32))
            spread = np.var(points(everything) - words.cluster_centers_[words.labels_], axis=0)
            mixture = GaussianMixture(
                4,
                covariance_type="diag",
                reg_covar=1e-3,
                max_iter=5,
                weights_init=np.bincount(words.labels_) / len(everything),
                means_init=words.cluster_centers_.astype(np.float64),
                precisions_init=np.tile(1 / spread, (4, 1)),
            ).fit(points(everything))
        for part in rows:
            weighed = part.copy()
            weighed[:, DESCRIPTOR:] *= place
            shares = mixture.predict_proba(points(part))
            away = (points(part)[:, None] - mixture.means_) / np.sqrt(mixture.covariances_)
            by_mean = (shares[..., None] * away).sum(axis=0) / np.sqrt(mixture.weights_)[:, None]
            found = session.run(weighed)[0, : 4 * width]
            found, expected = found * np.abs(found), by_mean.ravel()  # before the signed square root
            np.testing.assert_allclose(found / np.abs(found).sum(), expected / np.abs(expected).sum(), atol=0.01)

    def test_photos_of_a_kind_are_nearer_to_each_other_than_to_others(self, tmp_path, files):
        """Discs and squares; the photos compared are not among those fitted on."""
        params = PARAMS.model_copy(update={"place": 0.0})
        dim = fit_codebook(files, params, tmp_path / "model.onnx")
        sift = Sift(OnnxSession(tmp_path / "model.onnx", threads=1), dim=dim, **params.grid, place=0.0)
        kinds = np.repeat([0, 1], 6)
        vectors = sift.transform([shapes(kind, 50 + number) for number, kind in enumerate(kinds)])
        alike = vectors @ vectors.T
        same = kinds[:, None] == kinds
        others = ~np.eye(len(kinds), dtype=bool)
        nearest = np.where(others, alike, -1).argmax(axis=1)
        assert (kinds[nearest] == kinds).all()
        assert alike[same & others].mean() > alike[~same].mean() + 0.1

    def test_only_the_files_named_are_read(self, tmp_path, files):
        (files[0].parent / "held-out.png").write_bytes(b"not a photo")
        fit_codebook(files, PARAMS, tmp_path / "model.onnx")
        assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]

    def test_too_few_descriptors_say_what_to_do(self, tmp_path, files):
        params = PARAMS.model_copy(update={"words": 5000})
        with pytest.raises(
            DataError, match=r"1 training photos have \d+ descriptors.*lower embed\.sift\.words.*or add"
        ):
            fit_codebook(files[:1], params, tmp_path / "model.onnx")
        assert not list(tmp_path.iterdir())

    def test_no_photos_at_all_are_too_few(self, tmp_path):
        with pytest.raises(DataError, match="0 training photos have 0 descriptors"):
            fit_codebook([], PARAMS, tmp_path / "model.onnx")

    def test_the_same_photo_again_and_again_still_gives_a_codebook(self, tmp_path):
        """Fewer different descriptors than words."""
        photos = [corpus.write_photo(tmp_path / "shoe.jpg", quality=95)] * 40
        params = SiftParams(words=32, components=4, sample=1000)
        dim = fit_codebook(photos, params, tmp_path / "model.onnx")
        vectors = Sift(OnnxSession(tmp_path / "model.onnx"), dim=dim, **params.grid, place=12.0).transform(
            [images.read(photos[0])]
        )
        assert np.isfinite(vectors).all()

    def test_a_photo_that_cannot_be_read_is_named(self, tmp_path, files):
        with pytest.raises(DataError, match=r"gone\.jpg: There is no such file.*run `sneakers photos` again"):
            fit_codebook([*files, tmp_path / "gone.jpg"], PARAMS, tmp_path / "model.onnx")


PLANE = Projection(np.zeros(2), np.eye(2))
"""Points as they are, two numbers each."""


@pytest.fixture
def encoded(tmp_path):
    """Writes a graph and runs it: (projection, mixture, rows) to a vector."""

    def run(projection, mixture, rows):
        target = tmp_path / "model.onnx"
        dim = write_fisher(projection, mixture, target)
        onnx.checker.check_model(onnx.load(target), full_check=True)
        vector = OnnxSession(target, threads=1).run(np.asarray(rows, np.float32))
        assert vector.dtype == np.float32
        assert vector.shape == (1, dim)
        return vector[0]

    return run


def rooted(numbers):
    """Signed square roots at unit length."""
    roots = np.sign(numbers) * np.sqrt(np.abs(numbers))
    return roots / np.linalg.norm(roots)


class TestFisherByHand:
    """Two components in the plane."""

    def test_components_so_far_apart_that_each_point_has_one(self, encoded):
        """Both points belong to the first component, of weight 1/4, mean 0 and deviations 1 and 2.

        Means: (1 + 1) / 1 / sqrt(1/4) = 4 and (2 + 0) / 2 / sqrt(1/4) = 2. Deviations: along x both are one deviation
        away, 0; along y one is and one is not, (0 - 1) / sqrt(2/4) = -sqrt(2).
        """
        mixture = Mixture(np.array([0.25, 0.75]), np.array([[0.0, 0], [100, 0]]), np.array([[1.0, 4], [1, 1]]))
        vector = encoded(PLANE, mixture, [(1, 2), (1, 0)])
        np.testing.assert_allclose(vector, rooted([4, 2, 0, 0, 0, -(2**0.5), 0, 0]), atol=1e-6)

    def test_a_point_that_two_components_share(self, encoded):
        """Half of it is each one's: means 0.5 * 1 / sqrt(1/2) and its negative; deviations 0, 0.5 * -1 / sqrt(2/2)."""
        mixture = Mixture(np.array([0.5, 0.5]), np.array([[-1.0, 0], [1, 0]]), np.ones((2, 2)))
        vector = encoded(PLANE, mixture, [(0, 0)])
        half = 0.5**0.5
        np.testing.assert_allclose(vector, rooted([half, 0, -half, 0, 0, -0.5, 0, -0.5]), atol=1e-6)

    def test_a_point_far_from_every_component_stays_finite(self, encoded):
        mixture = Mixture(np.array([0.5, 0.5]), np.array([[-1.0, 0], [1, 0]]), np.full((2, 2), 1e-3))
        vector = encoded(PLANE, mixture, [(1000, -1000)])
        assert np.isfinite(vector).all()
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        np.testing.assert_array_equal(vector[[0, 1, 4, 5]], 0)  # it is the second's, whose mean is nearer


COLUMNS, WIDTH, COUNT = 130, 7, 5


def codebook(seed=0):
    random = np.random.default_rng(seed)
    projection = Projection(random.normal(size=COLUMNS), random.normal(size=(COLUMNS, WIDTH)) / COLUMNS**0.5)
    centres = random.normal(size=(COUNT, WIDTH))
    weights = random.dirichlet(np.full(COUNT, 3))
    return projection, Mixture(weights, centres, random.uniform(0.3, 2, size=(COUNT, WIDTH)))


def loop_fisher(points, mixture):
    by_mean, by_deviation = np.zeros((COUNT, WIDTH)), np.zeros((COUNT, WIDTH))
    components = [
        multivariate_normal(mean, np.diag(variance))
        for mean, variance in zip(mixture.means, mixture.variances, strict=True)
    ]
    for point in points:
        joint = np.array([w * c.pdf(point) for w, c in zip(mixture.weights, components, strict=True)])
        for k, posterior in enumerate(joint / joint.sum()):
            away = (point - mixture.means[k]) / np.sqrt(mixture.variances[k])
            by_mean[k] += posterior * away / np.sqrt(mixture.weights[k])
            by_deviation[k] += posterior * (away**2 - 1) / np.sqrt(2 * mixture.weights[k])
    return rooted(np.concatenate([by_mean.ravel(), by_deviation.ravel()]))


@pytest.mark.parametrize("count", [1, 2, 300])
def test_fisher_equals_the_definition_written_as_loops(encoded, count):
    projection, mixture = codebook()
    rows = np.random.default_rng(count).normal(size=(count, COLUMNS)).astype(np.float32)
    vector = encoded(projection, mixture, rows)
    # The square root makes much of rounding where a sum is about nothing: compared before it.
    expected = loop_fisher((rows - projection.centre) @ projection.matrix, mixture)
    np.testing.assert_allclose(vector * np.abs(vector), expected * np.abs(expected), atol=2e-6)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_the_same_codebook_is_the_same_file_and_another_is_not(tmp_path):
    files = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        write_fisher(*codebook(seed), tmp_path / name)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1] != files[2]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]  # nothing half-written stays


def test_the_graph_takes_any_number_of_descriptors_and_has_the_promised_opset(tmp_path):
    assert write_fisher(*codebook(), tmp_path / "model.onnx") == 2 * COUNT * WIDTH
    model = onnx.load(tmp_path / "model.onnx")
    (entry,), (output,) = model.graph.input, model.graph.output
    shapes = [[axis.dim_param or axis.dim_value for axis in v.type.tensor_type.shape.dim] for v in (entry, output)]
    assert (entry.name, output.name) == ("descriptors", "vector")
    assert shapes == [["n", COLUMNS], [1, 2 * COUNT * WIDTH]]
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", OPSET)]
