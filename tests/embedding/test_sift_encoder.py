from __future__ import annotations

import numpy as np
import onnx
import pytest
from scipy.stats import multivariate_normal

from sneakers_ml.classifiers.graphs import OPSET
from sneakers_ml.embedding.sift_encoder import Mixture, Projection, Words, write_bow, write_fisher, write_vlad
from sneakers_ml.onnx_session import OnnxSession

PLANE = Projection(np.zeros(2), np.eye(2))
"""Points as they are, two numbers each."""


@pytest.fixture
def encode(tmp_path):
    """Writes a graph and runs it: (write, projection, codebook, rows) to a vector."""

    def run(write, projection, codebook, rows):
        target = tmp_path / "model.onnx"
        dim = write(projection, codebook, target)
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


class TestByHand:
    """Two words in the plane."""

    words = Words(np.array([[0.0, 0.0], [10.0, 0.0]]))
    points = ((1, 0), (0, 2), (10, -3))

    def test_bow_counts_the_points_nearest_to_each_word(self, encode):
        np.testing.assert_allclose(encode(write_bow, PLANE, self.words, self.points), rooted([2, 1]), atol=1e-6)

    def test_vlad_sums_the_differences_from_each_word(self, encode):
        """(1, 0) + (0, 2) about the first, (10, -3) - (10, 0) about the second."""
        vector = encode(write_vlad, PLANE, self.words, self.points)
        np.testing.assert_allclose(vector, np.array([1, 2**0.5, 0, -(3**0.5)]) / 6**0.5, atol=1e-6)

    def test_fisher_of_components_so_far_apart_that_each_point_has_one(self, encode):
        """Both points belong to the first component, of weight 1/4, mean 0 and deviations 1 and 2.

        Means: (1 + 1) / 1 / sqrt(1/4) = 4 and (2 + 0) / 2 / sqrt(1/4) = 2. Deviations: along x both are one deviation
        away, 0; along y one is and one is not, (0 - 1) / sqrt(2/4) = -sqrt(2).
        """
        mixture = Mixture(np.array([0.25, 0.75]), np.array([[0.0, 0], [100, 0]]), np.array([[1.0, 4], [1, 1]]))
        vector = encode(write_fisher, PLANE, mixture, [(1, 2), (1, 0)])
        np.testing.assert_allclose(vector, rooted([4, 2, 0, 0, 0, -(2**0.5), 0, 0]), atol=1e-6)

    def test_fisher_of_a_point_that_two_components_share(self, encode):
        """Half of it is each one's: means 0.5 * 1 / sqrt(1/2) and its negative; deviations 0, 0.5 * -1 / sqrt(2/2)."""
        mixture = Mixture(np.array([0.5, 0.5]), np.array([[-1.0, 0], [1, 0]]), np.ones((2, 2)))
        vector = encode(write_fisher, PLANE, mixture, [(0, 0)])
        half = 0.5**0.5
        np.testing.assert_allclose(vector, rooted([half, 0, -half, 0, 0, -0.5, 0, -0.5]), atol=1e-6)

    def test_a_point_on_its_word_alone_is_a_zero_vector_not_a_division_by_zero(self, encode):
        np.testing.assert_array_equal(encode(write_vlad, PLANE, self.words, [(10, 0)]), np.zeros(4))

    def test_a_point_far_from_every_component_stays_finite(self, encode):
        mixture = Mixture(np.array([0.5, 0.5]), np.array([[-1.0, 0], [1, 0]]), np.full((2, 2), 1e-3))
        vector = encode(write_fisher, PLANE, mixture, [(1000, -1000)])
        assert np.isfinite(vector).all()
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        np.testing.assert_array_equal(vector[[0, 1, 4, 5]], 0)  # it is the second's, whose mean is nearer


COLUMNS, WIDTH, COUNT = 130, 7, 5


def codebook(seed=0):
    random = np.random.default_rng(seed)
    projection = Projection(random.normal(size=COLUMNS), random.normal(size=(COLUMNS, WIDTH)) / COLUMNS**0.5)
    centres = random.normal(size=(COUNT, WIDTH))
    weights = random.dirichlet(np.full(COUNT, 3))
    return projection, Words(centres), Mixture(weights, centres, random.uniform(0.3, 2, size=(COUNT, WIDTH)))


def loop_bow(points, words):
    counts = np.zeros(COUNT)
    for point in points:
        counts[min(range(COUNT), key=lambda word: np.linalg.norm(point - words.centres[word]))] += 1
    return rooted(counts)


def loop_vlad(points, words):
    residuals = np.zeros((COUNT, WIDTH))
    for point in points:
        nearest = min(range(COUNT), key=lambda word: np.linalg.norm(point - words.centres[word]))
        residuals[nearest] += point - words.centres[nearest]
    return rooted(residuals.ravel())


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
@pytest.mark.parametrize(
    ("write", "loop"), [(write_bow, loop_bow), (write_vlad, loop_vlad), (write_fisher, loop_fisher)]
)
def test_equals_the_definition_written_as_loops(encode, write, loop, count):
    projection, words, mixture = codebook()
    rows = np.random.default_rng(count).normal(size=(count, COLUMNS)).astype(np.float32)
    chosen = mixture if write is write_fisher else words
    points = (rows - projection.centre) @ projection.matrix
    vector = encode(write, projection, chosen, rows)
    # The square root makes much of rounding where a sum is about nothing: compared before it.
    expected = loop(points, chosen)
    np.testing.assert_allclose(vector * np.abs(vector), expected * np.abs(expected), atol=2e-6)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("write", [write_bow, write_vlad, write_fisher])
def test_the_same_codebook_is_the_same_file_and_another_is_not(tmp_path, write):
    files = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        projection, words, mixture = codebook(seed)
        write(projection, mixture if write is write_fisher else words, tmp_path / name)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1] != files[2]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]  # nothing half-written stays


def test_the_graph_takes_any_number_of_descriptors_and_has_the_promised_opset(tmp_path):
    projection, words, _ = codebook()
    assert write_vlad(projection, words, tmp_path / "model.onnx") == COUNT * WIDTH
    model = onnx.load(tmp_path / "model.onnx")
    (entry,), (output,) = model.graph.input, model.graph.output
    shapes = [[axis.dim_param or axis.dim_value for axis in v.type.tensor_type.shape.dim] for v in (entry, output)]
    assert (entry.name, output.name) == ("descriptors", "vector")
    assert shapes == [["n", COLUMNS], [1, COUNT * WIDTH]]
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", OPSET)]
