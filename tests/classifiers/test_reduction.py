from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from sneakers_ml.classifiers.reduction import exact_pca, half_whitened_pca


def spread_out(rows, dim, seed=0):
    """Vectors whose directions have spreads of 1, 1/2, 1/3 and so on, off the origin."""
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(dim, dim)))[0]
    return (rng.normal(size=(rows, dim)) / np.arange(1, dim + 1) @ turn + 3).astype(np.float32)


@pytest.mark.parametrize(("rows", "dim"), [(40, 60), (60, 40), (50, 50)])
def test_it_is_the_pca_of_scikit_learn(rows, dim):
    vectors, unseen = spread_out(rows, dim), spread_out(20, dim, seed=1)
    expected = PCA(8, svd_solver="full").fit(vectors.astype(np.float64))
    found = exact_pca(vectors, 8)
    np.testing.assert_allclose(found.explained_variance_, expected.explained_variance_, rtol=1e-4)
    overlap = np.abs((found.components_ * expected.components_).sum(axis=1))  # a direction's sign is anyone's guess
    np.testing.assert_allclose(overlap, 1, atol=1e-4)
    signs = np.sign((found.components_ * expected.components_).sum(axis=1))
    np.testing.assert_allclose(found.transform(unseen) * signs, expected.transform(unseen), atol=5e-3)


@pytest.mark.parametrize(("rows", "dim"), [(40, 60), (60, 40)])
def test_spreads_are_half_evened(rows, dim):
    """Spreads of a and b come out as their roots: what is four times as wide is twice as wide then."""
    vectors = spread_out(rows, dim)
    spreads = PCA(10, svd_solver="full").fit_transform(vectors.astype(np.float64)).std(axis=0)
    steps, seen = half_whitened_pca(10)(vectors)
    assert [name for name, _ in steps.steps] == ["centre", "pca"]
    assert seen.dtype == np.float32
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-3)
    found = seen.astype(np.float64).std(axis=0)
    np.testing.assert_allclose(found / found[0], np.sqrt(spreads / spreads[0]), rtol=1e-3)
    assert seen.var(axis=0, ddof=1).mean() == pytest.approx(1, rel=1e-3)
    off_diagonal = np.corrcoef(seen.T) - np.eye(10)
    np.testing.assert_allclose(off_diagonal, 0, atol=1e-2)


@pytest.mark.parametrize("rows", [30, 300])
def test_directions_that_do_not_vary_are_left_out(rows):
    """Five directions in fifty columns: a sixth would be rounding errors."""
    rng = np.random.default_rng(0)
    vectors = (rng.normal(size=(rows, 5)) @ rng.normal(size=(5, 50))).astype(np.float32)
    steps, seen = half_whitened_pca(20)(vectors)
    assert seen.shape == (rows, 5)
    assert steps["pca"].n_components_ == len(steps["pca"].explained_variance_) == 5


def test_nothing_is_lost_of_vectors_that_are_nearly_alike():
    """Around 1000 and 0.001 apart; the steps in float64 are the truth. PCA alone is a hundred times further off."""
    vectors = (1000 + 1e-3 * spread_out(60, 12).astype(np.float64)).astype(np.float32)
    steps, _ = half_whitened_pca(4)(vectors)
    exact = (vectors.astype(np.float64) - steps["centre"].mean_ - steps["pca"].mean_) @ steps["pca"].components_.T
    np.testing.assert_allclose(steps.transform(vectors), exact, atol=1e-3)


def test_vectors_that_are_all_the_same_come_out_as_numbers():
    assert np.isfinite(half_whitened_pca(3)(np.ones((6, 10), np.float32))[1]).all()


def test_the_fitted_steps_do_the_same_again():
    vectors = spread_out(30, 12)
    steps, seen = half_whitened_pca(4)(vectors)
    np.testing.assert_allclose(steps.transform(vectors), seen, atol=1e-4)
