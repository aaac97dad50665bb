from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics import retrieval
from sneakers_ml.evaluation.metrics.retrieval import RetrievalMetrics, retrieval_metrics
from tests.evaluation.builders import on_circle

OUTSIDE = -1


def search(queries, gallery, query_groups, gallery_groups, *, own=None, ks=(1, 2, 3)) -> RetrievalMetrics:
    own = np.full(len(queries), OUTSIDE) if own is None else np.array(own)
    return retrieval_metrics(queries, gallery, query_groups, gallery_groups, own, ks=ks)


def random_units(generator, size, dims=8):
    rows = generator.normal(size=(size, dims))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_one_query_by_hand():
    # From 0 degrees the gallery ranks 10 (b), 20 (a), 30 (b), 40 (a): relevant at ranks 2 and 4.
    found = search(on_circle(0), on_circle(40, 10, 30, 20), ["a"], ["a", "b", "b", "a"])
    assert found.nearest.tolist() == [[1, 3, 2]]
    assert found.nearest_relevant.tolist() == [[False, True, False]]
    assert found.nearest_scores[0] == pytest.approx(np.cos(np.deg2rad([10, 20, 30])), abs=1e-6)
    assert found.hits.tolist() == [[0, 1, 1]]
    assert found.relevant.tolist() == [2]
    assert found.average_precision == pytest.approx([(1 / 2 + 2 / 4) / 2])
    assert found.r_precision == pytest.approx([1 / 2])
    assert found.map_at_r == pytest.approx([(0 + 1 / 2) / 2])


def test_hit_needs_any_relevant_photo_not_all():
    found = search(on_circle(0), on_circle(1, 90, 120), ["a"], ["a", "a", "a"])
    assert found.hits.tolist() == [[1, 1, 1]]


def test_own_photo_is_left_out():
    vectors, groups = on_circle(0, 5, 8, 100), ["a", "b", "b", "a"]
    found = search(vectors, vectors, groups, groups, own=[0, 1, 2, 3])
    # From 0: 5, 8, then 100 (its model) at rank 3. From 5: 8 first. From 8: 5 first. From 100: 8, 5, 0 at rank 3.
    assert found.nearest.tolist() == [[1, 2, 3], [2, 0, 3], [1, 0, 3], [2, 1, 0]]
    assert found.hits[:, 0].tolist() == [0, 1, 1, 0]
    assert found.average_precision == pytest.approx([1 / 3, 1, 1, 1 / 3])
    assert found.relevant.tolist() == [1, 1, 1, 1]


def test_query_outside_the_gallery_keeps_every_photo():
    found = search(on_circle(0), on_circle(0, 10), ["a"], ["a", "b"])
    assert found.nearest[0, :2].tolist() == [0, 1]
    assert found.hits[0, 0] == 1


def test_queries_without_a_relevant_photo_are_left_out_and_counted():
    # c is alone with its own photo, d is nowhere in the gallery.
    found = search(
        on_circle(0, 50, 70), on_circle(5, 50), ["a", "c", "d"], ["a", "c"], own=[OUTSIDE, 1, OUTSIDE], ks=(1,)
    )
    assert found.evaluated.tolist() == [True, False, False]
    assert found.hits.tolist() == [[1]]


def test_nothing_to_evaluate():
    found = search(on_circle(0), on_circle(5), ["a"], ["b"])
    assert found.evaluated.tolist() == [False]
    assert found.hits.shape == (0, 3)
    assert found.nearest.shape == (0, 3)
    assert found.average_precision.shape == (0,)


def test_ties_rank_by_gallery_position():
    found = search(on_circle(0, 0), on_circle(20, -20, 20, 5), ["a", "b"], ["b", "a", "a", "b"])
    assert found.nearest.tolist() == [[3, 0, 1], [3, 0, 1]]
    assert found.average_precision == pytest.approx([(1 / 3 + 2 / 4) / 2, 1])


def test_short_gallery_is_padded():
    vectors = on_circle(0, 10)
    found = search(vectors, vectors, ["a", "a"], ["a", "a"], own=[0, 1])
    assert found.nearest.tolist() == [[1, -1, -1], [0, -1, -1]]
    assert found.nearest_relevant.tolist() == [[True, False, False]] * 2
    assert np.isnan(found.nearest_scores[:, 1:]).all()
    assert found.hits.tolist() == [[1, 1, 1]] * 2


def test_photo_without_features_is_similar_to_nothing():
    gallery = np.concatenate([np.zeros((1, 2), dtype=np.float32), on_circle(80, 100)])
    found = search(on_circle(0), gallery, ["a"], ["a", "a", "b"])
    assert found.nearest.tolist() == [[1, 0, 2]]


def test_perfect_and_worst_ranking():
    queries, gallery = on_circle(0, 180), on_circle(1, 2, 179, 178)
    best = search(queries, gallery, ["a", "b"], ["a", "a", "b", "b"])
    worst = search(queries, gallery, ["a", "b"], ["b", "b", "a", "a"])
    for values in (best.average_precision, best.map_at_r, best.r_precision):
        assert values.tolist() == [1, 1]
    assert worst.average_precision == pytest.approx([(1 / 3 + 2 / 4) / 2] * 2)
    assert worst.r_precision.tolist() == worst.map_at_r.tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_average_precision_agrees_with_scikit_learn(seed):
    generator = np.random.default_rng(seed)
    vectors, groups = random_units(generator, 80), generator.integers(0, 12, 80).astype(str)
    found = search(vectors, vectors, groups, groups, own=np.arange(80), ks=(1, 5))
    similarity = vectors.astype(np.float64) @ vectors.T
    kept = np.flatnonzero(found.evaluated)
    for row, query in enumerate(kept):
        others = np.arange(80) != query
        same, scores = groups[others] == groups[query], similarity[query, others]
        assert found.average_precision[row] == pytest.approx(average_precision_score(same, scores))
        ranked = same[np.argsort(-scores)]
        assert found.hits[row].tolist() == [ranked[:1].any(), ranked[:5].any()]
        assert found.r_precision[row] == pytest.approx(ranked[: ranked.sum()].mean())


def test_blocks_change_nothing():
    generator = np.random.default_rng(1)
    # 3,000 queries against 2,000 photos go through in three blocks; the same queries alone go through in one each.
    queries, gallery = random_units(generator, 3000), random_units(generator, 2000)
    wanted, offered = generator.integers(0, 200, 3000).astype(str), generator.integers(0, 200, 2000).astype(str)
    assert retrieval._CELLS_AT_ONCE * 2 < 3000 * 2000
    together = search(queries, gallery, wanted, offered)
    for query in (0, 999, 1000, 2999):
        alone = search(queries[[query]], gallery, wanted[[query]], offered)
        row = together.evaluated[:query].sum()
        assert alone.average_precision == pytest.approx(together.average_precision[row])
        assert alone.nearest.tolist() == [together.nearest[row].tolist()]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"queries": on_circle(0) * 2}, "query vectors .* rows of length 1"),
        ({"gallery": on_circle(0, 10) * np.nan}, "gallery vectors .* rows of length 1"),
        ({"gallery": np.eye(3, dtype=np.float32)[:2]}, "2 dimensions, gallery vectors 3"),
        ({"query_groups": ["a", "b"]}, "give one for each photo"),
        ({"own": np.array([0, 1])}, "give one for each photo"),
        ({"own": np.array([2])}, "must lie in the gallery"),
        ({"own": np.array([-2])}, "must lie in the gallery"),
        ({"gallery": np.zeros((0, 2), np.float32), "gallery_groups": []}, "gallery of 0 photos"),
        ({"ks": (0, 1)}, "k of 1 or more"),
        ({"ks": ()}, "k of 1 or more"),
    ],
)
def test_refuses_what_does_not_fit(changes, message):
    inputs = {
        "queries": on_circle(0),
        "gallery": on_circle(0, 10),
        "query_groups": ["a"],
        "gallery_groups": ["a", "a"],
        "own": np.array([0]),
    }
    with pytest.raises(DataError, match=message):
        retrieval_metrics(**(inputs | changes))
