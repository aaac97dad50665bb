from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from sneakers_ml.classifiers.linear import logistic_graph, sgd_graph
from sneakers_ml.errors import UsageError
from tests.classifiers.graph_builders import clusters, run_graph

GRAPHS = {"sgd": sgd_graph, "logistic": logistic_graph}


def classifier(kind):
    balanced = {"class_weight": "balanced", "random_state": 0}
    if kind == "sgd":
        return SGDClassifier(loss="log_loss", alpha=0.01, **balanced)
    return LogisticRegression(C=0.1, max_iter=1000, **balanced)


def fitted(kind, vectors, labels, *, components=8, whiten=True, standardised=True):
    reduction = [
        ("scale", StandardScaler(with_std=standardised)),
        ("pca", PCA(components, whiten=whiten, random_state=0)),
    ]
    return Pipeline([*reduction, (kind, classifier(kind))]).fit(vectors, labels)


def by_hand(kind):
    """Three classes whose scores of the vector (7, 22) are 0, ln 3 and -ln 3.

    It is standardised to ((7 - 1) / 2, (22 - 2) / 5) = (3, 4); less PCA's mean (1, 1), turned by 90 degrees and
    divided by the spreads 3 and 0.5 that is (1, -4).
    """
    pipeline = fitted(kind, *clusters(3, 2), components=2)
    scale, pca, model = (step for _, step in pipeline.steps)
    scale.mean_, scale.scale_ = np.array([1.0, 2.0]), np.array([2.0, 5.0])
    pca.mean_, pca.components_ = np.array([1.0, 1.0]), np.array([[0.0, 1.0], [-1.0, 0.0]])
    pca.explained_variance_ = np.array([9.0, 0.25])
    model.coef_ = np.array([[4.0, 1.0], [np.log(3), 0.0], [0.0, np.log(3) / 4]])
    model.intercept_ = np.zeros(3)
    return pipeline


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("logistic", [3 / 13, 9 / 13, 1 / 13]),  # e**score is 1, 3 and 1/3
        ("sgd", [1 / 3, 1 / 2, 1 / 6]),  # sigmoids are 1/2, 3/4 and 1/4
    ],
)
def test_a_model_worked_out_by_hand(kind, expected):
    found = run_graph(GRAPHS[kind](by_hand(kind), 2).to_bytes(), [[7, 22]])
    np.testing.assert_allclose(found, [expected], atol=1e-6)


@pytest.mark.parametrize(("standardised", "whiten"), [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("classes", [2, 3, 13])
@pytest.mark.parametrize("kind", GRAPHS)
def test_the_graph_gives_scikit_learns_probabilities(kind, classes, standardised, whiten):
    vectors, labels = clusters(classes, 24, spread=0.7)
    pipeline = fitted(kind, vectors, labels, whiten=whiten, standardised=standardised)
    content = GRAPHS[kind](pipeline, 24).to_bytes()
    unseen = clusters(classes, 24, spread=1.5, seed=3)[0]
    for rows in (unseen, unseen[:1], unseen[:2], unseen[:5]):
        found = run_graph(content, rows)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, pipeline.predict_proba(rows), atol=1e-5)
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    assert found.max() > 1.2 / classes  # not all the same


@pytest.mark.parametrize("kind", GRAPHS)
def test_a_score_half_way_between_two_classes_is_shared(kind):
    """Two classes that mirror each other: on the mirror both have the same probability, beside it they don't."""
    side = np.array([[1.0, 0], [1, 1], [2, 0], [2, 1]])
    vectors = np.concatenate([side, side * [-1, 1]]).astype(np.float32)
    pipeline = fitted(kind, vectors, np.repeat(["left", "right"], 4), components=2)
    pipeline[-1].intercept_ = np.zeros(1)
    rows = np.array([[0, 0.5], [1e-3, 0.5], [-1e-3, 0.5]], np.float32)
    found = run_graph(GRAPHS[kind](pipeline, 2).to_bytes(), rows)
    np.testing.assert_allclose(found, pipeline.predict_proba(rows), atol=1e-6)
    assert found[1].argmax() != found[2].argmax()


def large_means():
    """Columns around 1000 that differ by 0.01 only: a float32 there has steps of 0.00006."""
    vectors, labels = clusters(4, 40)
    return (1000 + 0.01 * vectors.astype(np.float64)).astype(np.float32), labels


def alike_unit_rows():
    """Unit rows of 2048 numbers that differ by a ten thousandth."""
    vectors, labels = clusters(4, 2048)
    rows = 1 + 1e-4 * vectors.astype(np.float64)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels


@pytest.mark.parametrize("data", [large_means, alike_unit_rows])
@pytest.mark.parametrize("kind", GRAPHS)
def test_nothing_is_lost_where_means_are_large_against_spreads(kind, data):
    """Truth is the pipeline in float64; to fold the mean into the bias, or to round it to float32, would show."""
    vectors, labels = data()
    half = len(vectors) // 2
    pipeline = fitted(kind, vectors[:half].astype(np.float64), labels[:half])
    unseen = vectors[half:]
    expected = pipeline.predict_proba(unseen.astype(np.float64))
    found = run_graph(GRAPHS[kind](pipeline, vectors.shape[1]).to_bytes(), unseen)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert expected.max(axis=1).mean() > 0.5  # it tells the classes apart


def test_the_traps_of_large_means_are_deep_enough():
    """What a plain fold to x @ W + b, and a mean rounded to float32, make of the scores of such vectors."""
    vectors, labels = large_means()
    pipeline = fitted("logistic", vectors.astype(np.float64), labels)
    scale, pca, model = (step for _, step in pipeline.steps)
    whitening = pca.components_.T / np.sqrt(pca.explained_variance_)
    weights = whitening @ model.coef_.T / scale.scale_[:, None]
    exact = pipeline.decision_function(vectors.astype(np.float64))
    bias = model.intercept_ - (scale.mean_ + scale.scale_ * pca.mean_) @ weights
    folded = vectors @ weights.astype(np.float32) + bias.astype(np.float32)
    assert np.abs(folded - exact).max() > 1e-3
    rounded = (vectors - scale.mean_.astype(np.float32)) @ weights.astype(np.float32) + model.intercept_
    assert np.abs(rounded - exact).max() > 1e-4


def with_scores(scores, dtype=np.float32):
    """A pipeline of SGD whose scores of the vector (1, 0) are the given ones."""
    vectors, labels = clusters(len(scores), 2)
    pipeline = fitted("sgd", vectors, labels, components=2, whiten=False)
    scale, pca, model = (step for _, step in pipeline.steps)
    scale.mean_, scale.scale_ = np.zeros(2), np.ones(2)
    pca.mean_, pca.components_ = np.zeros(2, dtype), np.eye(2, dtype=dtype)
    model.coef_ = np.stack([scores, np.zeros(len(scores))], axis=1).astype(dtype)
    model.intercept_ = np.zeros(len(scores), dtype)
    return pipeline


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([-30.0, -30.0, -29.0], [1 / (2 + np.e), 1 / (2 + np.e), np.e / (2 + np.e)]),  # sigmoid(s) is near e**s there
        ([-500.0, -900.0, -200.0], [1 / 3, 1 / 3, 1 / 3]),  # of which float32 has nothing but zeros
        ([-500.0, 60.0, 60.0], [0, 1 / 2, 1 / 2]),
    ],
)
def test_scores_far_below_zero_are_normalised_as_scikit_learn_does(scores, expected):
    pipeline = with_scores(scores)
    vector = np.array([[1, 0]], np.float32)
    with np.errstate(over="ignore"):  # e**500
        np.testing.assert_allclose(pipeline.predict_proba(vector), [expected], atol=1e-6)
    np.testing.assert_allclose(run_graph(sgd_graph(pipeline, 2).to_bytes(), vector), [expected], atol=1e-6)


def test_a_model_in_double_precision_tells_smaller_sigmoids_apart():
    pipeline = with_scores([-501.0, -500.0, -600.0], np.float64)
    expected = [[1 / (1 + np.e), np.e / (1 + np.e), 0]]
    np.testing.assert_allclose(pipeline.predict_proba(np.array([[1.0, 0]])), expected, atol=1e-6)
    np.testing.assert_allclose(run_graph(sgd_graph(pipeline, 2).to_bytes(), [[1, 0]]), expected, atol=1e-5)


def test_a_column_that_never_changes_does_no_harm():
    vectors, labels = clusters(3, 10)
    vectors[:, 4] = 7
    pipeline = fitted("logistic", vectors, labels, components=9)
    found = run_graph(logistic_graph(pipeline, 10).to_bytes(), vectors)
    np.testing.assert_allclose(found, pipeline.predict_proba(vectors), atol=1e-5)


@pytest.mark.parametrize("kind", GRAPHS)
def test_the_graph_holds_one_matrix(kind):
    vectors, labels = clusters(3, 400)
    size = len(GRAPHS[kind](fitted(kind, vectors, labels), 400).to_bytes())
    assert 4 * 400 * (3 + 1) < size < 4 * 400 * (3 + 1) + 1000


@pytest.mark.parametrize("kind", GRAPHS)
def test_other_steps_are_refused(kind):
    vectors, labels = clusters(3, 6)
    pipeline = Pipeline([("scale", MinMaxScaler()), ("last", classifier(kind))]).fit(vectors, labels)
    with pytest.raises(UsageError, match=r"cannot be exported after MinMaxScaler; put StandardScaler and PCA before"):
        GRAPHS[kind](pipeline, 6)
    alone = Pipeline([("last", classifier(kind))]).fit(vectors, labels)
    with pytest.raises(UsageError, match="after nothing"):
        GRAPHS[kind](alone, 6)


def test_another_loss_is_refused():
    vectors, labels = clusters(3, 6)
    pipeline = fitted("sgd", vectors, labels, components=3)
    pipeline.set_params(sgd__loss="modified_huber").fit(vectors, labels)
    with pytest.raises(UsageError, match="loss 'modified_huber' cannot be exported; fit one of loss 'log_loss'"):
        sgd_graph(pipeline, 6)
