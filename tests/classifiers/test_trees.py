from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from catboost import CatBoostClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from sneakers_ml.classifiers.trees import Ensemble, Tree, catboost_graph, ensemble_graph, read_ensemble
from sneakers_ml.errors import UsageError
from tests.classifiers.graph_builders import clusters, run_graph

DIM = 12


def booster(**settings):
    settings = {"loss_function": "MultiClass", "iterations": 12, "depth": 3, "learning_rate": 0.3, **settings}
    return CatBoostClassifier(
        **settings,
        auto_class_weights="Balanced",
        random_seed=0,
        thread_count=1,
        allow_writing_files=False,
        verbose=False,
    )


def fitted(vectors, labels, *, columns=7, **settings):
    choice = SelectKBest(f_classif, k=columns)
    return Pipeline([("columns", choice), ("catboost", booster(**settings))]).fit(vectors, labels)


def near_ties(model, columns, dim):
    """For every border a random row with the column on it, and just above and below it, as near as float32 can tell."""
    trees = read_ensemble(model, columns).trees
    asked = np.concatenate([tree.columns for tree in trees])
    border = np.concatenate([tree.borders for tree in trees])
    rows = np.random.default_rng(1).normal(size=(1, len(asked), dim)).astype(np.float32).repeat(3, axis=0)
    sides = np.stack([border, np.nextafter(border, np.float32(np.inf)), np.nextafter(border, np.float32(-np.inf))])
    rows[:, np.arange(len(asked)), asked] = sides
    return rows.reshape(-1, dim)


def test_trees_worked_out_by_hand():
    """Of (0.5, 3, -1): the first tree asks 3 > 2 and 0.5 > 1, leaf 1; the second has one leaf; the third -1 > -1."""
    leaves = np.log(np.arange(1, 9).reshape(4, 2))
    two_levels = Tree(np.array([1, 0]), np.array([2, 1], np.float32), leaves)
    single_leaf = Tree(np.array([], np.int64), np.array([], np.float32), np.log([[2.0, 3.0]]))
    one_level = Tree(np.array([2]), np.array([-1], np.float32), np.log([[5.0, 1.0], [1.0, 1.0]]))
    ensemble = Ensemble([two_levels, single_leaf, one_level], np.log([1.0, 2.0]))
    content = ensemble_graph(ensemble, 3).to_bytes()
    # first class 3 * 2 * 5 * 1 = 30, second 4 * 3 * 1 * 2 = 24; then leaf 3: 7 * 2 * 1 * 1 = 14, 8 * 3 * 1 * 2 = 48
    found = run_graph(content, [[0.5, 3, -1], [1.5, 2.5, 0]])
    np.testing.assert_allclose(found, [[30 / 54, 24 / 54], [14 / 62, 48 / 62]], rtol=1e-6)


@pytest.mark.parametrize("classes", [2, 3, 13])
def test_the_graph_gives_catboosts_probabilities(classes):
    vectors, labels = clusters(classes, DIM)
    pipeline = fitted(vectors, labels)
    content = catboost_graph(pipeline, DIM).to_bytes()
    unseen = clusters(classes, DIM, seed=5)[0]
    for rows in (unseen, unseen[:1], unseen[:2], unseen[:5]):
        found = run_graph(content, rows)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, pipeline.predict_proba(rows), atol=1e-6)
    assert list(pipeline.classes_) == sorted(set(labels))


def test_borders_are_compared_as_catboost_compares_them():
    pipeline = fitted(*clusters(3, DIM))
    columns = pipeline[0].get_support(indices=True)
    rows = near_ties(pipeline[-1], columns, DIM)
    expected = pipeline.predict_proba(rows)
    np.testing.assert_allclose(run_graph(catboost_graph(pipeline, DIM).to_bytes(), rows), expected, atol=1e-6)
    on, above, below = np.split(expected, 3)
    np.testing.assert_array_equal(on, below)  # greater than the border is above only
    assert (on != above).any(axis=1).all()


def test_borders_that_no_float32_hits_by_chance_are_exact():
    """Columns whose values are neighbouring float32 numbers, so that a border rounded elsewhere would change sides."""
    steps = np.random.default_rng(0).integers(0, 4, size=(120, DIM))
    vectors = (np.float32(0.1) + steps.astype(np.float32) * np.spacing(np.float32(0.1))).astype(np.float32)
    labels = np.where(steps[:, 0] + steps[:, 1] > 3, "high", np.where(steps[:, 2] > 1, "low", "odd"))
    pipeline = fitted(vectors, labels, columns="all")
    assert (pipeline.predict(vectors).ravel() == labels).mean() > 0.9
    found = run_graph(catboost_graph(pipeline, DIM).to_bytes(), vectors)
    np.testing.assert_allclose(found, pipeline.predict_proba(vectors), atol=1e-6)


def test_trees_of_different_depth_in_several_blocks():
    vectors, labels = clusters(3, DIM)
    start = booster(iterations=150, depth=1, learning_rate=0.05).fit(vectors, labels)
    flat = booster(iterations=2, depth=0).fit(vectors, labels, init_model=start)
    pipeline = Pipeline([("catboost", booster(iterations=10, depth=5).fit(vectors, labels, init_model=flat))])
    trees = read_ensemble(pipeline[-1], np.arange(DIM)).trees
    assert [len(tree.columns) for tree in trees] == [1] * 150 + [0] * 2 + [5] * 10
    found = run_graph(catboost_graph(pipeline, DIM).to_bytes(), vectors)
    np.testing.assert_allclose(found, pipeline.predict_proba(vectors), atol=1e-6)


def test_trees_that_run_out_of_questions():
    """One column of two values has one border, however deep a tree may be; a constant column has none."""
    vectors = np.stack([np.full(60, 3.0), np.repeat([0.0, 1.0], 30)], axis=1).astype(np.float32)
    labels = np.where(np.arange(60) % 5 < 3, np.where(vectors[:, 1] > 0, "on", "off"), "other")
    pipeline = Pipeline([("catboost", booster(depth=6))]).fit(vectors, labels)
    trees = read_ensemble(pipeline[-1], np.arange(2)).trees
    assert {tuple(tree.columns) for tree in trees} == {(1,)}
    found = run_graph(catboost_graph(pipeline, 2).to_bytes(), vectors)
    np.testing.assert_allclose(found, pipeline.predict_proba(vectors), atol=1e-6)


def test_scale_and_bias_count():
    vectors, labels = clusters(3, DIM)
    pipeline = fitted(vectors, labels)
    before = pipeline.predict_proba(vectors)
    pipeline[-1].set_scale_and_bias(2.0, [0.5, -1.0, 0.25])
    expected = pipeline.predict_proba(vectors)
    assert np.abs(expected - before).max() > 0.1
    np.testing.assert_allclose(run_graph(catboost_graph(pipeline, DIM).to_bytes(), vectors), expected, atol=1e-6)


def test_a_fit_stopped_early_is_exported_as_it_was_cut():
    vectors, labels = clusters(3, DIM, spread=0.5)
    model = booster(iterations=40, early_stopping_rounds=5)
    model.fit(vectors[:30], labels[:30], eval_set=(vectors[30:], labels[30:]))
    assert model.tree_count_ < 40
    assert len(read_ensemble(model, np.arange(DIM)).trees) == model.tree_count_
    pipeline = Pipeline([("catboost", model)])
    found = run_graph(catboost_graph(pipeline, DIM).to_bytes(), vectors)
    np.testing.assert_allclose(found, pipeline.predict_proba(vectors), atol=1e-6)


def test_leaves_that_are_the_same_are_kept_once():
    rng = np.random.default_rng(0)
    distinct = rng.normal(size=(4, 5))
    trees = [
        Tree(np.arange(8), np.zeros(8, np.float32), np.where(rng.random((256, 1)) < 0.99, 0.0, distinct[row % 4]))
        for row in range(20)
    ]
    full = [Tree(tree.columns, tree.borders, rng.normal(size=(256, 5))) for tree in trees]
    sparse_size, full_size = (len(ensemble_graph(Ensemble(each, np.zeros(5)), 8).to_bytes()) for each in (trees, full))
    assert full_size - sparse_size > 0.99 * 4 * 5 * (20 * 256 - 5)
    rows = rng.normal(size=(50, 8)).astype(np.float32)
    leaf = (rows > 0) @ (1 << np.arange(8))
    scores = sum(tree.leaves[leaf] for tree in trees)
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    found = run_graph(ensemble_graph(Ensemble(trees, np.zeros(5)), 8).to_bytes(), rows)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("loss", ["MultiClassOneVsAll", "Logloss"])
def test_another_loss_is_refused(loss):
    pipeline = fitted(*clusters(2, DIM), loss_function=loss)
    with pytest.raises(UsageError, match=f"loss '{loss}' cannot be exported; fit one of loss 'MultiClass'"):
        catboost_graph(pipeline, DIM)


def test_trees_that_are_not_symmetric_are_refused():
    pipeline = fitted(*clusters(3, DIM), grow_policy="Depthwise")
    with pytest.raises(UsageError, match="without symmetric trees cannot be exported"):
        catboost_graph(pipeline, DIM)


def test_splits_by_categories_are_refused():
    vectors, labels = clusters(3, 2, spread=0.1)
    table = pd.DataFrame(vectors, columns=["a", "b"]).assign(shop=np.where(labels == labels[0], "here", "there"))
    pipeline = Pipeline([("catboost", booster(cat_features=["shop"]))]).fit(table, labels)
    with pytest.raises(UsageError, match="splits by categories cannot be exported"):
        catboost_graph(pipeline, 3)


def test_steps_that_change_columns_are_refused():
    vectors, labels = clusters(3, DIM)
    pipeline = Pipeline([("scale", StandardScaler()), ("catboost", booster())]).fit(vectors, labels)
    with pytest.raises(UsageError, match="cannot be exported after StandardScaler; only a choice of columns"):
        catboost_graph(pipeline, DIM)
